//! A canary in words: how it stands, what its gates say, and what follows.

use super::plain;
use crate::model::SetRef;
use crate::rollout::{Canary, EndedCanary, GateVerdict, Share, Standing};
use crate::runtime::Promotion;

/// A set as people tell it from others.
pub(crate) fn named(set: &SetRef) -> String {
    plain(&format!("{}@{} ({})", set.name, set.version, set.digest.short()))
}

/// A share of the records that a canary is for.
pub(crate) fn of_records(canary: &Canary, share: Share) -> String {
    match &canary.plan.segment {
        Some(segment) => format!("{share} of the records of the segment `{}`", plain(segment)),
        None => format!("{share} of the records"),
    }
}

/// How a canary stands, in one line.
pub(crate) fn canary_stands(canary: &Canary) -> String {
    let (step, steps) = (canary.step + 1, canary.plan.steps.len());
    let next = canary.next_share().map_or_else(String::new, |share| format!(", next {share}"));
    format!(
        "{}, {}, step {step} of {steps}{next}; since {}, by {}, event {}",
        named(&canary.set),
        of_records(canary, canary.share()),
        plain(&canary.since),
        plain(&canary.by),
        canary.seq
    )
}

/// A canary that ended before its end, in one line.
pub(crate) fn canary_ended(ended: &EndedCanary) -> String {
    let EndedCanary { seq, at, by, canary, cause, .. } = ended;
    format!(
        "{}, tried on {} until {}, by {}, event {seq} ({}): {}",
        named(&canary.set),
        of_records(canary, canary.share()),
        plain(at),
        plain(by),
        cause.as_str(),
        why_ended(ended)
    )
}

/// Why a canary ended: what was said then, and each gate that had failed.
pub(crate) fn why_ended(ended: &EndedCanary) -> String {
    let mut why = plain(&ended.reason);
    let gates = ended.gates.iter().flat_map(|report| &report.gates);
    for gate in gates.filter(|gate| gate.verdict == GateVerdict::Failed) {
        let said = plain(&gate.to_string());
        if !why.contains(&said) {
            if !why.is_empty() {
                why.push_str("; ");
            }
            why.push_str(&said);
        }
    }
    why
}

/// What became of a canary that was brought on.
pub(crate) fn promoted(promotion: &Promotion) -> String {
    match promotion {
        Promotion::Moved(canary) => format!(
            "{} decides about {} from now on: event {}.",
            named(&canary.set),
            of_records(canary, canary.share()),
            canary.step_seq
        ),
        Promotion::Activated(activation) => {
            format!("{} decides about everything from now on: event {}.", named(&activation.set), activation.seq)
        }
    }
}

/// What follows from what the gates say, and the command for it if there is one.
pub(crate) fn canary_follows(canary: &Canary, standing: Standing) -> (String, Option<&'static str>) {
    let next = match canary.next_share() {
        Some(share) if share < Share::ALL => format!("it decides about {} next", of_records(canary, share)),
        _ => "it comes into force next".to_owned(),
    };
    match standing {
        Standing::Passed if canary.plan.auto => (format!("All gates have passed: {next}, by itself."), None),
        Standing::Passed => (
            format!("All gates have passed: {next}, when somebody brings it on."),
            Some("countersign set promote --reason TEXT"),
        ),
        Standing::Holds => (
            format!("It stays at {} until all gates have passed, or somebody ends it.", canary.share()),
            Some("countersign set canary --stop --reason TEXT"),
        ),
        Standing::Failed => (
            "A gate has failed: it ends by itself, and the set in force decides about everything again.".to_owned(),
            None,
        ),
        Standing::Broken => (
            "The arms have not the sizes that the plan gives them: what was counted means nothing, and it ends by itself."
                .to_owned(),
            None,
        ),
    }
}

/// What a gate says, as a sign and in a word.
pub(crate) const fn gate_verdict(verdict: GateVerdict) -> (&'static str, &'static str) {
    match verdict {
        GateVerdict::Passed => ("✓", "passed"),
        GateVerdict::Failed => ("✗", "failed"),
        GateVerdict::Inconclusive => ("…", "inconclusive"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;
    use crate::rollout::{Gates, Plan};

    fn canary(step: usize, auto: bool, segment: Option<&str>) -> Canary {
        let set =
            |name: &str| SetRef { name: name.into(), version: "1.0.0".into(), digest: Digest::of(name.as_bytes()) };
        let at = "2026-11-20T09:00:00Z".to_owned();
        let plan = Plan {
            steps: vec![Share(500), Share(2_500), Share::ALL],
            segment: segment.map(str::to_owned),
            auto,
            gates: Gates::default(),
        };
        Canary {
            seq: 12,
            since: at.clone(),
            by: "ana".into(),
            set: set("looser"),
            against: set("crm-default"),
            proposal: 9,
            salt: "0".repeat(32),
            plan,
            reason: "case 7".into(),
            step,
            step_seq: 12,
            step_since: at,
        }
    }

    #[test]
    fn what_follows_is_said_with_its_command() {
        let follows = |step, auto, standing| canary_follows(&canary(step, auto, None), standing);
        let (said, command) = follows(0, false, Standing::Passed);
        assert!(
            said.contains("about 25% of the records next") && command.is_some_and(|it| it.contains("promote")),
            "{said}"
        );
        let (said, command) = follows(1, true, Standing::Passed);
        assert!(said.contains("comes into force next, by itself") && command.is_none(), "{said}");
        let (said, command) = follows(1, false, Standing::Holds);
        assert!(said.contains("stays at 25%") && command.is_some_and(|it| it.contains("--stop")), "{said}");
        for standing in [Standing::Failed, Standing::Broken] {
            assert!(follows(0, false, standing).0.contains("ends by itself"));
        }
    }

    #[test]
    fn a_segment_is_named_and_moves_no_terminal() {
        let stands = canary_stands(&canary(0, false, Some("sa\u{1b}[2Jas")));
        assert!(stands.contains("5% of the records of the segment `") && !stands.contains('\u{1b}'), "{stands}");
        assert!(stands.contains("step 1 of 3, next 25%") && stands.contains("by ana, event 12"), "{stands}");
    }

    #[test]
    fn the_words_are_those_of_the_files() {
        for verdict in [GateVerdict::Passed, GateVerdict::Failed, GateVerdict::Inconclusive] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), gate_verdict(verdict).1);
        }
    }
}
