//! What decides in each service that runs, as each says itself: one file a process, which goes when the process ends.

use std::fs;
use std::io;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Home;
use crate::ledger::{Readers, replace_file};
use crate::model::SetRef;

/// How often a service says that it runs.
pub(super) const BEAT: SignedDuration = SignedDuration::from_secs(5);

/// After how long without a word a service counts as gone: it was killed, or its machine stands still.
const SILENT: SignedDuration = SignedDuration::from_secs(20);

/// How long a service may take to load a set that came into force or is tried, before it counts as one that lags.
const FOLLOWS_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// A service that runs, and what decides in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instance {
    /// The number of its process.
    pub process: u32,
    /// Since when it runs, RFC 3339.
    pub started_at: String,
    /// The set that decides in it.
    pub set: SetRef,
    /// The set that is tried in it on a part of the records, if there is one.
    #[serde(default)]
    pub canary: Option<SetRef>,
    /// Since when that is so, RFC 3339.
    pub since: String,
    /// The newest event that changed what decides in it: an activation, or a step of a canary.
    pub change: u64,
    /// When it last said so, RFC 3339.
    pub seen_at: String,
    /// Why it has not taken over what changed since; nothing, if it has, or nothing did.
    #[serde(default)]
    pub refused: Option<String>,
}

/// How an instance stands to what is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// What is on record decides in it: the active set, and the one that is tried if there is one.
    Current,
    /// That changed a moment ago, and it has not said yet that it has taken it over.
    Following,
    /// What was on record earlier does.
    Lags,
    /// It has not been heard of for a while.
    Silent,
}

impl Instance {
    /// How it stands, where an event is the newest that changed what decides, and was recorded at a time, RFC 3339.
    #[must_use]
    pub fn standing(&self, newest: u64, changed_at: &str, now: Timestamp) -> Standing {
        let moment = |text: &str| text.parse().unwrap_or(Timestamp::MIN);
        if now.duration_since(moment(&self.seen_at)) > SILENT {
            Standing::Silent
        } else if self.change == newest {
            Standing::Current
        } else if self.refused.is_none() && now.duration_since(moment(changed_at)) < FOLLOWS_WITHIN {
            Standing::Following
        } else {
            Standing::Lags
        }
    }
}

/// All that have said that they run in a deployment, oldest first. What cannot be read is passed over: it is being written.
#[must_use]
pub fn instances(home: &Home) -> Vec<Instance> {
    let files = fs::read_dir(home.instances()).into_iter().flatten().flatten();
    let read = |file: fs::DirEntry| serde_json::from_slice(&fs::read(file.path()).ok()?).ok();
    let mut found: Vec<Instance> = files.filter_map(read).collect();
    found.sort_by(|a, b| (&a.started_at, a.process).cmp(&(&b.started_at, b.process)));
    found
}

/// The file of this process. It goes with this value.
pub(super) struct OwnFile {
    path: PathBuf,
    instance: Instance,
}

impl OwnFile {
    /// Says that this process runs.
    pub(super) fn new(home: &Home, set: SetRef, canary: Option<SetRef>, change: u64) -> Self {
        let (process, now) = (std::process::id(), Timestamp::now().to_string());
        let path = home.instances().join(format!("{process}.json"));
        let (started_at, since, seen_at) = (now.clone(), now.clone(), now);
        let instance = Instance { process, started_at, set, canary, since, change, seen_at, refused: None };
        let own = Self { path, instance };
        own.write();
        own
    }

    /// Says what decides since which event, and why nothing newer does.
    pub(super) fn say(&mut self, set: &SetRef, canary: Option<&SetRef>, change: u64, refused: Option<String>) {
        let now = Timestamp::now();
        let own = &mut self.instance;
        let seen: Timestamp = own.seen_at.parse().unwrap_or(Timestamp::MIN);
        let same = own.change == change && own.refused == refused;
        if same && now.duration_since(seen) < BEAT {
            return;
        }
        if own.change != change {
            (own.set, own.canary) = (set.clone(), canary.cloned());
            (own.since, own.change) = (now.to_string(), change);
        }
        (own.seen_at, own.refused) = (now.to_string(), refused);
        self.write();
    }

    fn write(&self) {
        let written: io::Result<()> = serde_json::to_vec(&self.instance)
            .map_err(io::Error::from)
            .and_then(|text| replace_file(&self.path, &text, Readers::Owner));
        if let Err(error) = written {
            tracing::warn!(%error, "this process cannot say what decides in it");
        }
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    #[test]
    fn an_instance_says_what_decides_and_goes_with_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        assert!(instances(&home).is_empty());
        let set = |version: &str| SetRef { name: "s".into(), version: version.into(), digest: Digest::of(b"s") };
        let mut own = OwnFile::new(&home, set("1.0.0"), None, 7);
        own.say(&set("1.0.0"), Some(&set("2.0.0")), 8, None);
        assert_eq!(instances(&home)[0].canary, Some(set("2.0.0")));
        own.say(&set("2.0.0"), None, 9, Some("it does not load".into()));
        let found = instances(&home);
        assert_eq!((found.len(), found[0].change, found[0].set.version.as_str()), (1, 9, "2.0.0"));
        assert_eq!(found[0].canary, None);
        assert_eq!(found[0].refused.as_deref(), Some("it does not load"));
        let now = Timestamp::now();
        let later = now.checked_add(SILENT + BEAT).unwrap();
        let old = "2026-11-20T09:00:00Z";
        let standing = |newest, at| found[0].standing(newest, old, at);
        assert_eq!(
            (standing(9, now), standing(11, now), standing(9, later)),
            (Standing::Current, Standing::Lags, Standing::Silent)
        );
        // What it refuses it does not follow; what it was not asked about for long it may.
        let mut following = found[0].clone();
        assert_eq!(following.standing(11, &now.to_string(), now), Standing::Lags);
        following.refused = None;
        assert_eq!(following.standing(11, &now.to_string(), now), Standing::Following);
        fs::write(home.instances().join("half.json"), "{").unwrap();
        drop(own);
        assert!(instances(&home).is_empty());
    }
}
