//! Answers that are written while they are read, so that memory does not grow with them.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, thread};

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Sender, channel};
use tracing::Instrument as _;

use super::app::App;
use super::problem::{Code, Problem};

/// How many bytes are sent at a time; a row that is longer stays whole.
const PART: usize = 64 << 10;

/// How many parts wait for whoever reads.
const WAITING: usize = 8;

/// How long is waited before it is tried again where so many wait.
const PAUSE: Duration = Duration::from_millis(5);

/// The writing end of an answer.
pub(super) struct Outflow {
    parts: Sender<Result<Bytes, Problem>>,
    part: Vec<u8>,
    /// How long nothing may be read, before nobody is waited for any more.
    patience: Duration,
}

impl Write for Outflow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() { Ok(()) } else { self.send() }
    }
}

impl Outflow {
    fn send(&mut self) -> io::Result<()> {
        let mut part = Ok(Bytes::from(mem::take(&mut self.part)));
        let begun = Instant::now();
        // Without the timers of the network's threads: those may have ended before this one.
        loop {
            part = match self.parts.try_send(part) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(TrySendError::Full(part)) => part,
            };
            if begun.elapsed() > self.patience {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(PAUSE);
        }
    }
}

/// The body that is written on a thread that may wait. What goes wrong before anything was written is a problem; after that the
/// body breaks off, and whoever reads it sees that it is not whole.
pub(super) async fn body(
    app: &Arc<App>,
    write: impl FnOnce(&App, &mut Outflow) -> Result<(), Problem> + Send + 'static,
) -> Result<Body, Problem> {
    let (parts, mut written) = channel(WAITING);
    let (app, failed) = (Arc::clone(app), parts.clone());
    let writing = async move {
        let work = move |app: &App| {
            let mut out = Outflow { parts, part: Vec::new(), patience: app.limits.patience };
            write(app, &mut out)?;
            out.flush().map_err(|error| not_read(&error))
        };
        if let Err(problem) = app.heavy(work).await {
            // Whoever went away is told nothing.
            failed.send(Err(problem)).await.ok();
        }
    };
    tokio::spawn(writing.in_current_span());
    let first = written.recv().await.transpose()?;
    let rest = stream::poll_fn(move |context| written.poll_recv(context));
    let all = stream::iter(first.map(Ok)).chain(rest);
    Ok(Body::from_stream(all.map(|part| part.map_err(|problem| io::Error::other(problem.detail)))))
}

/// An answer that could not be written to its end.
pub(super) fn not_read(error: &io::Error) -> Problem {
    tracing::debug!(%error, "an answer was not read to its end");
    Problem::new(Code::Timeout, "the answer was not read to its end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_waited_for_who_does_not_read() {
        let (parts, mut written) = channel(1);
        let mut out = Outflow { parts, part: Vec::new(), patience: Duration::from_millis(20) };
        let whole = vec![7; PART];
        out.write_all(&whole).unwrap();
        assert_eq!(out.write_all(&whole).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(written.try_recv().unwrap().unwrap().len(), PART);
        out.write_all(b"end").unwrap();
        out.flush().unwrap();
        drop(written);
        out.write_all(b"more").unwrap();
        assert_eq!(out.flush().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
