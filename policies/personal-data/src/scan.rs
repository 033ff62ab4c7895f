//! One pass over one text.

use crate::cursor::Cursor;
use crate::secret::Secrets;
use crate::settings::Kind;
use crate::{card, government, iban};

/// What was found in one place: of each kind the first, in the order of `Kind::ALL`.
#[derive(Default)]
pub(crate) struct Found([Option<&'static str>; 4]);

impl Found {
    /// What was found of a kind, in words.
    pub(crate) fn of(&self, kind: Kind) -> Option<&'static str> {
        self.0.get(kind as usize).copied().flatten()
    }

    fn note(&mut self, kind: Kind, what: &'static str) {
        if let Some(slot) = self.0.get_mut(kind as usize) {
            slot.get_or_insert(what);
        }
    }

    fn is_full(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }
}

/// Looks at every run of letters and digits once, and adds what begins there. All kinds are looked for
/// even if only some are wanted: the digits of an IBAN are not to be taken for a card.
pub(crate) fn scan(text: &[u8], phone: bool, found: &mut Found) {
    let mut secrets = Secrets::default();
    let mut at = 0;
    while !found.is_full() {
        let Some(offset) = text.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_alphanumeric)) else {
            return;
        };
        let cursor = Cursor::at(text, at + offset);
        at = match examine(&cursor, phone, &mut secrets) {
            Some((kind, what, end)) => {
                found.note(kind, what);
                end.max(cursor.end)
            }
            None => cursor.end,
        };
    }
}

/// What begins at a run, in words, and where it ends.
fn examine(cursor: &Cursor, phone: bool, secrets: &mut Secrets) -> Option<(Kind, &'static str, usize)> {
    let digit = cursor.run().first().is_some_and(u8::is_ascii_digit);
    let groups = digit.then(|| cursor.groups());
    let card = groups.as_ref().and_then(card::find);
    if let Some(end) = card {
        return Some((Kind::PaymentCard, "a payment card number", end));
    }
    if let Some(end) = iban::find(cursor) {
        return Some((Kind::Iban, "a bank account number (IBAN)", end));
    }
    if let Some((what, end)) = government::find(cursor, groups.as_ref(), phone) {
        return Some((Kind::GovernmentId, what, end));
    }
    secrets.find(cursor).map(|(what, end)| (Kind::Secret, what, end))
}
