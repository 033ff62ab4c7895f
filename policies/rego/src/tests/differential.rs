//! Holds the compiled form of many small rules against the interpreter. What the checks let through must say the same of
//! every sample; the samples of `configure` would send the rest to the interpreter, and are left out here.

use super::*;
use crate::compile::{Both, both};

/// Bodies of `verdict`, and what they need.
const RULES: &[&str] = &[
    // Undefined values in every place.
    "verdict := input.nothing",
    "verdict := [x | x := input.nothing]",
    "verdict := [1 | x := input.nothing]",
    "verdict := {x | x := input.nothing}",
    "verdict := [input.nothing | some c in input.suggestion.changes]",
    "verdict := [c.confidence | some c in input.suggestion.changes]",
    "verdict := {c.confidence | some c in input.suggestion.changes}",
    "verdict := [[c.confidence, 1] | some c in input.suggestion.changes]",
    "verdict := [{\"a\": c.confidence} | some c in input.suggestion.changes]",
    "verdict := 1 if x := input.nothing",
    "verdict := 1 if { x := input.suggestion.confidence\n x < 0.9 }",
    "verdict := 1 if { x = input.suggestion.confidence\n x < 0.9 }",
    "verdict := 1 if { not input.suggestion.confidence }",
    "verdict := 1 if { not input.suggestion.confidence == 0.5 }",
    "verdict := 1 if { not input.suggestion.confidence < 0.5 }",
    "verdict := 1 if input.suggestion.confidence != 0.5",
    "verdict := x if { x := input.suggestion.confidence } else := 2",
    "verdict := input.suggestion.confidence if { input.suggestion.id } else := 2",
    "verdict := input.nothing if { input.suggestion.id } else := 2",
    "verdict := count(input.nothing)",
    "verdict := 1 if not count(input.nothing) == 0",
    "verdict := array.concat([1], input.nothing)",
    "verdict := object.get(input.suggestion, \"confidence\", \"none\")",
    "verdict := object.get(input.suggestion, [\"target\", \"id\"], \"none\")",
    // Functions.
    "f(x) := 1 if x == \"city\"\nverdict := [f(c.field) | some c in input.suggestion.changes]",
    "f(x) := 1 if x == \"city\"\nverdict := [y | some c in input.suggestion.changes; y := f(c.field)]",
    "f(x) := 1 if x == \"city\"\nverdict := [c.field | some c in input.suggestion.changes; f(c.field)]",
    "f(x) := 1 if x == \"city\"\nverdict := [c.field | some c in input.suggestion.changes; not f(c.field)]",
    "f(x) if x == \"city\"\nverdict := [c.field | some c in input.suggestion.changes; f(c.field)]",
    "f(x) := false if x == \"city\"\nverdict := [c.field | some c in input.suggestion.changes; f(c.field)]",
    "f(x) := 1 if { x == \"city\" } else := 2 if { x == \"revenue\" }\nverdict := [y | some c in input.suggestion.changes; y := f(c.field)]",
    "f(x) := 1 if { x == \"city\" } else := 2 if { x == \"revenue\" } else := 3\nverdict := [f(c.field) | some c in input.suggestion.changes]",
    "f(x, y) := [x, y]\nverdict := f(input.suggestion.id, input.nothing)",
    "f(x) := y if { some y in [1]\n y == x }\nverdict := f(1)",
    "f({\"a\": a}) := a\nverdict := f({\"a\": input.suggestion.operation})",
    "f([a, b]) := b\nverdict := f([1, input.suggestion.operation])",
    "default f(_) := 7\nf(x) := 1 if x == \"city\"\nverdict := [f(c.field) | some c in input.suggestion.changes]",
    "f(x) := g(x)\ng(x) := {\"a\": x}\nverdict := f(input.suggestion.operation).a",
    // Complete rules, defaults, else.
    "default verdict := 0\nverdict := 1 if input.suggestion.operation == \"clear\"",
    "default a := 0\na := 1 if input.suggestion.operation == \"clear\"\nverdict := [a]",
    "default a := false\na if input.suggestion.operation == \"clear\"\nverdict := 1 if not a",
    "a if input.suggestion.operation == \"clear\"\na if input.suggestion.operation == \"merge\"\nverdict := 1 if a",
    "a if input.suggestion.operation == \"clear\"\na if input.suggestion.operation == \"merge\"\nverdict := 1 if not a",
    "a := 1 if { some c in input.suggestion.changes\n c.field == \"city\" } else := 2\nverdict := a",
    "a := 1 if { some c in input.suggestion.changes\n c.field == \"revenue\" } else := 2 if { input.facts.segment } else := 3\nverdict := a",
    "a := \"x\" if { some c in input.suggestion.changes\n not c.confidence }\nverdict := a",
    "a := null if { input.suggestion.confidence } else := false\nverdict := [a]",
    "a := null\nverdict := [1 | a == null]",
    "a := false\nverdict := 1 if not a",
    "a := null\nverdict := 1 if a",
    // Sets, membership, iteration.
    "a contains c.field if some c in input.suggestion.changes\nverdict := a",
    "a contains c.confidence if some c in input.suggestion.changes\nverdict := a",
    "a contains x if { some c in input.suggestion.changes\n x := c.confidence }\nverdict := count(a)",
    "a contains 1 if input.nothing\na contains 2 if input.suggestion.id\nverdict := a",
    "verdict := 1 if \"city\" in [c.field | some c in input.suggestion.changes]",
    "verdict := 1 if not \"city\" in {c.field | some c in input.suggestion.changes}",
    "verdict := [k | some k, v in input.facts.fields; v.sensitivity == \"high\"]",
    "verdict := [i | some i, c in input.suggestion.changes; c.field != \"city\"]",
    "verdict := [c.field | c := input.suggestion.changes[_]]",
    "verdict := [i | input.suggestion.changes[i].field == \"revenue\"]",
    "verdict := 1 if input.suggestion.changes[_].field == \"revenue\"",
    "verdict := 1 if { some i\n input.suggestion.changes[i].field == \"revenue\" }",
    "verdict := [t | some f in input.facts.fields; some t in f.tags]",
    "verdict := [t | t := input.facts.fields[_].tags[_]]",
    "verdict := [[c.field, t] | some c in input.suggestion.changes; some t in input.facts.fields[c.field].tags]",
    "verdict := 1 if every c in input.suggestion.changes { c.field != \"revenue\" }",
    "verdict := 1 if not has_revenue\nhas_revenue if { some c in input.suggestion.changes\n c.field == \"revenue\" }",
    "verdict := 1 if { every c in input.suggestion.changes { c.confidence } }",
    "verdict := 1 if { every c in input.suggestion.changes { not c.confidence } }",
    "verdict := 1 if { every c in input.suggestion.changes { some t in input.facts.fields[c.field].tags\n t == \"pii\" } }",
    "verdict := [x | some x in input.nothing]",
    "verdict := 1 if { every x in input.nothing { x } }",
    // Nested comprehensions, blocks, references.
    "verdict := [[t | some t in input.facts.fields[c.field].tags] | some c in input.suggestion.changes]",
    "verdict := [n | some c in input.suggestion.changes; n := count([t | some t in input.facts.fields[c.field].tags])]",
    "verdict := count([1 | some c in input.suggestion.changes; some d in input.suggestion.changes; c.field == d.field])",
    "t := {\"a\": 1, \"b\": {\"c\": 2}}\nverdict := [t[x] | some x in [\"a\", \"z\", \"b\"]]",
    "t := {\"a\": 1, \"b\": {\"c\": 2}}\nverdict := [y | some x in [\"a\", \"z\", \"b\"]; y := t[x].c]",
    "t := {\"append\": 1, \"clear\": 2}\nverdict := t[input.suggestion.operation]",
    "t := {\"append\": 1, \"clear\": 2}\nverdict := 1 if not t[input.suggestion.operation]",
    "verdict := data.d.list[_]",
    "verdict := [x | some x in data.d.list; x != 2]",
    "verdict := data.d.nothing",
    "verdict := 1 if { {\"a\": x} := {\"a\": input.suggestion.confidence}\n x }",
    "verdict := x if { [x, _] := [input.suggestion.operation, 1] }",
    "verdict := x if { [x, 2] = [input.suggestion.operation, 1] }",
    "verdict := x if { {\"id\": x} = input.suggestion.target }",
    // Built-ins.
    "verdict := sprintf(\"%v %v %d\", [input.suggestion.confidence, input.suggestion.operation, 3])",
    "verdict := max([1 | some c in input.suggestion.changes])",
    "verdict := sum([c.confidence | some c in input.suggestion.changes])",
    "verdict := startswith(input.suggestion.operation, \"c\")",
    "verdict := 1 if startswith(input.suggestion.operation, \"c\")",
    "verdict := 1 if not startswith(input.suggestion.operation, \"c\")",
    "verdict := 1 if startswith(input.suggestion.confidence, \"c\")",
    "verdict := 1 if not startswith(input.suggestion.confidence, \"c\")",
    "verdict := 1 if not to_number(input.suggestion.operation)",
    "verdict := [x | some c in input.suggestion.changes; x := to_number(c.field)]",
    "verdict := regex.match(\"^c\", input.suggestion.operation)",
    "verdict := lower(upper(input.suggestion.operation))",
    "verdict := object.union({\"a\": 1}, {\"b\": input.suggestion.confidence})",
    "verdict := json.unmarshal(json.marshal(input.suggestion.target))",
    "verdict := is_number(input.suggestion.confidence)",
    "verdict := 1 if is_null(input.suggestion.confidence)",
    "verdict := type_name(input.suggestion.confidence)",
    "verdict := 1 if { x := input.suggestion.confidence\n is_number(x)\n x >= 0\n x <= 1 } else := 2",
    "verdict := 1 if input.suggestion.operation in {\"merge\", \"delete\"} else := 2",
    "verdict := [p | walk(input.suggestion.target, [p, _])]",
    "verdict := split(input.suggestion.id, \"-\")[1]",
    "verdict := {\"a\": [{\"b\": c.field} | some c in input.suggestion.changes], \"d\": input.suggestion.operation}",
];

fn both_ways(rule: &str) -> Both {
    let source = format!("package p\n\nimport rego.v1\n\n{rule}");
    let data = serde_json::json!({"d": {"list": [1, 2, 3]}});
    both(source, data.as_object().cloned().unwrap()).unwrap_or_else(|why| panic!("{rule}: {why}"))
}

#[test]
fn what_runs_compiled_says_what_the_interpreter_says() {
    let mut compiled = 0;
    let mut differences = Vec::new();
    for rule in RULES {
        let Both { compiled: Some(compiled_form), interpreted } = both_ways(rule) else { continue };
        compiled += 1;
        for (number, (suggestion, facts, findings)) in rules::sample::several().enumerate() {
            let input = whole(&Values::default(), &suggestion, &facts, &findings, Uses::EVERYTHING);
            let (ours, theirs) = (compiled_form.run(input.clone()).ok(), interpreted.run(input).ok());
            if ours != theirs {
                differences.push(format!("sample {number}: {rule}\n  compiled: {ours:?}\n  interpreted: {theirs:?}"));
                break;
            }
        }
    }
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), compiled, differences.join("\n"));
    assert!(compiled > RULES.len() * 2 / 3, "only {compiled} of {} run compiled", RULES.len());
}

/// A rule says the same, or fails in the same words, where only the parts that it looks at are made.
#[test]
fn no_rule_misses_what_is_not_made_for_it() {
    let mut saves = 0;
    for rule in RULES {
        let uses = uses::of(rule);
        saves += usize::from(uses != Uses::EVERYTHING);
        let Both { interpreted, .. } = both_ways(rule);
        for (suggestion, facts, findings) in rules::sample::several() {
            let [part, all] = [uses, Uses::EVERYTHING]
                .map(|uses| interpreted.run(whole(&Values::default(), &suggestion, &facts, &findings, uses)));
            assert_eq!(part, all, "{rule}");
        }
    }
    assert!(saves > RULES.len() * 2 / 3, "only {saves} of {} need less than everything", RULES.len());
}
