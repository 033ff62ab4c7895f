//! What webhooks send is verified by a library that others made.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// A process that is killed when this goes away.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_independent_library_takes_what_is_sent_and_nothing_that_was_changed_or_replayed() {
    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the library is");
        return;
    };
    let program = Program::with_fresh_home();
    // The secret was changed a moment ago: what is sent is signed with the new one and with the old one.
    let secrets = ["new", "old"].map(|name| {
        let file = program.folder().join(name);
        assert_eq!(program.run(&["webhook", "secret", file.to_str().unwrap()], "").code, Some(0));
        fs::read_to_string(file).unwrap().trim().to_owned()
    });
    let file = program.home().join("crm.secret");
    fs::rename(program.folder().join("new"), &file).unwrap();
    fs::write(&file, secrets.join("\n")).unwrap();
    let mut receiver = Killed(
        Command::new(Path::new(&tools).join("bin/python3"))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/receiver.py"))
            .args(&secrets)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut said = BufReader::new(receiver.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = said.next().unwrap();
    let hook = format!(
        "rate = 100000\n[[serve.webhooks]]\nname = \"crm\"\nurl = \"{address}\"\nsecret-file = \"crm.secret\"\nvalues = true"
    );
    configure(&program, &hook);
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    // Letters of many scripts are signed as they are sent.
    let mut first: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    first["rationale"] = "Größe, 大きさ, Размер, 😀\u{2028}\n\"".into();
    let lines: Vec<String> = [first.to_string()].into_iter().chain(corpus::suggestions().skip(1).take(4)).collect();
    let decided = service.batch(&lines.join("\n"), &assistant).lines();
    let judged: Vec<Value> = said.take(6).map(|line| serde_json::from_str(&line).unwrap()).collect();
    for judged in &judged {
        assert_eq!(judged["came"], json!([true, true]), "{judged:#}");
        for changed in ["other secret", "changed body", "changed id", "changed time"] {
            assert_eq!(judged[changed], "No matching signature found", "{changed}: {judged:#}");
        }
        assert_eq!(judged["replayed"], "Message timestamp too old", "{judged:#}");
    }
    let repeated: Vec<bool> = judged.iter().map(|judged| judged["repeated"] == true).collect();
    assert_eq!(repeated, [false, false, true, false, false, false], "by its id a receiver knows what it had");
    let subjects: Vec<&Value> =
        judged.iter().filter(|one| one["repeated"] == false).map(|one| &one["event"]["subject"]).collect();
    assert_eq!(subjects, decided.iter().map(|one| &one["id"]).collect::<Vec<_>>());
    assert_eq!(judged[0]["event"]["data"]["body"]["suggestion"]["rationale"], first["rationale"]);
    drop(service);
}
