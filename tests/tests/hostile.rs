//! Hostile guests against the real program: each gives a typed fault, with the outcome that the set gives to
//! faults, or is refused by name; and the program lives, stays small, and judges the next suggestion rightly.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use countersign_tests::{Program, Run, guest};
use serde_json::{Value, json};

/// One line of input.
fn suggestion(id: &str, object: &str, operation: &str) -> String {
    let suggestion = json!({
        "id": id,
        "received_at": "2026-01-01T00:00:00Z",
        "target": { "system": "hubspot", "object": object, "id": "101" },
        "operation": operation,
        "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
        "confidence": 0.97,
        "context": { "fields": { "industry": { "value": null } } },
    });
    format!("{suggestion}\n")
}

/// Hostile guests judge contacts; the honest policy judges everything, and applies what only enriches.
fn input() -> String {
    [("s1", "contact", "enrich"), ("s2", "account", "enrich"), ("s3", "account", "delete"), ("s4", "contact", "enrich")]
        .map(|(id, object, operation)| suggestion(id, object, operation))
        .concat()
}

/// The set of a hostile guest and the honest policy.
fn set(list: &str, on_fault: &str) -> String {
    format!(
        "name = \"hostile\"\nversion = \"1.0.0\"\n\
         [[{list}]]\nmodule = \"hostile.wasm\"\non-fault = \"{on_fault}\"\n\
         [[policy]]\nmodule = \"honest.wasm\"\n"
    )
}

fn evaluate(program: &Program, component: &[u8], set: &str, input: &str) -> Run {
    program.write("hostile.wasm", component);
    program.write("honest.wasm", guest::honest());
    let set = program.write("hostile.toml", set);
    let now = "2026-01-01T00:00:00Z";
    // One thread, so that calls follow each other in the same place.
    program.run(&["evaluate", "-", "--dry-run", "--set", &set, "--jobs", "1", "--now", now, "--format", "json"], input)
}

/// The decisions for the four suggestions of [`input`], in a set that leaves faults to people. All that is true
/// of every guest is asserted here.
fn decisions(component: &[u8], list: &str) -> Vec<Value> {
    let program = Program::with_fresh_home();
    let run = evaluate(&program, component, &set(list, "human-only"), &input());
    assert_eq!(run.code, Some(0), "{run:#?}");
    let decisions = run.lines();
    let ids: Vec<_> = decisions.iter().map(|decision| &decision["id"]).collect();
    assert_eq!(ids, ["s1", "s2", "s3", "s4"], "every suggestion has its decision, in order");
    for (at, outcome) in [(1, "apply"), (2, "reject")] {
        assert_eq!(decisions[at]["outcome"], outcome, "the honest policy judges alone: {:#}", decisions[at]);
        assert_eq!(decisions[at]["modules"][0]["called"], false);
    }
    for decision in [&decisions[0], &decisions[3]] {
        assert_eq!(decision["modules"][0]["called"], true, "{decision:#}");
        assert_eq!(decision["modules"][1]["outcome"], "apply", "the honest policy is heard: {decision:#}");
    }
    for part in ["outcome", "reasons", "findings", "modules", "review"] {
        assert_eq!(decisions[0][part], decisions[3][part], "the same input gives the same {part}");
    }
    decisions
}

fn list_of(name: &str) -> &'static str {
    let text = fs::read_to_string(guest::folder().join("core").join(name).with_extension("wat")).unwrap();
    if text.contains("(export \"validate\")") { "validator" } else { "policy" }
}

/// The guest of the folder `core` is stopped with a fault of this kind, whose detail has these words.
fn faults(name: &str, kind: &str, words: &str) {
    let decision = &decisions(&guest::core(name), list_of(name))[0];
    let fault = &decision["modules"][0]["fault"];
    assert_eq!(fault["kind"], kind, "{decision:#}");
    let detail = fault["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{detail}");
    assert!(!detail.contains("0x"), "an address is not the same each time: {detail}");
    assert_eq!(decision["outcome"], "human-only", "the outcome that the set gives to faults: {decision:#}");
    let codes: Vec<_> = decision["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
    assert_eq!(codes, ["hostile.fault"], "{decision:#}");
}

/// The guest of the folder `core` is heard, and says this.
fn says(name: &str, outcome: &str) -> Value {
    let decision = decisions(&guest::core(name), list_of(name)).swap_remove(0);
    assert_eq!(decision["modules"][0]["fault"], Value::Null, "{decision:#}");
    assert_eq!(decision["modules"][0]["outcome"], outcome, "{decision:#}");
    assert_eq!(decision["outcome"], outcome, "{decision:#}");
    decision
}

/// The component is refused with all of these words, both alone and in a set.
fn refused_with(component: &[u8], words: &[&str]) {
    let program = Program::with_fresh_home();
    let file = program.write("hostile.wasm", component);
    let alone = program.run(&["policy", "inspect", &file, "--settings", "{}"], "");
    let in_set = evaluate(&program, component, &set("policy", "review"), &input());
    for run in [alone, in_set] {
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert_eq!(run.stdout, "", "nothing is decided");
        for word in words {
            assert!(run.message().contains(word), "the cause, {word:?}, is named: {run:#?}");
        }
    }
}

/// Tests of guests in files, and the list of those files.
macro_rules! guests {
    ($list:ident: $($test:ident: $name:literal => $expected:ident($($argument:expr),*);)*) => {
        const $list: &[&str] = &[$($name),*];
        $(#[test] fn $test() { $expected($name, $($argument),*); })*
    };
}

fn refused(name: &str, words: &[&str]) {
    refused_with(&guest::core(name), words);
}

fn component_refused(name: &str, words: &[&str]) {
    refused_with(&guest::component(name), words);
}

fn says_reviewed(name: &str, approvals: u64, priority: u64) {
    let decision = says(name, "review");
    assert_eq!(decision["review"]["approvals"], approvals, "{decision:#}");
    assert_eq!(decision["review"]["priority"], priority, "{decision:#}");
}

fn says_with_log_cut(name: &str, kept: usize, said: &str) {
    let decision = says(name, "apply");
    let log = decision["modules"][0]["log"].as_str().unwrap();
    assert_eq!(log, format!("{}\n{said}", "a".repeat(kept)));
}

fn harms_only_itself(name: &str) {
    let decision = &decisions(&guest::core(name), list_of(name))[0];
    let run = &decision["modules"][0];
    assert!(run["fault"] == Value::Null || decision["outcome"] == "human-only", "{decision:#}");
}

guests! { CORE:
    an_endless_loop_runs_out_of_fuel: "endless-loop" => faults("fuel", "");
    an_endless_loop_after_the_return_runs_out_of_fuel: "endless-loop-after-return" => faults("fuel", "");
    an_endless_loop_in_the_start_function_is_refused: "endless-loop-in-start" => refused(&["its start", "fuel"]);
    an_endless_loop_in_configure_is_refused: "endless-loop-in-configure" => refused(&["`configure`", "fuel"]);
    an_endless_loop_in_describe_is_refused: "endless-loop-in-describe" => refused(&["`describe`", "fuel"]);
    an_endless_recursion_is_a_fault_of_the_stack: "endless-recursion" => faults("stack", "");
    filling_memory_for_ever_runs_out_of_fuel: "memory-fill" => faults("fuel", "");
    growing_memory_for_ever_is_a_fault_of_memory: "memory-grow" => faults("memory", "");
    memory_over_the_limit_of_a_call_is_a_fault_of_memory: "memory-over-the-limit" => faults("memory", "");
    memory_over_the_limit_of_the_host_is_refused: "memory-huge" => refused(&["memory"]);
    growing_a_table_for_ever_is_a_fault_of_memory: "table-grow" => faults("memory", "");
    a_table_over_the_limit_is_refused: "table-huge" => refused(&["memory"]);
    making_handles_for_ever_is_a_fault_of_memory: "handles" => faults("memory", "");

    a_string_of_12_mib_is_a_fault_of_the_output: "result-string-12-mib" => faults("output", "");
    an_error_of_12_mib_is_a_fault_of_the_output: "result-error-12-mib" => faults("output", "");
    a_string_over_the_limit_is_a_fault_of_the_output: "result-string-5000" => faults("output", "4096");
    an_answer_over_the_limit_is_a_fault_of_the_output: "result-80-kb" => faults("output", "65536");
    a_list_over_the_limit_is_a_fault_of_the_output: "result-65-reasons" => faults("output", "65 reasons");
    a_list_of_100_000_is_a_fault_of_the_output: "result-100-000-reasons" => faults("output", "");
    many_strings_in_the_same_memory_are_a_fault_of_the_output: "result-aliased-strings" => faults("output", "");
    text_that_is_not_utf_8_is_a_fault_of_the_output: "result-not-utf-8" => faults("output", "");
    text_with_a_surrogate_is_a_fault_of_the_output: "result-surrogate" => faults("output", "");

    a_third_kind_of_result_is_a_fault_of_the_output: "discriminant-of-result" => faults("output", "");
    a_fifth_outcome_is_a_fault_of_the_output: "discriminant-of-outcome" => faults("output", "");
    a_third_kind_of_option_is_a_fault_of_the_output: "discriminant-of-option" => faults("output", "");
    a_sixth_severity_is_a_fault_of_the_output: "discriminant-of-severity" => faults("output", "");

    a_result_outside_memory_is_a_fault_of_the_output: "pointer-to-result-out-of-bounds" => faults("output", "");
    a_result_that_ends_outside_memory_is_a_fault_of_the_output: "pointer-to-result-at-the-edge" => faults("output", "");
    a_result_at_an_odd_address_is_a_fault_of_the_output: "pointer-to-result-misaligned" => faults("output", "");
    a_string_outside_memory_is_a_fault_of_the_output: "pointer-to-string-out-of-bounds" => faults("output", "");
    a_string_that_wraps_around_is_a_fault_of_the_output: "pointer-to-string-wraps" => faults("output", "");
    a_list_outside_memory_is_a_fault_of_the_output: "pointer-to-list-out-of-bounds" => faults("output", "");
    a_list_at_an_odd_address_is_a_fault_of_the_output: "pointer-to-list-misaligned" => faults("output", "");
    a_list_whose_size_wraps_around_is_a_fault_of_the_output: "pointer-to-list-wraps" => faults("output", "");

    an_endless_loop_in_realloc_runs_out_of_fuel: "realloc-loops" => faults("fuel", "");
    a_trap_in_realloc_is_a_trap: "realloc-traps" => faults("trap", "unreachable");
    a_place_outside_memory_for_arguments_is_a_fault_of_the_output: "realloc-out-of-bounds" => faults("output", "");
    an_odd_place_for_arguments_is_a_fault_of_the_output: "realloc-misaligned" => faults("output", "");
    calling_the_host_from_realloc_is_a_trap: "realloc-logs" => faults("trap", "");
    arguments_written_over_each_other_harm_the_guest_alone: "realloc-overlaps" => harms_only_itself();

    a_storm_of_small_logs_runs_out_of_fuel: "log-storm-small" => faults("fuel", "");
    a_storm_of_large_logs_runs_out_of_fuel: "log-storm-large" => faults("fuel", "");
    calling_the_host_after_the_return_is_a_trap: "log-after-return" => faults("trap", "");
    what_is_logged_while_configured_is_part_of_no_decision: "log-in-configure" => says("apply");
    a_log_over_the_limit_is_cut_and_said: "log-over-the-limit" =>
        says_with_log_cut(4096, "[1904 bytes over the limit of 4096 were cut]");
    a_log_that_is_not_utf_8_is_a_fault_of_the_output: "log-not-utf-8" => faults("output", "");
    a_log_outside_memory_is_a_fault_of_the_output: "log-out-of-bounds" => faults("output", "");

    the_bits_of_nan_are_the_same_each_time: "nan" => says("review");
    no_call_remembers_another: "memory-of-earlier-calls" => says("apply");

    unreachable_code_is_a_trap: "unreachable" => faults("trap", "unreachable");
    a_division_by_zero_is_a_trap: "divide-by-zero" => faults("trap", "divide by zero");
    a_read_past_memory_is_a_trap: "load-out-of-bounds" => faults("trap", "out of bounds");
    a_call_of_nothing_is_a_trap: "call-of-nothing" => faults("trap", "");
    a_guest_that_cannot_judge_is_heard: "cannot-judge" => faults("declined", "Said in tests.");

    a_policys_undeclared_code_is_a_fault_of_the_output: "code-undeclared" => faults("output", "hostile.unknown");
    a_validators_undeclared_code_is_a_fault_of_the_output: "code-undeclared-by-validator" => faults("output", "hostile.unknown");
    no_approvals_count_as_one: "approvals-0" => says_reviewed(1, 0);
    approvals_hold_and_priorities_end_at_nine: "approvals-255" => says_reviewed(255, 9);

    a_name_in_capitals_is_refused: "name-in-capitals" => refused(&["HOSTILE", "a name is"]);
    a_name_that_leads_to_another_folder_is_refused: "name-leads-elsewhere" => refused(&["../../x", "a name is"]);
    a_version_that_is_none_is_refused: "version-not-semver" => refused(&["x.y.z"]);
    a_description_of_320_kib_is_refused: "schema-huge" => refused(&["262144"]);
    a_description_of_12_mib_is_refused: "description-12-mib" => refused(&["describes itself"]);
    a_settings_schema_that_is_no_json_is_refused: "schema-not-json" => refused(&["settings schema", "no JSON"]);
    a_list_of_2_000_codes_is_refused: "codes-2000" => refused(&["more than 1000 entries"]);
    a_code_of_another_module_is_refused: "code-of-another" => refused(&["another.code", "`hostile.`"]);
    a_guest_that_refuses_its_settings_is_refused_with_its_words: "settings-refused" => refused(&["settings", "Said in tests."]);
}

guests! { COMPONENT:
    an_import_of_wasi_is_refused_with_the_way_to_close_it: "import-of-wasi" =>
        component_refused(&["`wasi:clocks/wall-clock@0.2.0`", "policy publish --stub-wasi"]);
    an_import_of_an_interface_is_refused: "import-of-an-interface" => component_refused(&["`acme:helpers/http@1.0.0`"]);
    an_import_of_a_function_is_refused: "import-of-a-function" => component_refused(&["`fetch`"]);
    an_import_of_a_module_is_refused: "import-of-a-module" => component_refused(&["`code`"]);
    an_import_of_a_resource_is_refused: "import-of-a-resource" => component_refused(&["acme:helpers/files@1.0.0"]);
    an_import_of_another_version_is_refused: "import-of-another-version" =>
        component_refused(&["countersign:policy/log@2.0.0", "countersign:policy@1.0.0"]);
    an_import_of_types_alone_is_accepted: "import-of-types" => accepted();
    two_memories_in_a_module_are_refused: "memories" => component_refused(&["second memory"]);
    a_second_module_with_a_memory_is_refused: "memory-of-a-second-module" => component_refused(&["second memory"]);
    a_shared_memory_is_refused: "memory-shared" => component_refused(&["shared memory"]);
    a_memory_of_64_bits_is_refused: "memory-of-64-bits" => component_refused(&["64-bit memory"]);
    a_memory_of_small_pages_is_refused: "memory-of-small-pages" => component_refused(&["page size"]);
    exceptions_are_refused: "exceptions" => component_refused(&["exceptions"]);
    tail_calls_are_refused: "tail-calls" => component_refused(&["tail calls"]);
    threads_are_refused: "threads" => component_refused(&["threads"]);
}

fn accepted(name: &str) {
    let component = guest::component(name);
    let decision = &decisions(&component, "policy")[0];
    assert_eq!(decision["outcome"], "apply", "{decision:#}");
}

#[test]
fn every_guest_in_the_folders_is_tested() {
    for (folder, tested) in [("core", CORE), ("component", COMPONENT)] {
        let files = fs::read_dir(guest::folder().join(folder)).unwrap().map(|file| file.unwrap().path());
        let guests = files.filter(|path| path.extension().is_some_and(|extension| extension == "wat"));
        let names: BTreeSet<_> = guests.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(names, tested.iter().map(|name| (*name).to_owned()).collect());
    }
}

#[test]
fn the_skeleton_alone_is_heard() {
    let decision = &decisions(&guest::build(""), "policy")[0];
    assert_eq!(decision["outcome"], "apply", "or the other tests show nothing: {decision:#}");
}

#[test]
fn a_fault_has_the_outcome_that_the_set_gives_it() {
    for on_fault in ["review", "human-only", "reject"] {
        let program = Program::with_fresh_home();
        let run = evaluate(&program, &guest::core("unreachable"), &set("policy", on_fault), &input());
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_eq!(run.lines()[0]["outcome"], on_fault);
    }
}

#[test]
fn a_set_that_applies_on_a_fault_is_refused() {
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &guest::core("unreachable"), &set("policy", "apply"), &input());
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
    assert!(run.message().contains("on-fault"), "{run:#?}");
}

#[test]
fn a_policy_in_the_list_of_validators_is_refused() {
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &guest::build(""), &set("validator", "review"), &input());
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("is a policy, not a validator"), "{run:#?}");
}

#[test]
fn the_limits_of_a_set_hold() {
    let small = |limit: &str| format!("{}limits = {{ {limit} }}\n", set("policy", "review"));
    // `limits` belongs to the last entry, the honest policy.
    for (limit, kind) in [("fuel = 10", "fuel"), ("memory = 65536", "memory")] {
        let program = Program::with_fresh_home();
        let run = evaluate(&program, &guest::build(""), &small(limit), &input());
        assert_eq!(run.code, Some(0), "{run:#?}");
        for decision in run.lines() {
            assert_eq!(decision["modules"][1]["fault"]["kind"], kind, "{decision:#}");
            assert_eq!(decision["outcome"], "review");
        }
    }
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &guest::build(""), &small("fuel = 500000001"), &input());
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("ceiling"), "{run:#?}");
}

#[test]
fn a_confidence_that_is_no_number_never_reaches_a_guest() {
    for confidence in ["NaN", "0.0/0.0", "1e999", "-0.5", "\"0.97\""] {
        let line = suggestion("s1", "contact", "enrich").replace("0.97", confidence);
        let program = Program::with_fresh_home();
        let run = evaluate(&program, &guest::build(""), &set("policy", "review"), &line);
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert!(run.message().contains("line 1"), "{run:#?}");
        assert!(!run.stdout.contains("\"apply\""), "{run:#?}");
    }
}

// Files that are no components.

#[test]
fn a_core_module_is_refused() {
    refused_with(&wat::parse_str("(module (func (export \"decide\")))").unwrap(), &["a core module, not a component"]);
}

#[test]
fn an_empty_file_is_refused() {
    refused_with(b"", &["no WebAssembly component"]);
}

#[test]
fn a_text_file_is_refused() {
    refused_with(b"name = \"confidence\"\n", &["no WebAssembly component"]);
}

#[test]
fn a_component_in_the_text_format_is_refused() {
    refused_with(b"(component)", &["no WebAssembly component"]);
}

// Other worlds.

/// The skeleton as a component of a world that is written here.
fn of_world(interface: &str, exports: &str, fields: &str) -> Vec<u8> {
    let use_types = "use countersign:policy/types@1.0.0.{suggestion, facts, finding, verdict, description};";
    let world = format!(
        "package test:other;\nworld other {{\n{use_types}\nimport countersign:policy/log@1.0.0;\n{exports}\n}}"
    );
    guest::build_in(fields, &[interface, &world], "other")
}

const DESCRIBE: &str = "export describe: func() -> description;";
const CONFIGURE: &str = "export configure: func(settings: string) -> result<_, string>;";
const VALIDATE: &str = "export validate: func(s: suggestion, f: facts) -> result<list<finding>, string>;";
const DECIDE: &str =
    "export decide: func(s: suggestion, f: facts, findings: list<finding>) -> result<verdict, string>;";
const BOTH_BODIES: &str = "(func (export \"validate\") (param i32) (result i32) (i32.const 0x380))
    (func (export \"decide\") (param i32) (result i32) (i32.const 0x280))";

#[test]
fn a_component_of_neither_world_is_refused() {
    let component = of_world(&guest::interface(), &[DESCRIBE, CONFIGURE].concat(), "");
    refused_with(&component, &["neither `validate` nor `decide`"]);
}

#[test]
fn a_component_of_both_worlds_is_refused() {
    let component = of_world(&guest::interface(), &[DESCRIBE, CONFIGURE, VALIDATE, DECIDE].concat(), BOTH_BODIES);
    refused_with(&component, &["both `validate` and `decide`"]);
}

#[test]
fn a_component_without_configure_is_refused() {
    refused_with(&of_world(&guest::interface(), &[DESCRIBE, DECIDE].concat(), ""), &["does not export `configure`"]);
}

#[test]
fn a_component_of_another_version_of_the_interface_is_refused() {
    // Of the same major number too, although the engine would take the one for the other.
    for version in ["@2.0.0", "@1.1.0"] {
        let found = format!("is written against `countersign:policy/log{version}`");
        refused_with(&guest::of_version(version), &[found.as_str(), "this host serves `countersign:policy@1.0.0`"]);
    }
}

#[test]
fn other_types_under_the_right_names_are_refused() {
    let ways = [
        // A case less, the cases in another order, a wider number, a field less, a field more.
        ("    human-only,\n", ""),
        ("  enum severity { info, low,", "  enum severity { low, info,"),
        ("    approvals: u8,\n", "    approvals: u16,\n"),
        ("    within-hours: option<u32>,\n", ""),
        ("    reasons: list<reason>,\n", "    reasons: list<reason>,\n    more: string,\n"),
    ];
    for (from, to) in ways {
        let interface = guest::interface();
        let other = interface.replace(from, to);
        assert_ne!(interface, other, "{from:?} is in the interface");
        refused_with(
            &guest::build_in("", &[&other], "policy"),
            &["does not have the types of countersign:policy@1.0.0"],
        );
    }
}

#[test]
fn other_arguments_under_the_right_name_are_refused() {
    let decide = "export decide: func(s: suggestion, f: facts) -> result<verdict, string>;";
    let component = of_world(&guest::interface(), &[DESCRIBE, CONFIGURE, decide].concat(), "");
    refused_with(&component, &["does not have the types of countersign:policy@1.0.0"]);
}

#[test]
fn an_instance_under_the_name_of_a_function_is_refused() {
    let decide = "export decide: interface { decide: func(); }";
    let fields = "(func (export \"decide#decide\"))";
    let component = of_world(&guest::interface(), &[DESCRIBE, CONFIGURE, decide].concat(), fields);
    refused_with(&component, &["countersign:policy@1.0.0"]);
}

// What is too large; made here, since a file would be.

#[test]
fn many_core_instances_are_refused() {
    let instances = "(core instance (instantiate $small))\n".repeat(65);
    refused_with(&guest::with_component_fields(&format!("(core module $small)\n{instances}")), &[]);
}

#[test]
fn many_tables_are_refused() {
    let tables = "(table 1 funcref)\n".repeat(33);
    refused_with(&guest::build(&tables), &[]);
}

#[test]
fn components_nested_10_000_deep_are_refused() {
    let empty = b"\0asm\x0d\0\x01\0";
    let mut nested = empty.to_vec();
    for _ in 0..10_000 {
        let mut outer = empty.to_vec();
        add_section(&mut outer, 4, &nested);
        nested = outer;
    }
    let mut component = guest::build("");
    add_section(&mut component, 4, &nested);
    refused_with(&component, &["nesting", "limit of 8"]);
}

/// Adds a section to a component's bytes.
fn add_section(component: &mut Vec<u8>, id: u8, contents: &[u8]) {
    use wasm_encoder::Encode as _;
    component.push(id);
    contents.encode(component);
}

#[test]
fn blocks_nested_10_000_deep_are_refused() {
    let blocks = format!("(func {}{})", "block ".repeat(10_000), "end ".repeat(10_000));
    refused_with(&guest::build(&blocks), &["blocks", "limit of 500"]);
}

#[test]
fn functions_over_the_limit_are_refused() {
    refused_with(&guest::build(&"(func)\n".repeat(100_000)), &["number of functions", "limit of 20000"]);
}

#[test]
fn functions_in_many_modules_are_counted_together() {
    let module = format!("(core module {})\n", "(func)\n".repeat(4_000));
    refused_with(&guest::with_component_fields(&module.repeat(6)), &["number of functions", "limit of 20000"]);
}

#[test]
fn a_giant_function_is_refused() {
    refused_with(&guest::build(&format!("(func {})", "nop ".repeat(300_000))), &["function's body", "limit of 262144"]);
}

#[test]
fn a_function_with_a_million_locals_is_refused() {
    // A few bytes that ask for a frame of 8 MB.
    let mut module = wasm_encoder::Module::new();
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([], []);
    let mut functions = wasm_encoder::FunctionSection::new();
    functions.function(0);
    let mut code = wasm_encoder::CodeSection::new();
    let mut body = wasm_encoder::Function::new([(1_000_000, wasm_encoder::ValType::I64)]);
    body.instruction(&wasm_encoder::Instruction::End);
    code.function(&body);
    module.section(&types).section(&functions).section(&code);
    let mut component = guest::build("");
    add_section(&mut component, 1, &module.finish());
    refused_with(&component, &["not valid", "locals"]);
}

/// Types with 400 parameters each, no two of them alike.
fn wide_types(number: usize) -> String {
    (0..number).fold(String::new(), |mut text, at| {
        let parameters = |width: usize| "i32 ".repeat(width);
        let kinds: String = (0..13).map(|bit| if at >> bit & 1 == 1 { "i64 " } else { "f32 " }).collect();
        writeln!(text, "(type (func (param {kinds}{})))", parameters(387)).unwrap();
        text
    })
}

#[test]
fn types_over_the_limit_are_refused() {
    refused_with(&guest::build(&wide_types(5_001)), &["number of types", "limit of 5000"]);
}

#[test]
fn types_in_many_modules_are_counted_together() {
    let module = format!("(core module {})\n", wide_types(900));
    refused_with(&guest::with_component_fields(&module.repeat(6)), &["number of types", "limit of 5000"]);
}

#[test]
fn what_is_just_inside_every_limit_is_made_ready_within_bounds() {
    // Compiling it is what takes the memory; that it stays below what a run may take is asserted with each run.
    let blocks = format!("(func {}{})", "block ".repeat(490), "end ".repeat(490));
    let body = format!("(func {})", "(drop (i32.load (i32.const 0)))".repeat(30_000));
    for fields in [wide_types(4_900), "(func)\n".repeat(19_900), blocks, body] {
        let program = Program::with_fresh_home();
        let file = program.write("large.wasm", guest::build(&fields));
        let run = program.run(&["policy", "inspect", &file], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

#[test]
fn a_file_over_the_limit_is_refused() {
    let mut component = guest::build("");
    // A custom section: a name of no bytes, and 5 MB of nothing.
    add_section(&mut component, 0, &vec![0; 5_000_000]);
    refused_with(&component, &["size in bytes", "limit of 4194304"]);
}
