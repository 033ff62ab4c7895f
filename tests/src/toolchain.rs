//! The languages' tools, as `tests/run` installs them below `target/tools`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The environment variable that names the folder of the tools; `tests/run` sets it.
const TOOLS: &str = "COUNTERSIGN_TOOLS";

/// The languages' tools.
#[derive(Clone, Debug)]
pub struct Toolchain {
    folder: PathBuf,
}

impl Toolchain {
    /// The tools, or none where nobody has installed them: then a test that needs them says that it was skipped.
    #[must_use]
    pub fn find() -> Option<Self> {
        let Some(folder) = env::var_os(TOOLS) else {
            println!("skipped: {TOOLS} is not set (tests/run installs the languages' tools and sets it)");
            return None;
        };
        Some(Self { folder: folder.into() })
    }

    /// Lets a command find the tools.
    pub fn equip(&self, command: &mut Command) {
        let mut folders = vec![self.folder.join("bin")];
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let path: OsString = env::join_paths(folders).unwrap();
        command.env("PATH", path);
        // Every Rust module takes the same standard library.
        command.env("CARGO_TARGET_DIR", self.folder.join("cargo"));
        let rustc = self.folder.join("../wasm-toolchain/rustc");
        if rustc.is_file() {
            command.env("RUSTC", rustc);
        }
    }

    /// Puts what `npm install` would fetch beside a project that asks for it.
    pub fn install(&self, project: &Path) {
        if project.join("package.json").is_file() {
            self.link_node_modules(project);
        }
    }

    /// Puts what `npm install` would fetch into a folder.
    pub fn link_node_modules(&self, folder: &Path) {
        std::os::unix::fs::symlink(self.folder.join("node/node_modules"), folder.join("node_modules")).unwrap();
    }
}

/// The reference module of a language, put together as `policy new` does it.
pub fn reference(language: &str, to: &Path) {
    project(language, "example", to);
}

/// The folder of a language's SDK and the interface beside it, as they stand in the repository.
pub fn copy_sdks(to: &Path) {
    let root = root();
    copy(&root.join("guest-sdk"), &to.join("guest-sdk"));
    copy(&root.join("wit"), &to.join("wit"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A module of a language's folder, put together as `policy new` does it: its own files, the SDK, the interface.
pub fn project(language: &str, at: &str, to: &Path) {
    let root = root();
    let sdks = root.join("guest-sdk");
    copy(&sdks.join(language).join(at), to);
    let of_sdk = if language == "typescript" { "javascript" } else { language };
    copy(&sdks.join(of_sdk).join("sdk"), &to.join("sdk"));
    copy(&root.join("wit/1.0.0"), &to.join("wit/1.0.0"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.unwrap();
        let name = entry.file_name();
        // What tools leave behind is no part of it.
        if ["node_modules", "target", "__pycache__", ".venv"].iter().any(|left| name == *left) {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}
