//! Signs the newest head of a ledger while others append to it, so that there is always one to keep elsewhere.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::config::Checkpoints;
use super::{Home, SigningKeyError, signing_key};
use crate::ledger::{Ledger, LedgerError, PublishError, Readers, replace_file};

/// Why there is no new checkpoint.
#[derive(Debug, thiserror::Error)]
enum CheckpointError {
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: std::io::Error },
}

/// The thread that signs.
pub(super) struct Signing {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How often it looks whether enough happened.
const LOOKS: Duration = Duration::from_secs(1);

impl Signing {
    /// Starts it.
    ///
    /// # Errors
    /// If there is no thread to be had.
    pub(super) fn start(home: Home, when: Checkpoints) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let run = move || {
            let mut signer = Signer { home, when, last: 0, since: Instant::now() };
            loop {
                let ends = stopped.recv_timeout(LOOKS) != Err(RecvTimeoutError::Timeout);
                if let Err(error) = signer.look(ends) {
                    // Nothing that is decided depends on it; it is tried again.
                    tracing::error!(%error, "no checkpoint was made");
                }
                if ends {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("checkpoints".to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Signs what happened last, and ends it.
    pub(super) fn stop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // What can go wrong in it is logged there.
            thread.join().ok();
        }
    }
}

struct Signer {
    home: Home,
    when: Checkpoints,
    /// How many events the last checkpoint covers.
    last: u64,
    since: Instant,
}

impl Signer {
    /// Makes a checkpoint if it is time for one, or if this is the last chance.
    fn look(&mut self, ends: bool) -> Result<(), CheckpointError> {
        let ledger = Ledger::open_read_only(self.home.ledger())?;
        let size = ledger.count()?;
        let new = size.saturating_sub(self.last);
        let over = self.since.elapsed() >= Duration::from_secs(u64::from(self.when.seconds.get()));
        if new == 0 || !(ends || over || new >= u64::from(self.when.events.get())) {
            return Ok(());
        }
        let signer = signing_key(&self.home.signing_key())?;
        let note = ledger.checkpoint(&signer)?;
        let path = self.home.checkpoint();
        replace_file(&path, note.as_bytes(), Readers::All).map_err(|error| CheckpointError::Write { path, error })?;
        if let Some(folder) = &self.when.publish {
            ledger.publish(&self.home.folder().join(folder), &signer)?;
        }
        (self.last, self.since) = (size, Instant::now());
        Ok(())
    }
}
