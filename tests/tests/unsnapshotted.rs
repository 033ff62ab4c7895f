//! A module whose memory cannot be snapshotted is configured before each call instead, and nothing else is
//! different: its settings count, its decisions are recorded and come out the same again.

use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, guest};

/// Keeps what `configure` set in a vector, which snapshots do not hold, and traps if that is not there.
const GUEST: &str = r#"
    (global $set (mut v128) (v128.const i32x4 0 0 0 0))
    (func (export "configure") (param i32 i32) (result i32)
      (global.set $set (v128.const i32x4 1 0 0 0))
      (i32.const 0x260))
    (func (export "decide") (param i32) (result i32)
      (if (i32.eqz (v128.any_true (global.get $set))) (then (unreachable)))
      (i32.const 0x280))"#;

#[test]
fn it_is_configured_before_each_call_and_inspect_says_so() {
    let program = Program::with_fresh_home();
    let file = program.write("vector.wasm", guest::build(GUEST));
    let shown = program.run(&["policy", "inspect", &file], "");
    assert_eq!(shown.code, Some(0), "{shown:#?}");
    assert!(shown.stdout.contains("no: configured before each call, because"), "{}", shown.stdout);

    let set = "name = \"vector\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"vector.wasm\"\n";
    let set = program.write("vector.toml", set);
    program.activate(&set);
    let run = program.run(&["evaluate", "-", "--now", NOW, "--format", "json"], corpus::first(300));
    assert_eq!(run.code, Some(0), "{run:#?}");
    for decision in run.lines() {
        assert_eq!(decision["outcome"], "apply", "{decision}");
        assert!(decision["modules"][0]["fault"].is_null(), "{decision}");
    }
    let again = program.run(&["reproduce", "--all"], "");
    assert_eq!(again.code, Some(0), "{again:#?}");
    assert!(again.stdout.contains("300 equal"), "{}", again.stdout);
}
