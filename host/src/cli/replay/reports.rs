//! Where a report goes: to the terminal and into files, held against a budget.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anstream::{eprint, eprintln, print};
use anyhow::{Context, bail};
use clap::Args;

use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::replay::{Budget, Checked, Report, html, junit, markdown, text};

/// What is said, and where.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Hold the report's figures against the limits in this file; exit 1 if one is exceeded.
    #[arg(long, value_name = "TOML")]
    budget: Option<PathBuf>,
    /// Write the report into this file: .json, .md (for a pull request), .html (with plots), .xml (test results for CI) or .txt.
    /// Several can be given.
    #[arg(long = "report", value_name = "FILE")]
    reports: Vec<PathBuf>,
}

/// Outputs that were looked at before the work begins: mistakes in them show at once.
pub(super) struct Outputs {
    budget: Option<Budget>,
    reports: Vec<(PathBuf, Form)>,
}

/// In what form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    Json,
    Markdown,
    Html,
    Junit,
    Text,
}

impl Form {
    /// All of them.
    pub(in crate::cli) const ALL: [Self; 5] = [Self::Json, Self::Markdown, Self::Html, Self::Junit, Self::Text];

    /// What a file of this form ends in.
    fn ending(self) -> &'static str {
        match self {
            Self::Json => ".json",
            Self::Markdown => ".md",
            Self::Html => ".html",
            Self::Junit => ".xml",
            Self::Text => ".txt",
        }
    }
}

/// The form that a file's name asks for, of those that there are; a file that could not be written is a mistake at once.
pub(in crate::cli) fn form_of(path: &Path, forms: &[Form]) -> anyhow::Result<Form> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let Some(form) = forms.iter().find(|form| form.ending().trim_start_matches('.') == extension) else {
        let endings: Vec<_> = forms.iter().map(|form| form.ending()).collect();
        let (last, others) = endings.split_last().unwrap_or((&"", &[]));
        bail!("{}: a report ends in {} or {last}", path.display(), others.join(", "));
    };
    let folder = folder_of(path);
    if !folder.is_dir() {
        bail!("{}: there is no folder {}", path.display(), folder.display());
    }
    Ok(*form)
}

impl OutputArgs {
    pub(super) fn open(&self) -> anyhow::Result<Outputs> {
        let budget = match &self.budget {
            None => None,
            Some(path) => {
                let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                Some(Budget::parse(&text).with_context(|| path.display().to_string())?)
            }
        };
        let forms = self.reports.iter().map(|path| Ok((path.clone(), form_of(path, &Form::ALL)?)));
        let reports = forms.collect::<anyhow::Result<_>>()?;
        Ok(Outputs { budget, reports })
    }
}

impl Outputs {
    pub(super) fn write(&self, global: &Global, report: &Report) -> anyhow::Result<Done> {
        let complete = report.extent.complete;
        let checked = self.budget.as_ref().map(|budget| budget.check(&report.counts, complete)).unwrap_or_default();
        for (path, form) in &self.reports {
            write_whole(path, &rendered(report, &checked, *form)?)?;
        }
        let form = if global.format == Format::Json { Form::Json } else { Form::Text };
        print!("{}", rendered(report, &checked, form)?);
        let exceeded: Vec<&Checked> = checked.iter().filter(|checked| checked.exceeded).collect();
        // With text on standard output, the budget stands there already.
        if global.format == Format::Json {
            for Checked { figure, limit, found, .. } in &exceeded {
                eprint!("exceeded: {figure}: {found}; the limit is {limit}\n");
            }
        }
        if report.counts.differing.count > 0 {
            eprintln!(
                "Answers on record came out otherwise when they were computed again: run `countersign ledger verify`."
            );
            return Ok(Done::Broken);
        }
        Ok(if exceeded.is_empty() && complete { Done::Yes } else { Done::No })
    }
}

fn rendered(report: &Report, checked: &[Checked], form: Form) -> anyhow::Result<String> {
    Ok(match form {
        Form::Json => report.to_json()?,
        Form::Markdown => markdown(report, checked),
        Form::Html => html(report, checked),
        Form::Junit => junit(report, checked),
        Form::Text => text(report, checked),
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file whole or not at all.
pub(in crate::cli) fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().permissions(readable()).tempfile_in(folder_of(path))?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Reports are for others to read, as far as the process lets them.
#[cfg(unix)]
fn readable() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}
