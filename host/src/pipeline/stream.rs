//! Long work through several threads in bounded memory: pages go in, results come out in the order of the pages.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::parallel::{STACK, ThreadFailed};

/// Pages that are on their way for each thread: one in work, one waiting.
const IN_FLIGHT: usize = 2;

/// Does `each` to every page on up to `jobs` threads, each with a state of its own, and hands the results to `sink` in
/// the order of the pages. The sink may end the work early. Returns the states of the threads, in no order.
///
/// Pages are read on the calling thread, so that reading goes on while others work.
///
/// # Errors
/// The first error of a page; or [`ThreadFailed`] if a thread cannot be started or panics.
pub fn stream<P: Send, S: Send, R: Send, E: From<ThreadFailed>>(
    jobs: usize,
    pages: impl Iterator<Item = Result<P, E>>,
    state: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, P) -> R + Sync,
    mut sink: impl FnMut(R) -> Result<ControlFlow<()>, E>,
) -> Result<Vec<S>, E> {
    if jobs <= 1 {
        let mut own = state();
        for page in pages {
            if sink(each(&mut own, page?))?.is_break() {
                break;
            }
        }
        return Ok(vec![own]);
    }
    let (to_work, work) = channel();
    let (done, results) = channel();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        let started: Result<Vec<_>, ThreadFailed> = (0..jobs)
            .map(|_| {
                let (done, work, state, each) = (done.clone(), &work, &state, &each);
                let run = move || worker(work, &done, state(), each);
                thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).map_err(|_| ThreadFailed)
            })
            .collect();
        // Whatever happens from here on, the threads end when nothing more can come.
        let fed = match &started {
            Ok(_) => feed(jobs * IN_FLIGHT, pages, &to_work, &results, &mut sink),
            Err(failed) => Err((*failed).into()),
        };
        drop(to_work);
        let states = started.unwrap_or_default().into_iter().map(|thread| thread.join().map_err(|_| ThreadFailed));
        let states: Result<_, _> = states.collect();
        fed?;
        Ok(states?)
    })
}

type Numbered<T> = (usize, T);

fn worker<P, S, R>(
    work: &Mutex<Receiver<Numbered<P>>>,
    done: &Sender<Numbered<Result<R, ThreadFailed>>>,
    mut state: S,
    each: &impl Fn(&mut S, P) -> R,
) -> S {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, page)) = next else { return state };
        // A panic must be told, or the reader would wait for this page for ever.
        let result = catch_unwind(AssertUnwindSafe(|| each(&mut state, page))).map_err(|_| ThreadFailed);
        if done.send((number, result)).is_err() {
            return state;
        }
    }
}

/// Hands pages to the threads and results to the sink until all is done.
fn feed<P, R, E: From<ThreadFailed>>(
    most: usize,
    mut pages: impl Iterator<Item = Result<P, E>>,
    work: &Sender<Numbered<P>>,
    results: &Receiver<Numbered<Result<R, ThreadFailed>>>,
    sink: &mut impl FnMut(R) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let mut early = BTreeMap::new();
    let (mut handed, mut given) = (0_usize, 0_usize);
    let mut ended = false;
    loop {
        // Pages that are done too early wait for their turn, and count: that bounds the memory.
        while !ended && handed - given < most {
            match pages.next() {
                Some(page) => {
                    work.send((handed, page?)).map_err(|_| ThreadFailed)?;
                    handed += 1;
                }
                None => ended = true,
            }
        }
        if given == handed {
            return Ok(());
        }
        let (number, result) = results.recv().map_err(|_| ThreadFailed)?;
        early.insert(number, result?);
        while let Some(result) = early.remove(&given) {
            given += 1;
            if sink(result)?.is_break() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(jobs: usize, pages: u64, stop_at: u64) -> (Vec<u64>, u64) {
        let mut out = Vec::new();
        let states = stream(
            jobs,
            (0..pages).map(Ok::<_, ThreadFailed>),
            || 0,
            |seen: &mut u64, page| {
                *seen += 1;
                page * page
            },
            |result| {
                out.push(result);
                Ok(if out.len() as u64 == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            },
        );
        (out, states.unwrap().iter().sum())
    }

    #[test]
    fn results_come_in_the_order_of_the_pages() {
        for jobs in [1, 2, 5] {
            let (out, seen) = squares(jobs, 1_000, u64::MAX);
            assert!(out.iter().copied().eq((0..1_000).map(|page| page * page)), "{jobs} threads");
            assert_eq!(seen, 1_000);
        }
    }

    #[test]
    fn the_sink_can_end_it() {
        for jobs in [1, 3] {
            let (out, seen) = squares(jobs, 1_000_000, 10);
            assert_eq!(out.len(), 10);
            assert!(seen < 100, "{seen} pages were worked on after the end");
        }
    }

    #[test]
    fn a_page_that_cannot_be_read_and_a_thread_that_panics_end_it_with_an_error() {
        for jobs in [1, 3] {
            let pages = (0..100).map(|page| if page == 50 { Err(ThreadFailed) } else { Ok(page) });
            stream(jobs, pages, || (), |(), page: i32| page, |_| Ok(ControlFlow::Continue(()))).unwrap_err();
        }
        let panics = |(): &mut (), page: i32| assert_ne!(page, 50);
        let pages = (0..100).map(Ok::<_, ThreadFailed>);
        stream(3, pages, || (), panics, |()| Ok(ControlFlow::Continue(()))).unwrap_err();
    }
}
