//! Does something again whenever a file of a module's folder has other content.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;

use crate::model::Digest;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(300);

/// What builds write.
const NOT_OWN: [&str; 8] =
    ["build", "target", "node_modules", ".git", ".venv", "__pycache__", "Cargo.lock", "package-lock.json"];

/// When each file was written last.
type Times = BTreeMap<PathBuf, SystemTime>;

/// Does it once, and again after each change, until the program is ended. A change while it is being done counts: what
/// is compared is content, so that what a build writes anew each time is no change.
pub(super) fn watch(folder: &Path, mut again: impl FnMut()) -> anyhow::Result<Infallible> {
    let (mut looked, mut seen) = (None, None);
    loop {
        let mut times = Times::new();
        gather(folder, &mut times)?;
        if looked.as_ref() != Some(&times) {
            let content = content(&times);
            looked = Some(times);
            if seen != Some(content) {
                seen = Some(content);
                again();
            }
        }
        std::thread::sleep(LOOK);
    }
}

fn gather(folder: &Path, times: &mut Times) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if NOT_OWN.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.path().is_dir() {
            gather(&entry.path(), times)?;
        } else if let Ok(time) = entry.metadata().and_then(|file| file.modified()) {
            // What is gone by now will be missing at the next look.
            times.insert(entry.path(), time);
        }
    }
    Ok(())
}

/// A digest of all files. One that cannot be read counts as empty: the build will say what is wrong.
fn content(times: &Times) -> Digest {
    let mut all = Vec::new();
    for path in times.keys() {
        all.extend(path.as_os_str().as_encoded_bytes());
        all.extend(Digest::of(&fs::read(path).unwrap_or_default()).as_bytes());
    }
    Digest::of(&all)
}
