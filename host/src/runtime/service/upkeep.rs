//! The thread that keeps the ledger's file in order while another one decides: what it does takes long now and then, and whoever
//! waits for an answer would wait for that.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ledger::Ledger;
use crate::runtime::Home;

/// How often it looks. The longer, the more is left to copy at the moment when the log begins anew.
const LOOK: Duration = Duration::from_millis(50);

/// How long it leaves a ledger alone that failed.
const AGAIN: Duration = Duration::from_secs(5);

/// A thread that tends to the ledger; it ends with this value.
pub(super) struct Upkeep {
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    pub(super) fn start(home: Home) -> std::io::Result<Self> {
        let (end, ended) = sync_channel(0);
        let run = move || {
            let (mut ledger, mut pause) = (None, LOOK);
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let tended = match ledger.take() {
                    Some(ledger) => Ok(ledger),
                    None => Ledger::open(home.ledger()),
                };
                let tended = tended.and_then(|mut ledger| ledger.tend().map(|()| ledger));
                (ledger, pause) = match tended {
                    Ok(ledger) => (Some(ledger), LOOK),
                    // Whoever records finds the same, and says so to those who ask.
                    Err(error) => {
                        tracing::warn!(%error, "the ledger's file was not tended to");
                        (None, AGAIN)
                    }
                };
            }
        };
        let thread = thread::Builder::new().name("upkeep".to_owned()).spawn(run)?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
