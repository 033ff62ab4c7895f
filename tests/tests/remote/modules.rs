//! Modules that are published, listed, shown and withdrawn through a service.

use countersign_tests::service::token;
use countersign_tests::{Program, guest, signer};

use super::Served;

#[test]
fn modules_are_published_shown_and_withdrawn_in_the_same_words() {
    let program = Program::with_fresh_home();
    let [author, operator] = ["author", "operator"].map(|role| token(&program, &format!("a-{role}"), role, &[]));
    let (served, twin) = Served::and_twin(program);
    let write = |name: &str, bytes: &[u8]| served.program.write(name, bytes);
    let files = ["1.0.0", "1.1.0"].map(|version| write(&format!("{version}.wasm"), &guest::released_as(version)));
    let publish = |file: &str, more: &[&str]| {
        served.with_twin(&twin, &author, &[&["policy", "publish", file][..], more].concat(), &["--by", "a-author"])
    };
    let first = publish(&files[0], &[]);
    assert!(first.code == Some(0) && first.stdout.contains("published hostile@1.0.0"), "{first:#?}");
    let again = publish(&files[0], &[]);
    assert!(again.code == Some(0) && again.stdout.contains("published before"), "{again:#?}");
    let second = publish(&files[1], &["--format", "json"]);
    assert_eq!((second.code, &second.lines()[0]["against"]["version"]), (Some(0), &"1.0.0".into()), "{second:#?}");
    assert_eq!(publish(&files[1], &["--scripted"]).code, Some(0));

    let through = |token: &str, arguments: &[&str]| served.through(token, arguments, "");
    let other = write("other.wasm", &guest::build(";; other bytes\n(global $other (mut i32) (i32.const 7))"));
    let garbage = write("garbage.wasm", b"garbage");
    for (token, file, words) in [
        (&author, &other, "(other-bytes)"),
        (&author, &garbage, "no WebAssembly component"),
        (&operator, &other, "(forbidden)"),
    ] {
        let refused = through(token, &["policy", "publish", file]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(3), ""), "{refused:#?}");
        assert!(refused.message().contains(words), "{words}: {refused:#?}");
    }
    let missing = through(&author, &["policy", "publish", "nowhere.wasm"]);
    assert!(missing.code == Some(3) && missing.message().contains("cannot read nowhere.wasm"), "{missing:#?}");

    let yank = ["policy", "yank", "hostile@1.0.0", "--reason", "wrong: 50 % & more"];
    let yanked = served.with_twin(&twin, &operator, &yank, &["--by", "a-operator"]);
    assert!(yanked.code == Some(0) && yanked.stdout.contains("hostile@1.0.0 is yanked"), "{yanked:#?}");
    let twice = served.with_twin(&twin, &operator, &yank, &[]);
    assert!(twice.code == Some(3) && twice.message().contains("(recorded)"), "{twice:#?}");
    for format in ["text", "json"] {
        for command in [
            &["policy", "list"][..],
            &["policy", "show", "hostile@1"],
            &["policy", "show", "hostile@=1.0.0"],
            &["policy", "show", "confidence@1"],
            &["policy", "show", "hostile@1", "--sbom"],
        ] {
            let run = served.all(&served.auditor, &[command, &["--format", format]].concat(), "");
            assert_eq!(run.code, Some(0), "{run:#?}");
        }
    }
    let unknown = served.both(&served.auditor, &["policy", "show", "none@1"], "");
    assert!(unknown.code == Some(3) && unknown.message().contains("none"), "{unknown:#?}");
}

#[test]
fn signatures_beside_a_component_are_sent_and_asked_for_there() {
    let program = Program::with_fresh_home();
    let author = token(&program, "ada", "author", &[]);
    let (key, asked) = signer::key(&program, "ana");
    signer::trust(&program, &asked);
    let (served, twin) = Served::and_twin(program);
    let module = served.program.write("honest.wasm", guest::honest());
    let publish = ["policy", "publish", &module];
    // Nobody signed it: the same promise is broken both ways.
    let refused = served.through(&author, &publish, "");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(4), ""), "{refused:#?}");
    assert!(refused.message().contains("there is no signature") && refused.message().contains("(untrusted)"));
    assert_eq!(twin.run(&publish, "").code, Some(4));
    let closed = served.through(&author, &[&publish[..], &["--stub-wasi", "--bundle", "x"]].concat(), "");
    assert!(closed.code == Some(2) && closed.message().contains("--stub-wasi"), "{closed:#?}");
    let signed = served.program.run(&["policy", "sign", &module, "--key", &key], "");
    assert_eq!(signed.code, Some(0), "{signed:#?}");
    let published = served.with_twin(&twin, &author, &publish, &["--by", "ada"]);
    assert!(published.code == Some(0) && published.stdout.contains("signed by ana"), "{published:#?}");
}
