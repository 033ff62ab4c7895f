//! Objects: the modules, settings, locks and catalogues that decisions were made with.

use rusqlite::{OptionalExtension, params};

use super::{Ledger, fail};
use crate::ledger::{Digest, LedgerError};

/// What an object was kept as. The same bytes are kept once, as what they were first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// The bytes of a module.
    Module,
    /// The settings of a module.
    Settings,
    /// The lock file of a policy set.
    SetLock,
    /// A catalogue of fields.
    Catalogue,
    /// What a module said of itself when it was published.
    Description,
    /// A file with a signature that vouches for a module.
    Signature,
    /// What a module is made of, as it came along when it was published.
    Sbom,
}

impl ObjectKind {
    /// The text of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Settings => "settings",
            Self::SetLock => "set-lock",
            Self::Catalogue => "catalogue",
            Self::Description => "description",
            Self::Signature => "signature",
            Self::Sbom => "sbom",
        }
    }
}

impl Ledger {
    /// Keeps some bytes for good and returns their digest. Bytes that are there already stay as they are.
    pub fn put_object(&mut self, kind: ObjectKind, bytes: &[u8]) -> Result<Digest, LedgerError> {
        self.writable()?;
        let digest = Digest::of(bytes);
        let put = self
            .conn
            .prepare_cached(
                "INSERT INTO object (digest, kind, bytes) SELECT ?1, ?2, ?3
                 WHERE NOT EXISTS (SELECT 1 FROM object WHERE digest = ?1)",
            )
            .and_then(|mut put| put.execute(params![digest.as_bytes(), kind.as_str(), bytes]))
            .map_err(|error| fail::sqlite(&self.path, "keeping an object", error));
        self.poison_on(put)?;
        Ok(digest)
    }

    /// Whether there is an object of that digest, without reading it.
    pub fn has_object(&self, digest: &Digest) -> Result<bool, LedgerError> {
        self.conn
            .prepare_cached("SELECT 1 FROM object WHERE digest = ?1")
            .and_then(|mut find| find.exists([digest.as_bytes()]))
            .map_err(|error| fail::sqlite(&self.path, "looking for an object", error))
    }

    /// The bytes of an object; `None` if there is none of that digest.
    pub fn object(&self, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        let bytes = self
            .conn
            .prepare_cached("SELECT bytes FROM object WHERE digest = ?1")
            .and_then(|mut find| find.query_row([digest.as_bytes()], |row| row.get::<_, Vec<u8>>(0)).optional())
            .map_err(|error| fail::sqlite(&self.path, "reading an object", error))?;
        // Modules are run: bytes that changed on disk must never be taken for what was recorded.
        match bytes {
            Some(bytes) if Digest::of(&bytes) != *digest => {
                Err(fail::corrupt(&self.path, format!("the bytes of object {digest} were changed")))
            }
            bytes => Ok(bytes),
        }
    }
}
