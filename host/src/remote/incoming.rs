//! What a service answers, read within bounds.

use std::io::{self, BufRead, BufReader, Read};

use crate::outbound::{Incoming, OutboundError};

/// The longest answer that is read whole, in bytes: a proof of the largest suggestion with a long history.
const LONGEST: u64 = 64 << 20;

/// The longest line of an answer, in bytes: all that the modules of a large set may say.
const LONGEST_LINE: u64 = 16 << 20;

/// Why an answer was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It broke off, or came too slowly.
    Lost(OutboundError),
    /// It says more than it may.
    TooMuch,
    /// It is no text.
    NoText,
    /// Its last line has no end.
    HalfALine,
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.into())
    }
}

/// All of an answer.
pub(super) fn whole(answer: impl Read) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    answer.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Unread::TooMuch);
    }
    String::from_utf8(bytes).map_err(|_| Unread::NoText)
}

/// The lines of an answer, as they come.
pub(super) struct IncomingLines<R>(BufReader<R>);

impl<R: Read> IncomingLines<R> {
    pub(super) fn of(answer: R) -> Self {
        Self(BufReader::new(answer))
    }

    /// The next line; none after the last.
    pub(super) fn next(&mut self) -> Result<Option<String>, Unread> {
        let mut line = Vec::new();
        (&mut self.0).take(LONGEST_LINE + 1).read_until(b'\n', &mut line)?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => String::from_utf8(line).map(Some).map_err(|_| Unread::NoText),
            Some(_) if line.len() as u64 >= LONGEST_LINE => Err(Unread::TooMuch),
            // An answer that broke off is an error before this.
            Some(_) => Err(Unread::HalfALine),
        }
    }
}

/// The lines of an answer of a service.
pub(super) type AnswerLines = IncomingLines<Incoming>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_an_end() {
        let mut lines = IncomingLines::of(&b"one\n\ntwo"[..]);
        assert_eq!(lines.next().unwrap().as_deref(), Some("one"));
        assert_eq!(lines.next().unwrap().as_deref(), Some(""));
        assert!(matches!(lines.next(), Err(Unread::HalfALine)));
        assert!(matches!(lines.next(), Ok(None)));
        assert!(matches!(IncomingLines::of(&b"\xff\n"[..]).next(), Err(Unread::NoText)));
    }

    #[test]
    fn an_answer_without_end_is_not_read_on() {
        assert!(matches!(IncomingLines::of(io::repeat(b'x')).next(), Err(Unread::TooMuch)));
        assert!(matches!(whole(io::repeat(b'x')), Err(Unread::TooMuch)));
        assert_eq!(whole(&b"all"[..]).unwrap(), "all");
        assert!(matches!(whole(&b"\xff"[..]), Err(Unread::NoText)));
    }
}
