//! `countersign policy new`.

use std::path::{Path, PathBuf};

use anstream::println;
use clap::{Args, ValueEnum};

use crate::authoring::{Language, new_project};
use crate::cli::exit::Done;
use crate::model::ModuleKind;

/// What to begin.
#[derive(Debug, Args)]
pub(in crate::cli) struct NewArgs {
    /// The module's name: lower case letters, digits and hyphens. Also the folder, unless --dir names one.
    name: String,
    /// Policy (says what may happen) or validator (notices things).
    #[arg(long, value_enum, default_value_t = Kind::Policy)]
    kind: Kind,
    /// The language it is written in.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    lang: Lang,
    /// The folder to make; it must be empty or not there yet.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Policy,
    Validator,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lang {
    Rust,
    C,
    Go,
    #[value(alias = "js")]
    Javascript,
    #[value(alias = "ts")]
    Typescript,
    #[value(alias = "py")]
    Python,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Rust => Self::Rust,
            Lang::C => Self::C,
            Lang::Go => Self::Go,
            Lang::Javascript => Self::Javascript,
            Lang::Typescript => Self::Typescript,
            Lang::Python => Self::Python,
        }
    }
}

pub(super) fn new(args: &NewArgs) -> anyhow::Result<Done> {
    let kind = match args.kind {
        Kind::Policy => ModuleKind::Policy,
        Kind::Validator => ModuleKind::Validator,
    };
    let folder = args.dir.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    let written = new_project(&folder, &args.name, kind, args.lang.into())?;
    let at = folder.display();
    println!("{at}: a {} in {}", kind.as_str(), Language::from(args.lang).as_str());
    for path in written.iter().filter(|path| !path.starts_with("sdk")) {
        println!("  {}", path.display());
    }
    println!("  sdk/ (the language's SDK, a copy)");
    println!("\nNext:");
    if matches!(args.lang, Lang::Javascript | Lang::Typescript) {
        println!("  cd {at} && npm install        the language's tools, once");
    }
    let dir = if folder == Path::new(".") { String::new() } else { format!(" {at}") };
    println!("  countersign policy build{dir}");
    println!("  countersign policy test{dir}");
    Ok(Done::Yes)
}
