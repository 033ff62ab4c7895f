//! What the program has to say beside its output. It goes to standard error.

use std::io::stderr;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::traces::Tracing;

fn filter(without: &str) -> EnvFilter {
    EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| without.into())
}

/// Speaks to people, in words.
pub(super) fn to_people() {
    fmt()
        .with_writer(stderr)
        .with_ansi(anstream::AutoStream::choice(&stderr()) != anstream::ColorChoice::Never)
        .without_time()
        .with_target(false)
        .with_env_filter(filter("warn"))
        .init();
}

/// Speaks to those who watch a service, in JSON; and shows the service's spans to `traces`, if there are to be any.
pub(super) fn to_watchers(traces: Option<&Tracing>) {
    let Some(traces) = traces else {
        // Without anybody to show them to, no spans are made.
        let log = fmt().with_writer(stderr).json().flatten_event(true).with_target(false);
        log.with_env_filter(filter("info")).init();
        return;
    };
    let log = fmt::layer().with_writer(stderr).json().flatten_event(true).with_target(false);
    tracing_subscriber::registry().with(traces.layer()).with(log.with_filter(filter("info"))).init();
}
