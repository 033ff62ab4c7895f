//! `countersign ledger verify`.

use std::fs;
use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::{progress, shown, since};
use crate::cli::exit::Done;
use crate::cli::place::{Place, WorksOn, WrongUsage};
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Checkpoint, Head, NoteError, Proof, VerifierKey};
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
        match (&self.proof, &self.since) {
            (Some(_), _) => WorksOn::Neither,
            (None, Some(_)) => WorksOn::Either,
            // All events are recomputed, and they stand in the folder.
            (None, None) => WorksOn::Folder,
        }
    }
}

pub(super) fn verify(global: &Global, args: &VerifyArgs) -> anyhow::Result<Done> {
    let key = args.key.as_deref().map(verifier_key).transpose()?;
    match (&args.proof, key) {
        (Some(file), Some(key)) => proof(global, file, &key),
        (_, key) => {
            let verified = match global.place()? {
                Place::Folder(home) => in_folder(&home, args.since.as_deref(), key.as_ref())?,
                Place::Service(service) => {
                    let (Some(file), Some(key)) = (&args.since, key) else { return Err(ask_with_both().into()) };
                    since::through(&service, file, &key)?
                }
            };
            say(global, verified);
            Ok(Done::Yes)
        }
    }
}

/// Whoever asks a service must not be told by it what to compare with.
fn ask_with_both() -> WrongUsage {
    let why = "name what you kept of its ledger with --since CHECKPOINT, and the key that signed it with --key KEY";
    WrongUsage(format!("`ledger verify` through a service (--server) compares: {why}"))
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

/// A file that holds a text.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
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

/// What was verified.
pub(super) struct Verified {
    /// The newest head.
    pub head: Head,
    /// How many tree heads hold, and how many objects; none, if nothing but the newest head was looked at.
    pub counted: Option<(u64, u64)>,
    /// The checkpoint that the ledger begins with, and whether somebody's signature on it was checked.
    pub since: Option<(Checkpoint, bool)>,
}

fn in_folder(home: &Home, since: Option<&Path>, key: Option<&VerifierKey>) -> anyhow::Result<Verified> {
    let since = since.map(|file| kept(home, file, key)).transpose()?;
    let ledger = open::ledger_to_read(home)?;
    let bar = progress::events()?;
    let head = since.as_ref().map(|(checkpoint, _)| &checkpoint.head);
    let report = ledger.verify_since(head, &mut |done, all| progress::set(&bar, done, all));
    bar.finish_and_clear();
    let report = report?;
    Ok(Verified { head: report.head, counted: Some((report.heads, report.objects)), since })
}

fn say(global: &Global, Verified { head, counted, since }: Verified) {
    if global.format == Format::Json {
        let (heads, objects) = counted.unzip();
        let mut json = json!({ "events": head.size, "heads": heads, "objects": objects, "root": head.root });
        if let (Some((Checkpoint { origin, head }, signed)), Value::Object(object)) = (since, &mut json) {
            let since = json!({ "origin": origin, "size": head.size, "root": head.root, "signature_checked": signed });
            object.insert("since".to_owned(), since);
        }
        println!("{json}");
        return;
    }
    if let Some((heads, objects)) = counted {
        println!(
            "{} and {} hold; so do {}.",
            count(head.size, "event"),
            count(heads, "tree head"),
            count(objects, "object")
        );
    }
    if let Some((Checkpoint { head, .. }, signed)) = since {
        println!(
            "The ledger begins with the {} that the checkpoint covers: none was changed, removed or moved since.",
            count(head.size, "event")
        );
        if !signed {
            println!("The checkpoint's signature was not checked: name its key with --key.");
        }
    }
    println!("tree head: size {} root {:x}", head.size, head.root);
    println!("Keep this line elsewhere: whoever holds it can tell later whether anything before it was changed.");
}
