//! `policy build`: the language's tools, then a pure component of the interface, checked against its manifest.

use std::fs;
use std::process::Command;

use super::metadata::with_metadata;
use super::project::bounds;
use super::recipe::{Step, recipe};
use super::{AuthoringError, Project, pure};
use crate::model::Digest;
use crate::sandbox::{Ready, Sandbox, SetupRequest};

/// The text of the interface that modules are written against.
const INTERFACE: &str = include_str!("../../../wit/1.0.0/policy.wit");

/// What was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The component, which now stands in the project's `build/`.
    pub component: Vec<u8>,
    /// Its digest.
    pub digest: Digest,
    /// What it is and says of itself with its default settings.
    pub ready: Ready,
}

/// Builds a project. Nothing in `build/` but intermediate files is touched before all went well.
///
/// # Errors
/// See [`AuthoringError`].
pub fn build(project: &Project, sandbox: &Sandbox) -> Result<Built, AuthoringError> {
    let component = make(project)?;
    let (shape, _) = bounds(project.is_scripted());
    // Compiled once for all settings, which is also how `policy test` wants it.
    let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
    let digest = Digest::of(&component);
    let ready = sandbox.inspect(&component, digest, &request)?;
    let manifest = &project.manifest;
    let says = format!("{} {}@{}", ready.admitted.kind.as_str(), ready.description.name, ready.description.version);
    let expected = format!("{} {}@{}", manifest.kind.as_str(), manifest.name, manifest.version);
    if says != expected {
        return Err(AuthoringError::Mismatch { says, expected });
    }
    // Written aside and renamed, so that whoever reads the component meanwhile sees a whole one.
    let folder = project.build_folder();
    let path = project.component();
    let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(AuthoringError::file("write", &folder))?;
    std::io::Write::write_all(&mut file, &component).map_err(AuthoringError::file("write", &path))?;
    file.persist(&path).map_err(|error| AuthoringError::File { doing: "write", path, error: error.error })?;
    Ok(Built { component, digest, ready })
}

/// Builds a project two times and compares.
///
/// # Errors
/// [`AuthoringError::NotReproducible`] if the bytes differ, and those of [`build`].
pub fn build_twice(project: &Project, sandbox: &Sandbox) -> Result<Built, AuthoringError> {
    let first = make(project)?;
    for step in recipe(project)?.clean {
        run(project, &step)?;
    }
    let built = build(project, sandbox)?;
    if built.component == first {
        return Ok(built);
    }
    let first = Digest::of(&first).to_string();
    Err(AuthoringError::NotReproducible { first, second: built.digest.to_string() })
}

/// The component that a project's tools make.
fn make(project: &Project) -> Result<Vec<u8>, AuthoringError> {
    let recipe = recipe(project)?;
    let folder = project.build_folder();
    fs::create_dir_all(&folder).map_err(AuthoringError::file("write", &folder))?;
    for step in &recipe.steps {
        run(project, step)?;
    }
    let made = fs::read(&recipe.output).map_err(|_| AuthoringError::NoOutput { path: recipe.output.clone() })?;
    let component = pure(&made, INTERFACE, project.manifest.kind.as_str())?;
    with_metadata(&component, project)
}

/// Runs one tool, quietly unless it fails.
fn run(project: &Project, step: &Step) -> Result<(), AuthoringError> {
    let mut command = Command::new(&step.program);
    command.args(&step.arguments).current_dir(&project.folder);
    for (name, value) in &step.environment {
        command.env(name, value);
    }
    let shown = || [std::slice::from_ref(&step.program), &step.arguments].concat().join(" ");
    let failed = |status: String, said: String| AuthoringError::Tool { command: shown(), status, said };
    let ended = command.output().map_err(|error| failed(error.to_string(), String::new()))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = [ended.stdout, ended.stderr].concat();
    Err(failed(ended.status.to_string(), String::from_utf8_lossy(&said).trim().to_owned()))
}
