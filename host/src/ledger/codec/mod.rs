//! Compresses what is stored, with dictionaries that are trained on what the ledger holds already.
//!
//! Hashes are over the texts themselves, so how a row is stored is no part of what is proved.

mod shared;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use zstd::zstd_safe::{self, CCtx, CDict, DCtx, DDict};

pub(super) use shared::{Values, shared_by_many};

/// The level of zstd: measured with a dictionary, higher ones take several times as long and save a twentieth.
const LEVEL: i32 = 3;

/// The most bytes of a dictionary. Twice as many save nothing that was measurable.
const DICTIONARY: usize = 32 << 10;

/// The longest text that is packed, and so unpacked, in bytes: a forged one cannot fill the memory. No event comes near it,
/// and one that does stands as it is.
const LONGEST: u64 = 64 << 20;

/// Why bytes cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnpackError {
    #[error("it was packed with the dictionary {0}, which is missing")]
    Missing(u32),
    #[error("it is no packed text: {0}")]
    Malformed(&'static str),
}

/// Packs texts with one dictionary, on any thread.
pub(super) struct Packer(CDict<'static>);

impl Packer {
    pub(super) fn new(dictionary: &[u8]) -> Self {
        Self(CDict::create(dictionary, LEVEL))
    }

    /// The packed text; none if packing it saves nothing, or it is too long to be unpacked again.
    pub(super) fn pack(&self, text: &str) -> Option<Vec<u8>> {
        if text.len() as u64 > LONGEST {
            return None;
        }
        // A context and its buffer are dear to make, and are used by one thread at a time.
        thread_local! {
            static CONTEXT: RefCell<(CCtx<'static>, Vec<u8>)> = RefCell::new((CCtx::create(), Vec::new()));
        }
        CONTEXT.with_borrow_mut(|(context, packed)| {
            packed.clear();
            packed.reserve(zstd_safe::compress_bound(text.len()));
            context.compress_using_cdict(packed, text.as_bytes(), &self.0).ok()?;
            (packed.len() < text.len()).then(|| packed.clone())
        })
    }
}

/// Unpacks texts with the dictionaries that it was given.
pub(super) struct Unpacker {
    context: DCtx<'static>,
    dictionaries: HashMap<u32, DDict<'static>>,
}

impl Default for Unpacker {
    fn default() -> Self {
        Self { context: DCtx::create(), dictionaries: HashMap::new() }
    }
}

impl Unpacker {
    /// Gives it a dictionary. What is none is not taken.
    pub(super) fn add(&mut self, dictionary: &[u8]) {
        if let Some(id) = dictionary_id(dictionary) {
            self.dictionaries.insert(id, DDict::create(dictionary));
        }
    }

    pub(super) fn unpack(&mut self, packed: &[u8]) -> Result<String, UnpackError> {
        let length = match zstd_safe::get_frame_content_size(packed) {
            Ok(Some(length)) if length <= LONGEST => usize::try_from(length).unwrap_or(usize::MAX),
            _ => return Err(UnpackError::Malformed("its length is not told, or too great")),
        };
        let id = zstd_safe::get_dict_id_from_frame(packed).map_or(0, std::num::NonZero::get);
        let dictionary = self.dictionaries.get(&id).ok_or(UnpackError::Missing(id))?;
        let mut text = Vec::with_capacity(length);
        self.context
            .decompress_using_ddict(&mut text, packed, dictionary)
            .map_err(|code| UnpackError::Malformed(zstd_safe::get_error_name(code)))?;
        String::from_utf8(text).map_err(|_| UnpackError::Malformed("it is not UTF-8"))
    }
}

/// The number that texts name a dictionary by.
pub(super) fn dictionary_id(dictionary: &[u8]) -> Option<u32> {
    (dictionary.first_chunk() == Some(&MAGIC))
        .then(|| dictionary.get(4..8)?.first_chunk().copied())?
        .map(u32::from_le_bytes)
}

/// How a dictionary of zstd begins (RFC 8878, section 5).
const MAGIC: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];

/// A dictionary trained on texts, with a number of its own; none if there are too few for one.
pub(super) fn train(texts: &[Cow<'_, str>], number: u32) -> Option<Vec<u8>> {
    let sizes: Vec<usize> = texts.iter().map(|text| text.len()).collect();
    let joined = texts.concat();
    let mut dictionary = Vec::with_capacity(DICTIONARY);
    zstd_safe::train_from_buffer(&mut dictionary, joined.as_bytes(), &sizes).ok()?;
    // The number stands behind the magic bytes. One of ours takes one byte in each row, where a random one takes four.
    dictionary.get_mut(4..8)?.copy_from_slice(&number.to_le_bytes());
    Some(dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<Cow<'static, str>> {
        let text = |number: u32| format!("{{\"field\":\"email\",\"number\":{number},\"set\":\"crm-default\"}}").into();
        (0..2_000).map(text).collect()
    }

    #[test]
    fn what_is_packed_comes_back() {
        let dictionary = train(&texts(), 7).unwrap();
        assert!(dictionary.len() <= DICTIONARY);
        assert_eq!(dictionary_id(&dictionary), Some(7));
        let (packer, mut unpacker) = (Packer::new(&dictionary), Unpacker::default());
        unpacker.add(&dictionary);
        for text in texts().iter().take(50) {
            let stored = packer.pack(text).unwrap();
            assert!(stored.len() * 2 < text.len(), "{} of {}", stored.len(), text.len());
            assert_eq!(unpacker.unpack(&stored).unwrap(), *text);
        }
        assert_eq!(packer.pack("x"), None, "packing it would only lengthen it");
        let long = "x".repeat(usize::try_from(LONGEST).unwrap());
        assert_eq!(unpacker.unpack(&packer.pack(&long).unwrap()).unwrap(), long);
        assert_eq!(packer.pack(&(long + "x")), None, "it could not be unpacked");
    }

    #[test]
    fn what_cannot_be_unpacked_is_an_error() {
        let dictionary = train(&texts(), 7).unwrap();
        let packed = Packer::new(&dictionary).pack(&texts()[0]).unwrap();
        assert_eq!(Unpacker::default().unpack(&packed), Err(UnpackError::Missing(7)));
        let mut unpacker = Unpacker::default();
        unpacker.add(b"no dictionary");
        unpacker.add(&dictionary);
        for cut in 0..packed.len() {
            unpacker.unpack(&packed[..cut]).unwrap_err();
        }
        // A frame that says that it holds a gibibyte.
        let bomb = [0x28, 0xb5, 0x2f, 0xfd, 0x80 | 1, 7, 0, 0, 0, 0x40];
        assert!(matches!(unpacker.unpack(&bomb), Err(UnpackError::Malformed(_))));
        for at in 0..packed.len() {
            let mut flipped = packed.clone();
            flipped[at] ^= 1;
            // Whatever comes of it, it ends.
            let _ = unpacker.unpack(&flipped);
        }
        assert_eq!(train(&[], 1), None);
    }
}
