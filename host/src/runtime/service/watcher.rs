//! Sees when another set was activated, by whatever process, and says which one decides here.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Health, Shared, locked};
use crate::ledger::Ledger;
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
            let Health { set, activation, .. } = locked(&shared.health).clone();
            let mut file = OwnFile::new(&home, set, activation);
            let (mut ledger, mut seen) = (None, Some(activation));
            let mut refused: Option<(Instant, String)> = None;
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                // What fails here fails those who decide as well, who say so.
                let handle = ledger.take().or_else(|| Ledger::open_read_only(home.ledger()).ok());
                let newest = handle.as_ref().and_then(|ledger| ledger.last_activation().ok());
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
                                "a set that was activated is not in force here; the last good one goes on"
                            );
                        }
                        refused = why.map(|why| (Instant::now(), why));
                    }
                }
                let Health { set, activation, reload, .. } = locked(&shared.health).clone();
                file.say(&set, activation, reload);
            }
        })?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
