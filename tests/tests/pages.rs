//! The pages for people: who sees what, what a browser is told, and that nobody else's page acts for whoever is signed in.

use countersign::access::{Permission, Role};
use countersign_tests::browser::{ask, header, status};
use countersign_tests::service::{Service, token};
use countersign_tests::{Program, corpus, guest};
use serde_json::{Value, json};

/// Signs in and returns the cookie; none, if that is refused.
fn sign_in(service: &Service, token: &str) -> Option<String> {
    let ours = [("Origin", service.address.as_str())];
    let answer = ask(service, "POST", "/login", &ours, &format!("token={token}"));
    let cookie = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    if status(&answer) == "303" {
        return Some(cookie);
    }
    assert_eq!((status(&answer), &*cookie), ("401", ""), "{answer}");
    None
}

fn page(service: &Service, path: &str, cookie: &str) -> String {
    ask(service, "GET", path, &[("Cookie", cookie)], "")
}

/// A suggestion whose values can be told from everything else.
fn planted(id: &str) -> String {
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["id"] = id.into();
    suggestion["rationale"] = "planted-7zq1 <script>alert(1)</script>".into();
    suggestion["changes"][0]["proposed"] = "planted-7zq1\"><img src=x>".into();
    suggestion.to_string()
}

#[test]
fn pages_are_for_roles_that_read_decisions_and_show_values_to_those_who_may_see_them() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    assert_eq!(service.suggest(&planted("s/1 ?<b>"), &assistant).status, 200);
    let at = "/decisions/s%2F1%20%3F%3Cb%3E";
    for role in Role::ALL {
        let token = token(&program, "somebody", role.as_str(), &[]);
        let Some(cookie) = sign_in(&service, &token) else {
            assert!(!role.may(Permission::ReadDecisions), "{role}");
            continue;
        };
        assert!(role.may(Permission::ReadDecisions), "{role}");
        for path in [
            "/",
            "/?by=hour",
            "/decisions",
            "/decisions?outcome=review",
            "/sets",
            "/modules",
            "/modules/confidence/1.0.0",
        ] {
            assert_eq!(status(&page(&service, path, &cookie)), "200", "{role} {path}");
        }
        let shown = page(&service, at, &cookie);
        assert!(shown.contains("s/1 ?&#60;b&#62;"), "{shown}");
        assert_eq!(shown.contains("planted-7zq1"), role.may(Permission::ReadValues), "{role}");
        assert!(!shown.contains("<script") && !shown.contains("<img src=x"), "what others wrote is text: {shown}");
        let ours = [("Origin", service.address.as_str()), ("Cookie", &*cookie)];
        let again = ask(&service, "POST", &format!("{at}/reproduce"), &ours, "");
        let may = role.may(Permission::Reproduce);
        assert_eq!(status(&again), if may { "200" } else { "403" }, "{role}");
        assert_eq!(again.contains("it came out equal"), may, "{role}");
        let proof = page(&service, &format!("{at}/proof"), &cookie);
        assert_eq!(status(&proof), if role.may(Permission::Prove) { "200" } else { "403" }, "{role}");
        assert_eq!(shown.contains("Get the proof"), role.may(Permission::Prove), "{role}");
    }
}

#[test]
fn a_session_is_over_when_it_is_left_or_its_token_revoked() {
    let program = Program::with_fresh_home();
    let auditor = token(&program, "eve", "auditor", &[]);
    let service = Service::start(&program, &[]);
    let (one, other) = (sign_in(&service, &auditor).unwrap(), sign_in(&service, &auditor).unwrap());
    assert_ne!(one, other);
    let inside = |cookie: &str| match status(&page(&service, "/", cookie)) {
        "200" => true,
        "303" => false,
        status => panic!("{status}"),
    };
    assert!(inside(&one) && inside(&other));
    assert!(!inside("") && !inside("countersign=") && !inside("countersign=AAAA") && !inside(&format!("{one}; {one}")));
    assert!(!inside(&format!("countersign={auditor}")), "a token is no session");
    let ours = [("Origin", service.address.as_str()), ("Cookie", &*one)];
    let left = ask(&service, "POST", "/logout", &ours, "");
    assert_eq!((status(&left), header(&left, "location")), ("303", "/login"));
    assert!(header(&left, "set-cookie").ends_with("Max-Age=0"), "{left}");
    assert!(!inside(&one) && inside(&other));
    let listed = program.run(&["token", "list", "--format", "json"], "");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let number = listed.as_array().unwrap().iter().find(|token| token["name"] == "eve").unwrap()["number"].to_string();
    assert_eq!(program.run(&["token", "revoke", &number, "--reason", "lost"], "").code, Some(0));
    assert!(!inside(&other));
    // A session opens the pages and nothing else.
    let second = token(&program, "eva", "auditor", &[]);
    let cookie = sign_in(&service, &second).unwrap();
    assert_eq!(status(&page(&service, "/v1/decisions", &cookie)), "401");
    assert_eq!(status(&page(&service, "/mcp", &cookie)), "401");
    let (_, log) = service.stop();
    let text = cookie.split_once('=').unwrap().1;
    assert!(!log.iter().any(|line| line.contains(text) || line.contains(&second)));
}

#[test]
fn nobody_elses_page_acts_for_whoever_is_signed_in() {
    let program = Program::with_fresh_home();
    let auditor = token(&program, "eve", "auditor", &[]);
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    assert_eq!(service.suggest(&planted("s-1"), &assistant).status, 200);
    let cookie = sign_in(&service, &auditor).unwrap();
    let own = service.address.clone();
    let port = format!("{own}1");
    let elsewhere: [&[(&str, &str)]; 7] = [
        &[],
        &[("Origin", "null")],
        &[("Origin", "https://example.com")],
        &[("Origin", &port)],
        &[("Origin", &own), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
    ];
    for headers in elsewhere {
        let headers: Vec<_> = headers.iter().copied().chain([("Cookie", &*cookie)]).collect();
        for (path, form) in [
            ("/logout", String::new()),
            ("/decisions/s-1/reproduce", String::new()),
            ("/login", format!("token={auditor}")),
        ] {
            let refused = ask(&service, "POST", path, &headers, &form);
            assert_eq!((status(&refused), header(&refused, "set-cookie")), ("403", ""), "{path} {headers:?} {refused}");
        }
    }
    assert_eq!(status(&page(&service, "/", &cookie)), "200", "still signed in");
}

#[test]
fn browsers_are_told_to_run_nothing_and_to_show_pages_in_no_frame() {
    let program = Program::with_fresh_home();
    let auditor = token(&program, "eve", "auditor", &[]);
    let service = Service::start(&program, &[]);
    let cookie = sign_in(&service, &auditor).unwrap();
    for path in [
        "/",
        "/login",
        "/decisions",
        "/decisions/none",
        "/decisions?outcome=none",
        "/modules",
        "/modules/confidence/1.0.0",
        "/modules/none/1.0.0",
        "/style.css",
        "/icon.svg",
    ] {
        let answer = page(&service, path, &cookie);
        let policy = header(&answer, "content-security-policy");
        for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{path}: {policy}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.to_ascii_lowercase().contains("access-control-"), "{path}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(!body.contains(" style=") && !body.contains("<script") && !body.contains("src=\"//"), "{path}: {body}");
    }
    let none = page(&service, "/decisions/none", &cookie);
    assert_eq!((status(&none), header(&none, "content-type")), ("404", "text/html; charset=utf-8"));
    assert_eq!(status(&page(&service, "/decisions?before=x", &cookie)), "400");
    assert_eq!(status(&page(&service, "/decisions?colour=red", &cookie)), "400");
    let ours = [("Origin", service.address.as_str())];
    let long = ask(&service, "POST", "/login", &ours, &format!("token={}", "x".repeat(10_000)));
    assert_eq!(status(&long), "401");
}

#[test]
fn what_is_erased_stays_a_page_without_values() {
    let program = Program::with_fresh_home();
    let auditor = token(&program, "eve", "auditor", &[]);
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let suggestion: Value = serde_json::from_str(&planted("s-1")).unwrap();
    assert_eq!(service.suggest(&suggestion.to_string(), &assistant).status, 200);
    let part = |key: &str| suggestion["target"][key].as_str().unwrap();
    let subject = format!("{}/{}/{}", part("system"), part("object"), part("id"));
    let run = program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let cookie = sign_in(&service, &auditor).unwrap();
    let shown = page(&service, "/decisions/s-1", &cookie);
    assert!(shown.contains("were erased") && !shown.contains("planted-7zq1"), "{shown}");
    let ours = [("Origin", service.address.as_str()), ("Cookie", &*cookie)];
    let again = ask(&service, "POST", "/decisions/s-1/reproduce", &ours, "");
    assert!(again.contains("It cannot be made again"), "{again}");
}

/// Proposes a set that applies more than the default one; returns the proposal.
fn proposed(program: &Program) -> Value {
    let text = "name = \"looser\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = { threshold = 0.2 }\n";
    std::fs::write(program.home().join("sets/looser.toml"), text).unwrap();
    let propose = ["set", "propose", "looser", "--by", "ana", "--reason", "<b>case 7</b>", "--format", "json"];
    let run = program.run(&propose, "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines().swap_remove(0)
}

#[test]
fn sets_come_into_force_by_the_buttons_of_those_who_may() {
    let program = Program::with_fresh_home();
    let proposal = proposed(&program);
    let cookie =
        |service: &Service, role: &str| sign_in(service, &token(&program, &format!("a-{role}"), role, &[])).unwrap();
    let service = Service::start(&program, &[]);
    let [auditor, approver, operator] = ["auditor", "approver", "operator"].map(|role| cookie(&service, role));
    let own = service.address.clone();
    let press = |cookie: &str, what: &str| {
        let digest = proposal["set"]["digest"].as_str().unwrap().replace(':', "%3A");
        let form = format!("what={what}&reason=seen&proposal={}&digest={digest}", proposal["seq"]);
        status(&ask(&service, "POST", "/sets", &[("Origin", &own), ("Cookie", cookie)], &form)).to_owned()
    };
    let active = || -> Value {
        let run = program.run(&["set", "status", "--format", "json"], "");
        serde_json::from_str::<Value>(&run.stdout).unwrap()["active"].clone()
    };
    let shown = page(&service, "/sets", &auditor);
    assert!(shown.contains("&#60;b&#62;case 7") && !shown.contains("<button name"), "{shown}");
    assert!(
        shown.contains("− risk-class 1.0.0") && shown.contains("threshold: 0.95 → 0.2")
            || shown.contains("threshold: — → 0.2")
    );
    for what in ["approve", "activate", "promote", "end-canary", "freeze", "thaw", "rollback"] {
        assert_eq!(press(&auditor, what), "403", "{what}");
    }
    assert!(page(&service, "/sets", &approver).contains("value=\"approve\""));
    // Nobody else's page presses a button.
    let form = "what=freeze&reason=x";
    let foreign = ask(&service, "POST", "/sets", &[("Origin", "https://example.com"), ("Cookie", &approver)], form);
    assert_eq!(status(&foreign), "403");
    assert_eq!(press(&operator, "activate"), "409", "nobody approved it yet");
    assert_eq!(press(&approver, "approve"), "303");
    assert_eq!(press(&approver, "approve"), "409");
    assert_eq!(active()["cause"], "init");
    assert_eq!(press(&operator, "activate"), "303");
    assert_eq!((&active()["set"]["name"], &active()["by"]), (&json!("looser"), &json!("a-operator")));
    assert_eq!(press(&operator, "freeze"), "303");
    assert!(page(&service, "/sets", &auditor).contains("Everything goes to review"));
    assert_eq!(press(&operator, "thaw"), "303");
    assert_eq!(press(&approver, "rollback"), "303");
    assert_eq!((&active()["set"]["name"], &active()["reason"]), (&json!("crm-default"), &json!("seen")));
    let silent = ask(&service, "POST", "/sets", &[("Origin", &own), ("Cookie", &approver)], "what=freeze&reason=");
    assert_eq!(status(&silent), "422");
    let odd = ask(&service, "POST", "/sets", &[("Origin", &own), ("Cookie", &approver)], "what=dance&reason=x");
    assert_eq!(status(&odd), "400");
}

/// Publishes two versions of a module, and yanks the first.
fn published(program: &Program) {
    for version in ["1.0.0", "1.1.0"] {
        let file = program.write(&format!("{version}.wasm"), guest::released_as(version));
        let run = program.run(&["policy", "publish", &file, "--by", "ana"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    let run = program.run(&["policy", "yank", "hostile@1.0.0", "--reason", "<b>wrong for merges</b>"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn modules_are_shown_with_what_they_may_do_and_who_brought_them() {
    let program = Program::with_fresh_home();
    published(&program);
    let auditor = token(&program, "eve", "auditor", &[]);
    let narrow = token(&program, "nan", "auditor", &["--only", "read-decisions"]);
    let service = Service::start(&program, &[]);
    let cookie = sign_in(&service, &auditor).unwrap();
    let list = page(&service, "/modules", &cookie);
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text}: {list}"));
    assert!(at("hostile 1.1.0</a>") < at("hostile 1.0.0</a>"), "the newest first");
    assert!(at("confidence 1.0.0</a>") < at("hostile 1.1.0</a>"), "in the order of names");
    for words in ["part of the program", "published here", "by ana", "&#60;b&#62;wrong for merges"] {
        at(words);
    }
    let shown = page(&service, "/modules/hostile/1.1.0", &cookie);
    for words in ["Against version 1.0.0", "version: 1.0.0 → 1.1.0", "by ana", "policy of countersign:policy@1.0.0"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let yanked = page(&service, "/modules/hostile/1.0.0", &cookie);
    assert!(yanked.contains("No new set can name it") && !yanked.contains("<b>wrong"), "{yanked}");
    let rule = page(&service, "/modules/confidence/1.0.0", &cookie);
    assert!(rule.contains("confidence.below-threshold") && rule.contains("threshold&#34;: {"), "{rule}");
    assert_eq!(status(&page(&service, "/modules/none/1.0.0", &cookie)), "404");
    let cookie = sign_in(&service, &narrow).unwrap();
    for path in ["/modules", "/modules/confidence/1.0.0"] {
        assert_eq!(status(&page(&service, path, &cookie)), "403", "{path}");
    }
}

/// Walks the pages with a browser, for which see `clients/browser/pages.mjs`.
#[test]
fn people_walk_the_pages_with_a_browser() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the driver of the browser is");
        return;
    };
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let tokens = json!({
        "auditor": token(&program, "eve", "auditor", &[]),
        "operator": token(&program, "opal", "operator", &[]),
        "approver": token(&program, "abe", "approver", &[]),
        "assistant": assistant,
        "hostile": "s-<hostile>&\"'",
    });
    proposed(&program);
    published(&program);
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(120).collect();
    assert_eq!(service.batch(&lines.join("\n"), &assistant).status, 200);
    let mut hostile: Value = serde_json::from_str(&lines[0]).unwrap();
    hostile["id"] = tokens["hostile"].clone();
    hostile["rationale"] = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> \u{202e}x".into();
    hostile["changes"][0]["field"] = "<i>field</i>".into();
    assert_eq!(service.suggest(&hostile.to_string(), &assistant).status, 200);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let screens = folder.join("../target/screens");
    std::fs::create_dir_all(&screens).unwrap();
    let proof = program.home().join("downloaded.json");
    let mut child = Command::new("node")
        .arg(folder.join("clients/browser/pages.mjs"))
        .args([std::path::Path::new(&tools).join("browser").as_path(), service.address.as_ref(), &screens, &proof])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(tokens.to_string().as_bytes()).unwrap();
    let walked = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&walked.stdout);
    assert!(walked.status.success(), "{said}{}", String::from_utf8_lossy(&walked.stderr));
    let counted: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(counted["decisions"], 121, "every decision is on one page of the list");
    let key = program.run(&["ledger", "key"], "").stdout;
    let proof = proof.to_str().unwrap();
    let verified = program.run(&["ledger", "verify", "--proof", proof, "--key", key.trim()], "");
    assert_eq!(verified.code, Some(0), "{verified:#?}");
}
