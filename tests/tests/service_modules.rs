//! Modules over the network: what sets can name, and of each what the command line says of it; published, and withdrawn.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::model::Digest;
use countersign_tests::service::{Answer, Service, code, token};
use countersign_tests::{Program, guest, signer};
use serde_json::{Value, json};

#[test]
fn modules_of_the_program_and_published_ones_are_listed_and_shown_as_the_command_line_does() {
    let program = Program::with_fresh_home();
    let reader = token(&program, "rey", "reviewer", &[]);
    let service = Service::start(&program, &[]);
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released/index.json");
    let index: Value = serde_json::from_str(&fs::read_to_string(index).unwrap()).unwrap();
    let embedded = service.get("/v1/modules", &reader).json()["modules"].as_array().unwrap().clone();
    assert_eq!(embedded.len(), index["modules"].as_array().unwrap().len());
    for (listed, released) in embedded.iter().zip(index["modules"].as_array().unwrap()) {
        for key in ["name", "version", "digest"] {
            assert_eq!(listed[key], released[key]);
        }
        assert_eq!(listed["origin"], "embedded");
    }
    // Beside each released component stands what it says of itself, which another test holds it to.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released");
    for module in index["modules"].as_array().unwrap() {
        let name = module["name"].as_str().unwrap();
        let kept = fs::read_to_string(folder.join(name).join("1.0.0.json")).unwrap();
        let shown = service.get(&format!("/v1/modules/{name}/1.0.0"), &reader);
        assert_eq!((shown.status, shown.json()), (200, serde_json::from_str(&kept).unwrap()), "{name}");
    }
    // One that is published while the service runs.
    let module = program.write("mine.wasm", guest::honest());
    let run = program.run(&["policy", "publish", &module, "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let all = service.get("/v1/modules", &reader).json()["modules"].as_array().unwrap().clone();
    let new: Vec<&Value> = all.iter().filter(|module| !embedded.contains(module)).collect();
    let [published] = new[..] else { panic!("{new:#?}") };
    let run = program.run(&["policy", "inspect", &module, "--format", "json"], "");
    let mut printed: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"));
    // Whether it can be snapshotted is tried when a set needs it.
    printed.as_object_mut().unwrap().remove("snapshot");
    assert_eq!((&published["origin"], &published["digest"]), (&"published".into(), &printed["digest"]));
    let (name, version) = (published["name"].as_str().unwrap(), published["version"].as_str().unwrap());
    assert_eq!(service.get(&format!("/v1/modules/{name}/{version}"), &reader).json(), printed);
}

#[test]
fn names_that_are_none_and_lead_elsewhere_are_not_found() {
    let program = Program::with_fresh_home();
    let reader = token(&program, "rey", "reviewer", &[]);
    let service = Service::start(&program, &[]);
    // What stands beside the folder of modules, and would be read if a name were a path.
    fs::create_dir_all(program.home().join("modules")).unwrap();
    fs::write(program.home().join("1.0.0.wasm"), guest::honest()).unwrap();
    for address in ["none/1.0.0", "confidence/2.0.0", "confidence/1", "confidence/%3D1.0.0", "../1.0.0", "%2e%2e/1.0.0"]
    {
        let answer = service.get(&format!("/v1/modules/{address}"), &reader);
        assert_eq!((answer.status, &answer.json()["code"]), (404, &"not-found".into()), "{address}: {answer:?}");
    }
}

/// Sends a component with the files of its signatures.
fn publish(service: &Service, component: &[u8], bundles: &[Vec<u8>], token: &str) -> Answer {
    let bundles: Vec<String> = bundles.iter().map(|bundle| STANDARD.encode(bundle)).collect();
    let body = json!({ "component": STANDARD.encode(component), "bundles": bundles });
    service.post("/v1/modules", &body.to_string(), token)
}

fn events(program: &Program) -> Vec<Value> {
    let run = program.run(&["ledger", "export", "--as", "jsonl"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()
}

#[test]
fn a_module_is_published_once_and_its_version_never_changes() {
    let program = Program::with_fresh_home();
    let [author, operator] = ["author", "operator"].map(|role| token(&program, &format!("a-{role}"), role, &[]));
    let service = Service::start(&program, &[]);
    let before = events(&program).len();
    let first = guest::released_as("1.0.0");
    assert_eq!(code(&publish(&service, &first, &[], &operator)), (403, "forbidden".into()));
    // What is refused, and why. Nothing of it is recorded.
    let large = vec![0; (4 << 20) + 1];
    for (component, problem, words) in [
        (&b""[..], (422, "invalid"), "no WebAssembly component"),
        (b"garbage", (422, "invalid"), "no WebAssembly component"),
        (b"\0asm\x01\0\0\0", (422, "invalid"), "a core module"),
        (b"\0asm\x0d\0\x01\0garbage", (422, "invalid"), "component"),
        (&large, (413, "too-large"), "which is the most that is let in"),
    ] {
        let refused = publish(&service, component, &[], &author);
        assert_eq!(code(&refused), (problem.0, problem.1.to_owned()), "{words}: {refused:?}");
        assert!(refused.body.contains(words), "{words}: {refused:?}");
        assert_eq!(refused.json()["key"], "component");
    }
    let endless = json!({ "component": "A".repeat(12 << 20) }).to_string();
    assert_eq!(code(&service.post("/v1/modules", &endless, &author)), (413, "too-large".into()));
    for (body, key) in
        [("{", Value::Null), ("{\"component\":7}", "component".into()), ("{\"component\":\"?\"}", "component".into())]
    {
        let refused = service.post("/v1/modules", body, &author);
        assert_eq!((refused.status, &refused.json()["key"]), (422, &key), "{body}: {refused:?}");
    }
    let strange = service.post("/v1/modules?colour=red", "{}", &author);
    assert_eq!(code(&strange), (400, "bad-request".into()));
    assert_eq!(events(&program).len(), before, "nothing was recorded");

    let new = publish(&service, &first, &[], &author);
    assert_eq!(new.status, 201, "{new:?}");
    let new = new.json();
    assert_eq!((&new["module"], &new["new"], &new["against"]), (&json!("hostile@1.0.0"), &json!(true), &Value::Null));
    let again = publish(&service, &first, &[], &author);
    assert_eq!((again.status, &again.json()["new"]), (200, &json!(false)), "{again:?}");
    let other = guest::build(";; other bytes\n(global $other (mut i32) (i32.const 7))");
    let refused = publish(&service, &other, &[], &author);
    assert_eq!(code(&refused), (409, "other-bytes".into()));
    assert!(refused.body.contains("a version never changes"), "{refused:?}");
    let next = publish(&service, &guest::released_as("1.1.0"), &[], &author).json();
    assert_eq!(next["against"]["version"], "1.0.0", "{next}");
    // The ledger says who did it, and the list what the ledger says.
    let recorded = events(&program);
    assert_eq!(recorded.len(), before + 2);
    assert_eq!((&recorded[before]["kind"], &recorded[before]["actor"]), (&json!("published"), &json!("a-author")));
    let listed = service.get("/v1/modules", &operator).json();
    let listed =
        listed["modules"].as_array().unwrap().iter().find(|module| module["digest"] == next["digest"]).unwrap();
    assert_eq!((&listed["version"], &listed["publication"]["by"]), (&json!("1.1.0"), &json!("a-author")), "{listed}");
    assert_eq!(listed["publication"]["against"], next["against"]);
    assert_eq!(program.run(&["ledger", "verify"], "").code, Some(0));
}

#[test]
fn no_new_set_names_what_was_withdrawn() {
    let program = Program::with_fresh_home();
    let [author, operator] = ["author", "operator"].map(|role| token(&program, &format!("a-{role}"), role, &[]));
    let text = "name = \"own\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"hostile@1\"\n";
    fs::write(program.home().join("sets/own.toml"), text).unwrap();
    let service = Service::start(&program, &[]);
    let propose = || service.post("/v1/proposals", &json!({ "set": "own", "reason": "case 7" }).to_string(), &author);
    assert_eq!(code(&propose()), (409, "not-in-force".into()));
    assert_eq!(publish(&service, &guest::released_as("1.0.0"), &[], &author).status, 201);
    let yank = |module: &str, reason: &str, token: &str| {
        service.post(&format!("/v1/modules/{module}/yank"), &json!({ "reason": reason }).to_string(), token)
    };
    assert_eq!(code(&yank("hostile/1.0.0", "wrong", &author)), (403, "forbidden".into()));
    assert_eq!(code(&yank("hostile/1.0.0", " ", &operator)), (422, "invalid".into()));
    for unknown in ["hostile/1.0.1", "hostile/1", "none/1.0.0", "..%2Fhostile/1.0.0"] {
        assert_eq!(code(&yank(unknown, "wrong", &operator)), (404, "not-found".into()), "{unknown}");
    }
    let yanked = yank("hostile/1.0.0", "wrong for merges", &operator);
    assert_eq!((yanked.status, &yanked.json()["by"]), (201, &json!("a-operator")), "{yanked:?}");
    assert_eq!(code(&yank("hostile/1.0.0", "wrong", &operator)), (409, "recorded".into()));
    let refused = propose();
    assert_eq!(code(&refused), (409, "not-in-force".into()));
    assert!(refused.body.contains("was yanked (wrong for merges)"), "{refused:?}");
    let listed = service.get("/v1/modules", &author).json();
    let listed = listed["modules"].as_array().unwrap().iter().find(|module| module["name"] == "hostile").unwrap();
    assert_eq!((&listed["yanked"], &listed["yank"]), (&json!("wrong for merges"), &yanked.json()));
}

#[test]
fn where_signatures_are_asked_for_nothing_looks_into_what_nobody_signed() {
    let program = Program::with_fresh_home();
    let author = token(&program, "ada", "author", &[]);
    let (key, asked) = signer::key(&program, "ana");
    signer::trust(&program, &asked);
    let module = program.write("honest.wasm", guest::honest());
    let signed = program.run(&["policy", "sign", &module, "--key", &key], "");
    assert_eq!(signed.code, Some(0), "{signed:#?}");
    let bundle = fs::read(format!("{module}.sigstore.json")).unwrap();
    let service = Service::start(&program, &[]);
    // That it is no component is not found out.
    for (component, bundles, words) in [
        (guest::honest(), vec![], "there is no signature"),
        (b"garbage".to_vec(), vec![], "there is no signature"),
        (b"garbage".to_vec(), vec![bundle.clone()], "other bytes"),
        (guest::honest(), vec![b"nonsense".to_vec()], "neither a Sigstore bundle"),
        (guest::honest(), vec![vec![b' '; 300 << 10]], "neither a Sigstore bundle"),
    ] {
        let refused = publish(&service, &component, &bundles, &author);
        assert_eq!(code(&refused), (422, "untrusted".into()), "{words}: {refused:?}");
        assert!(refused.body.contains(words), "{words}: {refused:?}");
    }
    // Nor does a set bring one along.
    fs::write(program.home().join("sets/other.wasm"), guest::released_as("9.0.0")).unwrap();
    let set = "name = \"other\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"other.wasm\"\n";
    fs::write(program.home().join("sets/other.toml"), set).unwrap();
    let wanted = json!({ "set": "other", "reason": "case 7" }).to_string();
    assert_eq!(code(&service.post("/v1/proposals", &wanted, &author)), (422, "untrusted".into()));
    let many =
        publish(&service, &guest::honest(), &std::iter::repeat_n(bundle.clone(), 17).collect::<Vec<_>>(), &author);
    assert_eq!((many.status, &many.json()["key"]), (422, &json!("bundles")), "{many:?}");
    let published = publish(&service, &guest::honest(), std::slice::from_ref(&bundle), &author);
    assert_eq!((published.status, &published.json()["signatures"][0]["name"]), (201, &json!("ana")), "{published:?}");
    let kept = published.json()["signatures"][0]["bundle"].as_str().unwrap().to_owned();
    assert_eq!(kept, Digest::of(&bundle).to_string());
}

#[test]
fn what_a_module_is_made_of_is_shown() {
    let program = Program::with_fresh_home();
    let reader = token(&program, "rey", "reviewer", &[]);
    let service = Service::start(&program, &[]);
    let shown = service.get("/v1/modules/confidence/1.0.0/sbom", &reader);
    assert_eq!((shown.status, shown.header("content-type")), (200, "application/vnd.cyclonedx+json"), "{shown:?}");
    let listed = service.get("/v1/modules", &reader).json();
    let module = listed["modules"].as_array().unwrap().iter().find(|module| module["name"] == "confidence").unwrap();
    let digits = module["digest"].as_str().unwrap().trim_start_matches("sha256:");
    assert_eq!(shown.json()["metadata"]["component"]["hashes"][0]["content"], digits);
    assert_eq!(shown.body, program.run(&["policy", "show", "confidence@1", "--sbom"], "").stdout);
    assert_eq!(code(&service.get("/v1/modules/none/1.0.0/sbom", &reader)), (404, "not-found".into()));
}
