//! Modules and sets as files: what is released, what a set asks for, and what its lock pins.

mod archive;
mod difference;
mod entry;
mod inspected;
mod lock;
mod reference;
mod released;
mod set;
mod set_difference;
mod settings;

pub use archive::{Archive, ArchiveError, Archived, Component, FolderArchive};
pub use difference::{Change, differences};
pub use entry::Entry;
pub use inspected::{Imports, Inspected};
pub use lock::{FROZEN, Lock, LockedModule};
pub use reference::ModuleReference;
pub use released::{Released, ReleasedModules, released};
pub use set::{PolicySet, SetError, SetFile, SetModule};
pub use set_difference::{ModuleDifference, Pinned, SetDifference, SettingChange};
pub use settings::{WrongSetting, WrongSettings};
