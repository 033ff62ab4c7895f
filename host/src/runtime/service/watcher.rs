//! Sees when another set was activated or a canary took a step, by whatever process, and says what decides here.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Health, Shared, locked};
use crate::ledger::Ledger;
use crate::rollout::History;
use crate::runtime::Home;
use crate::runtime::instances::OwnFile;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// After how long it tries again what was refused.
const AGAIN: Duration = Duration::from_secs(2);

/// A thread that looks; it ends with this value.
pub(super) struct Watcher {
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    pub(super) fn start(home: Home, shared: Arc<Shared>) -> std::io::Result<Self> {
        let (end, ended) = sync_channel(0);
        let thread = thread::Builder::new().name("watcher".to_owned()).spawn(move || {
            let Health { set, canary, change, .. } = locked(&shared.health).clone();
            let mut file = OwnFile::new(&home, set, canary, change);
            let (mut ledger, mut known, mut seen) = (None, None, change);
            let mut refused: Option<(Instant, String)> = None;
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                // What fails here fails those who decide as well, who say so.
                let handle = ledger.take().or_else(|| Ledger::open_read_only(home.ledger()).ok());
                let newest = handle.as_ref().and_then(|ledger| newest_change(ledger, &mut known));
                if let Some(newest) = newest {
                    ledger = handle;
                    // A disk that was full, or a ledger that was held, may be well again.
                    let again = refused.as_ref().is_some_and(|(at, _)| at.elapsed() >= AGAIN);
                    if newest != seen || again {
                        seen = newest;
                        let why = shared.adopt(&home).err().map(|error| error.to_string());
                        if let Some(error) =
                            why.as_ref().filter(|why| refused.as_ref().map(|(_, said)| said) != Some(why))
                        {
                            tracing::error!(
                                error,
                                "what changed what decides is not in use here; what decided before goes on"
                            );
                        }
                        refused = why.map(|why| (Instant::now(), why));
                    }
                }
                let Health { set, canary, change, reload, .. } = locked(&shared.health).clone();
                file.say(&set, canary.as_ref(), change, reload);
            }
        })?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

/// The newest event that changed what decides; nothing, if the ledger cannot be read. What it follows from is read again only after
/// something came to it: `known` is the last event that was read so, and what followed.
fn newest_change(ledger: &Ledger, known: &mut Option<(u64, u64)>) -> Option<u64> {
    let last = ledger.last_of_policy().ok()??;
    if let Some((read, change)) = *known
        && read == last
    {
        return Some(change);
    }
    let history = History::read(ledger).ok();
    // What cannot be read changes something too: whoever tries to take it over says why it cannot be.
    let change = history.and_then(|history| history.change().ok().map(|(seq, _)| seq)).unwrap_or(last);
    *known = Some((last, change));
    Some(change)
}

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
