//! A call as a trace shows it: which module, and what it used; never what it was given or said.

use tracing::Span;
use tracing::field::Empty;

use crate::modules::SetModule;
use crate::sandbox::Answer;

/// A call that begins.
pub(super) fn call(pinned: &SetModule) -> Span {
    tracing::trace_span!(
        "call",
        countersign.module.name = pinned.locked.name,
        countersign.module.version = pinned.locked.version,
        countersign.module.fuel = Empty,
        countersign.module.fault = Empty,
    )
}

/// What the call came to.
pub(super) fn answered<T>(span: &Span, answer: &Answer<T>) {
    span.record("countersign.module.fuel", i64::try_from(answer.fuel).unwrap_or(i64::MAX));
    if let Err(fault) = &answer.result {
        span.record("countersign.module.fault", fault.kind.as_str());
    }
}
