//! Modules and sets as files: what is released, what a set asks for, and what its lock pins.

mod archive;
mod entry;
mod inspected;
mod kept;
mod lock;
mod reference;
mod released;
mod set;

pub use archive::{Archive, ArchiveError, Archived, Component, FolderArchive};
pub use entry::Entry;
pub use inspected::Inspected;
pub use kept::{KeptModules, KnownModule, Origin};
pub use lock::{Lock, LockedModule};
pub use reference::ModuleReference;
pub use released::{Released, ReleasedModules, released};
pub use set::{PolicySet, SetError, SetFile, SetModule};
