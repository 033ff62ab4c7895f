//! What the gates of a canary say, for people.

use anstream::{print, println};

use crate::cli::text::{count, grouped, plain, table};
use crate::rollout::{ArmCounts, Canary, Counts, GateResult, GatesReport};
use crate::runtime::CanaryReport;
use crate::words::{canary_follows, gate_verdict, named};

pub(super) fn say(report: &CanaryReport) {
    let CanaryReport { canary, gates: GatesReport { standing, counts, gates, .. }, behind, stuck } = report;
    head(canary);
    if *behind > 0 {
        println!("behind    {} still to be counted", count(*behind, "decision"));
    }
    if let Some(why) = stuck {
        println!("stuck     {}", plain(why));
    }
    println!();
    arms(counts);
    println!();
    let rows = gates.iter().map(|GateResult { gate, verdict, why }| {
        let (sign, word) = gate_verdict(*verdict);
        vec![gate.as_str().to_owned(), format!("{sign} {word}"), plain(why)]
    });
    print!("{}", table(&["gate", "verdict", "why"], 3, rows));
    let (follows, command) = canary_follows(canary, *standing);
    println!("\n{follows}");
    if let Some(command) = command {
        println!("  {command}");
    }
}

fn head(canary: &Canary) {
    let Canary { seq, since, by, set, against, plan, reason, step, step_since, .. } = canary;
    println!("canary    {}", named(set));
    println!("against   {}", named(against));
    println!("since     {}, by {}, event {seq}: {}", plain(since), plain(by), plain(reason));
    let steps = plan.steps.iter().enumerate();
    let steps = steps.map(|(at, share)| if at == *step { format!("[{share}]") } else { share.to_string() });
    let segment =
        plan.segment.as_ref().map_or_else(String::new, |segment| format!(", of the segment `{}`", plain(segment)));
    let auto = if plan.auto { ", by itself" } else { "" };
    println!("plan      {}{segment}{auto}", steps.collect::<Vec<_>>().join(" → "));
    println!("step      {} of {}, since {}", step + 1, plan.steps.len(), plain(step_since));
}

fn arms(counts: &Counts) {
    let Counts { active, canary, judged, differing, costlier, passed_over, .. } = counts;
    let rows = [("set in force", active), ("canary", canary)].map(|(name, arm)| {
        let ArmCounts { records, faults, reviews, overrides, corrections } = arm;
        let numbers = [records, faults, reviews, overrides, corrections].map(|number| grouped(*number));
        std::iter::once(name.to_owned()).chain(numbers).collect::<Vec<_>>()
    });
    print!("{}", table(&["arm", "records", "faults", "to people", "overrides", "corrections"], 1, rows));
    println!();
    println!(
        "Of the canary's records the set in force has judged {}: it decides otherwise about {}, and {} cost more than twice its \
         fuel.",
        grouped(*judged),
        grouped(*differing),
        grouped(*costlier)
    );
    if *passed_over > 0 {
        println!("{} passed over: erased, or not to be read.", count(*passed_over, "decision"));
    }
}
