//! The spans that wait to be sent: so many and no more, and those that never arrive are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter as Otlp;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};

use super::collector::Collector;

/// How many spans may wait or be on their way; those that come after them are lost. Some hundred suggestions, in some MiB.
const QUEUE: usize = 8_192;

/// How many are sent together.
const TOGETHER: usize = 1_024;

/// How long spans wait for others at most.
const PAUSE: Duration = Duration::from_secs(1);

/// What both ends of the queue know.
#[derive(Debug, Default)]
struct State {
    waiting: AtomicUsize,
    /// How many found no place since somebody last looked.
    refused: AtomicU64,
}

/// The queue. Whoever ends a span never waits for it.
#[derive(Debug)]
pub(super) struct Queue {
    batches: BatchSpanProcessor,
    state: Arc<State>,
}

impl Queue {
    /// A queue that is emptied by a thread of its own.
    pub(super) fn before(otlp: Otlp, collector: Arc<Collector>) -> Self {
        let state = Arc::new(State::default());
        let sending = Sending { otlp, collector, state: Arc::clone(&state), failing: AtomicBool::new(false) };
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(TOGETHER)
            .with_scheduled_delay(PAUSE)
            .build();
        Self { batches: BatchSpanProcessor::new(sending, config), state }
    }
}

fn counted(fate: &'static str, spans: u64) {
    metrics::counter!("countersign_spans_total", "fate" => fate).increment(spans);
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.state.waiting.fetch_add(1, Ordering::Relaxed) < QUEUE {
            self.batches.on_end(span);
        } else {
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
            self.state.refused.fetch_add(1, Ordering::Relaxed);
            counted("lost", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// The end of the queue that sends.
#[derive(Debug)]
struct Sending {
    otlp: Otlp,
    collector: Arc<Collector>,
    state: Arc<State>,
    /// Whether it was said that spans are lost.
    failing: AtomicBool,
}

impl SpanExporter for Sending {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let number = batch.len();
        let sent = self.otlp.export(batch).await;
        self.state.waiting.fetch_sub(number, Ordering::Relaxed);
        let spans = u64::try_from(number).unwrap_or(u64::MAX);
        counted(if sent.is_ok() { "sent" } else { "lost" }, spans);
        let lost = self.state.refused.swap(0, Ordering::Relaxed) + if sent.is_ok() { 0 } else { spans };
        if lost == 0 {
            if self.failing.swap(false, Ordering::Relaxed) {
                tracing::info!("traces arrive again");
            }
        } else if !self.failing.swap(true, Ordering::Relaxed) {
            let why = match &sent {
                Ok(()) => "the collector takes them too slowly".to_owned(),
                Err(error) => self.collector.why().unwrap_or_else(|| error.to_string()),
            };
            tracing::warn!(
                why,
                "traces are lost; nothing else waits for them, and this is not said again until some arrive"
            );
        }
        sent
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.otlp.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::SystemTime;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
    use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
    use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

    use super::*;
    use crate::outbound::Client;

    fn span(number: usize) -> SpanData {
        let (trace, span) = (TraceId::from(1), SpanId::from(number as u64 + 1));
        SpanData {
            span_context: SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default()),
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: "call".into(),
            start_time: SystemTime::UNIX_EPOCH,
            end_time: SystemTime::UNIX_EPOCH,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: InstrumentationScope::default(),
        }
    }

    #[test]
    fn whoever_ends_a_span_never_waits_for_a_collector_that_does_not_answer() {
        // It takes connections, and nothing more.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let minute = Duration::from_mins(1);
        let collector = Arc::new(Collector::new(Client::new(minute, None).unwrap()));
        let otlp = Otlp::builder()
            .with_http()
            .with_shared_http_client(Arc::<Collector>::clone(&collector))
            .with_endpoint(format!("http://{}/v1/traces", silent.local_addr().unwrap()))
            .with_timeout(minute)
            .build()
            .unwrap();
        let queue = Queue::before(otlp, collector);
        for number in 0..QUEUE + 100 {
            queue.on_end(span(number));
        }
        assert_eq!(queue.state.waiting.load(Ordering::Relaxed), QUEUE);
        assert_eq!(queue.state.refused.load(Ordering::Relaxed), 100);
    }
}
