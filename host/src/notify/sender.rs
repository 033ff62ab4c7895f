//! The thread that tells one receiver.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use metrics::{counter, gauge};

use super::backoff;
use super::cursor::{Cursor, Found};
use super::destination::{Answer, Target};
use super::{CursorError, WebhookError};
use crate::ledger::{Ledger, RecordedEvent};

/// How often it looks whether there are new events, and how long it goes on at most without keeping how far it came.
const LOOKS: Duration = Duration::from_secs(1);

/// By which a thread learns that it is to end.
pub(super) struct Stopped(pub Receiver<()>);

impl Stopped {
    fn already(&self) -> bool {
        self.0.try_recv() != Err(TryRecvError::Empty)
    }

    fn within(&self, time: Duration) -> bool {
        self.0.recv_timeout(time) != Err(RecvTimeoutError::Timeout)
    }
}

/// Who is told, from which ledger, and where it is kept how far that came.
pub(super) struct Task {
    pub target: Target,
    pub ledger: PathBuf,
    pub cursor: PathBuf,
}

impl Task {
    /// Tells the receiver of what happens until it is stopped. Begins when the thread `before` has ended, which told the same
    /// receiver.
    pub(super) fn run(self, before: Option<JoinHandle<()>>, stopped: &Stopped) {
        if let Some(before) = before {
            // What can go wrong in it is logged there.
            before.join().ok();
        }
        let name = self.target.webhook.name().to_owned();
        let failed = |error: &WebhookError, times: u32| {
            tracing::error!(webhook = name, %error, "nothing is sent at the moment");
            stopped.within(backoff::wait(times, Some(LOOKS)))
        };
        let mut troubles = 0;
        let begin = || Cursor::begin(&self.cursor, &Ledger::open_read_only(&self.ledger)?);
        let cursor = loop {
            match begin() {
                Ok(cursor) => break cursor,
                Err(error) => {
                    troubles += 1;
                    if failed(&error, troubles) {
                        return;
                    }
                }
            }
        };
        let mut sender =
            Sender { task: self, cursor, failures: 0, until: None, gone: false, unkept: false, kept: Instant::now() };
        loop {
            let ends = match sender.look(stopped) {
                Ok(()) => {
                    troubles = 0;
                    stopped.within(LOOKS)
                }
                Err(error) => {
                    troubles += 1;
                    failed(&error, troubles)
                }
            };
            if ends {
                break;
            }
        }
        if let Err(error) = sender.keep() {
            tracing::error!(webhook = name, %error, "what was sent last will be sent again");
        }
        gauge!("countersign_webhook_waiting", "webhook" => name).set(0.0);
    }
}

struct Sender {
    task: Task,
    cursor: Cursor,
    /// How often in a row the next event was not delivered.
    failures: u32,
    /// When it is tried again.
    until: Option<Instant>,
    /// Whether the receiver wants no more.
    gone: bool,
    /// Whether the cursor is ahead of its file, and when it was not.
    unkept: bool,
    kept: Instant,
}

impl Sender {
    /// Tells the receiver of what is new, until there is no more, it fails, or the thread is to end.
    fn look(&mut self, stopped: &Stopped) -> Result<(), WebhookError> {
        let ledger = Ledger::open_read_only(&self.task.ledger)?;
        self.settle(&ledger)?;
        let rests = self.gone || self.until.is_some_and(|until| Instant::now() < until);
        while !rests && !stopped.already() {
            // Read only now, and again for every attempt: it may have been erased meanwhile.
            let Some(event) = ledger.event(self.cursor.next)? else { break };
            if !self.task.target.wants(&event) {
                self.pass(&event);
            } else if !self.tell(&event, ledger.log_id()) {
                break;
            }
            if self.kept.elapsed() >= LOOKS {
                self.keep()?;
                self.observe(&ledger)?;
            }
        }
        self.keep()?;
        self.observe(&ledger)
    }

    fn settle(&mut self, ledger: &Ledger) -> Result<(), WebhookError> {
        let found = self.cursor.settle(ledger)?;
        let (webhook, next) = (self.task.target.webhook.name(), self.cursor.next);
        match found {
            Found::Same => return Ok(()),
            Found::WentBack { from } => {
                tracing::warn!(webhook, from, next, "the ledger goes on differently: some events are sent again");
            }
            Found::Other => tracing::warn!(webhook, next, "this is another ledger: its next event is the first one"),
        }
        (self.failures, self.until, self.unkept) = (0, None, true);
        Ok(())
    }

    /// Tells the receiver of the next event. False if that is to be tried again later, or never.
    fn tell(&mut self, event: &RecordedEvent, log_id: &[u8; 16]) -> bool {
        let answer = self.task.target.tell(event, log_id);
        let webhook = self.task.target.webhook.name().to_owned();
        let count = |result: &'static str| {
            counter!("countersign_webhook_sent_total", "webhook" => webhook.clone(), "result" => result).increment(1);
        };
        match answer {
            Answer::Delivered => {
                count("delivered");
                if self.cursor.is_failing() {
                    tracing::info!(webhook, event = event.seq, "delivered after all");
                }
                self.pass(event);
                true
            }
            Answer::Gone => {
                count("gone");
                let seq = event.seq;
                tracing::error!(webhook, event = seq, answer = 410, "it wants no more: nothing is sent until a reload");
                self.gone = true;
                false
            }
            Answer::Failed { why, asked } => {
                count("failed");
                self.unkept |= !self.cursor.is_failing();
                if self.cursor.failed(Timestamp::now()) {
                    count("given-up");
                    tracing::error!(webhook, event = event.seq, answer = %why, "given up: the receiver never had this event");
                    self.pass(event);
                    return true;
                }
                self.failures = self.failures.saturating_add(1);
                let wait = backoff::wait(self.failures, asked);
                self.until = Some(Instant::now() + wait);
                tracing::warn!(webhook, event = event.seq, answer = %why, wait = wait.as_secs_f64(), "not delivered");
                false
            }
        }
    }

    fn pass(&mut self, event: &RecordedEvent) {
        self.cursor.pass(event);
        (self.failures, self.until, self.unkept) = (0, None, true);
    }

    /// Puts on disk how far it came.
    fn keep(&mut self) -> Result<(), CursorError> {
        if self.unkept {
            self.cursor.write(&self.task.cursor)?;
        }
        (self.unkept, self.kept) = (false, Instant::now());
        Ok(())
    }

    fn observe(&self, ledger: &Ledger) -> Result<(), WebhookError> {
        let name = || self.task.target.webhook.name().to_owned();
        let waiting = ledger.count()?.saturating_sub(self.cursor.next);
        let well = !self.gone && !self.cursor.is_failing();
        gauge!("countersign_webhook_waiting", "webhook" => name()).set(u32::try_from(waiting).unwrap_or(u32::MAX));
        gauge!("countersign_webhook_well", "webhook" => name()).set(if well { 1.0 } else { 0.0 });
        Ok(())
    }
}
