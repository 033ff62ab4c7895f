//! `countersign policy sign`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::bundles::beside;
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::ledger::{Readers, replace_file};
use crate::model::Digest;
use crate::signature::{Material, Origin, SecretKey, Uri, sign};

/// What to sign, with what, and where it came from.
#[derive(Debug, Args)]
pub(in crate::cli) struct SignArgs {
    /// The component's file. It is hashed, not read, and stays as it is.
    file: PathBuf,
    /// The file of the secret key: Ed25519, PKCS#8 in PEM, as `countersign key new` makes it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the component is called in the signature, for people; the file's name if nothing is said.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where its source is.
    #[arg(long, value_name = "URI")]
    source: Option<Uri>,
    /// Which state of the source: a commit, a tag.
    #[arg(long, value_name = "TEXT", requires = "source")]
    revision: Option<String>,
    /// Who built it.
    #[arg(long, value_name = "URI")]
    builder: Option<Uri>,
    /// What else it was made of: URI@sha256: and the digest. Can be given several times.
    #[arg(long, value_name = "MATERIAL")]
    material: Vec<Material>,
    /// Write the signature to this file [default: the component's with .sigstore.json at its end].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn sign_component(global: &Global, args: &SignArgs) -> anyhow::Result<Done> {
    let shown = args.key.display();
    let pem = fs::read_to_string(&args.key).with_context(|| format!("cannot read {shown}"))?;
    let key = SecretKey::from_pem(&pem).with_context(|| shown.to_string())?;
    let component = fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let digest = Digest::of(&component);
    let name = match (&args.name, args.file.file_name()) {
        (Some(name), _) => name.clone(),
        (None, Some(name)) => name.to_string_lossy().into_owned(),
        (None, None) => bail!("{} is no file: name a component", args.file.display()),
    };
    let origin = Origin {
        source: args.source.clone(),
        revision: args.revision.clone(),
        builder: args.builder.clone(),
        materials: args.material.clone(),
    };
    let bundle = sign(&key, &name, digest, &origin);
    let out = args.out.clone().unwrap_or_else(|| beside(&args.file));
    // The signature of somebody else may stand there, which nobody but them can make again.
    if fs::read(&out).is_ok_and(|there| there != bundle.as_bytes()) {
        bail!(
            "{} holds another signature: nothing was changed; name another file with --out, or remove it",
            out.display()
        );
    }
    replace_file(&out, bundle.as_bytes(), Readers::All).with_context(|| format!("cannot write {}", out.display()))?;
    let id = key.public().id();
    if global.format == Format::Json {
        println!("{}", json!({ "name": name, "digest": digest, "key": id, "bundle": out }));
        return Ok(Done::Yes);
    }
    println!("{}: signed {digest}", out.display());
    println!("  with the key {id}");
    Ok(Done::Yes)
}
