//! The same work on many things, on several threads.

use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::sandbox::Scratch;

/// The stack of a thread that calls modules, in bytes: the modules' own stack, and room for the host.
pub(super) const STACK: usize = 8 << 20;

/// A thread that calls modules could not be started, or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a thread that calls modules failed")]
pub struct ThreadFailed;

/// Does `one` to each thing on up to `jobs` threads, the calling one among them, each with an arena of its own, and answers in order.
///
/// # Errors
/// If a thread cannot be started or panics.
pub fn on_threads<W: Sync, T: Send>(
    jobs: usize,
    work: &[W],
    one: impl Fn(&mut Scratch, &W) -> T + Sync,
) -> Result<Vec<T>, ThreadFailed> {
    if jobs <= 1 || work.len() <= 1 {
        let mut scratch = Scratch::default();
        return Ok(work.iter().map(|work| one(&mut scratch, work)).collect());
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let mut scratch = Scratch::default();
        let mut own = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(work) = work.get(index) else { return own };
            own.push((index, one(&mut scratch, work)));
        }
    };
    let mut done = thread::scope(|scope| {
        // This thread works, too, so that one less has to be started: groups of a service are small.
        let started: Vec<_> = (1..jobs.min(work.len()))
            .map(|_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run))
            .collect();
        let own = catch_unwind(AssertUnwindSafe(run)).map_err(|_| ThreadFailed);
        let joined =
            started.into_iter().map(|thread| thread.map_err(|_| ThreadFailed)?.join().map_err(|_| ThreadFailed));
        // All are waited for before the first failure is told.
        let all: Vec<Result<Vec<_>, ThreadFailed>> = iter::once(own).chain(joined).collect();
        all.into_iter().try_fold(Vec::with_capacity(work.len()), |mut done, part| {
            done.extend(part?);
            Ok(done)
        })
    })?;
    done.sort_unstable_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_on_any_thread_fails_whole() {
        let work: Vec<u32> = (0..100).collect();
        for jobs in [2, 7] {
            let done = on_threads(jobs, &work, |_, number| assert_ne!(*number, 50, "planned"));
            assert_eq!(done, Err(ThreadFailed), "{jobs} threads");
        }
    }

    #[test]
    fn answers_come_in_the_order_of_the_work() {
        let work: Vec<u32> = (0..1_000).collect();
        for jobs in [1, 2, 7] {
            let done = on_threads(jobs, &work, |_, number| number * 2).unwrap();
            assert!(done.iter().zip(&work).all(|(double, number)| *double == number * 2), "{jobs} threads");
        }
    }
}
