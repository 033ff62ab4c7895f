//! What can stand in the way of an audit, and what to do about it.

use jiff::Timestamp;

use super::{Month, Outcomes};
use crate::ledger::{DraftError, LedgerError, SealError};
use crate::reproduce::ReproduceError;

/// Why an audit cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An event that was made here was refused.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A note could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What a decision was made with.
    #[error("what the decision about `{id}` was made with: {source}")]
    Set {
        /// The suggestion's id.
        id: String,
        /// Why not.
        source: ReproduceError,
    },
    /// An event on record cannot be read.
    #[error("event {seq} cannot be read: {message}")]
    Unreadable {
        /// Its position.
        seq: u64,
        /// Why not.
        message: String,
    },
    /// Later decisions of the month could not be drawn.
    #[error(
        "{month} is not over: it is {now}, and decisions recorded until {} belong to it; draw its sample after that",
        .month.span().end
    )]
    NotOver {
        /// The month.
        month: Month,
        /// What time it is.
        now: Timestamp,
    },
    /// There is nothing to draw from.
    #[error(
        "no decision {} was recorded in {month}{}",
        .outcomes.words(),
        if *.others == 0 { ": choose a month with decisions".to_owned() }
        else { format!(", but {others} with others were: choose with --outcome, or another month") }
    )]
    NoDecisions {
        /// The month.
        month: Month,
        /// What was to be drawn from.
        outcomes: Outcomes,
        /// How many decisions of the month have another outcome.
        others: u64,
    },
    /// The same sample again would be the same sample.
    #[error(
        "event {seq} is this sample of {month} already, drawn on the same terms: go on with `countersign audit next \
         --sample {seq}`, or choose another --rate, --by or --outcome"
    )]
    Drawn {
        /// The event.
        seq: u64,
        /// The month.
        month: Month,
    },
    /// There is no sample.
    #[error("no sample was drawn yet: draw one with `countersign audit sample --month YYYY-MM --rate 1%`")]
    NoSample,
    /// There is none of that month.
    #[error("no sample of {0} was drawn: draw one with `countersign audit sample --month {0} --rate 1%`")]
    NoSampleOf(Month),
    /// There is more than one of that month.
    #[error("{month} has more than one sample: name one of them with --sample {}", list(.seqs, " or --sample "))]
    SeveralSamples {
        /// The month.
        month: Month,
        /// Their events.
        seqs: Vec<u64>,
    },
    /// The event is something else.
    #[error("event {0} is no sample: name an event of the kind `sampled`, as `countersign audit sample` prints it")]
    NotASample(u64),
    /// The decision is not in the sample.
    #[error(
        "`{id}` was not drawn{}: only drawn decisions are audited, for others would not be chosen by chance; \
         `countersign audit next` shows one",
        .sample.map_or_else(|| " in any sample".to_owned(), |seq| format!(" in the sample of event {seq}"))
    )]
    NotDrawn {
        /// The suggestion's id.
        id: String,
        /// The sample, if one was named.
        sample: Option<u64>,
    },
    /// There is a finding.
    #[error("`{id}` was audited as event {seq} and found {finding}: to replace that, record it with --again")]
    Recorded {
        /// The suggestion's id.
        id: String,
        /// The event.
        seq: u64,
        /// What was found.
        finding: &'static str,
    },
    /// Nobody can see any more whether it was right.
    #[error(
        "the values of the decision about `{0}` were erased, so nobody can tell: record it with --finding unclear, and \
         without a note, which could not be erased any more"
    )]
    Erased(String),
    /// A drawn decision is not there.
    #[error("the decision about `{id}`, which the sample of event {sample} holds, is not on record")]
    Missing {
        /// The suggestion's id.
        id: String,
        /// The sample.
        sample: u64,
    },
}

fn list(seqs: &[u64], between: &str) -> String {
    seqs.iter().map(u64::to_string).collect::<Vec<_>>().join(between)
}

impl Outcomes {
    /// The decisions that are meant: `with the outcome apply`, `of any outcome`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Only(outcome) => format!("with the outcome {}", outcome.as_str()),
            Self::All => "of any outcome".to_owned(),
        }
    }
}
