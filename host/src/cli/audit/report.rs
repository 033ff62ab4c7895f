//! `countersign audit report`.

use std::path::PathBuf;

use anstream::print;
use clap::Args;

use super::SampleArg;
use crate::audit::{self, AuditReport, Month, sample_of_month};
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::replay::{Form, form_of, write_whole};
use crate::cli::{Format, Global, open};

/// The forms of this report.
const FORMS: [Form; 4] = [Form::Json, Form::Markdown, Form::Html, Form::Text];

/// About which sample, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    #[command(flatten)]
    sample: SampleArg,
    /// The sample of this month.
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "sample")]
    month: Option<Month>,
    /// Write the report into this file: .json, .md, .html (with plots) or .txt. Several can be given.
    #[arg(long = "report", value_name = "FILE")]
    reports: Vec<PathBuf>,
}

pub(super) fn report(global: &Global, args: &ReportArgs) -> anyhow::Result<Done> {
    let forms = args.reports.iter().map(|path| form_of(path, &FORMS));
    // Mistakes in them show before the work begins.
    let forms = forms.collect::<anyhow::Result<Vec<_>>>()?;
    let report = match global.place()? {
        Place::Folder(home) => {
            let ledger = open::ledger_to_read(&home)?;
            let sample = match args.month {
                Some(month) => sample_of_month(&ledger, month)?,
                None => args.sample.read(&ledger)?,
            };
            audit::report(&ledger, &sample)?
        }
        Place::Service(service) => service.audit_report(args.sample.sample, args.month)?,
    };
    for (path, form) in args.reports.iter().zip(forms) {
        write_whole(path, &rendered(&report, form)?)?;
    }
    let form = if global.format == Format::Json { Form::Json } else { Form::Text };
    print!("{}", rendered(&report, form)?);
    Ok(Done::Yes)
}

fn rendered(report: &AuditReport, form: Form) -> anyhow::Result<String> {
    Ok(match form {
        Form::Json => report.to_json()?,
        Form::Markdown => audit::markdown(report),
        Form::Html => audit::html(report),
        Form::Text | Form::Junit => audit::text(report),
    })
}
