//! Functions that were compiled before. All modules of a scripting language carry the same interpreter, and a module that its
//! author changes is mostly what it was: each function is compiled once.
//!
//! For those who write modules. What decides in a deployment is compiled whole, by the compiler alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use wasmtime::CacheStore;

use super::SandboxError;
use super::sealed::SealedFolder;

/// Components below this size, in bytes, are compiled in less time than it takes to look functions up.
pub(super) const WORTHWHILE: usize = 2 << 20;

/// The most that is kept, in bytes: an interpreter has up to TODO.
const ROOM: usize = 256 << 20;

/// The name of the file that functions are kept in.
const FILE: &str = "functions";

/// The compiler's key of a function: a SHA-256 over all that decides what it is compiled to.
type Key = [u8; 32];

/// Where compiled functions are kept between runs.
#[derive(Debug)]
pub(super) struct FunctionStore(SealedFolder);

impl FunctionStore {
    /// Opens the store in a folder, and makes it if it is not there.
    pub(super) fn open(dir: &Path) -> Result<Self, SandboxError> {
        SealedFolder::open(dir).map(Self)
    }

    /// All functions that are kept, packed.
    pub(super) fn read(&self) -> Vec<u8> {
        let Some((mut file, start)) = self.0.read(FILE) else { return Vec::new() };
        file.drain(..start);
        file
    }

    /// Keeps packed functions, and of those that were kept before as many as there is room for, the newest first. A store that cannot be written costs
    /// time and nothing else.
    pub(super) fn add(&self, made: &[u8]) {
        // Another process may have added some meanwhile.
        let before = self.read();
        let room = ROOM.saturating_sub(made.len());
        let end =
            entries(&before).map(|(_, range)| range.end).take_while(|end| *end <= room).last().unwrap_or_default();
        if let Err(error) = self.0.write(FILE, &[made, before.get(..end).unwrap_or_default()]) {
            tracing::warn!(%error, "compiled functions could not be kept; they will be compiled again next time");
        }
    }
}

/// Functions that a compiler asks for, and those that it made.
#[derive(Debug, Default)]
pub(super) struct Functions {
    packed: Vec<u8>,
    places: HashMap<Key, Range<usize>>,
    made: Mutex<Made>,
}

#[derive(Debug, Default)]
struct Made {
    keys: HashSet<Key>,
    packed: Vec<u8>,
}

impl Functions {
    /// Those of a pack.
    pub(super) fn unpack(packed: Vec<u8>) -> Self {
        let places = entries(&packed).collect();
        Self { packed, places, made: Mutex::default() }
    }

    /// Those that were made since, packed.
    pub(super) fn made(&self) -> Vec<u8> {
        std::mem::take(&mut self.made.lock().unwrap_or_else(PoisonError::into_inner).packed)
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let place = self.places.get(key)?;
        self.packed.get(place.clone()).map(Cow::Borrowed)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let (Ok(key), Ok(length)) = (Key::try_from(key), u32::try_from(value.len())) else { return false };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.keys.insert(key) {
            made.packed.extend(key);
            made.packed.extend(length.to_le_bytes());
            made.packed.extend(value);
        }
        true
    }
}

/// The functions of a pack: each has its key, its length and its bytes. What is cut off is left out.
fn entries(packed: &[u8]) -> impl Iterator<Item = (Key, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (key, rest) = packed.get(at..)?.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        rest.get(..length)?;
        let start = at + key.len() + 4;
        at = start + length;
        Some((*key, start..at))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::sandbox::interface::Interface;
    use crate::sandbox::scan::Shape;
    use crate::sandbox::setup::{SetupRequest, set_up};

    const COMPONENT: &[u8] = include_bytes!("../../../policies/released/confidence/1.0.0.wasm");

    fn packed(key: u8, value: &[u8]) -> Vec<u8> {
        let functions = Functions::default();
        assert!(functions.insert(&[key; 32], value.to_vec()));
        functions.made()
    }

    #[test]
    fn what_is_made_of_functions_compiled_before_is_what_the_compiler_makes() {
        let request = SetupRequest { settings: "{}".to_owned(), shape: Shape::ORDINARY, strict: true, snapshot: true };
        let compiled = |functions: Option<&Arc<Functions>>| {
            set_up(COMPONENT, &request, &Interface::RELEASED, functions.cloned()).unwrap()
        };
        let whole = compiled(None);
        let first = Arc::new(Functions::default());
        assert!(compiled(Some(&first)) == whole);
        let made = first.made();
        let second = Arc::new(Functions::unpack(made.clone()));
        assert!(compiled(Some(&second)) == whole);
        assert!(!made.is_empty() && second.made().is_empty(), "all of them were there");
    }

    #[test]
    fn kept_functions_are_found_and_the_newest_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let store = FunctionStore::open(folder.path()).unwrap();
        assert!(store.read().is_empty());
        store.add(&packed(1, b"one"));
        store.add(&packed(2, b"two"));
        let functions = Functions::unpack(store.read());
        assert_eq!(functions.get(&[1; 32]).as_deref(), Some(&b"one"[..]));
        assert_eq!(functions.get(&[2; 32]).as_deref(), Some(&b"two"[..]));
        assert_eq!(functions.get(&[3; 32]), None);
        assert_eq!(entries(&functions.packed).map(|(key, _)| key[0]).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn a_full_store_lets_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let store = FunctionStore::open(folder.path()).unwrap();
        store.add(&packed(1, b"old"));
        store.add(&packed(2, &vec![0; ROOM / 2]));
        store.add(&packed(3, &vec![0; ROOM / 2 - 64]));
        assert_eq!(entries(&store.read()).map(|(key, _)| key[0]).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_pack_that_is_cut_off_gives_what_is_whole() {
        let pack = [packed(1, b"one"), packed(2, b"two")].concat();
        for length in 0..pack.len() {
            let found = entries(&pack[..length]).count();
            assert_eq!(found, length / (pack.len() / 2), "of {length} bytes");
        }
    }

    #[test]
    fn a_store_that_somebody_changed_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let store = FunctionStore::open(folder.path()).unwrap();
        store.add(&packed(1, b"one"));
        let file = folder.path().join(FILE);
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(store.read().is_empty());
    }
}
