//! Modules that travel: to and from a registry that others wrote, and in one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::model::Digest;
use countersign::registry::{Packed, Parcel, sbom, write_layout};
use countersign_tests::registry::RegistryServer;
use countersign_tests::said::refused;
use countersign_tests::signer::{key, trust};
use countersign_tests::stranger::{Manners, Stranger};
use countersign_tests::{Program, Run, guest};
use serde_json::Value;

/// `ana`, whose password is `word`, as `htpasswd` writes it.
const USERS: &str = "ana:$2a$04$yqHvgfEfs1Xjk6FHwKFg/uy/qvjt/F41pk6r.cDAHh/m4GIj42R1C\n";

/// `ana:word` in base64.
const ANA: &str = "YW5hOndvcmQ=";

/// Runs with a docker config of the test's own, which may be missing, and no other.
fn run(program: &Program, arguments: &[&str]) -> Run {
    let folder = program.folder().join("docker");
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(folder.clone()).chain(std::env::split_paths(&path))).unwrap();
    let ran = program.command(arguments).env("DOCKER_CONFIG", &folder).env("PATH", path).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: ran.status.code(), stdout: text(ran.stdout), stderr: text(ran.stderr), peak_memory: 0 }
}

/// It was done; what was printed.
fn done(program: &Program, arguments: &[&str]) -> String {
    let run = run(program, arguments);
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.stdout
}

fn docker_config(program: &Program, text: &str) {
    let folder = program.folder().join("docker");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.json"), text).unwrap();
}

/// Everything that is on record.
fn recorded(program: &Program) -> String {
    done(program, &["ledger", "export", "--as", "jsonl"])
}

/// A deployment with a signed module, and the text of a `trust.toml` that asks for who signed it.
fn with_a_signed_module() -> (Program, String) {
    let sender = Program::with_fresh_home();
    let (ana, trusted) = key(&sender, "ana");
    trust(&sender, &trusted);
    let module = sender.write("honest.wasm", guest::honest());
    done(&sender, &["policy", "sign", &module, "--key", &ana]);
    done(&sender, &["policy", "publish", &module]);
    (sender, trusted)
}

/// What `honest@1.0.0` is made of.
fn made_of(program: &Program) -> String {
    done(program, &["policy", "show", "honest@1.0.0", "--sbom"])
}

/// The digest of that, if it came along and is kept.
fn kept_sbom(program: &Program) -> Option<String> {
    let shown = done(program, &["policy", "show", "honest@1.0.0", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    shown["publication"]["sbom"].as_str().map(str::to_owned)
}

/// What a registry answers with when it is asked by hand.
fn fetched(server: &RegistryServer, path: &str) -> Value {
    let accepted = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
    let mut answer = ureq::get(format!("http://{}/v2/{path}", server.host)).header("Accept", accepted).call().unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
}

#[test]
fn a_module_travels_to_another_deployment_with_what_vouches_for_it() {
    let Some(server) = RegistryServer::start(None) else { return };
    let (sender, trusted) = with_a_signed_module();
    let reference = format!("{}/team/rule:1.0.0", server.host);
    let pushed = done(&sender, &["policy", "push", "honest@1.0.0", &reference]);
    let digest = pushed.trim().strip_prefix(&format!("{}/team/rule@", server.host)).unwrap().to_owned();
    assert_eq!(done(&sender, &["policy", "push", "honest@1.0.0", &reference]), pushed, "the same again");

    // One layer, which is the component; a signature and a list refer to it.
    let manifest = fetched(&server, "team/rule/manifests/1.0.0");
    let component = Digest::of(&guest::honest()).to_string();
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(manifest["layers"][0]["digest"], component.as_str());
    let config = fetched(&server, &format!("team/rule/blobs/{}", manifest["config"]["digest"].as_str().unwrap()));
    assert_eq!(config["os"], "wasip2");
    assert_eq!(config["layerDigests"][0], component.as_str());
    assert!(config["component"]["exports"].as_array().unwrap().contains(&"decide".into()), "{config}");
    let index = fetched(&server, &format!("team/rule/manifests/{}", digest.replace(':', "-")));
    let kinds: Vec<_> = index["manifests"].as_array().unwrap().iter().map(|one| &one["artifactType"]).collect();
    assert_eq!(kinds, ["application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.cyclonedx+json"]);

    // Elsewhere it is asked for, and there.
    let receiver = Program::with_fresh_home();
    trust(&receiver, &trusted);
    let said = done(&receiver, &["policy", "pull", &reference, "--digest", &digest, "--by", "ben"]);
    for words in [pushed.trim(), "published honest@1.0.0", "signed by ana", "module = \"honest@1.0.0\""] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(recorded(&receiver).contains("\"ben\""));
    // What it is made of came along, and is kept.
    assert!(said.contains("what it is made of came along"), "{said}");
    let kept = kept_sbom(&receiver).unwrap();
    assert_eq!((kept_sbom(&sender), made_of(&receiver)), (None, made_of(&sender)));
    assert_eq!(kept, Digest::of(made_of(&receiver).as_bytes()).to_string());
    let again = done(&receiver, &["policy", "pull", pushed.trim(), "--format", "json"]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(
        (&again["published"]["new"], &again["published"]["digest"]),
        (&false.into(), &component.as_str().into())
    );
    assert_eq!(done(&receiver, &["policy", "push", "honest@1.0.0", &reference]), pushed, "and it travels on");
    assert_eq!(run(&receiver, &["ledger", "verify"]).code, Some(0));
}

#[test]
fn what_a_registry_holds_instead_is_refused_and_nothing_is_published() {
    let Some(server) = RegistryServer::start(None) else { return };
    let (sender, trusted) = with_a_signed_module();
    let reference = format!("{}/team/rule:1.0.0", server.host);
    let pushed = done(&sender, &["policy", "push", "honest@1.0.0", &reference]);
    let receiver = Program::with_fresh_home();
    trust(&receiver, &trusted);
    let before = recorded(&receiver);
    let pull = |reference: &str| run(&receiver, &["policy", "pull", reference]);
    let other = Digest::of(b"other").to_string();
    refused(&run(&receiver, &["policy", "pull", &reference, "--digest", &other]), 4, &["digest", &other]);
    refused(&pull(&format!("{reference}@{other}")), 4, &["digest", &other]);
    refused(&pull(&format!("{}/team/rule:2.0.0", server.host)), 3, &["has no team/rule:2.0.0"]);
    refused(&pull(&format!("{}/team/other:1.0.0", server.host)), 3, &["has no team/other:1.0.0"]);
    for wrong in ["rule:1.0.0", "registry.example.com/rule", "https://registry.example.com/rule:1"] {
        assert_eq!(pull(wrong).code, Some(2), "{wrong}");
    }

    // Somebody can write where the registry keeps its blobs.
    let component = server.blob(&Digest::of(&guest::honest()).to_string());
    let manifest = server.blob(pushed.trim().split_once('@').unwrap().1);
    let bundle = fs::read(sender.folder().join("honest.wasm.sigstore.json")).unwrap();
    let bundle = server.blob(&Digest::of(&bundle).to_string());
    for file in [component, manifest, bundle] {
        let good = fs::read(&file).unwrap();
        let mut changed = good.clone();
        *changed.last_mut().unwrap() ^= 1;
        let cut = good[..good.len() - 1].to_vec();
        for bad in [changed, cut] {
            fs::write(&file, bad).unwrap();
            let run = pull(&reference);
            // A registry that looks at what it holds says so itself, which breaks no promise of ours.
            assert!(matches!(run.code, Some(3 | 4)) && run.stdout.is_empty(), "{run:#?}");
            let of_registry = run.message().contains("answers 5") || run.message().contains("has no");
            assert!(run.code == Some(4) || of_registry, "{run:#?}");
        }
        fs::write(&file, good).unwrap();
    }
    let (_, others) = key(&receiver, "ben");
    trust(&receiver, &others);
    refused(&pull(&reference), 4, &["signed by no key that is known here"]);
    assert_eq!(recorded(&receiver), before, "nothing was recorded");
    trust(&receiver, &trusted);
    assert_eq!(pull(&reference).code, Some(0));
}

#[test]
fn what_is_no_registry_is_left_in_time() {
    let program = Program::with_fresh_home();
    let before = recorded(&program);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\n";
    for (manners, words) in [
        (Manners::IsSilent, "no answer"),
        (Manners::Says("nonsense".to_owned()), "no answer"),
        (Manners::Says(format!("{head}Content-Length: 9\r\n\r\n{{\"sch")), "no answer"),
        (Manners::Says(format!("{head}Content-Length: 1\r\n\r\n{{")), "cannot be read"),
        (Manners::Says(format!("{head}Content-Length: 99999999\r\n\r\n")), "which is the most"),
        (Manners::Rambles(format!("{head}\r\n"), " ".repeat(1 << 16)), "which is the most"),
    ] {
        let stranger = Stranger::with(manners);
        let reference = format!("{}/rule:1", stranger.address.trim_start_matches("http://"));
        refused(&run(&program, &["policy", "pull", &reference, "--timeout", "2"]), 3, &[words]);
    }
    assert_eq!(recorded(&program), before);
}

#[test]
fn credentials_are_those_of_the_docker_config_and_shown_to_nobody() {
    let Some(server) = RegistryServer::start(Some(USERS)) else { return };
    let program = Program::with_fresh_home();
    let reference = format!("{}/team/confidence:1.0.0", server.host);
    let push = || run(&program, &["policy", "push", "confidence@1.0.0", &reference]);
    refused(&push(), 3, &["log in first"]);
    // `ana:secret`
    let wrong = "YW5hOnNlY3JldA==";
    docker_config(&program, &format!(r#"{{"auths":{{"{}":{{"auth":"{wrong}"}}}}}}"#, server.host));
    let denied = push();
    refused(&denied, 3, &["are not enough"]);
    assert!(!denied.stderr.contains("secret") && !denied.stderr.contains(wrong), "{denied:#?}");
    docker_config(&program, &format!(r#"{{"auths":{{"other.example":{{"auth":"{ANA}"}}}}}}"#));
    refused(&push(), 3, &["log in first"]);
    docker_config(&program, &format!(r#"{{"auths":{{"{}":{{"auth":"{ANA}"}}}}}}"#, server.host));
    let pushed = push();
    assert_eq!(pushed.code, Some(0), "{pushed:#?}");

    // A program that keeps them is asked for this host, and by its name alone.
    let log = program.folder().join("asked");
    let helper = program.folder().join("docker/docker-credential-test");
    let script = format!(
        "#!/bin/sh\necho \"$1 $(cat)\" > {}\necho '{{\"ServerURL\":\"x\",\"Username\":\"ana\",\"Secret\":\"word\"}}'\n",
        log.display()
    );
    fs::write(&helper, script).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    }
    docker_config(&program, &format!(r#"{{"credHelpers":{{"{}":"test"}}}}"#, server.host));
    assert_eq!(run(&program, &["policy", "pull", &reference]).code, Some(0));
    assert_eq!(fs::read_to_string(log).unwrap().trim(), format!("get {}", server.host));
    docker_config(&program, r#"{"credsStore":"../test"}"#);
    refused(&push(), 3, &["no name of a helper"]);
}

#[test]
fn what_is_part_of_the_program_is_pushed_from_anywhere_as_the_same_bytes() {
    let Some(server) = RegistryServer::start(None) else { return };
    let reference = format!("{}/confidence:1.0.0", server.host);
    let (with, without) = (Program::with_fresh_home(), Program::without_home());
    let pushed = done(&with, &["policy", "push", "confidence@1.0.0", &reference]);
    assert_eq!(done(&without, &["policy", "push", "confidence@1.0.0", &reference]), pushed);
    assert!(!without.home().exists(), "no deployment is needed, and none is made");
    for (module, words) in [("confidence@1", "whole version"), ("confidence@9.9.9", "no module"), ("no", "NAME@1.2.3")]
    {
        refused(&run(&with, &["policy", "push", module, &reference]), 3, &[words]);
    }
    refused(&run(&with, &["policy", "push", "confidence@1.0.0", pushed.trim()]), 3, &["gets a tag"]);
    done(&with, &["policy", "yank", "confidence@1.0.0", "--reason", "wrong"]);
    refused(&run(&with, &["policy", "push", "confidence@1.0.0", &reference]), 3, &["was yanked", "wrong"]);
}

#[test]
fn a_client_of_others_fetches_what_was_pushed() {
    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the client is");
        return;
    };
    let Some(server) = RegistryServer::start(None) else { return };
    let (sender, _) = with_a_signed_module();
    let reference = format!("{}/team/rule:1.0.0", server.host);
    done(&sender, &["policy", "push", "honest@1.0.0", &reference]);
    let out = sender.folder().join("fetched");
    fs::create_dir(&out).unwrap();
    let ran = Command::new(PathBuf::from(tools).join("bin/python3"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/fetch.py"))
        .args([server.host.as_str(), &reference, out.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let file = out.join("honest-1.0.0.wasm");
    assert_eq!(fs::read(&file).unwrap(), guest::honest());
    let shown = done(&sender, &["policy", "inspect", file.to_str().unwrap()]);
    assert!(shown.starts_with("honest@1.0.0: "), "it runs: {shown}");
}

#[test]
fn modules_travel_in_one_file_where_there_is_no_network() {
    let (sender, trusted) = with_a_signed_module();
    let file = sender.folder().join("modules.tar").to_str().unwrap().to_owned();
    let save = |named: &[&str]| done(&sender, &[&["policy", "save"], named, &["--out", &file]].concat());
    fs::remove_file(sender.home().join("trust.toml")).ok();
    done(&sender, &["policy", "publish", &sender.write("other.wasm", guest::released_as("2.0.0"))]);
    let other = done(&sender, &["policy", "list"]);
    let other = other.lines().find_map(|line| line.split_whitespace().find(|word| word.ends_with("@2.0.0"))).unwrap();
    let said = save(&["honest@1.0.0", other, "honest@1.0.0"]);
    assert!(said.contains("honest@1.0.0") && said.contains("1 signature"), "{said}");
    let both = fs::read(&file).unwrap();
    save(&[other, "honest@1.0.0"]);
    assert_eq!(fs::read(&file).unwrap(), both, "the same modules make the same file");

    let receiver = Program::with_fresh_home();
    let load = |bytes: &[u8]| run(&receiver, &["policy", "load", &receiver.write("in.tar", bytes), "--by", "ben"]);
    let before = recorded(&receiver);
    trust(&receiver, &trusted);
    // Nobody signed the other one here, and so none of them is published.
    refused(&load(&both), 4, &["there is no signature"]);
    save(&["honest@1.0.0"]);
    let signed = fs::read(&file).unwrap();
    let component = guest::honest();
    let at = signed.windows(component.len()).position(|bytes| bytes == component).unwrap();
    let mut changed = signed.clone();
    changed[at + component.len() - 1] ^= 1;
    refused(&load(&changed), 4, &["digest"]);
    refused(&load(&signed[..at]), 3, &["cannot be read"]);
    refused(&load(b"nonsense"), 3, &["cannot be read"]);
    refused(&load(b""), 3, &["there is no oci-layout in it"]);
    refused(&run(&receiver, &["policy", "load", "nowhere.tar"]), 3, &["cannot read nowhere.tar"]);
    assert_eq!(recorded(&receiver), before, "nothing was recorded");

    let loaded = load(&signed);
    assert_eq!(loaded.code, Some(0), "{loaded:#?}");
    assert!(loaded.stdout.contains("published honest@1.0.0") && loaded.stdout.contains("signed by ana"), "{loaded:#?}");
    fs::remove_file(receiver.home().join("trust.toml")).unwrap();
    let rest = load(&both);
    assert_eq!(rest.code, Some(0), "{rest:#?}");
    for words in [format!("published {other}"), "honest@1.0.0 was published before".to_owned()] {
        assert!(rest.stdout.contains(&words), "{words}: {rest:#?}");
    }
    assert_eq!(run(&receiver, &["ledger", "verify"]).code, Some(0));
}

#[test]
fn what_a_module_is_made_of_travels_on_as_it_came_along() {
    let component = guest::honest();
    // Somebody who built it knows more of it than the component says.
    let own = sbom("honest", "1.0.0", &component).unwrap();
    let theirs =
        own.replace("\"components\": []", "\"components\": [{ \"type\": \"library\", \"name\": \"left-pad\" }]");
    assert_ne!(theirs, own);
    let file = |sbom: &str| {
        let parcel = Parcel {
            name: "honest",
            version: "1.0.0",
            component: &component,
            imports: &[],
            exports: &[],
            bundles: &[],
            sbom: Some(sbom),
        };
        write_layout(&[Packed::new(parcel).unwrap()]).unwrap()
    };
    let load = |bytes: &[u8]| {
        let program = Program::with_fresh_home();
        done(&program, &["policy", "load", &program.write("in.tar", bytes)]);
        program
    };
    let first = load(&file(&theirs));
    assert_eq!(made_of(&first), theirs);
    let saved = first.folder().join("out.tar").to_str().unwrap().to_owned();
    done(&first, &["policy", "save", "honest@1.0.0", "--out", &saved]);
    let second = load(&fs::read(&saved).unwrap());
    assert_eq!((made_of(&second), kept_sbom(&second)), (theirs.clone(), kept_sbom(&first)));
    assert!(kept_sbom(&second).is_some());
    // What is of another component, or nothing of the kind, keeps no module from coming in.
    for wrong in [sbom("honest", "1.0.0", &guest::build("")).unwrap(), "{}".to_owned(), "nonsense".to_owned()] {
        let program = load(&file(&wrong));
        assert_eq!((kept_sbom(&program), made_of(&program)), (None, own.clone()), "{wrong}");
    }
    assert_eq!(run(&second, &["ledger", "verify"]).code, Some(0));
}
