//! How many people are asked about at a time: a slow issuer takes no more threads than that.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::LoginError;

/// The most at a time.
const MOST: usize = 8;

/// Places for those who ask the issuer.
#[derive(Debug, Default)]
pub(super) struct Places(AtomicUsize);

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'p>(&'p Places);

impl Places {
    /// Takes a place, if there is one.
    pub fn take(&self) -> Result<Place<'_>, LoginError> {
        let more = |taken| (taken < MOST).then_some(taken + 1);
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.map(|_| Place(self)).map_err(|_| LoginError::Busy)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let places = Places::default();
        let mut taken: Vec<_> = (0..MOST).map(|_| places.take().unwrap()).collect();
        assert_eq!(places.take().unwrap_err(), LoginError::Busy);
        taken.pop();
        assert!(places.take().is_ok());
    }
}
