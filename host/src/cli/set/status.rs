//! `countersign set status`.

use anstream::{print, println};
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::{plain, table};
use crate::cli::{Format, Global, open};
use crate::rollout::{Activation, Shadow};
use crate::runtime::{InstanceStanding, OpenProposal, RunningInstance, SetStatus};
use crate::words::{canary_ended, canary_stands, named};

/// Exit 1 if the active set is not in force in every service that runs.
pub(super) fn status(global: &Global) -> anyhow::Result<Done> {
    let status = match global.place()? {
        Place::Folder(home) => {
            let deployment = open::deployment_for_few(home.clone())?;
            deployment.set_status(&open::ledger_to_read(&home)?)?
        }
        Place::Service(service) => service.set_status()?,
    };
    let well = status
        .instances
        .iter()
        .all(|one| matches!(one.standing, InstanceStanding::Current | InstanceStanding::Following));
    match global.format {
        Format::Json => println!("{}", json!(status)),
        Format::Text => say(&status),
    }
    Ok(if well { Done::Yes } else { Done::No })
}

fn say(status: &SetStatus) {
    let SetStatus { active, frozen, in_force, previous, shadow, canary, ended_canary, proposals, instances } = status;
    let Activation { seq, at, by, cause, reason, .. } = active;
    if *frozen {
        println!("frozen    everything goes to review, since {at}");
        println!("thawed    {} decides again", named(in_force));
    } else {
        println!("active    {}", named(&active.set));
        println!("since     {at}");
    }
    let why = if reason.is_empty() { String::new() } else { format!(": {}", plain(reason)) };
    println!("by        {}, event {seq} ({}){why}", plain(by), cause.as_str());
    println!("before    {}", previous.as_ref().map_or_else(|| "nothing to roll back to".to_owned(), named));
    if let Some(Shadow { seq, since, by, set, .. }) = shadow {
        println!("shadow    {}, since {since}, by {}, event {seq}", named(set), plain(by));
    }
    if let Some(canary) = canary {
        println!("canary    {}", canary_stands(canary));
    }
    if let Some(ended) = ended_canary {
        println!("ended     {}", canary_ended(ended));
    }
    println!();
    if proposals.is_empty() {
        println!("Nothing is proposed.");
    } else {
        let rows = proposals.iter().map(|OpenProposal { proposal, given, needed }| {
            let approvals = format!("{given} of {needed}");
            vec![proposal.seq.to_string(), named(&proposal.set), plain(&proposal.by), proposal.at.clone(), approvals]
        });
        print!("{}", table(&["proposal", "set", "by", "at", "approvals"], 5, rows));
    }
    println!();
    if instances.is_empty() {
        println!("No service runs.");
        return;
    }
    let rows = instances.iter().map(|RunningInstance { instance, standing }| {
        let standing = match (standing, &instance.refused) {
            (InstanceStanding::Current, _) => "current".to_owned(),
            (InstanceStanding::Following, _) => "takes it over".to_owned(),
            (InstanceStanding::Lags, None) => "lags".to_owned(),
            (InstanceStanding::Lags, Some(why)) => format!("lags: {}", plain(why)),
            (InstanceStanding::Silent, _) => format!("silent since {}", instance.seen_at),
        };
        let tried = instance.canary.as_ref().map_or_else(String::new, |tried| format!(", tries {}", named(tried)));
        vec![instance.process.to_string(), format!("{}{tried}", named(&instance.set)), instance.since.clone(), standing]
    });
    print!("{}", table(&["process", "set", "since", "standing"], 4, rows));
}
