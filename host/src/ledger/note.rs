//! Signed notes: a text, and below it who signs it (<https://c2sp.org/signed-note>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{KeyId, is_name};
use super::{NoteSigner, VerifierKey};

/// No note of ours comes near this size.
const MOST_BYTES: usize = 1 << 20;

/// Why a note is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no note.
    #[error("it is no signed note: {0}")]
    Form(&'static str),
    /// It is a note, but its text is no checkpoint.
    #[error("it is no checkpoint: {0}")]
    Checkpoint(&'static str),
    /// No signature by the key.
    #[error(
        "it has no signature by the key of `{0}`: it is another log's, was signed with another key, or was changed"
    )]
    Unsigned(String),
    /// A signature that is said to be by the key is not.
    #[error("its signature by `{0}` does not hold: the text or the signature was changed")]
    Forged(String),
    /// The text speaks of another log than the one whose key it is.
    #[error("it is about the log `{origin}`, but the key is that of `{name}`")]
    Origin {
        /// The log that the text speaks of.
        origin: String,
        /// The name of the key.
        name: String,
    },
}

impl NoteError {
    /// Whether the note is one, but does not hold.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        matches!(self, Self::Unsigned(_) | Self::Forged(_) | Self::Origin { .. })
    }
}

/// Signs a text, which ends in a newline and has no control characters beside newlines.
pub(super) fn sign(text: &str, signer: &NoteSigner) -> String {
    let KeyId { name, id } = signer.verifier().id();
    let signature = STANDARD.encode([&id[..], &signer.sign(text.as_bytes())].concat());
    format!("{text}\n\u{2014} {name} {signature}\n")
}

/// The text of a note that is signed by a key. Signatures by other keys are passed over, as the specification asks.
pub(super) fn open<'n>(note: &'n str, key: &VerifierKey) -> Result<&'n str, NoteError> {
    let (text, signatures) = split(note)?;
    let name = || key.name().to_owned();
    let mut signed = false;
    for line in signatures.split_terminator('\n') {
        let (id, signature) = signature(line)?;
        if id == *key.id() {
            let signature = signature.as_slice().try_into().map_err(|_| NoteError::Forged(name()))?;
            if !key.verifies(text.as_bytes(), signature) {
                return Err(NoteError::Forged(name()));
            }
            signed = true;
        }
    }
    if signed { Ok(text) } else { Err(NoteError::Unsigned(name())) }
}

/// The text of a note, with its last newline, and the lines of signatures.
pub(super) fn split(note: &str) -> Result<(&str, &str), NoteError> {
    if note.len() > MOST_BYTES {
        return Err(NoteError::Form("it is too large"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Form("it has control characters"));
    }
    if !note.ends_with('\n') {
        return Err(NoteError::Form("its last line does not end"));
    }
    let between = note.rfind("\n\n").ok_or(NoteError::Form("no empty line stands before signatures"))?;
    let (text, rest) = note.split_at(between + 1);
    let signatures = rest.strip_prefix('\n').filter(|lines| !lines.is_empty());
    Ok((text, signatures.ok_or(NoteError::Form("it has no signatures"))?))
}

/// Who signs in a line, and the bytes of the signature.
fn signature(line: &str) -> Result<(KeyId, Vec<u8>), NoteError> {
    let wrong = NoteError::Form("a line of signatures has not the form `\u{2014} NAME BASE64`");
    let parts = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
    let (name, bytes) = parts.filter(|(name, _)| is_name(name)).ok_or_else(|| wrong.clone())?;
    let bytes = STANDARD.decode(bytes).map_err(|_| wrong.clone())?;
    let (id, signature) = bytes.split_first_chunk().filter(|(_, rest)| !rest.is_empty()).ok_or(wrong)?;
    Ok((KeyId { name: name.to_owned(), id: *id }, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECIFIED: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn the_specifications_own_note_opens() {
        assert_eq!(open(SPECIFIED, &KEY.parse().unwrap()), Ok("This is an example message.\n"));
    }

    #[test]
    fn a_note_opens_with_its_key_alone() {
        let signer = NoteSigner::new("log", &[1; 32]).unwrap();
        let note = sign("a\n\nb\n", &signer);
        assert_eq!(open(&note, signer.verifier()), Ok("a\n\nb\n"));
        let other = NoteSigner::new("log", &[2; 32]).unwrap();
        let unsigned = NoteError::Unsigned("log".to_owned());
        assert_eq!(open(&note, other.verifier()), Err(unsigned));
        // Signatures of others stand beside ours.
        let (_, theirs) = split(&sign("a\n\nb\n", &other)).map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let both = note + &theirs;
        assert_eq!(open(&both, signer.verifier()), Ok("a\n\nb\n"));
        assert_eq!(open(&both, other.verifier()), Ok("a\n\nb\n"));
    }

    #[test]
    fn every_changed_bit_of_a_note_is_refused() {
        let signer = NoteSigner::new("log", &[1; 32]).unwrap();
        let note = sign("a text\nof lines\n", &signer);
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut changed = note.clone().into_bytes();
                changed[at] ^= 1 << bit;
                if let Ok(changed) = String::from_utf8(changed) {
                    assert!(open(&changed, signer.verifier()).is_err(), "{changed}");
                }
            }
        }
        for end in 0..note.len() {
            if let Some(cut) = note.get(..end) {
                assert!(open(cut, signer.verifier()).is_err(), "{cut}");
            }
        }
    }
}
