//! What events are signed with, and how: as Standard Webhooks says (<https://www.standardwebhooks.com>).

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::ledger::new_secret_file;

/// What a text of a secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes a secret has; more than the upper bound HMAC would hash first.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;
/// How many bytes a secret has that is made here.
const NEW: usize = 32;
/// How many secrets are good at a time: the new one, and the one before it.
const MOST: usize = 2;
/// The longest file that is read, in bytes.
const LONGEST: u64 = 4096;

/// Why there is nothing to sign with. No part of a secret is ever said.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("the secret {} cannot be read or written: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A secret is never overwritten: what it signed could not be verified any more.
    #[error("{} exists already: nothing was changed", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Others can sign with it too.
    #[error("others can read the secret {} (mode {mode:o}); close it: chmod 600 {}", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Who can.
        mode: u32,
    },
    /// The file holds something else.
    #[error("{} is no file of secrets: {what}; make one with `countersign webhook secret`", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// One or two secrets: what is sent is signed with each, so that a receiver may know either.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secrets(Vec<Secret>);

/// A key of HMAC, filled with zeros to the size of a block, as HMAC itself does it.
#[derive(Clone, PartialEq, Eq)]
struct Secret([u8; 64]);

impl fmt::Debug for Secrets {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Reads a file that nobody else can read: a line each.
    pub(super) fn read(path: &Path) -> Result<Self, SecretError> {
        let failed = |error| SecretError::File { path: path.to_owned(), error };
        let file = File::open(path).map_err(failed)?;
        let mode = mode(&file).map_err(failed)?;
        if mode & 0o077 != 0 {
            return Err(SecretError::Open { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
        Self::parse(&text).map_err(|what| SecretError::Wrong { path: path.to_owned(), what })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        let secret = |(line, number): (&str, usize)| {
            Secret::parse(line.trim()).ok_or_else(|| {
                let (least, most) = (LENGTH.start(), LENGTH.end());
                format!("line {number} is not {PREFIX} and the base64 of {least} to {most} bytes")
            })
        };
        let secrets: Vec<Secret> = lines.map(secret).collect::<Result<_, _>>()?;
        match secrets.len() {
            0 => Err("it is empty".to_owned()),
            1..=MOST => Ok(Self(secrets)),
            more => Err(format!("it has {more} secrets, and {MOST} are the most")),
        }
    }

    /// The header `webhook-signature` of something that is sent.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signatures: Vec<String> = self.0.iter().map(|secret| secret.sign(id, timestamp, body)).collect();
        signatures.join(" ")
    }
}

impl Secret {
    fn parse(line: &str) -> Option<Self> {
        let bytes = STANDARD.decode(line.strip_prefix(PREFIX)?).ok().filter(|bytes| LENGTH.contains(&bytes.len()))?;
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(bytes) {
            *to = from;
        }
        Some(Self(block))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// Makes a secret, in a file that is not there yet and that its owner alone can read.
///
/// # Errors
/// See [`SecretError`].
pub fn make_secret(path: &Path) -> Result<(), SecretError> {
    let secret: [u8; NEW] = rand::random();
    new_secret_file(path, &format!("{PREFIX}{}", STANDARD.encode(secret))).map_err(|error| {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::AlreadyExists => SecretError::Exists { path },
            _ => SecretError::File { path, error },
        }
    })
}

#[cfg(unix)]
fn mode(file: &File) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o777)
}

/// Where files have no mode, the folder says who can read them.
#[cfg(not(unix))]
fn mode(_: &File) -> io::Result<u32> {
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the published tests of Standard Webhooks, and what they sign.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn sign(secrets: &str) -> String {
        Secrets::parse(secrets).unwrap().sign(ID, 1_614_265_330, br#"{"test": 2432232314}"#)
    }

    #[test]
    fn a_signature_is_that_of_the_published_vector() {
        assert_eq!(sign(SECRET), SIGNATURE);
        let other = format!("{PREFIX}{}", STANDARD.encode([7; 64]));
        let both = sign(&format!("\n{other}\r\n  {SECRET}\n\n"));
        assert_eq!(both, format!("{} {SIGNATURE}", sign(&other)));
        assert_ne!(sign(&other), SIGNATURE);
    }

    #[test]
    fn a_changed_part_has_another_signature() {
        let secrets = Secrets::parse(SECRET).unwrap();
        let sign = |id, time, body: &str| secrets.sign(id, time, body.as_bytes());
        for other in [sign("b", 1, "{}"), sign("a", 2, "{}"), sign("a", 1, "{ }")] {
            assert_ne!(sign("a", 1, "{}"), other);
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_and_not_repeated() {
        let of = |length: usize| format!("{PREFIX}{}", STANDARD.encode(vec![0x5a; length]));
        for wrong in ["", "\n\n", "whsec_", "whsec_!", "Wlpa", &SECRET[6..], &of(23), &of(65), &[SECRET; 3].join("\n")]
        {
            let said = Secrets::parse(wrong).unwrap_err();
            assert!(!said.contains("Wlpa") && !said.contains("MfKQ"), "{said}");
        }
        for good in [of(24), of(25), of(64)] {
            Secrets::parse(&good).unwrap();
        }
        assert_eq!(format!("{:?}", Secrets::parse(SECRET).unwrap()), "Secrets(1)");
    }

    #[test]
    fn a_new_secret_is_its_owners_alone_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.secret");
        make_secret(&path).unwrap();
        let made = Secrets::read(&path).unwrap();
        assert!(matches!(make_secret(&path), Err(SecretError::Exists { .. })));
        assert_eq!(Secrets::read(&path).unwrap(), made);
        let other = folder.path().join("other.secret");
        make_secret(&other).unwrap();
        assert_ne!(Secrets::read(&other).unwrap(), made);
        let none = Secrets::read(&folder.path().join("none"));
        assert!(matches!(none, Err(SecretError::File { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.secret");
        make_secret(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = Secrets::read(&path).unwrap_err();
            assert!(matches!(error, SecretError::Open { .. }) && error.to_string().contains("chmod 600"), "{error}");
        }
    }
}
