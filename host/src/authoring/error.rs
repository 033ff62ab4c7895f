//! What goes wrong while a module is made.

use std::io;
use std::path::PathBuf;

use super::CloseError;
use crate::sandbox::SandboxError;

/// What goes wrong while a module is made.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    /// A file or folder cannot be read or written.
    #[error("cannot {doing} {}: {error}", path.display())]
    File {
        /// What was to be done: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The name is none for a module.
    #[error(
        "{name:?} is no name for a module; a name is 1 to 64 lower case letters, digits and hyphens, and begins with a letter"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A template is not put where something is already.
    #[error("{} is not empty: nothing was written; choose another name, or empty it first", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// There is no project here.
    #[error("there is no policy.toml in {}: begin a module with `countersign policy new NAME --lang LANGUAGE`, or name its folder", path.display())]
    NoProject {
        /// The folder.
        path: PathBuf,
    },
    /// `policy.toml` says something wrong; the message has line and key.
    #[error("{}: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A tool of the language is missing.
    #[error("`{tool}` is not here, and building this module needs it; install it with: {install}")]
    MissingTool {
        /// Its program.
        tool: String,
        /// The command that installs it.
        install: String,
    },
    /// A tool failed.
    #[error("`{command}` failed ({status}); nothing was built\n{said}")]
    Tool {
        /// What was run.
        command: String,
        /// How it ended.
        status: String,
        /// What it said.
        said: String,
    },
    /// The language's tools wrote no module.
    #[error("the build went through, but did not write {}", path.display())]
    NoOutput {
        /// The file that was expected.
        path: PathBuf,
    },
    /// What the tools wrote cannot be made a component of the interface.
    #[error("what the language's tools built {0}")]
    Close(#[from] CloseError),
    /// The module and `policy.toml` say different things.
    #[error("the module says {says}, but policy.toml says {expected}; make them the same")]
    Mismatch {
        /// What the module says.
        says: String,
        /// What the manifest says.
        expected: String,
    },
    /// The sandbox refuses the module, or fails.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A second build made other bytes.
    #[error(
        "a second build made other bytes: {first}, then {second}; look for times, paths or randomness in the build"
    )]
    NotReproducible {
        /// The digest of the first.
        first: String,
        /// The digest of the second.
        second: String,
    },
}

impl AuthoringError {
    /// For `map_err` on a file operation.
    pub(super) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { doing, path, error }
    }
}
