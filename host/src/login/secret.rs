//! The secret that this service shows to the issuer.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use openidconnect::ClientSecret;

use super::SetupError;

/// The longest secret, in bytes.
const LONGEST: u64 = 4096;

/// Reads the secret from a file that nobody but its owner and group can read.
pub(super) fn read(path: &Path) -> Result<ClientSecret, SetupError> {
    let wrong = |why: &str| SetupError::Secret { path: path.to_owned(), why: why.to_owned() };
    let failed = |error: std::io::Error| wrong(&error.to_string());
    let file = File::open(path).map_err(failed)?;
    if others_may_read(&file.metadata().map_err(failed)?) {
        return Err(wrong("everybody on this machine may read or change it: `chmod 600` it, and get a new secret"));
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || text.len() as u64 == LONGEST || secret.contains(char::is_control) {
        return Err(wrong("it must hold the secret alone, on one line"));
    }
    Ok(ClientSecret::new(secret.to_owned()))
}

#[cfg(unix)]
fn others_may_read(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o007 != 0
}

#[cfg(not(unix))]
const fn others_may_read(_: &Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_one_line_that_others_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = |text: &str, mode: u32| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            read(&path).map(|secret| secret.secret().clone())
        };
        assert_eq!(read("s3cret with blanks \n", 0o600).unwrap(), "s3cret with blanks ");
        assert_eq!(read("s3cret", 0o640).unwrap(), "s3cret");
        for mode in [0o644, 0o604, 0o602] {
            let error = read("s3cret", mode).unwrap_err().to_string();
            assert!(error.contains("chmod 600") && !error.contains("s3cret"), "{error}");
        }
        for text in ["", "\n", "two\nlines\n", &"x".repeat(5000)] {
            assert!(read(text, 0o600).unwrap_err().to_string().contains("on one line"), "{text:?}");
        }
        assert!(super::read(&folder.path().join("none")).is_err());
    }
}
