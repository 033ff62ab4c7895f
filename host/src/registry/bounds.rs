//! How much is read of what others hold.

/// How large the parts of a module may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The component, in bytes.
    pub component: u64,
    /// The file of a signature, in bytes.
    pub bundle: u64,
}

/// The largest manifest or index, in bytes.
pub(super) const MANIFEST: u64 = 256 << 10;

/// The most manifests that refer to a module, of any kind.
pub(super) const REFERRERS: usize = 64;

/// The most signatures of a module that are read.
pub(super) const SIGNATURES: usize = 16;

/// The longest list of what a module is made of that is read, in bytes.
pub(super) const SBOM: u64 = 1 << 20;

/// The most such lists of a module that are looked at.
pub(super) const SBOMS: usize = 8;

/// The most parts that a registry lists referrers in.
pub(super) const PAGES: usize = 8;

/// How often a registry may say that something is elsewhere.
pub(super) const REDIRECTS: usize = 3;

/// The longest answer that says what went wrong, in bytes.
pub(super) const PROBLEM: u64 = 16 << 10;

/// The most files in a layout.
pub(super) const FILES: usize = 4096;

/// The most manifests that the index of a layout names.
pub(super) const NAMED: usize = 1024;

/// All components of a layout together, in bytes: they are held in memory until it is known that all of them are let in.
pub(super) const COMPONENTS: u64 = 256 << 20;
