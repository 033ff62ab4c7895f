//! Rehearses how the interface grows (see `wit/README.md`): hosts that serve the 1.1.0 of `tests/abi` beside what is
//! released. Everything but that is what production runs.

use wasmtime::StoreContextMut;
use wasmtime::component::WasmStr;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::super::admit::Refusal;
use super::super::engine::{Allocation, engine};
use super::super::load::{TrustedCode, load};
use super::super::module::{Answer, Module, Scratch};
use super::super::scan::Shape;
use super::super::setup::{Ready, SetupRequest, Snapshot, link, set_up};
use super::super::state::{keep_in_log, store};
use super::super::{Sandbox, Worker};
use super::*;
use crate::model::{Catalogue, Digest, Facts, Limits, Outcome, Suggestion};

const OLD: &str = include_str!("../../../../wit/1.0.0/policy.wit");
const NEW: &str = include_str!("../../../../tests/abi/1.1.0/policy.wit");
const GUEST: &str = include_str!("../../../../tests/abi/1.1.0/guest.wat");

/// A host that serves both, with what the newer adds.
const GROWN: Interface = Interface { versions: &["1.0.0", "1.1.0"], offer: offer_grown };

/// A host that says that it serves both, and offers nothing new.
const LISTED: Interface = Interface { versions: &["1.0.0", "1.1.0"], offer };

fn offer_grown(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut log = offer_log(linker, "countersign:policy/log@1.1.0")?;
    log.func_wrap(
        "about",
        |mut store: StoreContextMut<'_, State>, (field, message): (WasmStr, WasmStr)| -> wasmtime::Result<()> {
            let line = format!("{}: {}", field.to_str(&store)?, message.to_str(&store)?);
            keep_in_log(&mut store, &line)
        },
    )
}

fn component(module: &str, interface: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("policy.wit", interface).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// A component that uses what is new.
fn grown() -> Vec<u8> {
    component(GUEST, NEW, "explaining-policy")
}

/// The same without what is new, against either version.
fn plain(version: &str, interface: &str) -> Vec<u8> {
    let kept: Vec<_> = GUEST.lines().filter(|line| !line.ends_with(";; new")).collect();
    component(&kept.join("\n").replace("@1.1.0", version), interface, "policy")
}

fn request(settings: &str) -> SetupRequest {
    SetupRequest { settings: settings.to_owned(), shape: Shape::ORDINARY, strict: true, snapshot: true }
}

fn ready(component: &[u8], settings: &str, host: &Interface) -> Result<(Ready, Vec<u8>), Refusal> {
    set_up(component, &request(settings), host, None)
}

/// A module as its host loads it: admitted, configured, snapshotted, compiled, linked.
fn module(component: &[u8], settings: &str, host: &Interface) -> Module {
    let (ready, code) = ready(component, settings, host).unwrap();
    assert_eq!(ready.snapshot, Snapshot::Yes);
    let engine = engine(Allocation::OnDemand).unwrap();
    Module::load(&engine, ready, &TrustedCode::vouch(code), settings, Limits::DEFAULT, host).unwrap()
}

fn refusal(component: &[u8], host: &Interface) -> String {
    ready(component, "{}", host).map(drop).unwrap_err().to_string()
}

fn suggestion(confidence: f64, proposed: &str) -> Suggestion {
    let suggestion = serde_json::json!({
        "id": "s-1",
        "received_at": "2026-01-05T08:00:00Z",
        "target": { "system": "hubspot", "object": "contact", "id": "101" },
        "operation": "overwrite",
        "changes": [{ "field": "email", "prior": "ana@acme-works.com", "proposed": proposed }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
        "confidence": confidence,
        "context": { "fields": { "email": { "value": "ana@acme-works.com" } } },
    });
    serde_json::from_str(&suggestion.to_string()).unwrap()
}

fn catalogue() -> Catalogue {
    let text = "[[object]]\nsystem = \"*\"\nobject = \"contact\"\n\
        [object.fields]\nemail = { sensitivity = \"medium\", tags = [\"email\"] }\n";
    Catalogue::parse(text).unwrap()
}

/// What a module answers about a sure suggestion, and about an unsure one of another domain.
fn answers<T>(ask: impl Fn(&mut Scratch, &Suggestion, &Facts<'_>) -> Answer<T>) -> Vec<Answer<T>> {
    let catalogue = catalogue();
    let mut scratch = Scratch::default();
    let suggestions = [suggestion(0.97, "ana.m@acme-works.com"), suggestion(0.5, "ana@other-firm.com")];
    let answer = |given: &Suggestion| {
        let facts = Facts::of(given, &catalogue, "2026-06-01T00:00:00Z".to_owned(), Vec::new());
        ask(&mut scratch, given, &facts)
    };
    suggestions.iter().map(answer).collect()
}

fn types(interface: &str) -> &str {
    interface.split_once("\ninterface types {").and_then(|(_, rest)| rest.split_once("\n}\n")).unwrap().0
}

#[test]
fn a_minor_version_adds_lines_and_leaves_the_types_alone() {
    assert_eq!(types(OLD), types(NEW));
    let mut lines = NEW.lines();
    for line in OLD.replace("@1.0.0", "@1.1.0").lines() {
        assert!(lines.any(|new| new == line), "{line:?} is there still, and in its place");
    }
}

#[test]
fn the_released_host_refuses_a_later_version_and_names_what_it_serves() {
    assert_eq!(
        refusal(&grown(), &Interface::RELEASED),
        "is written against `countersign:policy/log@1.1.0`; this host serves `countersign:policy@1.0.0`: \
         build it with the WIT of a version that is served"
    );
    // Though it uses nothing new.
    assert!(refusal(&plain("@1.1.0", NEW), &Interface::RELEASED).contains("@1.1.0`; this host serves"));
    let later = plain("@1.2.0", &NEW.replace("@1.1.0", "@1.2.0"));
    assert!(refusal(&later, &GROWN).contains("serves `countersign:policy@1.0.0` and `countersign:policy@1.1.0`:"));
}

#[test]
fn what_a_newer_host_left_in_the_cache_is_refused_too() {
    let newer = plain("@1.1.0", NEW);
    let (digest, request) = (Digest::of(&newer), request("{}"));
    let (ready, code) = ready(&newer, "{}", &GROWN).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(Allocation::OnDemand, Worker::InProcess, Some(folder.path())).unwrap();
    let cache = sandbox.cache.as_ref().unwrap();
    cache.put(digest, &request, &ready, &TrustedCode::vouch(code));
    assert!(cache.get(digest, &request).is_some());
    let refused = sandbox.inspect(&newer, digest, &request).unwrap_err().to_string();
    assert!(refused.contains("this host serves `countersign:policy@1.0.0`"), "{refused}");
}

#[test]
fn what_was_frozen_at_1_0_0_answers_the_same_for_the_same_fuel() {
    let policy = include_bytes!("../../../../tests/frozen/1.0.0/policy.wasm");
    let [before, after] = [Interface::RELEASED, GROWN].map(|host| {
        let policy = module(policy, r#"{"threshold":0.93}"#, &host);
        answers(|scratch, given, facts| policy.decide(scratch, given, facts, &[]))
    });
    assert_eq!(before, after);
    let outcomes: Vec<_> = after.iter().map(|answer| answer.result.as_ref().unwrap().outcome).collect();
    assert_eq!(outcomes, [Outcome::Apply, Outcome::Review]);

    let validator = include_bytes!("../../../../tests/frozen/1.0.0/validator.wasm");
    let [before, after] = [Interface::RELEASED, GROWN].map(|host| {
        let validator = module(validator, "{}", &host);
        answers(|scratch, given, facts| validator.validate(scratch, given, facts))
    });
    assert_eq!(before, after);
    let found: Vec<_> = after.iter().map(|answer| answer.result.as_ref().unwrap().len()).collect();
    assert_eq!(found, [0, 1], "{after:?}");
}

#[test]
fn an_older_guest_finds_its_log_under_the_newer_name() {
    let old = plain("@1.0.0", OLD);
    let [before, after] = [Interface::RELEASED, GROWN].map(|host| {
        let policy = module(&old, "{}", &host);
        answers(|scratch, given, facts| policy.decide(scratch, given, facts, &[]))
    });
    assert_eq!(before, after);
    assert_eq!(after[0].log.as_deref(), Some("judged"));
}

#[test]
fn a_guest_of_the_new_version_uses_what_it_adds() {
    let (ready, _) = ready(&grown(), "{}", &GROWN).unwrap();
    assert_eq!(ready.admitted.version, "1.1.0");
    let policy = module(&grown(), "{}", &GROWN);
    for answer in answers(|scratch, given, facts| policy.decide(scratch, given, facts, &[])) {
        assert_eq!(answer.log.as_deref(), Some("judged\nemail: looked at"));
        assert_eq!(answer.result.unwrap().outcome, Outcome::Review);
    }
}

#[test]
fn what_names_two_versions_is_of_the_newer() {
    let text = wasmprinter::print_bytes(grown()).unwrap().replace("policy/types@1.1.0", "policy/types@1.0.0");
    let mixed = wat::parse_str(text).unwrap();
    let (ready, _) = ready(&mixed, "{}", &GROWN).unwrap();
    assert_eq!(ready.admitted.type_imports, ["countersign:policy/types@1.0.0"]);
    assert_eq!(ready.admitted.version, "1.1.0");
    assert!(refusal(&mixed, &Interface::RELEASED).contains("`countersign:policy/log@1.1.0`"));
}

#[test]
fn what_only_newer_worlds_export_is_looked_up() {
    let explained = |component: &[u8]| {
        let (ready, code) = ready(component, "{}", &GROWN).unwrap();
        let engine = engine(Allocation::OnDemand).unwrap();
        let component = load(&engine, &TrustedCode::vouch(code)).unwrap();
        let pre = link(&engine, &ready.admitted, &component, &GROWN).unwrap();
        let state = State::new(Limits::DEFAULT.memory, Limits::DEFAULT.log);
        let mut store = store(&engine, state, Limits::DEFAULT.fuel).unwrap();
        let instance = pre.instantiate(&mut store).unwrap();
        instance.get_func(&mut store, "explain")?;
        let explain = instance.get_typed_func::<(&str,), (Option<String>,)>(&mut store, "explain").unwrap();
        explain.call(&mut store, ("grown.seen",)).unwrap().0
    };
    assert_eq!(explained(&grown()).as_deref(), Some("It was looked at."));
    assert_eq!(explained(&plain("@1.0.0", OLD)), None);
}

#[test]
fn the_linker_goes_by_what_is_used_so_the_list_of_versions_is_what_refuses() {
    let policy = module(&plain("@1.1.0", NEW), "{}", &LISTED);
    let answers = answers(|scratch, given, facts| policy.decide(scratch, given, facts, &[]));
    assert_eq!(answers[0].log.as_deref(), Some("judged"));
    let refusal = refusal(&grown(), &LISTED);
    assert!(refusal.contains("does not have the types of countersign:policy@1.1.0"), "{refusal}");
    assert!(refusal.contains("`about`"), "{refusal}");
}
