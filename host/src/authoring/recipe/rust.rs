//! Rust: cargo, with rustup's target where it is installed, else with a standard library built from source.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Recipe, Step, need};
use crate::authoring::{AuthoringError, Project};

const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler and what it has.
struct Compiler {
    /// Its program.
    rustc: String,
    /// The folder of its standard library's sources, if it has no library for the target and must build one.
    sources: Option<PathBuf>,
}

pub(super) fn recipe(project: &Project) -> Result<Recipe, AuthoringError> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    need(&cargo, "the installer of rust-lang.org, or apt-get install cargo")?;
    let compiler = compiler()?;
    let file = project.manifest.name.replace('-', "_");
    // Where cargo itself puts what it builds.
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.folder.join("target"), PathBuf::from);
    let mut build = Step::new(&cargo, &["build", "--release", "--target", TARGET, "--color", "never"])
        .with("RUSTC", &compiler.rustc)
        .with("CARGO_ENCODED_RUSTFLAGS", flags(&compiler).join("\u{1f}"));
    if compiler.sources.is_some() {
        build.arguments.push("-Zbuild-std=std,panic_abort".to_owned());
        // A distribution's compiler is a stable one; building the standard library needs the switch.
        build = build.with("RUSTC_BOOTSTRAP", "1");
        if let Some(linker) = linker() {
            build = build.with("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
    let name = project.manifest.name.as_str();
    let clean = Step::new(&cargo, &["clean", "--quiet", "--release", "--target", TARGET, "--package", name])
        .with("RUSTC", &compiler.rustc);
    Ok(Recipe {
        steps: vec![build],
        output: target.join(TARGET).join("release").join(file).with_extension("wasm"),
        clean: vec![clean],
    })
}

/// A small stack keeps an ordinary module inside one page of memory. Paths are taken out, so that the bytes do not
/// depend on where the crates came from; the module's own are relative to its folder.
fn flags(compiler: &Compiler) -> Vec<String> {
    let mut flags = vec!["-Clink-arg=-zstack-size=16384".to_owned()];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    if let Some(home) = home {
        flags.push(remap(&home, "cargo"));
        let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
        flags.extend(registries.map(|registry| remap(&registry.path(), "crates")));
    }
    if let Some(sources) = &compiler.sources {
        flags.push(remap(sources, "std"));
    }
    flags
}

fn remap(path: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", path.display())
}

/// The first compiler that can build for the target.
fn compiler() -> Result<Compiler, AuthoringError> {
    let mut sources_of = None;
    let named = env::var("RUSTC").ok();
    for rustc in named.as_deref().into_iter().chain(["rustc", "/usr/bin/rustc"]) {
        if ask(rustc, &["--print", "target-libdir", "--target", TARGET]).is_some_and(|folder| folder.exists()) {
            return Ok(Compiler { rustc: rustc.to_owned(), sources: None });
        }
        let sources = ask(rustc, &["--print", "sysroot"]).map(|root| root.join("lib/rustlib/src/rust/library"));
        if let Some(sources) = sources.filter(|sources| sources.join("std").exists()) {
            sources_of.get_or_insert(Compiler { rustc: rustc.to_owned(), sources: Some(sources) });
        }
    }
    sources_of.ok_or_else(|| AuthoringError::MissingTool {
        tool: format!("the target {TARGET} of rustc"),
        install: format!("rustup target add {TARGET}  (or, on Debian: apt-get install rustc-web rust-web-src lld)"),
    })
}

/// The linker that comes with a toolchain of rustup's; a distribution's compiler finds its own.
fn linker() -> Option<String> {
    let linker = ask("rustc", &["--print", "sysroot"])?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    linker.is_file().then(|| linker.display().to_string())
}

/// A path that the compiler prints.
fn ask(rustc: &str, arguments: &[&str]) -> Option<PathBuf> {
    let answer = Command::new(rustc).args(arguments).output().ok().filter(|answer| answer.status.success())?;
    Some(PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim()))
}
