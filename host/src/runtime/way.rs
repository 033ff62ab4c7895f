//! A suggestion on its way, as a trace shows it: plain spans, none of which is made while nobody watches. They say how many,
//! how long and which outcome, and never whose or what.

use std::collections::HashSet;

use tracing::Span;
use tracing::field::Empty;

use crate::model::Outcome;

/// Where a suggestion is on its way from whoever asked.
#[derive(Clone, Debug)]
pub(super) struct Way {
    asked: Span,
    waits: Span,
}

impl Way {
    /// Begins to wait, as part of what is done at the moment.
    pub(super) fn begin() -> Self {
        let asked = Span::current();
        let waits = tracing::trace_span!(parent: &asked, "wait");
        Self { asked, waits }
    }

    /// Waits no more.
    pub(super) fn taken(&mut self) {
        self.waits = Span::none();
    }

    /// Is judged from now on, until what this returns goes away.
    pub(super) fn judge(&self) -> Span {
        tracing::trace_span!(parent: &self.asked, "judge", countersign.outcome = Empty)
    }
}

/// Says how a suggestion was judged.
pub(super) fn judged(span: &Span, outcome: Outcome) {
    span.record("countersign.outcome", outcome.as_str());
}

/// What is decided together. It is part of no request, and leads to all of them.
pub(super) fn group<'a>(ways: impl ExactSizeIterator<Item = &'a Way>, record: bool) -> Span {
    let span = tracing::trace_span!(
        parent: None,
        "group",
        countersign.suggestions = i64::try_from(ways.len()).unwrap_or(i64::MAX),
        countersign.recorded = record,
    );
    if !span.is_disabled() {
        let mut linked = HashSet::new();
        for way in ways {
            // A batch asks for many suggestions.
            if linked.insert(way.asked.id()) {
                span.follows_from(&way.asked);
            }
        }
    }
    span
}

/// A group that goes to disk, until what this returns goes away.
pub(super) fn commit(events: usize) -> Span {
    tracing::trace_span!("commit", countersign.events = i64::try_from(events).unwrap_or(i64::MAX))
}
