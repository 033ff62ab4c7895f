//! The thread that trains the ledger's dictionaries while another one decides: that takes half a second now and then, and whoever
//! waits for an answer would wait for it. What is committed is still copied into the file by whoever decides: copying beside it
//! makes each commit wait for the disk more often, which was measured to be worse.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ledger::Ledger;
use crate::runtime::Home;
use crate::runtime::replays::give_way;

/// How often it looks whether new ones are due.
const LOOK: Duration = Duration::from_secs(1);

/// How long it leaves a ledger alone that failed.
const AGAIN: Duration = Duration::from_secs(5);

/// A thread that trains; it ends with this value.
pub(super) struct Trainer {
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Trainer {
    pub(super) fn start(home: Home) -> std::io::Result<Self> {
        let (end, ended) = sync_channel(0);
        let run = move || {
            give_way();
            let (mut ledger, mut pause) = (None, LOOK);
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let trained = match ledger.take() {
                    Some(ledger) => Ok(ledger),
                    None => Ledger::open(home.ledger()),
                };
                let trained = trained.and_then(|mut ledger| ledger.train_dictionaries().map(|()| ledger));
                (ledger, pause) = match trained {
                    Ok(ledger) => (Some(ledger), LOOK),
                    // Whoever records finds the same, and says so to those who ask.
                    Err(error) => {
                        tracing::warn!(%error, "it was not looked whether new dictionaries are due");
                        (None, AGAIN)
                    }
                };
            }
        };
        let thread = thread::Builder::new().name("trainer".to_owned()).spawn(run)?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
