//! The reports of all shards of one run, put together: the same bytes as of a run without shards.

use std::collections::BTreeSet;

use super::report::{Extent, FORMAT, Report};

/// Why reports cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("there is no report to merge")]
    None,
    /// One has another form.
    #[error("{name} has the form {found}; this release knows {FORMAT}")]
    Format {
        /// The report.
        name: String,
        /// Its form.
        found: u32,
    },
    /// Two are about different runs.
    #[error("{name} is of another run than {first}: {what} differ")]
    Differs {
        /// The report.
        name: String,
        /// The one that it is compared with.
        first: String,
        /// What differs.
        what: &'static str,
    },
    /// One shard stands twice.
    #[error("{name} is shard {shard} of {of}, which was given already")]
    Twice {
        /// The report.
        name: String,
        /// The shard.
        shard: u32,
        /// Of how many.
        of: u32,
    },
    /// One is missing.
    #[error("of {of} shards, these are missing: {missing}")]
    Missing {
        /// How many there must be.
        of: u32,
        /// Those that are missing.
        missing: String,
    },
}

/// Puts the reports of all shards together, each with its name for messages.
///
/// # Errors
/// See [`MergeError`].
pub fn merge(reports: Vec<(String, Report)>) -> Result<Report, MergeError> {
    let mut reports = reports.into_iter();
    let Some((first, mut whole)) = reports.next() else { return Err(MergeError::None) };
    check_format(&first, &whole)?;
    let of = whole.extent.of;
    let mut shards = BTreeSet::from([whole.extent.shard]);
    for (name, report) in reports {
        check_format(&name, &report)?;
        if let Some(what) = difference(&whole, &report) {
            return Err(MergeError::Differs { name, first, what });
        }
        let Extent { shard, complete, .. } = report.extent;
        if !shards.insert(shard) {
            return Err(MergeError::Twice { name, shard, of });
        }
        whole.extent.complete &= complete;
        whole.counts.add(report.counts);
    }
    let missing: Vec<String> =
        (1..=of).filter(|shard| !shards.contains(shard)).map(|shard| shard.to_string()).collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing { of, missing: missing.join(", ") });
    }
    let extent = Extent { shard: 1, of: 1, complete: whole.extent.complete };
    Ok(Report::new(whole.run, extent, whole.counts))
}

fn check_format(name: &str, report: &Report) -> Result<(), MergeError> {
    let found = report.format;
    if found == FORMAT { Ok(()) } else { Err(MergeError::Format { name: name.to_owned(), found }) }
}

/// What of two reports must be the same and is not.
fn difference(one: &Report, other: &Report) -> Option<&'static str> {
    let (a, b) = (&one.run, &other.run);
    [
        ("the numbers of shards", one.extent.of == other.extent.of),
        ("the candidates", a.candidate == b.candidate),
        ("the baselines", a.baseline == b.baseline),
        ("the histories", a.history == b.history),
        ("the selections", a.selection == b.selection),
        ("the catalogues", a.catalogue == b.catalogue),
        ("the engines", a.engine == b.engine),
        ("the shares that were checked", a.recheck_ppm == b.recheck_ppm),
    ]
    .into_iter()
    .find_map(|(what, same)| (!same).then_some(what))
}
