//! Which traces are sent.

use opentelemetry::trace::{Link, SpanKind, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use super::Share;

/// A caller that traces is followed, and one that said that it does not is not; of the other requests a share is traced.
pub(super) fn sampler(share: Share) -> Sampler {
    Sampler::ParentBased(Box::new(Roots { requests: Sampler::TraceIdRatioBased(share.get()) }))
}

/// Decides about spans without a parent: requests; groups, which are sent if they link to something that is; and nothing else,
/// so that what happens outside of a request leaves no pieces of traces behind.
#[derive(Clone, Debug)]
struct Roots {
    requests: Sampler,
}

impl ShouldSample for Roots {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if *kind == SpanKind::Server {
            return self.requests.should_sample(parent, trace, name, kind, attributes, links);
        }
        let linked = links.iter().any(|link| link.span_context.is_sampled());
        let decision = if linked { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::default() }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags};

    use super::*;

    fn context(sampled: bool) -> SpanContext {
        let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        SpanContext::new(TraceId::from(7), SpanId::from(9), flags, true, TraceState::default())
    }

    fn sent(share: f64, parent: Option<bool>, kind: &SpanKind, links: &[bool]) -> bool {
        let parent = parent.map(|sampled| Context::new().with_remote_span_context(context(sampled)));
        let links: Vec<_> = links.iter().map(|sampled| Link::with_context(context(*sampled))).collect();
        let share = Share::try_from(share).unwrap();
        let result = sampler(share).should_sample(parent.as_ref(), TraceId::from(7), "x", kind, &[], &links);
        result.decision == SamplingDecision::RecordAndSample
    }

    #[test]
    fn callers_are_followed_and_of_other_requests_a_share_is_traced() {
        for share in [0.0, 1.0] {
            assert!(sent(share, Some(true), &SpanKind::Server, &[]));
            assert!(!sent(share, Some(false), &SpanKind::Server, &[]));
        }
        assert!(sent(1.0, None, &SpanKind::Server, &[]));
        assert!(!sent(0.0, None, &SpanKind::Server, &[]));
    }

    #[test]
    fn a_group_is_sent_with_any_of_its_requests_and_nothing_else_stands_alone() {
        assert!(sent(0.0, None, &SpanKind::Internal, &[false, true]));
        assert!(!sent(1.0, None, &SpanKind::Internal, &[false]));
        assert!(!sent(1.0, None, &SpanKind::Internal, &[]));
    }
}
