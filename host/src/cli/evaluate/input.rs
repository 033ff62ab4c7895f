//! The input of `evaluate`.

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::Path;

use anyhow::Context;

/// The input as people call it.
pub(super) fn shown(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// The input as something that can be read twice: what comes through a pipe is put aside first.
pub(super) fn open_input(name: &str) -> anyhow::Result<BufReader<File>> {
    let file = if name == "-" {
        let mut aside = tempfile::tempfile().context("standard input cannot be put aside")?;
        io::copy(&mut io::stdin().lock(), &mut aside).context("standard input cannot be read")?;
        aside.rewind()?;
        aside
    } else {
        let file = File::open(Path::new(name)).with_context(|| format!("cannot read {name}"))?;
        if file.metadata()?.is_file() {
            file
        } else {
            let mut aside = tempfile::tempfile()?;
            io::copy(&mut BufReader::new(file), &mut aside).with_context(|| format!("cannot read {name}"))?;
            aside.rewind()?;
            aside
        }
    };
    Ok(BufReader::with_capacity(1 << 16, file))
}
