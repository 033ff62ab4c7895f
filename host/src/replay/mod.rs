//! Many past suggestions through another set of policies, to see what would change. Nothing here can act: it is given
//! the pipeline, the modules and a reader of history.

mod budget;
mod count;
mod counts;
mod distribution;
mod error;
mod figures;
mod file;
mod groups;
mod known;
mod labels;
mod merge;
mod past;
mod recheck;
pub(crate) mod render;
mod report;
mod run;
mod selection;
mod shadow;
mod slice;
mod thresholds;
mod wilson;

pub use budget::{Budget, BudgetError, Checked};
pub use count::Pair;
pub use counts::{
    Cause, CauseReason, Counts, Dimension, EXAMPLES, Example, Faults, Fuel, Group, LISTED, Members, Tally, Work,
};
pub use distribution::Distribution;
pub use error::ReplayError;
pub use figures::{Figure, figures, of_slice};
pub use file::FileHistory;
pub use labels::{LabelLine, Labels, LabelsError, read_labels};
pub use merge::{MergeError, merge};
pub use recheck::{NoShare, Recheck};
pub use render::{html, junit, markdown, shadow_text, text};
pub use report::{Baseline, Extent, FORMAT, History, Report, Run, SetName};
pub use run::{FileTerms, Gathered, Gathers, Replay};
pub use selection::{ConditionError, Conditions, Part, Selection, Told};
pub use shadow::{ReasonChange, ShadowCounts};
pub use slice::{Matrix, Side, Slice};
pub use thresholds::{
    Curve, NoPercent, Percent, Point, ProposalError, Proposed, STEPS, Sweep, lowest_confidence, propose,
};
pub use wilson::{Estimate, Rate};
