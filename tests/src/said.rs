//! What tests expect of a run: that it was done, or refused with a code and some words.

use serde_json::Value;

use crate::{Program, Run};

/// It was done; what was printed as JSON.
#[expect(clippy::must_use_candidate, reason = "some ask only whether it was done")]
pub fn done(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{run:#?}");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
}

/// It was refused with a code and these words.
pub fn refused(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:#?}");
    for word in words {
        assert!(run.message().contains(word), "{word}: {run:#?}");
    }
}

/// What is on record holds, and comes out the same when it is made again, whichever set decided.
pub fn holds(program: &Program) {
    for arguments in [&["ledger", "verify"][..], &["reproduce", "--all"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}
