//! `countersign policy verify`.

use std::fs;
use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::bundles::bundles;
use crate::cli::exit::Done;
use crate::cli::text::plain;
use crate::cli::{Format, Global};
use crate::model::Digest;
use crate::signature::{PublicKey, Signer, Trust};

/// What to verify, and who is trusted.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// The component's file. It is hashed, not read.
    file: PathBuf,
    /// A file with its signature; can be given several times [default: the component's with .sigstore.json at its end].
    #[arg(long, value_name = "FILE")]
    bundle: Vec<PathBuf>,
    /// The file of a public key that must have signed it; given several times, each of them must.
    #[arg(long, value_name = "FILE", required_unless_present = "trust", conflicts_with = "trust")]
    key: Vec<PathBuf>,
    /// A file that says whose signatures count, as a deployment's trust.toml.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// The module's name: the rule for it must be met. If it is not said, meeting any rule is enough.
    #[arg(long, value_name = "NAME", requires = "trust")]
    name: Option<String>,
}

pub(super) fn verify(global: &Global, args: &VerifyArgs) -> Result<Done> {
    let trust = match &args.trust {
        Some(path) => Trust::parse(&text(path)?).with_context(|| path.display().to_string())?,
        None => Trust::in_keys(args.key.iter().map(|path| public(path)).collect::<Result<_>>()?),
    };
    let shown = args.file.display();
    let component = Digest::of(&fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?);
    let bundles = bundles(&args.file, &args.bundle)?;
    let verified = match &args.name {
        Some(name) => trust.check(name, component, &bundles),
        None => trust.check_unnamed(component, &bundles),
    };
    match (verified, global.format) {
        (Ok(signers), Format::Json) => {
            println!("{}", json!({ "verified": true, "digest": component, "signers": signers }));
            Ok(Done::Yes)
        }
        (Ok(signers), Format::Text) => {
            println!("{shown}: {component}");
            for signer in &signers {
                show(signer);
            }
            Ok(Done::Yes)
        }
        (Err(why), Format::Json) => {
            let (reason, message) = (why.code(), why.to_string());
            println!("{}", json!({ "verified": false, "digest": component, "reason": reason, "message": message }));
            Ok(Done::Broken)
        }
        (Err(why), Format::Text) => Err(why).with_context(|| shown.to_string()),
    }
}

fn show(signer: &Signer) {
    let Signer { key, name, subject, statement, .. } = signer;
    println!("  signed by {} (key {key}) as {}", plain(name), plain(subject));
    for (what, said) in statement.origin() {
        if let Some(said) = said {
            println!("    {what:<9} {}", plain(said));
        }
    }
}

/// A public key, called as its file is.
fn public(path: &Path) -> Result<(String, PublicKey)> {
    let key = PublicKey::from_pem(&text(path)?).with_context(|| path.display().to_string())?;
    Ok((path.display().to_string(), key))
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
