//! Copies of the ledger for the day when it is lost or damaged, and the way back.
//!
//! A backup is a ledger in one file. It holds the personal values that the ledger held then, and erasing a value later does
//! not reach it: so backups must end some day, and who restores an older one has to erase again.

mod aside;
mod check;
mod error;
mod make;
mod part;
mod present;
mod restore;

pub use check::CheckedBackup;
pub use error::BackupError;
pub use make::{BackedUp, BackupToRead};
pub use present::Present;
pub use restore::{Allowed, Restored};
