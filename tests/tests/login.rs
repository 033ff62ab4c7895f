//! Signing people in: who is let in, and who is not, whatever the issuer, the browser or somebody between them does.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use countersign::access::{Principal, Role};
use countersign::login::{Begun, Login, LoginError};
use countersign_tests::issuer::{CLIENT, Fault, Issuer, SECRET, visit};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreJwsSigningAlgorithm as Algorithm;
use openidconnect::url::Url;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A deployment whose people sign in at this issuer. What is said here stands instead of the usual.
fn login_with(issuer: &str, other: &Value) -> (Login, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    secret_in(folder.path());
    let mut settings = json!({
        "issuer": issuer,
        "client-id": CLIENT,
        "client-secret-file": "login.secret",
        "address": "https://countersign.example.com",
        "scopes": ["openid", "groups"],
        "roles": [{ "group": "heads", "role": "senior-reviewer" }, { "group": "crm", "role": "reviewer" }],
        "patience": 1,
    });
    for (key, value) in other.as_object().unwrap() {
        settings[key] = value.clone();
    }
    (Login::new(serde_json::from_value(settings).unwrap(), folder.path()).unwrap(), folder)
}

fn secret_in(folder: &Path) {
    let file = folder.join("login.secret");
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
}

/// An issuer that signs in a reviewer, and a deployment that trusts it.
fn both() -> (Issuer, Login, TempDir) {
    let issuer = Issuer::start();
    issuer.signs_in("subject-1", &json!({ "groups": ["all", "crm"] }));
    let (login, folder) = login_with(issuer.address(), &json!({}));
    (issuer, login, folder)
}

/// What a browser brings back that was sent to an address.
fn come_back(address: &str) -> String {
    Url::parse(&visit(address)).unwrap().query().unwrap().to_owned()
}

fn sign_in(login: &Login) -> Result<Principal, LoginError> {
    let Begun { address, handle } = login.begin()?;
    login.finish(handle.text(), &come_back(&address))
}

/// An address whose parameters were changed on the way; those with an empty value are left out.
fn changed(address: &str, change: &[(&str, &str)]) -> String {
    let mut url = Url::parse(address).unwrap();
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    for (name, value) in change {
        let pair = pairs.iter_mut().find(|pair| pair.0 == *name).unwrap();
        (*value).clone_into(&mut pair.1);
    }
    url.query_pairs_mut().clear().extend_pairs(pairs.iter().filter(|pair| !pair.1.is_empty()));
    url.into()
}

/// A query whose parameters were changed on the way.
fn forged(query: &str, change: &[(&str, &str)]) -> String {
    changed(&format!("https://x.example.com/?{query}"), change).split_once('?').unwrap().1.to_owned()
}

fn parameter(query: &str, name: &str) -> String {
    let url = Url::parse(&format!("https://x.example.com/?{query}")).unwrap();
    url.query_pairs().find(|pair| pair.0 == name).unwrap().1.into_owned()
}

#[test]
fn somebody_is_who_the_issuer_says_and_the_ledger_can_be_told_by_anybody() {
    let (issuer, login, _folder) = both();
    let before = Timestamp::now();
    let person = sign_in(&login).unwrap();
    assert_eq!((person.role, person.token), (Role::Reviewer, None));
    let (until, eight) = (person.expires_at().unwrap(), SignedDuration::from_hours(8));
    assert!(before + eight <= until && until <= Timestamp::now() + eight, "{until}");
    // As the documentation says.
    let command = "printf '%s\\n%s' \"$ISSUER\" \"$SUBJECT\" | sha256sum | cut -c1-16";
    let shell = Command::new("sh")
        .args(["-c", command])
        .envs([("ISSUER", issuer.address()), ("SUBJECT", "subject-1")])
        .output()
        .unwrap();
    assert_eq!(*person.name, format!("person-{}", String::from_utf8(shell.stdout).unwrap().trim()));
    assert!(include_str!("../../host/src/login/LOGIN.md").contains(command));
    // The same person again, and somebody else.
    assert_eq!(sign_in(&login).unwrap().name, person.name);
    issuer.signs_in("subject-2", &json!({ "groups": ["crm"] }));
    assert_ne!(sign_in(&login).unwrap().name, person.name);
    assert_eq!(issuer.asked("/.well-known/openid-configuration"), 1, "it described itself once");
}

#[test]
fn a_browser_is_sent_away_with_what_must_come_back_and_with_no_secret() {
    let (_issuer, login, _folder) = both();
    let parameters = |begun: &Begun| -> HashMap<String, String> {
        Url::parse(&begun.address).unwrap().query_pairs().into_owned().collect()
    };
    let (first, second) = (login.begin().unwrap(), login.begin().unwrap());
    let (one, two) = (parameters(&first), parameters(&second));
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://countersign.example.com/login/callback"),
        ("scope", "openid groups"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(one[name], value);
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(one[name].len() >= 22 && one[name] != two[name], "{name} is made up each time");
    }
    assert_eq!(one.len(), 8, "and nothing else: {one:?}");
    assert!(!first.address.contains(first.handle.text()) && !format!("{first:?}").contains(first.handle.text()));
}

#[test]
fn every_algorithm_with_a_key_of_the_issuer_alone_is_taken() {
    for algorithm in [
        Algorithm::RsaSsaPkcs1V15Sha256,
        Algorithm::RsaSsaPkcs1V15Sha384,
        Algorithm::RsaSsaPkcs1V15Sha512,
        Algorithm::RsaSsaPssSha256,
        Algorithm::RsaSsaPssSha384,
        Algorithm::RsaSsaPssSha512,
        Algorithm::EcdsaP256Sha256,
        Algorithm::EcdsaP384Sha384,
        Algorithm::EdDsa,
    ] {
        let (issuer, login, _folder) = both();
        issuer.has_key(&algorithm);
        assert!(sign_in(&login).is_ok(), "{algorithm:?}");
        // Each of them is looked at.
        issuer.misbehaves(Fault::OtherNonce);
        assert_eq!(sign_in(&login), Err(LoginError::Unverified), "{algorithm:?}");
    }
}

#[test]
fn an_id_token_that_does_not_hold_lets_nobody_in() {
    let (issuer, login, _folder) = both();
    for fault in [
        Fault::OtherNonce,
        Fault::NoNonce,
        Fault::OtherAudience,
        Fault::SecondAudience,
        Fault::OtherParty,
        Fault::OtherIssuer,
        Fault::Expired,
        Fault::NoSubject,
        Fault::Unsigned,
        Fault::SecretAsKey,
        Fault::PublicKeyAsSecret,
        Fault::ForeignKey,
        Fault::UnknownKey,
        Fault::NoIdToken,
    ] {
        issuer.misbehaves(fault);
        assert_eq!(sign_in(&login), Err(LoginError::Unverified), "{fault:?}");
        issuer.misbehaves(None);
        assert!(sign_in(&login).is_ok(), "after {fault:?}");
    }
}

#[test]
fn keys_that_changed_are_fetched_again_but_not_for_every_token_that_is_made_up() {
    let (issuer, login, _folder) = both();
    assert!(sign_in(&login).is_ok());
    assert_eq!(issuer.asked("/keys"), 1);
    issuer.has_key(&Algorithm::EdDsa);
    assert!(sign_in(&login).is_ok());
    assert_eq!(issuer.asked("/keys"), 2);
    for fault in [Fault::UnknownKey, Fault::ForeignKey, Fault::UnknownKey] {
        issuer.misbehaves(fault);
        assert_eq!(sign_in(&login), Err(LoginError::Unverified));
    }
    issuer.misbehaves(None);
    assert!(sign_in(&login).is_ok());
    assert_eq!(issuer.asked("/keys"), 2, "once a minute is enough");
}

#[test]
fn a_callback_is_good_once_in_the_browser_that_began_and_with_its_own_state() {
    let (issuer, login, _folder) = both();
    let begin = || {
        let Begun { address, handle } = login.begin().unwrap();
        (handle, come_back(&address))
    };
    let over = |handle: &str, query: &str| assert_eq!(login.finish(handle, query), Err(LoginError::Over), "{query}");
    let (handle, query) = begin();
    assert!(login.finish(handle.text(), &query).is_ok());
    let asked = issuer.asked("/token");
    // Sent again: in the same browser, without its cookie, with one that is made up, and in another browser.
    over(handle.text(), &query);
    over("", &query);
    over(&"x".repeat(43), &query);
    let (another, its_own) = begin();
    over(another.text(), &query);
    over(another.text(), &its_own);
    // Somebody's own callback in the browser of somebody else, who would be signed in as them.
    let (_theirs, query) = begin();
    over(begin().0.text(), &query);
    // A forged one uses its sign-in up.
    for change in [[("state", "x")], [("state", "")], [("code", "")]] {
        let (handle, query) = begin();
        over(handle.text(), &forged(&query, &change));
        over(handle.text(), &query);
    }
    let (handle, query) = begin();
    over(handle.text(), &format!("{query}&code=x"));
    over(handle.text(), &query);
    assert_eq!(issuer.asked("/token"), asked, "the issuer was asked for none of these");
}

#[test]
fn a_code_is_worthless_to_whoever_did_not_begin() {
    let (issuer, login, _folder) = both();
    // Somebody in between takes the challenge away, or asks for a weaker one.
    let verifier_of_theirs = "x".repeat(43);
    for change in [
        &[("code_challenge", ""), ("code_challenge_method", "")][..],
        &[("code_challenge", &verifier_of_theirs), ("code_challenge_method", "plain")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge", &verifier_of_theirs)],
        &[("redirect_uri", "https://elsewhere.example.com/login/callback")],
    ] {
        let Begun { address, handle } = login.begin().unwrap();
        let query = come_back(&changed(&address, change));
        assert_eq!(login.finish(handle.text(), &query), Err(LoginError::Over), "{change:?}");
    }
    // The code of one sign-in in the callback of another: the verifier does not fit, and where the issuer does not look at it,
    // the nonce does not.
    for (fault, refused) in [(None, LoginError::Over), (Some(Fault::IgnoresVerifier), LoginError::Unverified)] {
        issuer.misbehaves(fault);
        let stolen = parameter(&come_back(&login.begin().unwrap().address), "code");
        let Begun { address, handle } = login.begin().unwrap();
        let query = forged(&come_back(&address), &[("code", &stolen)]);
        assert_eq!(login.finish(handle.text(), &query), Err(refused), "{fault:?}");
    }
    issuer.misbehaves(None);
    assert!(sign_in(&login).is_ok());
}

#[test]
fn a_callback_of_another_issuer_or_with_a_no_lets_nobody_in() {
    let (issuer, login, _folder) = both();
    for (fault, refused) in [
        (Fault::CallbackOfAnother, LoginError::Over),
        (Fault::CallbackOfNobody, LoginError::Over),
        (Fault::SaysNo, LoginError::Denied),
    ] {
        issuer.misbehaves(fault);
        assert_eq!(sign_in(&login), Err(refused), "{fault:?}");
    }
    assert_eq!(issuer.asked("/token"), 0);
}

#[test]
fn an_issuer_that_is_of_no_use_stops_nothing_and_is_asked_again() {
    let anywhere = [Fault::Slow, Fault::Huge, Fault::Broken, Fault::NoJson, Fault::Redirects];
    let description = [Fault::DescribesAnother, Fault::PlainPkce, Fault::NoKeys];
    let (issuer, login, _folder) = both();
    for fault in anywhere.into_iter().chain(description) {
        issuer.misbehaves(fault);
        assert_eq!(login.begin().unwrap_err(), LoginError::Unavailable, "{fault:?}");
    }
    issuer.misbehaves(None);
    assert!(sign_in(&login).is_ok(), "without a new start");
    for fault in anywhere {
        let Begun { address, handle } = login.begin().unwrap();
        let query = come_back(&address);
        issuer.misbehaves(fault);
        assert_eq!(login.finish(handle.text(), &query), Err(LoginError::Unavailable), "{fault:?}");
        issuer.misbehaves(None);
    }
    assert_eq!(issuer.asked("/elsewhere"), 0, "it is not followed");
    // Keys that cannot be fetched again.
    let Begun { address, handle } = login.begin().unwrap();
    let query = come_back(&address);
    issuer.has_key(&Algorithm::EdDsa);
    issuer.misbehaves(Fault::NoKeys);
    assert_eq!(login.finish(handle.text(), &query), Err(LoginError::Unverified));
    // Nobody is there.
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let (login, _folder) = login_with(&format!("http://{free}"), &json!({}));
    assert_eq!(login.begin().unwrap_err(), LoginError::Unavailable);
}

#[test]
fn nothing_is_sent_to_where_others_read_along() {
    let (issuer, login, _folder) = both();
    issuer.misbehaves(Fault::PointsIntoTheClear);
    assert_eq!(sign_in(&login), Err(LoginError::Unavailable));
    assert_eq!(issuer.asked("/token"), 0);
}

#[test]
fn a_slow_issuer_takes_no_more_threads_than_some() {
    let (issuer, login, _folder) = both();
    issuer.misbehaves(Fault::Slow);
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(|| login.begin().unwrap_err())).collect();
        while issuer.asked("/.well-known/openid-configuration") < 8
            && !waiting.iter().any(ScopedJoinHandle::is_finished)
        {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(login.begin().unwrap_err(), LoginError::Busy);
        assert_eq!(login.finish("x", "state=s&code=c"), Err(LoginError::Busy));
        for one in waiting {
            assert_eq!(one.join().unwrap(), LoginError::Unavailable);
        }
    });
    issuer.misbehaves(None);
    assert!(sign_in(&login).is_ok());
}

#[test]
fn groups_say_what_somebody_is() {
    let (issuer, login, _folder) = both();
    let role = |login: &Login, claims: Value| {
        issuer.signs_in("subject-1", &claims);
        sign_in(login).map(|person| person.role)
    };
    assert_eq!(role(&login, json!({ "groups": ["crm", "heads"] })), Ok(Role::SeniorReviewer));
    assert_eq!(role(&login, json!({ "groups": "crm" })), Ok(Role::Reviewer));
    for claims in
        [json!({}), json!({ "groups": ["all"] }), json!({ "roles": ["crm"] }), json!({ "groups": { "crm": 1 } })]
    {
        assert_eq!(role(&login, claims.clone()), Err(LoginError::NoRole), "{claims}");
    }
    let claim = "https://example.com/roles";
    let roles = json!([{ "group": "crm reviewers", "role": "admin" }]);
    let (login, _folder) = login_with(issuer.address(), &json!({ "role-claim": claim, "roles": roles, "hours": 1 }));
    assert_eq!(role(&login, json!({ claim: ["crm reviewers"], "groups": ["heads"] })), Ok(Role::Admin));
    assert!(sign_in(&login).unwrap().expires_at().unwrap() <= Timestamp::now() + SignedDuration::from_hours(1));
}

#[test]
fn the_secret_is_shown_where_the_issuer_wants_it() {
    let (issuer, login, _folder) = both();
    issuer.misbehaves(Fault::SecretInBody);
    assert!(sign_in(&login).is_ok());
    // Without one this service is a client that the issuer does not know.
    let (login, _folder) = login_with(issuer.address(), &json!({ "client-secret-file": null }));
    assert_eq!(sign_in(&login), Err(LoginError::Unavailable));
    // A file that everybody can read is no secret.
    let folder = tempfile::tempdir().unwrap();
    secret_in(folder.path());
    fs::set_permissions(folder.path().join("login.secret"), Permissions::from_mode(0o644)).unwrap();
    let refused = Login::new(login.settings().clone(), folder.path());
    assert!(refused.is_ok(), "it names no file");
    let mut settings = login.settings().clone();
    settings.client_secret_file = Some("login.secret".into());
    let refused = Login::new(settings, folder.path()).err().unwrap().to_string();
    assert!(refused.contains("login.secret") && refused.contains("chmod 600"), "{refused}");
}

thread_local! {
    /// What is logged in this test, whatever others do meanwhile.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged() -> String {
    LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap())
}

#[test]
fn the_log_says_why_and_repeats_nothing_that_is_secret_or_of_somebody() {
    // For all threads: what is logged is asked for once in a program.
    tracing_subscriber::fmt().json().with_writer(|| Log).with_max_level(tracing::Level::TRACE).init();
    let issuer = Issuer::start();
    issuer.signs_in("subject-zebra", &json!({ "groups": ["crm", "group-zebra"], "email": "zebra@example.com" }));
    let (login, _folder) = login_with(issuer.address(), &json!({}));
    let mut made_up = Vec::new();
    for fault in [
        None,
        Some(Fault::OtherNonce),
        Some(Fault::OtherAudience),
        Some(Fault::OtherIssuer),
        Some(Fault::Expired),
        Some(Fault::ForeignKey),
        Some(Fault::NoIdToken),
        Some(Fault::SaysNo),
        Some(Fault::CallbackOfAnother),
    ] {
        let Begun { address, handle } = login.begin().unwrap();
        issuer.misbehaves(fault);
        let (query, before) = (come_back(&address), logged().len());
        assert_eq!(login.finish(handle.text(), &query).is_ok(), fault.is_none(), "{fault:?}");
        assert!(logged().len() > before, "{fault:?} is logged");
        made_up.push(handle.text().to_owned());
        let sent = address.split_once('?').unwrap().1;
        made_up.extend(["state", "nonce", "code_challenge"].map(|name| parameter(sent, name)));
        if fault != Some(Fault::SaysNo) {
            made_up.push(parameter(&query, "code"));
        }
    }
    issuer.misbehaves(None);
    // A code that the issuer does not know, and repeats in its own words; and what no issuer sends.
    for change in [&[("code", "code-zebra")][..], &[("code", ""), ("state", "zebra\nforged")]] {
        let Begun { address, handle } = login.begin().unwrap();
        let query = forged(&come_back(&address), change);
        assert_eq!(login.finish(handle.text(), &query), Err(LoginError::Over));
    }
    let log = logged();
    for secret in made_up.iter().map(String::as_str).chain(["zebra", SECRET, "s3cret", "Basic "]) {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    for words in ["signed in", "person-", "it is of another sign-in", "access_denied", "does not know its code"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}
