//! `countersign policy`: what authors of modules do, and a look at what a module is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use super::exit::Done;
use super::place::WorksOn;
use super::{Global, open};
use crate::authoring::Project;
use crate::model::Digest;
use crate::modules::{Archive, Component, ModuleReference, ReleasedModules};

mod arrival;
mod bench;
mod build;
mod bundles;
mod check;
mod inspect;
mod list;
mod load;
mod new;
mod parcel;
mod publish;
mod pull;
mod push;
mod registry;
mod save;
mod show;
mod sign;
mod test;
mod verify;
mod watch;
mod yank;

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Begin a module: a folder that builds, tests and passes at once.
    New(new::NewArgs),
    /// Build a module with its language's tools: a component without any import but `log`.
    Build(build::BuildArgs),
    /// Run a module's cases in the sandbox; with --fuzz also on inputs that are made up.
    Test(test::TestArgs),
    /// Measure a module's calls in time and fuel, and show where the fuel goes.
    Bench(bench::BenchArgs),
    /// Keep a component under its name and version, for sets to name; a version never changes.
    Publish(publish::PublishArgs),
    /// Send a module to a registry (OCI), with its signatures and a list of what it is made of.
    ///
    /// Prints what it is called there for good: the repository and the digest. Credentials are those of the docker config.
    Push(push::PushArgs),
    /// Publish a module that is in a registry: held against its digest, and vouched for before anything looks into it.
    Pull(pull::PullArgs),
    /// Write modules with their signatures into one file, for a site without a network.
    Save(save::SaveArgs),
    /// Publish the modules in such a file, all of them or none.
    Load(load::LoadArgs),
    /// List the modules that sets can name.
    List,
    /// Show a module that sets can name: how it came here, and what it may do that the version before may not.
    Show(show::ShowArgs),
    /// Withdraw a module: no new set can name it, and what was decided with it still reproduces.
    Yank(yank::YankArgs),
    /// Show what a module is: world, imports, description, codes, settings, size, digest, snapshot or not.
    Inspect(inspect::InspectArgs),
    /// Say whether a module runs here, and what it may do and see that another version may not.
    Check(check::CheckArgs),
    /// Sign a component in a file beside it, and say where it came from.
    ///
    /// The file is a Sigstore bundle with a DSSE envelope, whose payload is an in-toto Statement with SLSA provenance v1. The
    /// component stays as it is, and so does its digest. Nobody is asked over the network.
    Sign(sign::SignArgs),
    /// Say who signed a component, or exit 4 with the reason why nobody did who counts.
    Verify(verify::VerifyArgs),
}

impl PolicyCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Publish(_) | Self::List | Self::Show(_) | Self::Yank(_) => WorksOn::Either,
            Self::Push(_) | Self::Pull(_) | Self::Save(_) | Self::Load(_) => WorksOn::Folder,
            Self::New(_)
            | Self::Build(_)
            | Self::Test(_)
            | Self::Bench(_)
            | Self::Inspect(_)
            | Self::Check(_)
            | Self::Sign(_)
            | Self::Verify(_) => WorksOn::Neither,
        }
    }
}

pub(super) fn policy(global: &Global, command: &PolicyCommand) -> anyhow::Result<Done> {
    match command {
        PolicyCommand::New(args) => new::new(args),
        PolicyCommand::Build(args) => build::build(global, args),
        PolicyCommand::Test(args) => test::test(global, args),
        PolicyCommand::Bench(args) => bench::bench(global, args),
        PolicyCommand::Publish(args) => publish::publish(global, args),
        PolicyCommand::Push(args) => push::push(global, args),
        PolicyCommand::Pull(args) => pull::pull(global, args),
        PolicyCommand::Save(args) => save::save(global, args),
        PolicyCommand::Load(args) => load::load(global, args),
        PolicyCommand::List => list::list(global),
        PolicyCommand::Show(args) => show::show(global, args),
        PolicyCommand::Yank(args) => yank::yank(global, args),
        PolicyCommand::Inspect(args) => inspect::inspect(global, args),
        PolicyCommand::Check(args) => check::check(global, args),
        PolicyCommand::Sign(args) => sign::sign_component(global, args),
        PolicyCommand::Verify(args) => verify::verify(global, args),
    }
}

/// The component that a file or a released module's name means.
fn component(named: &str) -> anyhow::Result<(Digest, Component)> {
    match named.parse().map_err(anyhow::Error::msg)? {
        ModuleReference::File(path) => {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
            Ok((Digest::of(&bytes), bytes.into()))
        }
        reference @ ModuleReference::Named { .. } => {
            let found = ReleasedModules.find(&reference)?;
            Ok((found.digest, found.component))
        }
    }
}

/// A module that is worked on: a component, and its project's folder if it has one.
struct Work {
    project: Option<Project>,
    file: PathBuf,
}

impl Work {
    /// A project's folder, or a component's file; a component in a project's `build/` has that project.
    fn on(named: &Path) -> anyhow::Result<Self> {
        if named.extension().is_some_and(|end| end == "wasm") {
            let above = named.canonicalize().ok().and_then(|path| Some(path.parent()?.parent()?.to_owned()));
            let project = above.and_then(|folder| Project::open(&folder).ok());
            return Ok(Self { project, file: named.to_owned() });
        }
        let project = Project::open(named)?;
        Ok(Self { file: project.component(), project: Some(project) })
    }

    fn component(&self) -> anyhow::Result<Vec<u8>> {
        fs::read(&self.file).with_context(|| match &self.project {
            Some(project) => format!(
                "cannot read {}: build it with `countersign policy build {}`",
                self.file.display(),
                project.folder.display()
            ),
            None => format!("cannot read {}", self.file.display()),
        })
    }

    fn is_scripted(&self) -> bool {
        self.project.as_ref().is_some_and(Project::is_scripted)
    }

    /// A sandbox with the project's cache of compiled code, or without any.
    fn sandbox(&self) -> anyhow::Result<crate::sandbox::Sandbox> {
        match &self.project {
            Some(project) => open::project_sandbox(project),
            None => open::bare_sandbox(),
        }
    }
}
