//! Modules over the network: what sets can name, and of each what the command line says of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::path::Path;

use countersign_tests::service::{Service, token};
use countersign_tests::{Program, guest};
use serde_json::Value;

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
