//! A place in a text, and the number or code that begins there. Everything here looks at a bounded
//! number of bytes, whatever the text: that keeps the whole scan linear.

/// The longest number or code that is assembled; an IBAN has at most 34 characters.
const LONGEST: usize = 34;
/// The most groups that a number is written in: seven, in France.
const MOST_GROUPS: usize = 7;
/// How far from a number a word that explains it may stand, in bytes.
const NEAR: usize = 40;

/// Where a run of ASCII letters and digits begins.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    /// The whole text.
    text: &'a [u8],
    /// Where the run begins.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
}

impl<'a> Cursor<'a> {
    /// The run that begins at `start`.
    pub(crate) fn at(text: &'a [u8], start: usize) -> Self {
        Self { text, start, end: run_end(text, start) }
    }

    /// The run itself.
    pub(crate) fn run(&self) -> &'a [u8] {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The text from the beginning of the run.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// The text before the run.
    pub(crate) fn before(&self) -> &'a [u8] {
        self.text.get(..self.start).unwrap_or_default()
    }

    /// The text behind the run.
    pub(crate) fn after(&self) -> &'a [u8] {
        self.text.get(self.end..).unwrap_or_default()
    }

    /// The code of exactly `length` characters that begins here, in upper case, with single
    /// separators anywhere between its letters and digits, and where it ends.
    pub(crate) fn code(&self, length: usize) -> Option<(Code, usize)> {
        let mut code = Code::default();
        let mut at = self.start;
        while code.length < length {
            match self.text.get(at) {
                Some(byte) if byte.is_ascii_alphanumeric() => {
                    code.push(*byte)?;
                    at += 1;
                }
                _ => at += separator(self.text.get(at..)?)?.1,
            }
        }
        let ends = !self.text.get(at).is_some_and(u8::is_ascii_alphanumeric);
        ends.then_some((code, at))
    }

    /// The groups of letters and digits that begin here, joined by one kind of separator.
    pub(crate) fn groups(&self) -> Groups {
        let mut groups = Groups { joined: self.joined(), ..Groups::default() };
        let (mut at, mut end) = (self.start, self.end);
        let most = most_groups(self.end - self.start);
        loop {
            let run = self.text.get(at..end).unwrap_or_default();
            if groups.code.length + run.len() > LONGEST || groups.count == most {
                groups.more = true;
                return groups;
            }
            for byte in run {
                let _ = groups.code.push(*byte);
            }
            groups.close(run.len(), end);
            let Some((kind, width)) = self.text.get(end..).and_then(separator) else { return groups };
            let next = end + width;
            // A single digit begins a French number, whose second group is the year, or nothing.
            if groups.lengths() == [1] && !self.text.get(next + 2).is_some_and(|byte| separator_start(*byte)) {
                return groups;
            }
            if !self.text.get(next).is_some_and(u8::is_ascii_digit) || *groups.separator.get_or_insert(kind) != kind {
                return groups;
            }
            (at, end) = (next, run_end(self.text, next));
        }
    }

    /// How many digits and letters stand before this run with one separator between, and which.
    fn joined(&self) -> Option<(Separator, usize)> {
        let before = self.before();
        let tail = before.get(before.len().saturating_sub(3)..)?;
        let (kind, width) = (1..=3).find_map(|width| {
            let candidate = tail.get(tail.len().checked_sub(width)?..)?;
            separator(candidate).filter(|(_, own)| *own == width)
        })?;
        let before = before.get(..before.len().checked_sub(width)?)?;
        let digits = before.iter().rev().take(5).take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some((kind, digits))
    }

    /// Whether one of these words, in lower case, begins shortly before the run or behind `end`.
    pub(crate) fn near(&self, end: usize, words: &[&str]) -> bool {
        let before = self.text.get(self.start.saturating_sub(NEAR)..self.start).unwrap_or_default();
        let after = self.text.get(end..self.text.len().min(end + NEAR)).unwrap_or_default();
        holds_word(before, words) || holds_word(after, words)
    }
}

/// Where the run of ASCII letters and digits ends.
fn run_end(text: &[u8], start: usize) -> usize {
    let run = text.get(start..).unwrap_or_default();
    start + run.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(run.len())
}

/// How many groups are worth reading when the first is this long: what is longer than any number that
/// begins so is no such number.
fn most_groups(first: usize) -> usize {
    match first {
        1 => MOST_GROUPS,
        2 | 3 => 4,
        4 => 5,
        _ => 2,
    }
}

/// Whether one of the words stands in the text by itself, in any case.
fn holds_word(text: &[u8], words: &[&str]) -> bool {
    let mut inside = false;
    text.iter().enumerate().any(|(at, byte)| {
        let begins = byte.is_ascii_alphabetic() && !inside;
        inside = byte.is_ascii_alphabetic();
        let rest = if begins { text.get(at..).unwrap_or_default() } else { return false };
        words.iter().any(|word| {
            let own = rest.get(..word.len());
            own.is_some_and(|own| own.eq_ignore_ascii_case(word.as_bytes()))
                && !rest.get(word.len()).is_some_and(u8::is_ascii_alphabetic)
        })
    })
}

/// What may stand between the groups of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Separator {
    Space,
    Hyphen,
    Dot,
}

/// The separator at the beginning of a text, and its width in bytes. Word processors write the
/// unbreakable ones.
fn separator(text: &[u8]) -> Option<(Separator, usize)> {
    match text {
        [b' ', ..] => Some((Separator::Space, 1)),
        [b'-', ..] => Some((Separator::Hyphen, 1)),
        [b'.', ..] => Some((Separator::Dot, 1)),
        [0xC2, 0xA0, ..] => Some((Separator::Space, 2)),
        [0xE2, 0x80, 0xAF | 0x89, ..] => Some((Separator::Space, 3)),
        [0xE2, 0x80, 0x90..=0x93, ..] => Some((Separator::Hyphen, 3)),
        _ => None,
    }
}

/// Whether a separator may begin with this byte.
fn separator_start(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | 0xC2 | 0xE2)
}

/// Up to 34 letters and digits, in upper case.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Code {
    fn default() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }
}

impl Code {
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte.to_ascii_uppercase();
        self.length += 1;
        Some(())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A number in groups, such as `4111 1111 1111 1111`. The first group may hold letters.
#[derive(Clone, Copy, Default)]
pub(crate) struct Groups {
    code: Code,
    lengths: [usize; MOST_GROUPS],
    ends: [usize; MOST_GROUPS],
    count: usize,
    /// What stands between the groups; nothing if there is one group.
    pub(crate) separator: Option<Separator>,
    /// The separator before the first group and the digits before that, if there are any.
    joined: Option<(Separator, usize)>,
    /// Whether it goes on beyond what is held here.
    more: bool,
}

impl Groups {
    fn close(&mut self, length: usize, end: usize) {
        if let (Some(own), Some(ends)) = (self.lengths.get_mut(self.count), self.ends.get_mut(self.count)) {
            (*own, *ends) = (length, end);
            self.count += 1;
        }
    }

    /// The lengths of the groups.
    pub(crate) fn lengths(&self) -> &[usize] {
        self.lengths.get(..self.count).unwrap_or_default()
    }

    /// The number that these groups make, and where it ends, if the text begins with groups of these
    /// lengths; more groups may follow.
    pub(crate) fn starting(&self, lengths: &[usize]) -> Option<(&[u8], usize)> {
        if !self.lengths().starts_with(lengths) || self.decimals() {
            return None;
        }
        let end = *self.ends.get(lengths.len().checked_sub(1)?)?;
        Some((self.code.bytes().get(..lengths.iter().sum())?, end))
    }

    /// The same, if there are no other groups before and behind.
    pub(crate) fn exactly(&self, lengths: &[usize]) -> Option<(&[u8], usize)> {
        let alone = self.count == lengths.len() && !self.more;
        let own = self.separator.unwrap_or(Separator::Space);
        let apart = self.joined.is_none_or(|(kind, _)| kind != own);
        if alone && apart { self.starting(lengths) } else { None }
    }

    /// The same for a number in one group, which may stand in a row of others.
    pub(crate) fn one(&self, length: usize) -> Option<(&[u8], usize)> {
        if self.separator == Some(Separator::Dot) { None } else { self.starting(&[length]) }
    }

    /// Whether a group of so many digits stands right before.
    pub(crate) fn follows_group_of(&self, digits: usize) -> bool {
        self.joined.is_some_and(|(_, own)| own == digits)
    }

    /// Whether these are the digits behind a decimal point.
    fn decimals(&self) -> bool {
        matches!(self.joined, Some((Separator::Dot, _)))
    }
}
