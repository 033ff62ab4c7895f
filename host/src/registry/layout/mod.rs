//! Modules in one file, for sites without a network: OCI's image layout 1.0 in a tar.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::Layout;
pub use write::write_layout;

/// The file that says what it is.
const MARK: &str = "oci-layout";

/// The file that names what is in it.
const INDEX_FILE: &str = "index.json";

/// The folder that everything else stands in, by its digest.
const BLOBS: &str = "blobs/sha256/";

/// The version of layouts that is written and read.
const VERSION: &str = "1.0.0";
