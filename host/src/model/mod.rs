//! The words of the product: suggestions, facts, answers and decisions. No engine, no store, no
//! terminal; every other room speaks in these types.

mod answer;
mod assignment;
mod catalogue;
mod decision;
mod description;
mod digest;
mod fault;
mod input;
mod intake;
mod limits;
mod suggestion;
mod truth;
mod value;

pub use answer::{Finding, Outcome, Reason, ReviewNeeds, Severity, Verdict};
pub use assignment::{Arm, Assignment};
pub use catalogue::{Catalogue, CatalogueError, FieldClass, Sensitivity};
pub use decision::{Decision, GivenFinding, GivenReason, ModuleRun, SetRef};
pub use description::{CodeMeaning, Description, ModuleKind, Parts, Reads, Scope};
pub use digest::{Digest, NotADigest};
pub use fault::{Fault, FaultKind};
pub use input::{Facts, PastChange};
pub use intake::{IntakeError, Line, MAX_LINE_BYTES, key_to_blame, parse_line, read_lines};
pub use limits::Limits;
pub use suggestion::{Assistant, Change, Consent, Context, Evidence, FieldState, Operation, RecordRef, Suggestion};
pub use truth::Truth;
pub use value::Value;
