//! Functions that were compiled before. All modules of a scripting language carry the same interpreter, and a module that its
//! author changes is mostly what it was: each function is compiled once.
//!
//! For those who write modules. What decides in a deployment is compiled whole, by the compiler alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::mem;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wasmtime::CacheStore;

use super::SandboxError;
use super::sealed::SealedFolder;

/// Components below this size, in bytes, are compiled in less time than it takes to look functions up.
pub(super) const WORTHWHILE: usize = 2 << 20;

/// The most that is kept, in bytes: those of JavaScript take 95 MB and Python's 80, each optimized and not.
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
        self.0.read_into(FILE, Vec::new()).unwrap_or_default()
    }

    /// Keeps what a compiler made, and of what was kept before as much as there is room for, what it used first. A store that
    /// cannot be written costs time and nothing else.
    pub(super) fn add(&self, news: &News) {
        // Another process may have added some meanwhile.
        let before = self.read();
        let (used, others): (Vec<_>, Vec<_>) = entries(&before).partition(|entry| news.used.contains(&entry.key));
        let mut parts = vec![&news.made[..]];
        let mut room = ROOM.saturating_sub(news.made.len());
        for entry in used.into_iter().chain(others) {
            let Some(left) = room.checked_sub(entry.whole.len()) else { break };
            room = left;
            parts.extend(before.get(entry.whole));
        }
        if let Err(error) = self.0.write(FILE, &parts) {
            tracing::warn!(%error, "compiled functions could not be kept; they will be compiled again next time");
        }
    }
}

/// What a compiler made, packed, and the keys of what it took from the store.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) made: Vec<u8>,
    pub(super) used: HashSet<Key>,
}

/// Functions that a compiler asks for, and those that it made.
#[derive(Debug, Default)]
pub(super) struct Functions {
    packed: Vec<u8>,
    places: HashMap<Key, Range<usize>>,
    news: Mutex<News>,
}

impl Functions {
    /// Those of a pack.
    pub(super) fn unpack(packed: Vec<u8>) -> Self {
        let places = entries(&packed).map(|entry| (entry.key, entry.value)).collect();
        Self { packed, places, news: Mutex::default() }
    }

    /// What was made and used since.
    pub(super) fn news(&self) -> News {
        mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let (key, place) = self.places.get_key_value(key)?;
        self.lock().used.insert(*key);
        self.packed.get(place.clone()).map(Cow::Borrowed)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let (Ok(key), Ok(length)) = (Key::try_from(key), u32::try_from(value.len())) else { return false };
        let mut news = self.lock();
        // Functions of one module that are alike have one key.
        if news.used.insert(key) {
            news.made.extend(key);
            news.made.extend(length.to_le_bytes());
            news.made.extend(value);
        }
        true
    }
}

/// One function of a pack: its key, its length and its bytes.
struct Entry {
    key: Key,
    value: Range<usize>,
    whole: Range<usize>,
}

/// The functions of a pack. What is cut off is left out.
fn entries(packed: &[u8]) -> impl Iterator<Item = Entry> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (key, rest) = packed.get(at..)?.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        rest.get(..length)?;
        let (start, value) = (at, at + key.len() + 4);
        at = value + length;
        Some(Entry { key: *key, value: value..at, whole: start..at })
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

    fn news(key: u8, value: &[u8]) -> News {
        let functions = Functions::default();
        assert!(functions.insert(&[key; 32], value.to_vec()));
        functions.news()
    }

    fn keys(packed: &[u8]) -> Vec<u8> {
        entries(packed).map(|entry| entry.key[0]).collect()
    }

    fn store() -> (tempfile::TempDir, FunctionStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = FunctionStore::open(folder.path()).unwrap();
        (folder, store)
    }

    /// Some functions are not found again: the engine numbers the targets of a branch table in the order of a hash map.
    #[test]
    fn what_is_made_of_functions_compiled_before_is_what_the_compiler_makes() {
        let request = SetupRequest { settings: "{}".to_owned(), shape: Shape::ORDINARY, strict: true, snapshot: true };
        let compiled = |functions: Option<&Arc<Functions>>| {
            set_up(COMPONENT, &request, &Interface::RELEASED, functions.cloned()).unwrap()
        };
        let whole = compiled(None);
        let first = Arc::new(Functions::default());
        assert!(compiled(Some(&first)) == whole);
        let made = first.news().made;
        let second = Arc::new(Functions::unpack(made.clone()));
        assert!(compiled(Some(&second)) == whole);
        let again = second.news().made;
        assert!(keys(&again).len() < keys(&made).len() / 2, "{} of {}", keys(&again).len(), keys(&made).len());
    }

    #[test]
    fn kept_functions_are_found() {
        let (_folder, store) = store();
        assert!(store.read().is_empty());
        store.add(&news(1, b"one"));
        store.add(&news(2, b"two"));
        let functions = Functions::unpack(store.read());
        assert_eq!(functions.get(&[1; 32]).as_deref(), Some(&b"one"[..]));
        assert_eq!(functions.get(&[2; 32]).as_deref(), Some(&b"two"[..]));
        assert_eq!(functions.get(&[3; 32]), None);
        assert_eq!(functions.news().used.len(), 2);
    }

    #[test]
    fn a_full_store_lets_go_what_was_not_used() {
        let (_folder, store) = store();
        store.add(&news(1, b"unused"));
        store.add(&news(2, b"used"));
        store.add(&news(3, &vec![0; ROOM - 100]));
        assert_eq!(keys(&store.read()), [3, 2], "the newest first");
        let functions = Functions::unpack(store.read());
        assert!(functions.get(&[2; 32]).is_some());
        assert!(functions.insert(&[4; 32], b"new".to_vec()));
        store.add(&functions.news());
        assert_eq!(keys(&store.read()), [4, 2]);
    }

    #[test]
    fn a_pack_that_is_cut_off_gives_what_is_whole() {
        let pack = [news(1, b"one").made, news(2, b"two").made].concat();
        for length in 0..pack.len() {
            let found = keys(&pack[..length]).len();
            assert_eq!(found, length / (pack.len() / 2), "of {length} bytes");
        }
    }

    #[test]
    fn a_store_that_somebody_changed_is_not_used() {
        let (folder, store) = store();
        store.add(&news(1, b"one"));
        let file = folder.path().join(FILE);
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(store.read().is_empty());
    }
}
