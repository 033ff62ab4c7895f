//! `countersign key`.

use std::ffi::OsString;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anstream::{print, println};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Done;
use super::place::WorksOn;
use super::{Format, Global};
use crate::ledger::new_secret_file;
use crate::signature::SecretKey;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key to sign modules with: the secret in a file that only you can read, and the public key beside it.
    ///
    /// Ed25519; the secret key as PKCS#8 and the public key as SPKI, in PEM. The key's id is the SHA-256 digest of the latter.
    New(NewArgs),
}

impl KeyCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::New(_) => WorksOn::Neither,
        }
    }
}

/// Where to.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The file of the secret key; that of the public key ends in .pub besides. Neither may be there yet.
    file: PathBuf,
}

pub(super) fn key(global: &Global, command: &KeyCommand) -> anyhow::Result<Done> {
    match command {
        KeyCommand::New(args) => new(global, args),
    }
}

fn new(global: &Global, args: &NewArgs) -> anyhow::Result<Done> {
    let secret = SecretKey::new(&rand::random())?;
    let public = secret.public();
    let mut beside = OsString::from(&args.file);
    beside.push(".pub");
    let beside = PathBuf::from(beside);
    // The public key first: a file of it that is there already belongs to another secret.
    written(&beside, || fs::File::create_new(&beside)?.write_all(public.pem().as_bytes()))?;
    let text = secret.to_pem()?;
    if let Err(error) = written(&args.file, || new_secret_file(&args.file, &text)) {
        // Nothing half done: the file was ours alone.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    if global.format == Format::Json {
        let (id, pem) = (public.id(), public.pem());
        println!("{}", json!({ "id": id, "public": pem, "secret_file": args.file, "public_file": beside }));
        return Ok(Done::Yes);
    }
    println!("key {}", public.id());
    print!("{}", public.pem());
    println!("Sign with it: countersign policy sign COMPONENT.wasm --key {}", args.file.display());
    Ok(Done::Yes)
}

/// Writes a file that must not be there: what a key signed could not be verified without it.
fn written(path: &Path, write: impl FnOnce() -> std::io::Result<()>) -> anyhow::Result<()> {
    match write() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} exists already: nothing was changed; name another file", path.display())
        }
        written => written.with_context(|| format!("cannot write {}", path.display())),
    }
}
