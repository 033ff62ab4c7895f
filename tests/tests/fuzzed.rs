//! A client that makes requests up from the served description: whatever it sends, it gets an answer that is described, and
//! never one that blames the service.

use std::path::Path;
use std::process::Command;

use countersign_tests::Program;
use countersign_tests::service::{Service, configure, token};

#[test]
fn made_up_requests_get_described_answers() {
    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the client is");
        return;
    };
    let client = Path::new(&tools).join("bin/schemathesis");
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/hooks.py");
    let program = Program::with_fresh_home();
    configure(&program, "rate = 1000000");
    let service = Service::start(&program, &[]);
    // A schema cannot say all that a suggestion must be, such as that a merge names records; and a line of a batch that is no
    // suggestion is answered in its place, after others were.
    let many = "^/v1/suggestions:";
    let runs = [
        ["--exclude-path-regex", many, "--exclude-checks", "positive_data_acceptance"],
        ["--include-path-regex", many, "--exclude-checks", "positive_data_acceptance,negative_data_rejection"],
    ];
    for (role, run) in
        ["assistant", "compliance", "auditor", "admin"].into_iter().flat_map(|role| runs.map(|run| (role, run)))
    {
        let token = token(&program, &format!("a-{role}"), role, &[]);
        let ran = Command::new(&client)
            .env("SCHEMATHESIS_HOOKS", &hooks)
            .current_dir(program.folder())
            .arg("run")
            .arg(format!("{}/openapi.json", service.address))
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .args(run)
            .args(["--seed", "1", "--max-examples", "15", "--no-color", "--request-timeout", "120"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "as {role}: {said}{}", String::from_utf8_lossy(&ran.stderr));
        println!("as {role}: {}", said.lines().rev().find(|line| line.contains("generated")).unwrap_or_default());
    }
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(!log.iter().any(|line| line.contains("\"ERROR\"")), "{log:#?}");
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}
