//! `countersign ledger verify`.

use std::fs;
use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::{progress, shown};
use crate::cli::exit::Done;
use crate::cli::place::WorksOn;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Checkpoint, NoteError, Proof, VerifierKey};
use crate::runtime::{Home, signing_key};

/// What is verified, and against what.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// Verify the proof in this file, and say what it shows.
    #[arg(long, value_name = "FILE", requires = "key", group = "signed")]
    proof: Option<PathBuf>,
    /// Verify also that the ledger begins with what the checkpoint in this file covers.
    #[arg(long, value_name = "CHECKPOINT", group = "signed")]
    since: Option<PathBuf>,
    /// The key that the proof or the checkpoint must be signed with: NAME+ID+BASE64, or a file with that line.
    #[arg(long, value_name = "KEY", requires = "signed")]
    key: Option<String>,
}

impl VerifyArgs {
    pub(super) fn works_on(&self) -> WorksOn {
        if self.proof.is_some() { WorksOn::Neither } else { WorksOn::Folder }
    }
}

pub(super) fn verify(global: &Global, args: &VerifyArgs) -> anyhow::Result<Done> {
    let key = args.key.as_deref().map(verifier_key).transpose()?;
    match (&args.proof, key) {
        (Some(file), Some(key)) => proof(global, file, &key),
        (_, key) => ledger(global, args.since.as_deref(), key.as_ref()),
    }
}

/// A key that stands in the argument, or in the file that it names.
fn verifier_key(argument: &str) -> anyhow::Result<VerifierKey> {
    let error = match argument.parse() {
        Ok(key) => return Ok(key),
        Err(error) => error,
    };
    match fs::read_to_string(argument) {
        Ok(text) => text.parse().with_context(|| format!("{argument} holds no verifier key")),
        Err(_) => Err(error).with_context(|| format!("`{argument}` is neither a verifier key nor a file with one")),
    }
}

fn proof(global: &Global, file: &Path, key: &VerifierKey) -> anyhow::Result<Done> {
    let said = || format!("{} proves nothing", file.display());
    let text = text(file)?;
    let proof = Proof::from_text(&text).with_context(said)?;
    let shown = proof.verify(key).with_context(said)?;
    match global.format {
        Format::Json => println!("{}", shown::json(&shown)),
        Format::Text => println!("{}", shown::words(&proof, &shown).trim_end()),
    }
    Ok(Done::Yes)
}

fn text(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is no text", file.display()))
}

/// A checkpoint that was kept, and whether somebody's signature on it was checked.
fn kept(home: &Home, file: &Path, key: Option<&VerifierKey>) -> anyhow::Result<(Checkpoint, bool)> {
    let said = || format!("{} was not accepted", file.display());
    let note = text(file)?;
    if let Some(key) = key {
        return Ok((Checkpoint::open(&note, key).with_context(said)?, true));
    }
    // The deployment's own key says whether the file was changed by accident. It says nothing about somebody who can
    // write the deployment, so where it did not sign, the file is believed: it was kept elsewhere.
    if let Ok(signer) = signing_key(&home.signing_key()) {
        match Checkpoint::open(&note, signer.verifier()) {
            Ok(checkpoint) => return Ok((checkpoint, true)),
            Err(NoteError::Unsigned(_) | NoteError::Origin { .. }) => {}
            Err(error) => return Err(error).with_context(said),
        }
    }
    Ok((Checkpoint::open_unverified(&note).with_context(said)?, false))
}

fn ledger(global: &Global, since: Option<&Path>, key: Option<&VerifierKey>) -> anyhow::Result<Done> {
    let home = open::home(global);
    let kept = since.map(|file| kept(&home, file, key)).transpose()?;
    let ledger = open::ledger_to_read(&home)?;
    let bar = progress::events()?;
    let since = kept.as_ref().map(|(checkpoint, _)| &checkpoint.head);
    let report = ledger.verify_since(since, &mut |done, all| progress::set(&bar, done, all));
    bar.finish_and_clear();
    let report = report?;
    if global.format == Format::Json {
        let mut json = json!({
            "events": report.events, "heads": report.heads, "objects": report.objects, "root": report.head.root,
        });
        if let (Some((Checkpoint { origin, head }, signed)), Value::Object(object)) = (kept, &mut json) {
            let since = json!({ "origin": origin, "size": head.size, "root": head.root, "signature_checked": signed });
            object.insert("since".to_owned(), since);
        }
        println!("{json}");
        return Ok(Done::Yes);
    }
    println!(
        "{} and {} hold; so do {}.",
        count(report.events, "event"),
        count(report.heads, "tree head"),
        count(report.objects, "object")
    );
    if let Some((Checkpoint { head, .. }, signed)) = kept {
        println!(
            "The ledger begins with the {} that the checkpoint covers: none was changed, removed or moved since.",
            count(head.size, "event")
        );
        if !signed {
            println!("The checkpoint's signature was not checked: name its key with --key.");
        }
    }
    println!("tree head: size {} root {:x}", report.head.size, report.head.root);
    println!("Keep this line elsewhere: whoever holds it can tell later whether anything before it was changed.");
    Ok(Done::Yes)
}
