//! People who sign in at an issuer, from the page with the button to the session that is over.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use countersign_tests::Program;
use countersign_tests::browser::{ask, header, status};
use countersign_tests::issuer::{CLIENT, Fault, Issuer, SECRET, visit};
use countersign_tests::service::{Service, configure, token};
use serde_json::json;

/// A service whose people sign in at this issuer.
fn service(program: &Program, issuer: &Issuer, address: &str) -> Service {
    let file = program.home().join("login.secret");
    fs::write(&file, SECRET).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let settings = format!(
        "[serve.login]\nissuer = \"{}\"\nclient-id = \"{CLIENT}\"\nclient-secret-file = \"login.secret\"\n\
         address = \"{address}\"\npatience = 2\n[[serve.login.roles]]\ngroup = \"crm\"\nrole = \"reviewer\"",
        issuer.address()
    );
    configure(program, &settings);
    Service::start(program, &[])
}

/// The first cookie that an answer sets whose name ends so, as a browser sends it back.
fn cookie(answer: &str, name: &str) -> String {
    let lines = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let mut pairs = lines.filter_map(|line| line.split(';').next()).filter(|pair| !pair.ends_with('='));
    pairs.find(|pair| pair.split('=').next().unwrap().ends_with(name)).unwrap_or_default().to_owned()
}

/// Begins to sign in: where the browser comes back to, and the cookie that it keeps meanwhile.
fn begin(service: &Service) -> (String, String) {
    let begun = ask(service, "GET", "/login/start", &[], "");
    assert_eq!(status(&begun), "303", "{begun}");
    let back = visit(header(&begun, "location"));
    let path = back.split_once("/login/callback").unwrap().1;
    (format!("/login/callback{path}"), cookie(&begun, "countersign-sign-in"))
}

#[test]
fn people_sign_in_at_the_issuer_and_are_who_it_says() {
    let program = Program::with_fresh_home();
    let issuer = Issuer::start();
    issuer.signs_in("ada@example.com", &json!({ "groups": ["all", "crm"] }));
    let service = service(&program, &issuer, "http://127.0.0.1:1");
    let page = ask(&service, "GET", "/login", &[], "");
    assert!(page.contains("Sign in at 127.0.0.1:"), "{page}");
    let (back, kept) = begin(&service);
    let came = ask(&service, "GET", &back, &[("Cookie", &kept)], "");
    assert_eq!((status(&came), header(&came, "location")), ("303", "/"), "{came}");
    let session = cookie(&came, "countersign");
    let inside = ask(&service, "GET", "/", &[("Cookie", &session)], "");
    assert_eq!(status(&inside), "200");
    assert!(inside.contains("<b>person-") && inside.contains("reviewer"), "{inside}");
    assert!(!inside.contains("ada@"), "who that is stands in the issuer's directory");
    // A session opens the pages and nothing else.
    assert_eq!(status(&ask(&service, "GET", "/v1/whoami", &[("Cookie", &session)], "")), "401");
    // A callback is good once, and for the browser that began.
    let again = ask(&service, "GET", &back, &[("Cookie", &kept)], "");
    assert_eq!((status(&again), &*cookie(&again, "countersign")), ("400", ""), "{again}");
    let (back, kept) = begin(&service);
    let (_, other) = begin(&service);
    for cookie in ["", &other] {
        let stolen = ask(&service, "GET", &back, &[("Cookie", cookie)], "");
        assert_eq!((status(&stolen), &*self::cookie(&stolen, "countersign")), ("400", ""), "{stolen}");
    }
    assert_eq!(status(&ask(&service, "GET", &back, &[("Cookie", &kept)], "")), "303");
    let ours = [("Origin", service.address.as_str()), ("Cookie", &*session)];
    assert_eq!(status(&ask(&service, "POST", "/logout", &ours, "")), "303");
    assert_eq!(status(&ask(&service, "GET", "/", &[("Cookie", &session)], "")), "303");
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (_, log) = service.stop();
    for secret in [SECRET, &code, "ada@", &session] {
        assert!(!log.iter().any(|line| line.contains(secret)), "{secret}: {log:#?}");
    }
}

#[test]
fn whoever_is_nothing_here_is_told_so_and_an_issuer_that_fails_stops_nothing_else() {
    let program = Program::with_fresh_home();
    let auditor = token(&program, "eve", "auditor", &[]);
    let issuer = Issuer::start();
    issuer.signs_in("bob", &json!({ "groups": ["sales"] }));
    let service = service(&program, &issuer, "https://countersign.example.com");
    let (back, kept) = begin(&service);
    assert!(kept.starts_with("__Host-"), "reached over TLS, cookies go over TLS alone: {kept}");
    let came = ask(&service, "GET", &back, &[("Cookie", &kept)], "");
    assert_eq!(status(&came), "403");
    assert!(came.contains("none of your groups has a role here"), "{came}");
    issuer.misbehaves(Fault::OtherNonce);
    let (back, kept) = begin(&service);
    let came = ask(&service, "GET", &back, &[("Cookie", &kept)], "");
    assert_eq!((status(&came), &*cookie(&came, "countersign")), ("403", ""), "{came}");
    issuer.misbehaves(Fault::Broken);
    let (back, kept) = begin(&service);
    let came = ask(&service, "GET", &back, &[("Cookie", &kept)], "");
    assert_eq!(status(&came), "503", "{came}");
    assert_eq!(service.get("/v1/decisions", &auditor).status, 200);
}

#[test]
fn without_an_issuer_there_is_no_button_and_nothing_behind_it() {
    let program = Program::with_fresh_home();
    let service = Service::start(&program, &[]);
    assert!(!ask(&service, "GET", "/login", &[], "").contains("Sign in at"));
    for path in ["/login/start", "/login/callback?code=a&state=b"] {
        assert_eq!(status(&ask(&service, "GET", path, &[], "")), "404", "{path}");
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let program = Program::with_fresh_home();
    let file = program.home().join("login.secret");
    fs::write(&file, SECRET).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    configure(
        &program,
        "[serve.login]\nissuer = \"https://id.example.com\"\nclient-id = \"c\"\nclient-secret-file = \"login.secret\"\n\
         address = \"https://c.example.com\"\n[[serve.login.roles]]\ngroup = \"crm\"\nrole = \"reviewer\"",
    );
    let run = program.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_ne!(run.code, Some(0));
    assert!(run.stderr.contains("login.secret"), "{run:#?}");
}
