//! What a proof shows, in words and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::text::{count, explain};
use crate::ledger::{EventKind, Proof, RecordedDecision, Shown, ShownEvent, ShownModule};
use crate::model::Decision;

/// What a proof shows and what it does not, for people.
pub(super) fn words(proof: &Proof, shown: &Shown) -> String {
    let Shown { checkpoint, decision, modules, activation, approvals } = shown;
    let (seq, set) = (decision.event.seq, &decision.set);
    let mut text = String::from("The proof holds. It shows, to whoever trusts the key:\n\n");
    let _ = writeln!(
        text,
        "- The ledger {} had {} when its checkpoint was signed, with the root {:x}.",
        checkpoint.origin,
        count(checkpoint.head.size, "event"),
        checkpoint.head.root
    );
    let _ = writeln!(
        text,
        "- Event {seq} of it is the decision about the suggestion {}: {}, judged at {}, recorded {}.",
        decision.id,
        decision.outcome,
        decision.decided_at,
        by(&decision.event)
    );
    let _ = writeln!(text, "- It was made by {}@{}, the set with the digest {:x}.", set.name, set.version, set.digest);
    let _ = match activation {
        Some(event) if event.kind == EventKind::RolloutStep => writeln!(
            text,
            "- That set was tried on a part of the records, of which this is one, from event {} on, {}.",
            event.seq,
            by(event)
        ),
        Some(event) => writeln!(text, "- That set came into force as event {}, {}.", event.seq, by(event)),
        None => writeln!(text, "- No event is in the proof by which that set came into force: it was tried."),
    };
    for event in approvals {
        let _ = writeln!(text, "- It was approved as event {}, {}.", event.seq, by(event));
    }
    if approvals.is_empty() {
        text.push_str("- No approval of it is in the proof.\n");
    }
    let values = decision.event.shown + decision.event.hidden;
    let _ = match decision.event.hidden {
        0 => writeln!(text, "- All {values} values that were sealed are shown, and are those that were recorded."),
        hidden => writeln!(text, "- {hidden} of {values} values that were sealed are not shown."),
    };
    text.push_str("- The modules of the set are, in their order:\n");
    for module in modules {
        let _ = writeln!(text, "  {}", module_words(module));
    }
    text.push_str("\nIt does not show when the checkpoint was signed, nor what was recorded after it.\n");
    if let Some(decision) = whole(proof, shown) {
        let _ = write!(text, "\n{}", explain(&decision, Some(seq)));
    }
    text
}

fn by(event: &ShownEvent) -> String {
    format!("{} by {}", event.at, event.actor)
}

fn module_words(module: &ShownModule) -> String {
    let ShownModule { name, version, digest, published, .. } = module;
    let published = match published {
        Some(event) => format!("published as event {}", event.seq),
        None => "no publication in the proof".to_owned(),
    };
    format!("{name}@{version} {digest:x}, {published}")
}

/// The decision as it can be explained; none if values are not shown, or the set's lock is of a later release.
fn whole(proof: &Proof, shown: &Shown) -> Option<Decision> {
    let lock = serde_json::from_str(&proof.lock).ok()?;
    RecordedDecision::read(&shown.decision.event.body).ok()?.into_decision(&lock)
}

/// What a proof shows, for programs.
pub(super) fn json(shown: &Shown) -> Value {
    let Shown { checkpoint, decision, modules, activation, approvals } = shown;
    let module = |module: &ShownModule| {
        json!({
            "kind": module.kind, "name": module.name, "version": module.version, "digest": module.digest,
            "settings": module.settings, "published": module.published.as_ref().map(event),
        })
    };
    json!({
        "origin": checkpoint.origin,
        "size": checkpoint.head.size,
        "root": checkpoint.head.root,
        "decision": {
            "id": decision.id, "outcome": decision.outcome, "decided_at": decision.decided_at,
            "event": event(&decision.event), "values": decision.event.shown, "hidden": decision.event.hidden,
            "body": serde_json::from_str::<Value>(&decision.event.body).unwrap_or_default(),
        },
        "set": decision.set,
        "modules": modules.iter().map(module).collect::<Vec<_>>(),
        "activation": activation.as_ref().map(event),
        "approvals": approvals.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(event: &ShownEvent) -> Value {
    json!({ "seq": event.seq, "kind": event.kind.as_str(), "at": event.at, "actor": event.actor })
}
