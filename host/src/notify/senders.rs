//! All threads that send, one for each webhook: none waits for another's receiver.

use std::collections::BTreeMap;
use std::mem;
use std::path::PathBuf;
use std::sync::mpsc::{self, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::cursor::{self, Cursor};
use super::destination::Target;
use super::sender::{Stopped, Task};
use super::{Webhook, WebhookError};
use crate::ledger::Ledger;

/// How long stopping waits for receivers that were asked. Whoever answers later is asked again after the next start.
const GRACE: Duration = Duration::from_secs(1);

/// Where a deployment has what webhooks need.
#[derive(Clone, Debug)]
pub struct Files {
    /// Its folder: what secrets and authorities are relative to.
    pub folder: PathBuf,
    /// Its ledger.
    pub ledger: PathBuf,
    /// The folder that says how far each webhook came.
    pub cursors: PathBuf,
}

/// Webhooks that were found to be usable. Each has begun: from now on it is told of everything.
#[derive(Debug)]
pub struct Prepared(Vec<Target>);

/// The threads that send.
#[derive(Debug)]
pub struct Senders {
    files: Files,
    running: BTreeMap<String, Running>,
    /// Threads that were told to end and wait for an answer, and the webhooks that they are of.
    ending: Vec<(String, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Running {
    /// Never used: the thread ends when it goes away.
    _stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Senders {
    /// None yet, of a deployment.
    #[must_use]
    pub fn new(files: Files) -> Self {
        Self { files, running: BTreeMap::new(), ending: Vec::new() }
    }

    /// Reads what webhooks need, and keeps for new ones that they begin now. Nothing that runs changes.
    ///
    /// # Errors
    /// If one cannot be used, or its beginning cannot be kept.
    pub fn prepare(&self, webhooks: &[Webhook]) -> Result<Prepared, WebhookError> {
        let targets: Vec<Target> =
            webhooks.iter().map(|webhook| Target::open(webhook, &self.files.folder)).collect::<Result<_, _>>()?;
        if !targets.is_empty() {
            let ledger = Ledger::open_read_only(&self.files.ledger)?;
            for webhook in webhooks {
                Cursor::begin(&cursor::file(&self.files.cursors, webhook.name()), &ledger)?;
            }
        }
        Ok(Prepared(targets))
    }

    /// Sends to these from now on, and to no others.
    ///
    /// # Errors
    /// If there are not enough threads to be had. Then nothing is sent to some until this succeeds.
    pub fn change(&mut self, to: Prepared) -> Result<(), WebhookError> {
        // All are told to end before the first begins again.
        let before = mem::take(&mut self.running).into_iter().map(|(name, running)| (name, running.thread));
        let before: Vec<_> = before.collect();
        self.ending.retain(|(_, thread)| !thread.is_finished());
        self.ending.extend(before);
        for target in to.0 {
            let name = target.webhook.name().to_owned();
            let at = self.ending.iter().rposition(|(of, _)| *of == name);
            let before = at.map(|at| self.ending.remove(at).1);
            let task =
                Task { target, ledger: self.files.ledger.clone(), cursor: cursor::file(&self.files.cursors, &name) };
            let (stop, stopped) = channel();
            let thread = thread::Builder::new()
                .name(format!("to-{name}"))
                .spawn(move || task.run(before, &Stopped(stopped)))
                .map_err(WebhookError::Thread)?;
            self.running.insert(name, Running { _stop: stop, thread });
        }
        Ok(())
    }

    /// Sends nothing more. Waits a moment for answers that are on their way, and not longer: the event of a later answer is
    /// sent again next time.
    pub fn stop(&mut self) {
        let threads: Vec<_> = mem::take(&mut self.running).into_values().map(|running| running.thread).collect();
        let until = Instant::now() + GRACE;
        while threads.iter().any(|thread| !thread.is_finished()) && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[cfg(test)]
mod tests;
