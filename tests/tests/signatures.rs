//! Signatures of modules: made, verified, asked for when a module is published, and understood by the libraries of others.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::model::Digest;
use countersign_tests::{Program, Run, guest};
use serde_json::{Value, json};

/// Makes a key, and returns its file and its id.
fn key(program: &Program, name: &str) -> (String, String) {
    let file = program.folder().join(name).to_str().unwrap().to_owned();
    let run = program.run(&["key", "new", &file, "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    (file, run.lines()[0]["id"].as_str().unwrap().to_owned())
}

fn public(key: &str) -> String {
    format!("{key}.pub")
}

/// Signs a component into a file of this name.
fn sign(program: &Program, component: &str, key: &str, name: &str) -> String {
    let out = program.folder().join(name).to_str().unwrap().to_owned();
    let run = program.run(&["policy", "sign", component, "--key", key, "--out", &out], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    out
}

/// The text of a `trust.toml`.
fn trust(rules: &str, keys: &[(&str, &(String, String), &str)]) -> String {
    let mut text = rules.to_owned();
    for (name, (file, id), more) in keys {
        let pem = fs::read_to_string(public(file)).unwrap();
        let _ = write!(text, "[[key]]\nname = {name:?}\nid = {id:?}\npublic = \"\"\"\n{pem}\"\"\"\n{more}");
    }
    text
}

fn rule(modules: &str, signatures: usize, keys: &str) -> String {
    format!("[[rule]]\nmodules = [{modules}]\nsignatures = {signatures}\nkeys = [{keys}]\n")
}

/// It ended with a broken promise, for a reason with these words.
fn refused(run: &Run, words: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:#?}");
    for word in words {
        assert!(run.message().contains(word), "{word}: {run:#?}");
    }
}

/// What the signature in a file says, read without looking at the signature.
fn payload(bundle: &str) -> Value {
    let bundle: Value = serde_json::from_slice(&fs::read(bundle).unwrap()).unwrap();
    let payload = STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string().trim_start_matches("sha256:").to_owned()
}

#[test]
fn a_key_is_its_owners_alone_and_never_overwritten() {
    let program = Program::without_home();
    let file = program.folder().join("ana.key");
    let named = file.to_str().unwrap();
    let run = program.run(&["key", "new", named], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let (secret, pem) = (fs::read_to_string(&file).unwrap(), fs::read_to_string(public(named)).unwrap());
    assert!(run.stdout.contains(&pem) && !run.stdout.contains(secret.lines().nth(1).unwrap()), "{}", run.stdout);
    let der = STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap();
    assert!(run.stdout.contains(&format!("key {}", sha256(&der))), "{}", run.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for missing in [None, Some(file.clone()), Some(PathBuf::from(public(named)))] {
        let there = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        if let Some(missing) = &missing {
            fs::remove_file(missing).unwrap();
        }
        let again = program.run(&["key", "new", named], "");
        assert_eq!(again.code, Some(3), "{again:#?}");
        assert!(again.message().contains("exists already"), "{again:#?}");
        if let Some(missing) = missing {
            assert!(!missing.exists(), "neither file without the other");
        }
        // The one that was left is as it was; both are put back.
        let public_file = PathBuf::from(public(named));
        assert!([secret.as_str(), ""].contains(&there(&file).as_str()));
        assert!([pem.as_str(), ""].contains(&there(&public_file).as_str()));
        fs::write(&file, &secret).unwrap();
        fs::write(&public_file, &pem).unwrap();
    }
}

#[test]
fn a_component_is_signed_beside_itself_and_verified() {
    let program = Program::without_home();
    // It is hashed and not read: anything can be signed.
    let component = program.write("rule.wasm", b"anything");
    let (ana, id) = key(&program, "ana");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let material = format!("https://example.com/sdk@sha256:{}", sha256(b"sdk"));
    let arguments = [
        "policy",
        "sign",
        &component,
        "--key",
        &ana,
        "--name",
        "rule",
        "--source",
        "git+https://example.com/rules",
        "--revision",
        commit,
        "--builder",
        "https://example.com/builder",
        "--material",
        &material,
    ];
    let run = program.run(&arguments, "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let bundle = format!("{component}.sigstore.json");
    let statement = payload(&bundle);
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(statement["subject"], json!([{ "name": "rule", "digest": { "sha256": sha256(b"anything") } }]));
    let made_of = &statement["predicate"]["buildDefinition"]["resolvedDependencies"];
    assert_eq!(made_of[0], json!({ "uri": "git+https://example.com/rules", "digest": { "gitCommit": commit } }));
    assert_eq!(made_of[1], json!({ "uri": "https://example.com/sdk", "digest": { "sha256": sha256(b"sdk") } }));
    assert_eq!(fs::read(&component).unwrap(), b"anything");

    let of_ana = public(&ana);
    let verify = ["policy", "verify", &component, "--key", &of_ana];
    let text = program.run(&verify, "");
    assert_eq!(text.code, Some(0), "{text:#?}");
    for said in [id.as_str(), "as rule", commit, "https://example.com/builder"] {
        assert!(text.stdout.contains(said), "{said}: {}", text.stdout);
    }
    let json = program.run(&[&verify[..], &["--format", "json"]].concat(), "").lines().remove(0);
    assert_eq!((&json["verified"], &json["signers"][0]["key"]), (&true.into(), &id.as_str().into()));
    assert_eq!(json["signers"][0]["predicate"], statement["predicate"]);

    // The same again is the same; a signature of somebody else is not overwritten.
    let before = fs::read(&bundle).unwrap();
    assert_eq!(program.run(&arguments, "").code, Some(0));
    assert_eq!(fs::read(&bundle).unwrap(), before);
    let (ben, _) = key(&program, "ben");
    let other = program.run(&["policy", "sign", &component, "--key", &ben], "");
    assert!(other.code == Some(3) && other.message().contains("another signature"), "{other:#?}");
    assert_eq!(fs::read(&bundle).unwrap(), before);
    for wrong in [["--material", "sdk"], ["--source", "rules"], ["--revision", "1"]] {
        let run = program.run(&[&["policy", "sign", &component, "--key", &ana][..], &wrong].concat(), "");
        assert_eq!(run.code, Some(2), "{run:#?}");
    }
    let no_secret = program.run(&["policy", "sign", &component, "--key", &public(&ana)], "");
    assert!(no_secret.code == Some(3) && no_secret.message().contains("secret Ed25519 key"), "{no_secret:#?}");
    let no_public = program.run(&["policy", "verify", &component, "--key", &ana], "");
    assert!(no_public.code == Some(3) && no_public.message().contains("public Ed25519 key"), "{no_public:#?}");
    assert_eq!(program.run(&["policy", "verify", &component], "").code, Some(2), "it must be said who is trusted");
    assert!(!program.home().exists(), "no deployment is needed, and none is made");
}

#[test]
fn every_bad_signature_is_refused_with_its_reason() {
    let program = Program::without_home();
    let component = program.write("rule.wasm", b"anything");
    let (ana, ben) = (key(&program, "ana"), key(&program, "ben"));
    let public = public(&ana.0);
    let verify =
        |bundle: &str| program.run(&["policy", "verify", &component, "--bundle", bundle, "--key", &public], "");
    let reason = |bundle: &str| {
        let arguments = ["policy", "verify", &component, "--bundle", bundle, "--key", &public, "--format", "json"];
        let run = program.run(&arguments, "");
        assert_eq!(run.code, Some(4), "{run:#?}");
        let said = run.lines().remove(0);
        assert_eq!(said["verified"], false);
        said["reason"].as_str().unwrap().to_owned()
    };
    refused(&program.run(&["policy", "verify", &component, "--key", &public], ""), &["there is no signature"]);
    let good = sign(&program, &component, &ana.0, "good.json");
    assert_eq!(verify(&good).code, Some(0));
    let by_ben = sign(&program, &component, &ben.0, "ben.json");
    refused(&verify(&by_ben), &["no key that is known here", &ben.1]);
    assert_eq!(reason(&by_ben), "unknown-key");
    let others = program.write("others.wasm", b"other things");
    let of_others = sign(&program, &others, &ana.0, "others.json");
    refused(&verify(&of_others), &["other bytes", &sha256(b"anything"), &sha256(b"other things")]);
    assert_eq!(reason(&of_others), "other-bytes");
    let text = fs::read_to_string(&good).unwrap();
    let statement: Value = serde_json::from_str(&text).unwrap();
    let now = statement["dsseEnvelope"]["payload"].as_str().unwrap();
    let changed = STANDARD.encode(payload(&good).to_string().replace("rule.wasm", "role.wasm"));
    for (name, bad, why) in [
        ("changed.json", text.replace(now, &changed), "broken-signature"),
        ("type.json", text.replace("vnd.in-toto+json", "vnd.other+json"), "broken-signature"),
        ("unsigned.json", text.replace("\"signatures\": [", "\"signatures\": [], \"s\": ["), "no-signature"),
        ("empty.json", String::new(), "not-a-bundle"),
        ("cut.json", text[..text.len() / 2].to_owned(), "not-a-bundle"),
        ("deep.json", "[".repeat(100_000), "not-a-bundle"),
        ("long.json", text.clone() + &" ".repeat(300 << 10), "not-a-bundle"),
        ("component.json", "\0asm".to_owned(), "not-a-bundle"),
    ] {
        assert_ne!(bad, text, "{name}");
        assert_eq!(reason(&program.write(name, bad)), why, "{name}");
    }
    let nowhere = verify("nowhere.json");
    assert!(nowhere.code == Some(3) && nowhere.message().contains("cannot read nowhere.json"), "{nowhere:#?}");
}

#[test]
fn a_module_is_published_only_if_those_vouch_for_it_whom_the_deployment_trusts() {
    let program = Program::with_fresh_home();
    assert!(!program.home().join("trust.toml").exists(), "nothing is asked for unless somebody says so");
    let module = program.write("honest.wasm", guest::honest());
    let (ana, ben, eve) = (key(&program, "ana"), key(&program, "ben"), key(&program, "eve"));
    let [by_ana, by_ben, by_eve] = [("ana", &ana), ("ben", &ben), ("eve", &eve)]
        .map(|(name, key)| sign(&program, &module, &key.0, &format!("{name}.json")));
    let unasked = program.run(&["policy", "publish", &module, "--bundle", &by_ana], "");
    assert!(unasked.code == Some(3) && unasked.message().contains("trust.toml"), "{unasked:#?}");

    let rules = rule("\"honest\"", 2, "\"ana\", \"ben\"") + &rule("\"eve-*\"", 1, "\"eve\"");
    let keys = [("ana", &ana, ""), ("ben", &ben, ""), ("eve", &eve, "")];
    let write = |text: &str| fs::write(program.home().join("trust.toml"), text).unwrap();
    write(&trust(&rules, &keys));
    let publish = |bundles: &[&str]| {
        let named = bundles.iter().flat_map(|bundle| ["--bundle", *bundle]);
        program.run(&["policy", "publish", module.as_str()].into_iter().chain(named).collect::<Vec<_>>(), "")
    };
    let ledger = || program.run(&["ledger", "export", "--as", "jsonl"], "").stdout;
    let before = ledger();
    refused(&publish(&[]), &["there is no signature"]);
    refused(&publish(&[&by_ana]), &["2 of the keys ana, ben", "there is ana"]);
    refused(&publish(&[&by_ana, &by_ana]), &["there is ana"]);
    // Who may vouch for modules of other names lets it be looked into, but not in.
    refused(&publish(&[&by_eve]), &["honest", "2 of the keys ana, ben"]);
    // What nobody vouches for is refused before anything reads it: that it is no component is not found out.
    let nonsense = program.write("nonsense.wasm", b"\0asm nonsense");
    refused(&program.run(&["policy", "publish", &nonsense, "--bundle", &by_ana], ""), &["other bytes"]);
    let signed_nonsense = sign(&program, &nonsense, &eve.0, "nonsense.json");
    let found_out = program.run(&["policy", "publish", &nonsense, "--bundle", &signed_nonsense], "");
    assert_eq!(found_out.code, Some(3), "{found_out:#?}");
    let closed = program.run(&["policy", "publish", &module, "--stub-wasi", "--bundle", &by_ana], "");
    assert!(closed.code == Some(3) && closed.message().contains("--stub-wasi"), "{closed:#?}");
    write(&trust(
        &rules,
        &[
            ("ana", &ana, ""),
            ("ben", &ben, "[key.revoked]\nat = \"2026-10-01T00:00:00Z\"\nreason = \"lost\"\n"),
            ("eve", &eve, ""),
        ],
    ));
    refused(&publish(&[&by_ana, &by_ben]), &["revoked", "lost"]);
    write(&trust(&rule("\"other\"", 1, "\"ana\""), &keys));
    refused(&publish(&[&by_ana]), &["no rule says who vouches for `honest`"]);
    write(&(trust(&rules, &keys) + "[other]\n"));
    let mistaken = publish(&[&by_ana, &by_ben]);
    assert!(mistaken.code == Some(3) && mistaken.message().contains("trust.toml"), "{mistaken:#?}");
    assert!(mistaken.message().contains("other") && mistaken.message().contains("line"), "{mistaken:#?}");
    assert_eq!(ledger(), before, "nothing was recorded");
    let list = || program.run(&["policy", "list"], "").stdout;
    assert!(!list().contains("honest@"));

    write(&trust(&rules, &keys));
    let run = publish(&[&by_eve, &by_ana, &by_ben]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    for said in ["published honest@1.0.0", "signed by ana", "signed by ben"] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    assert!(list().contains("honest@1.0.0"));
    assert_eq!(kept(&program, "module", &guest::honest()), 1, "the component stays as it is");
    for (bundle, number) in [(&by_ana, 1), (&by_ben, 1), (&by_eve, 0)] {
        assert_eq!(kept(&program, "signature", &fs::read(bundle).unwrap()), number, "who does not count is not kept");
    }
    let event: Value = serde_json::from_str(ledger().lines().last().unwrap()).unwrap();
    assert_eq!(event["kind"], "published");
    let entry = event.to_string();
    for said in [&ana.1, &ben.1, &sha256(&fs::read(&by_ana).unwrap())] {
        assert!(entry.contains(said.as_str()), "{said}: {entry}");
    }
    assert!(!entry.contains(&eve.1), "{entry}");
    let again =
        program.run(&["policy", "publish", &module, "--bundle", &by_ana, "--bundle", &by_ben, "--format", "json"], "");
    let again = &again.lines()[0];
    let names: Vec<&Value> = again["signatures"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!((&again["new"], names), (&false.into(), vec![&json!("ana"), &json!("ben")]));
    assert_eq!(program.run(&["ledger", "verify"], "").code, Some(0));
    let trusted = program.home().join("trust.toml");
    let trusted = trusted.to_str().unwrap();
    for (name, code) in [("honest", 0), ("eve-mail", 4), ("unheard-of", 4)] {
        let arguments =
            ["policy", "verify", &module, "--trust", trusted, "--name", name, "--bundle", &by_ana, "--bundle", &by_ben];
        assert_eq!(program.run(&arguments, "").code, Some(code), "{name}");
    }
}

#[test]
fn one_signature_beside_the_component_is_found_and_kept() {
    let program = Program::with_fresh_home();
    let module = program.write("honest.wasm", guest::honest());
    let ana = key(&program, "ana");
    let trusted = trust(&rule("\"*\"", 1, "\"ana\""), &[("ana", &ana, "")]);
    fs::write(program.home().join("trust.toml"), trusted).unwrap();
    assert_eq!(program.run(&["policy", "sign", &module, "--key", &ana.0], "").code, Some(0));
    let run = program.run(&["policy", "publish", &module], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(kept(&program, "signature", &fs::read(format!("{module}.sigstore.json")).unwrap()), 1);
}

/// How often the ledger keeps some bytes.
fn kept(program: &Program, kind: &str, bytes: &[u8]) -> i64 {
    let database = rusqlite::Connection::open(program.home().join("ledger.db")).unwrap();
    let sql = "SELECT count(*) FROM object WHERE kind = ?1 AND bytes = ?2";
    database.query_row(sql, rusqlite::params![kind, bytes], |row| row.get(0)).unwrap()
}

#[test]
fn a_key_that_was_revoked_since_vouches_for_no_set_that_is_to_come_into_force() {
    let program = Program::with_fresh_home();
    let module = program.write("honest.wasm", guest::honest());
    let ana = key(&program, "ana");
    let trusted = |more: &str| {
        let text = trust(&rule("\"*\"", 1, "\"ana\""), &[("ana", &ana, more)]);
        fs::write(program.home().join("trust.toml"), text).unwrap();
    };
    trusted("");
    assert_eq!(program.run(&["policy", "sign", &module, "--key", &ana.0], "").code, Some(0));
    assert_eq!(program.run(&["policy", "publish", &module], "").code, Some(0));
    let set = |name: &str, module: &str| {
        let text = format!("name = \"{name}\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"{module}\"\n");
        fs::write(program.home().join(format!("sets/{name}.toml")), text).unwrap();
    };
    set("own", "honest@1");
    set("file", "other.wasm");
    fs::write(program.home().join("sets/other.wasm"), guest::released_as("9.0.0")).unwrap();
    let run = |arguments: &[&str]| program.run(&[&["set"], arguments, &["--reason", "r"]].concat(), "");
    refused(&run(&["propose", "file"]), &["there is no signature"]);
    assert_eq!(run(&["propose", "own", "--by", "ana"]).code, Some(0));
    assert_eq!(run(&["approve", "own", "--by", "ben"]).code, Some(0));
    trusted("[key.revoked]\nat = \"2026-10-01T00:00:00Z\"\nreason = \"lost\"\n");
    refused(&run(&["activate", "own"]), &["revoked", "lost"]);
    trusted("");
    assert_eq!(run(&["activate", "own"]).code, Some(0));
    let decided = program.run(&["evaluate", "-"], countersign_tests::corpus::first(3));
    assert_eq!(decided.code, Some(0), "{decided:#?}");
    // What was decided still reproduces, and what is in force stays so.
    trusted("[key.revoked]\nat = \"2026-10-01T00:00:00Z\"\nreason = \"lost\"\n");
    assert_eq!(program.run(&["reproduce", "--all"], "").code, Some(0));
    assert_eq!(program.run(&["evaluate", "-"], countersign_tests::corpus::first(4)).code, Some(0));
}

/// The libraries of others, in Python and in JavaScript; none where they are not installed.
fn libraries() -> Option<[Vec<PathBuf>; 2]> {
    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the libraries are");
        return None;
    };
    let (tools, clients) = (PathBuf::from(tools), Path::new(env!("CARGO_MANIFEST_DIR")).join("clients"));
    let python = vec![tools.join("bin/python3"), clients.join("signatures.py")];
    let node = vec!["node".into(), clients.join("signatures/signatures.mjs"), tools.join("signatures")];
    Some([python, node])
}

/// Runs a library with something on its standard input, and returns what it printed.
fn ask(library: &[PathBuf], arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let (program, fixed) = library.split_first().unwrap();
    let mut child = Command::new(program)
        .args(fixed)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{library:?}: {}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

#[test]
fn libraries_of_others_accept_what_is_signed_here_and_the_other_way_round() {
    let Some(libraries) = libraries() else { return };
    let program = Program::without_home();
    let component = program.write("rule.wasm", b"anything");
    let (ana, id) = key(&program, "ana");
    let bundle = sign(&program, &component, &ana, "ours.json");
    let ours = payload(&bundle);
    for (library, number) in libraries.iter().zip(1..) {
        let said: Value = serde_json::from_slice(&ask(library, &["verify", &public(&ana), &bundle], b"")).unwrap();
        assert_eq!((&said["hint"], &said["payload"]), (&id.as_str().into(), &ours), "{library:?}");
        assert!(said["changed"].is_string(), "what was changed is refused: {said}");
        // With the same key, which they read as we write it, and another text of the same statement.
        let text = serde_json::to_vec_pretty(&ours).unwrap();
        let theirs = program.write(&format!("theirs-{number}.json"), ask(library, &["sign", &ana], &text));
        let run = program.run(&["policy", "verify", &component, "--bundle", &theirs, "--key", &public(&ana)], "");
        assert_eq!(run.code, Some(0), "{library:?}: {run:#?}");
        let other = program.write("other.wasm", b"other things");
        refused(
            &program.run(&["policy", "verify", &other, "--bundle", &theirs, "--key", &public(&ana)], ""),
            &["other bytes"],
        );
    }
}
