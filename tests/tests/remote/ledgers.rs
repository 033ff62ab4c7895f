//! A service's ledger, compared with a checkpoint that was kept.

use countersign_tests::{Program, corpus};

use super::{EVALUATE, Served};

/// Keeps the newest head of a deployment.
fn kept(program: &Program, name: &str) -> String {
    let out = program.folder().join(name).to_str().unwrap().to_owned();
    let run = program.run(&["ledger", "checkpoint", "--out", &out], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    out
}

fn decide(program: &Program, from: usize, number: usize) {
    let input: String = corpus::suggestions().skip(from).take(number).map(|line| line + "\n").collect();
    let run = program.run(&EVALUATE, input);
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn a_ledger_is_compared_with_what_was_kept_of_it() {
    let program = Program::with_fresh_home();
    decide(&program, 0, 5);
    let (served, twin) = Served::and_twin(program);
    let key = served.program.run(&["ledger", "key"], "").stdout.trim().to_owned();
    let head = kept(&served.program, "head.txt");
    let since = |head: &str, more: &[&str]| {
        let command = [&["ledger", "verify", "--since", head, "--key", &key][..], more].concat();
        (served.through(&served.auditor, &command, ""), served.program.run(&command, ""))
    };
    for round in 0..2 {
        // What is recomputed of a folder is said beside; the rest is said in the same words.
        let (remote, local) = since(&head, &[]);
        assert_eq!((remote.code, local.code), (Some(0), Some(0)), "{remote:#?}");
        assert!(remote.stdout.starts_with("The ledger begins with the ") && local.stdout.ends_with(&remote.stdout));
        let (remote, local) = since(&head, &["--format", "json"]);
        let (theirs, ours) = (remote.lines().swap_remove(0), local.lines().swap_remove(0));
        for same in ["events", "root", "since"] {
            assert_eq!(theirs[same], ours[same], "{round}: {same}");
        }
        assert!(theirs["heads"].is_null() && ours["heads"].is_u64(), "{theirs}");
        decide(&served.program, 10, 7);
    }

    // Others of which the same key signed: one that goes on otherwise, and one that is longer.
    decide(&twin, 20, 3);
    let other = kept(&twin, "other.txt");
    decide(&twin, 30, 20);
    let longer = kept(&twin, "longer.txt");
    for (head, said) in [(&other, "one was changed, removed, added or moved"), (&longer, "it is missing")] {
        let (remote, local) = since(head, &[]);
        for run in [&remote, &local] {
            assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:#?}");
            assert!(run.message().contains(said), "{run:#?}");
        }
        assert!(remote.message().contains(&served.service.address), "{remote:#?}");
    }

    // The key is one's own: what another one signed is not believed.
    let stranger = Program::without_home();
    let run = stranger.run(&["init"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let strangers = stranger.run(&["ledger", "key"], "").stdout.trim().to_owned();
    let theirs = kept(&stranger, "head.txt");
    let command = ["ledger", "verify", "--since", &head, "--key", &strangers];
    assert_eq!(served.both(&served.auditor, &command, "").code, Some(4));
    let command = ["ledger", "verify", "--since", &theirs, "--key", &strangers];
    let run = served.through(&served.auditor, &command, "");
    assert!(run.code == Some(4) && run.message().contains("signed no checkpoint with this key"), "{run:#?}");
    let refused = served.through(&served.auditor, &["ledger", "verify", "--since", &head], "");
    assert!(refused.code == Some(2) && refused.message().contains("--key KEY"), "{refused:#?}");
    let refused = served.through(&served.assistant, &["ledger", "verify", "--since", &head, "--key", &key], "");
    assert!(refused.code == Some(3) && refused.message().contains("permission read-ledger"), "{refused:#?}");
}
