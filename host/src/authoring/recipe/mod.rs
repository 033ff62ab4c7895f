//! How each language's ordinary tools are called.

use std::env;
use std::path::{Path, PathBuf};

use super::{AuthoringError, Language, Project};

mod native;
mod rust;
mod scripted;

/// A command of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
}

impl Step {
    fn new(program: impl Into<String>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { program: program.into(), arguments, environment: Vec::new() }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }
}

/// What a build runs, in the module's folder, and what it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) steps: Vec<Step>,
    /// The core module or component.
    pub(super) output: PathBuf,
    /// What makes the tools build all of the module again, not its dependencies.
    pub(super) clean: Vec<Step>,
}

/// How a project is built, after a look at whether the tools are there.
///
/// # Errors
/// [`AuthoringError::MissingTool`].
pub(super) fn recipe(project: &Project) -> Result<Recipe, AuthoringError> {
    match (project.manifest.language, &project.manifest.build) {
        (Some(Language::Rust), _) => rust::recipe(project),
        (Some(Language::C), _) => native::c(project),
        (Some(Language::Go), _) => native::go(project),
        (Some(Language::Javascript), _) => scripted::javascript(project),
        (Some(Language::Typescript), _) => scripted::typescript(project),
        (Some(Language::Python), _) => scripted::python(project),
        (None, Some(custom)) => {
            let (program, arguments) = custom.command.split_first().map_or(("", [].as_slice()), |(p, a)| (p, a));
            need(program, "whatever brings it: `build.command` in policy.toml names it")?;
            let step = Step { program: program.to_owned(), arguments: arguments.to_vec(), environment: Vec::new() };
            Ok(Recipe { steps: vec![step], output: project.folder.join(&custom.output), clean: Vec::new() })
        }
        (None, None) => Err(AuthoringError::NoProject { path: project.folder.clone() }),
    }
}

/// The file of a program on the path, or the error that says how to install it.
fn need(program: &str, install: &str) -> Result<PathBuf, AuthoringError> {
    let missing = || AuthoringError::MissingTool { tool: program.to_owned(), install: install.to_owned() };
    let is_file = |path: &PathBuf| path.is_file();
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(is_file).ok_or_else(missing);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(is_file).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_with_what_installs_it() {
        let error = need("no-such-compiler", "apt-get install it").unwrap_err().to_string();
        assert!(error.contains("`no-such-compiler`") && error.ends_with("apt-get install it"), "{error}");
        need("sh", "a shell").unwrap();
    }
}
