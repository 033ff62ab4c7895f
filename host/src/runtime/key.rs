//! The key that signs a deployment's checkpoints.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::ledger::{KeyError, Ledger, NoteSigner, new_secret_file};

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The deployment was made by a release that had none.
    #[error("there is no signing key at {}: make one with `countersign ledger key --make`, or name one with --key", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A key is never overwritten: what it signed could not be verified any more.
    #[error("{} exists already: nothing was changed", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("the signing key {} cannot be read or written: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file holds no key.
    #[error("{} holds no signing key: {error}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: KeyError,
    },
}

/// Reads a signing key.
///
/// # Errors
/// See [`SigningKeyError`].
pub fn signing_key(path: &Path) -> Result<NoteSigner, SigningKeyError> {
    let path = path.to_owned();
    match fs::read_to_string(&path) {
        Ok(text) => NoteSigner::from_text(&text).map_err(|error| SigningKeyError::Key { path, error }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SigningKeyError::Missing { path }),
        Err(error) => Err(SigningKeyError::File { path, error }),
    }
}

/// Makes the signing key of a ledger, named after the ledger's own identity, in a file that its owner alone can read.
///
/// # Errors
/// See [`SigningKeyError`].
pub fn make_signing_key(path: &Path, ledger: &Ledger) -> Result<NoteSigner, SigningKeyError> {
    let name = format!("countersign/{}", hex::encode(ledger.log_id()));
    let signer = NoteSigner::new(&name, &rand::random())
        .map_err(|error| SigningKeyError::Key { path: path.to_owned(), error })?;
    keep_signing_key(path, &signer)?;
    Ok(signer)
}

/// Writes a signing key to a file that is not there yet and that its owner alone can read.
///
/// # Errors
/// See [`SigningKeyError`].
pub fn keep_signing_key(path: &Path, signer: &NoteSigner) -> Result<(), SigningKeyError> {
    new_secret_file(path, &signer.secret_text()).map_err(|error| {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::AlreadyExists => SigningKeyError::Exists { path },
            _ => SigningKeyError::File { path, error },
        }
    })
}
