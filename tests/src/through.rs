//! The program pointed at a service.

use crate::{Program, Run};

/// Runs the program to its end, pointed at what stands at an address. Its own folder is not there, and stays so; and the token
/// shows nowhere.
#[must_use]
pub fn through(program: &Program, address: &str, token: &str, arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
    let file = program.write("the-token", format!("{token}\n"));
    let nowhere = program.folder().join("nowhere");
    let more = ["--server", address, "--token-file", &file, "--home", nowhere.to_str().unwrap()];
    let run = program.run(&[arguments, &more].concat(), input);
    assert!(!nowhere.exists(), "{run:#?}");
    assert!(!run.stdout.contains(token) && !run.stderr.contains(token), "{run:#?}");
    assert!(!run.stderr.contains("panicked"), "{run:#?}");
    run
}
