//! A component with some bits wrong, as a bad disk or a clever enemy leaves it: refused or run in the sandbox, but
//! never a crash.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use countersign::sandbox::{Shape, admit};
use countersign_tests::{Program, guest};

/// How many places are tried.
const CUTS: usize = 500;
const FLIPS: usize = 2_000;

/// How many of the changed components that are let in are made ready by the program.
const MADE_READY: usize = 30;

/// A released module if there is one, else a guest of the tests.
fn component() -> Vec<u8> {
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released/confidence");
    let mut files: Vec<_> = fs::read_dir(released).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.pop().map_or_else(guest::honest, |file| fs::read(file).unwrap())
}

fn is_let_in(bytes: &[u8], change: &str) -> bool {
    catch_unwind(AssertUnwindSafe(|| admit(bytes, &Shape::ORDINARY)))
        .unwrap_or_else(|_| panic!("panics: {change}"))
        .is_ok()
}

/// Bits spread evenly over the component: the same ones each time, and each bit of a byte as often.
fn flips(component: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let bits = component.len() * 8;
    // The odd step of a large prime visits every part of the file in an order without a pattern.
    (0..FLIPS).map(move |n| {
        let bit = n * 1_000_003 % bits;
        let mut changed = component.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        (format!("bit {bit}"), changed)
    })
}

#[test]
fn a_component_cut_short_is_refused() {
    let component = component();
    assert!(is_let_in(&component, "none"), "or this shows nothing");
    let step = (component.len() / CUTS).max(1);
    // The last bytes one by one: there the parts are that tools add, and that could be missing.
    let lengths = (0..component.len()).step_by(step).chain(component.len().saturating_sub(64)..component.len());
    for length in lengths {
        is_let_in(&component[..length], &format!("cut to {length}"));
    }
    assert!(!is_let_in(&component[..component.len() / 2], "cut in half"));
}

#[test]
fn no_flipped_bit_harms_the_host() {
    let component = component();
    let let_in: Vec<_> = flips(&component).filter(|(change, bytes)| is_let_in(bytes, change)).collect();
    println!("{} of {FLIPS} are refused", FLIPS - let_in.len());
    let program = Program::with_fresh_home();
    for (change, bytes) in let_in.iter().step_by(let_in.len().div_ceil(MADE_READY).max(1)) {
        let file = program.write("flipped.wasm", bytes);
        let run = program.run(&["policy", "inspect", &file], "");
        assert!(matches!(run.code, Some(0 | 3)), "{change}: {run:#?}");
    }
}
