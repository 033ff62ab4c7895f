//! The one place where concrete types meet: a deployment with its sandbox, its worker and its ledger.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Global;
use crate::authoring::Project;
use crate::ledger::Ledger;
use crate::runtime::{Deployment, Home};
use crate::sandbox::{Allocation, Sandbox, Worker};

/// Who acts when the command line does.
pub(super) const ACTOR: &str = "cli";

/// The deployment's folder.
pub(super) fn home(global: &Global) -> Home {
    Home::at(&global.home)
}

/// Modules are compiled in a child process of this program.
pub(super) fn worker() -> Result<Worker> {
    let program: PathBuf = env::current_exe().context("this program's own file cannot be found")?;
    Ok(Worker::Child { program, arguments: vec!["compile-module".to_owned()] })
}

/// The deployment, with room for this many calls at a time.
pub(super) fn deployment(home: Home, jobs: usize) -> Result<Deployment> {
    Ok(Deployment::open(home, pool(jobs), worker()?)?)
}

/// The deployment, or the program's defaults where there is none.
pub(super) fn deployment_or_default(home: Home, jobs: usize) -> Result<Deployment> {
    Ok(Deployment::open_or_default(home, pool(jobs), worker()?)?)
}

/// The deployment for a handful of calls: a pool costs more to set up than it saves.
pub(super) fn deployment_for_few(home: Home) -> Result<Deployment> {
    Ok(Deployment::open(home, Allocation::OnDemand, worker()?)?)
}

/// A pool with room for each thread's call.
fn pool(jobs: usize) -> Allocation {
    Allocation::Pool(u16::try_from(jobs.clamp(1, 128)).unwrap_or(128))
}

/// A sandbox without a deployment and without a module's cache, for looking at a file.
pub(super) fn bare_sandbox() -> Result<Sandbox> {
    authoring_sandbox(Allocation::OnDemand, None)
}

/// The sandbox of those who write modules. What was compiled for one of their modules serves all of them.
fn authoring_sandbox(allocation: Allocation, project: Option<&Project>) -> Result<Sandbox> {
    let cache = project.map(|project| project.build_folder().join("cache"));
    let sandbox = Sandbox::new(allocation, worker()?, cache.as_deref())?;
    Ok(match user_cache() {
        Some(folder) => sandbox.sharing_functions(&folder),
        None => sandbox,
    })
}

/// Where a user's programs keep what they can make again: see the XDG Base Directory Specification.
fn user_cache() -> Option<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    Some(named.or_else(|| Some(env::home_dir()?.join(".cache")))?.join("countersign"))
}

/// A sandbox that keeps what it compiles beside a module's other build products.
pub(super) fn project_sandbox(project: &Project) -> Result<Sandbox> {
    authoring_sandbox(Allocation::OnDemand, Some(project))
}

/// A sandbox for many calls on one thread, with a module's cache if it has one.
pub(super) fn pooled_sandbox(project: Option<&Project>) -> Result<Sandbox> {
    authoring_sandbox(pool(1), project)
}

/// The deployment's ledger, for writing.
pub(super) fn ledger(home: &Home) -> Result<Ledger> {
    Ok(Ledger::open(home.ledger())?)
}

/// The deployment's ledger, for reading alone: works also where nothing may be written.
pub(super) fn ledger_to_read(home: &Home) -> Result<Ledger> {
    Ok(Ledger::open_read_only(home.ledger())?)
}
