//! Somebody who signs modules, and a deployment that asks for their signature.

use std::fs;

use crate::Program;
use crate::said::done;

/// Makes a key, and returns its file and the text of a `trust.toml` that asks for it.
#[must_use]
pub fn key(program: &Program, name: &str) -> (String, String) {
    let file = program.folder().join(name).to_str().unwrap().to_owned();
    let made = done(&program.run(&["key", "new", &file, "--format", "json"], ""));
    let (id, pem) = (&made["id"], fs::read_to_string(format!("{file}.pub")).unwrap());
    let trust = format!(
        "[[rule]]\nmodules = [\"*\"]\nsignatures = 1\nkeys = [{name:?}]\n\
         [[key]]\nname = {name:?}\nid = {id}\npublic = \"\"\"\n{pem}\"\"\"\n"
    );
    (file, trust)
}

/// Lets a deployment ask for what a text says.
pub fn trust(program: &Program, text: &str) {
    fs::write(program.home().join("trust.toml"), text).unwrap();
}
