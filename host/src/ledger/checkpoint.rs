//! Checkpoints: heads of the tree as signed notes that others can keep (<https://c2sp.org/tlog-checkpoint>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::note::{self, NoteError};
use super::{Digest, Head, NoteSigner, VerifierKey};

/// A head, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The identity of the log. Ours is the name of the key that signs for it.
    pub origin: String,
    /// The head.
    pub head: Head,
}

impl Checkpoint {
    /// The signed note of a head, for the log that a key is named after.
    #[must_use]
    pub fn sign(head: &Head, signer: &NoteSigner) -> String {
        let (origin, size, root) = (signer.verifier().name(), head.size, STANDARD.encode(head.root.as_bytes()));
        note::sign(&format!("{origin}\n{size}\n{root}\n"), signer)
    }

    /// Reads a checkpoint that is signed by the key of its log.
    ///
    /// # Errors
    /// See [`NoteError`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let checkpoint = Self::from_text(note::open(note, key)?)?;
        if checkpoint.origin != key.name() {
            return Err(NoteError::Origin { origin: checkpoint.origin, name: key.name().to_owned() });
        }
        Ok(checkpoint)
    }

    /// Reads a checkpoint without asking who signed it: for one that was kept where nobody else can write.
    ///
    /// # Errors
    /// [`NoteError::Form`] and [`NoteError::Checkpoint`].
    pub fn open_unverified(note: &str) -> Result<Self, NoteError> {
        Self::from_text(note::split(note)?.0)
    }

    fn from_text(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Checkpoint;
        let mut lines = text.split_terminator('\n');
        let [Some(origin), Some(size), Some(root)] = [lines.next(), lines.next(), lines.next()] else {
            return Err(wrong("it has fewer than three lines"));
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(wrong("it has an empty line"));
        }
        // One spelling for each number: what was signed is what is shown.
        let size = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
        let root = STANDARD.decode(root).ok().and_then(|root| <[u8; 32]>::try_from(root).ok());
        let head = Head {
            size: size.ok_or(wrong("its second line is no size of a tree"))?,
            root: root.map(Digest::from).ok_or(wrong("its third line is no root of a tree"))?,
        };
        Ok(Self { origin: origin.to_owned(), head })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_what_it_signs() {
        let signer = NoteSigner::new("example.com/log", &[3; 32]).unwrap();
        for size in [0, 1, 20_852_163, u64::MAX] {
            let head = Head { size, root: Digest::of(b"root") };
            let note = Checkpoint::sign(&head, &signer);
            let read = Checkpoint { origin: "example.com/log".to_owned(), head };
            assert_eq!(Checkpoint::open(&note, signer.verifier()), Ok(read.clone()));
            assert_eq!(Checkpoint::open_unverified(&note), Ok(read));
        }
    }

    #[test]
    fn the_specifications_own_checkpoint_is_read() {
        let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        let read = Checkpoint::open_unverified(note).unwrap();
        assert_eq!((read.origin.as_str(), read.head.size), ("example.com/behind-the-sofa", 20_852_163));
        assert!(format!("{:x}", read.head.root).starts_with("0ac5186a91863e8e1d90"));
        let extended = note.replace("q2I=\n", "q2I=\nmore\n");
        assert_eq!(Checkpoint::open_unverified(&extended), Ok(read));
    }

    #[test]
    fn other_texts_are_no_checkpoints() {
        let signer = NoteSigner::new("log", &[3; 32]).unwrap();
        let root = STANDARD.encode([0; 32]);
        for text in [
            "log\n1\n".to_owned(),
            format!("log\n01\n{root}\n"),
            format!("log\n+1\n{root}\n"),
            format!("log\n-1\n{root}\n"),
            format!("log\n18446744073709551616\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("log\n1\n{}\n", STANDARD.encode([0; 31])),
            format!("log\n1\n{}\n", root.trim_end_matches('=')),
            format!("log\n1\n{root}\n\nx\n"),
        ] {
            let error = Checkpoint::open(&note::sign(&text, &signer), signer.verifier()).unwrap_err();
            assert!(matches!(error, NoteError::Checkpoint(_)) && !error.breaks(), "{text}");
        }
        let other = note::sign(&format!("other\n1\n{root}\n"), &signer);
        let error = Checkpoint::open(&other, signer.verifier()).unwrap_err();
        assert!(matches!(error, NoteError::Origin { .. }) && error.breaks());
    }
}
