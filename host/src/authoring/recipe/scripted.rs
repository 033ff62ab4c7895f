//! JavaScript, TypeScript and Python: their componentizers put the interpreter and the source into one module.

use std::path::{Path, PathBuf};

use super::{Recipe, Step, need};
use crate::authoring::{AuthoringError, Project};

const NODE: &str = "the installer of nodejs.org, or apt-get install nodejs npm";

pub(super) fn javascript(project: &Project) -> Result<Recipe, AuthoringError> {
    node_module(project, "@bytecodealliance/componentize-js")?;
    Ok(Recipe { steps: vec![componentize(project, "src/policy.js")], output: output(project), clean: Vec::new() })
}

pub(super) fn typescript(project: &Project) -> Result<Recipe, AuthoringError> {
    for module in ["@bytecodealliance/componentize-js", "typescript", "amaro"] {
        node_module(project, module)?;
    }
    // The SDK's build checks the types first.
    Ok(Recipe { steps: vec![componentize(project, "src/policy.ts")], output: output(project), clean: Vec::new() })
}

pub(super) fn python(project: &Project) -> Result<Recipe, AuthoringError> {
    let tool = Path::new(".venv/bin/componentize-py");
    // A project's own environment comes first, as in every Python tool.
    let program = if project.folder.join(tool).is_file() {
        project.folder.join(tool)
    } else {
        need("componentize-py", "pip install componentize-py")?
    };
    let arguments = [
        "-q",
        "-d",
        "wit/1.0.0",
        "-w",
        project.manifest.kind.as_str(),
        "componentize",
        "--stub-wasi",
        "-p",
        "src",
        "-p",
        "sdk",
        "-o",
        "build/core.wasm",
        "countersign_component",
    ];
    let step = Step::new(program.display().to_string(), &arguments);
    Ok(Recipe { steps: vec![step], output: output(project), clean: Vec::new() })
}

fn componentize(project: &Project, source: &str) -> Step {
    Step::new("node", &["sdk/build.mjs", source, "build/core.wasm", project.manifest.kind.as_str()])
}

fn output(project: &Project) -> PathBuf {
    project.build_folder().join("core.wasm")
}

fn node_module(project: &Project, name: &str) -> Result<(), AuthoringError> {
    need("node", NODE)?;
    if project.folder.join("node_modules").join(name).is_dir() {
        return Ok(());
    }
    Err(AuthoringError::MissingTool {
        tool: name.to_owned(),
        install: format!("cd {} && npm install", project.folder.display()),
    })
}
