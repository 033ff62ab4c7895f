//! What is judged: generated suggestions of about 1 KB, and the corpus.

use std::io::BufReader;

use countersign::model::{Catalogue, Digest, Facts, Limits, Suggestion, parse_line, read_lines};
use countersign::sandbox::{Allocation, Module, Sandbox, SetupRequest, Shape, Worker};

/// The measured policy, built by `tests/bench guest`.
pub const GUEST: &[u8] = include_bytes!("../guest.wasm");

/// The time of every decision.
pub const NOW: &str = "2026-11-20T09:00:00Z";

/// The inventory of fields that a new deployment starts with.
pub fn catalogue() -> Catalogue {
    Catalogue::parse(include_str!("../../../host/defaults/catalogue.toml")).unwrap()
}

/// Suggestions of about 1 KB with two sources each, for which the rule comes to every outcome that it has.
pub fn generated() -> Vec<Suggestion> {
    let lines = (0..64_u32).map(|n| {
        let confidence = f64::from(n % 16).mul_add(0.01, 0.85);
        let consent = if n % 9 == 0 { "revoked" } else { "granted" };
        let sha256 = if n % 7 == 0 { "null".to_owned() } else { format!("\"{}\"", hex(n)) };
        let field = if n % 5 == 0 { "legal_name" } else { "industry" };
        format!(
            r#"{{"id":"s-{n:05}","received_at":"2026-11-20T08:59:30Z","target":{{"system":"hubspot","object":"company","id":"rec-{n:05}"}},"operation":"overwrite","changes":[{{"field":"{field}","prior":"Retail","proposed":"Software and services"}}],"assistant":{{"vendor":"acme","model":"enricher","version":"2.1"}},"confidence":{confidence:.4},"evidence":[{{"uri":"https://example.com/about","kind":"web-page","excerpt":"We build software for shops and offer services around it.","retrieved_at":"2026-11-20T08:58:00Z","sha256":{sha256}}},{{"uri":"crm-note:4711","kind":"source-record","excerpt":"They moved from retail to software two years ago.","retrieved_at":"2026-11-20T08:57:00Z","sha256":"{}"}}],"rationale":"The company's own site and a note of the account manager agree.","context":{{"fields":{{"{field}":{{"value":"Retail","verified":false,"set_by":"import"}}}},"consents":[{{"purpose":"enrichment","state":"{consent}","at":"2025-01-01T00:00:00Z"}}],"regimes":[],"segment":"saas"}}}}"#,
            hex(n + 64)
        )
    });
    parse(&lines.collect::<Vec<_>>().join("\n"))
}

fn hex(n: u32) -> String {
    format!("{:x}", Digest::of(&n.to_le_bytes()))
}

pub fn parse(text: &str) -> Vec<Suggestion> {
    read_lines(BufReader::new(text.as_bytes())).map(|line| parse_line(&line.unwrap().unwrap()).unwrap()).collect()
}

/// What the host knows about a suggestion, without any history.
pub fn facts<'a>(suggestion: &'a Suggestion, catalogue: &'a Catalogue) -> Facts<'a> {
    Facts::of(suggestion, catalogue, NOW.to_owned(), Vec::new())
}

/// The sandbox as `evaluate` uses it, for this many threads.
pub fn sandbox(threads: u16) -> Sandbox {
    Sandbox::new(Allocation::Pool(threads), Worker::InProcess, None).unwrap()
}

pub fn request(settings: &str) -> SetupRequest {
    SetupRequest { settings: settings.to_owned(), shape: Shape::ORDINARY, strict: true, snapshot: true }
}

/// The measured policy with these settings.
pub fn module(sandbox: &Sandbox, settings: &str) -> Module {
    sandbox.load(GUEST, Digest::of(GUEST), &request(settings), Limits::DEFAULT).unwrap()
}
