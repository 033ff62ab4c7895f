//! What operators watch. `METRICS.md` beside this file lists it.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::app::App;
use crate::ledger::Ledger;
use crate::runtime::{Answered, NoAnswer};

/// The bounds of the histograms, in seconds: from a warm call to somebody who gives up.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Collects this program's metrics from now on, and renders them when it is asked.
///
/// # Errors
/// If something else collects them already.
pub fn collect() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    describe_counter!("countersign_decisions_total", "Decisions by outcome and by whether they were recorded.");
    describe_counter!("countersign_repeated_total", "Suggestions that were on record before.");
    describe_counter!("countersign_unanswered_total", "Suggestions that got no decision, by cause.");
    describe_histogram!("countersign_decision_seconds", Unit::Seconds, "From a suggestion to its durable decision.");
    describe_counter!("countersign_module_calls_total", "Calls of modules by module and version.");
    describe_counter!("countersign_module_fuel_total", "Fuel used by module and version.");
    describe_counter!("countersign_module_faults_total", "Faults by module, version and kind.");
    describe_counter!("countersign_requests_total", "Requests by route and status.");
    describe_histogram!("countersign_request_seconds", Unit::Seconds, "Requests by route.");
    describe_counter!("countersign_refused_tokens_total", "Requests with a token that is not good.");
    describe_counter!("countersign_spans_total", "Spans of traces by whether the collector took them.");
    describe_gauge!("countersign_waiting", "Suggestions that wait or are being decided.");
    describe_gauge!("countersign_waiting_most", "How many suggestions may wait.");
    describe_gauge!("countersign_ledger_events", "Events in the ledger.");
    describe_gauge!("countersign_ledger_well", "1 if the last group was recorded, 0 if not.");
    describe_counter!("countersign_webhook_sent_total", "Attempts to tell a webhook of an event, by what came of it.");
    describe_gauge!("countersign_webhook_waiting", "Events that a webhook did not come to yet.");
    describe_gauge!("countersign_webhook_well", "1 if a webhook's receiver takes what comes, 0 if not.");
    describe_gauge!("countersign_configuration_current", "1 if the configuration loaded last is in use, 0 if not.");
}

/// One answer, or why there is none.
pub(super) fn answered(answer: &Result<Answered, NoAnswer>, took: Duration, record: bool) {
    let answered = match answer {
        Ok(answered) => answered,
        Err(none) => {
            let cause = match none {
                NoAnswer::Refused(_) => "refused",
                NoAnswer::Unavailable => "unavailable",
                NoAnswer::Bug => "bug",
            };
            counter!("countersign_unanswered_total", "cause" => cause).increment(1);
            return;
        }
    };
    if answered.repeated {
        counter!("countersign_repeated_total").increment(1);
        return;
    }
    let outcome = answered.decision.outcome.as_str();
    let recorded = if record { "yes" } else { "no" };
    counter!("countersign_decisions_total", "outcome" => outcome, "recorded" => recorded).increment(1);
    histogram!("countersign_decision_seconds").record(took.as_secs_f64());
    for run in &answered.decision.modules {
        let labels = || [("module", run.name.clone()), ("version", run.version.clone())];
        if let Some(fault) = &run.fault {
            let [(module, name), (version, number)] = labels();
            counter!("countersign_module_faults_total", module => name, version => number, "kind" => fault.kind.as_str())
                .increment(1);
        }
        if run.called {
            counter!("countersign_module_calls_total", &labels()).increment(1);
            counter!("countersign_module_fuel_total", &labels()).increment(run.fuel.unwrap_or_default());
        }
    }
}

/// One request.
pub(super) fn request(route: &str, status: u16, took: Duration) {
    let (route, status) = (route.to_owned(), status.to_string());
    counter!("countersign_requests_total", "route" => route.clone(), "status" => status).increment(1);
    histogram!("countersign_request_seconds", "route" => route).record(took.as_secs_f64());
}

/// What is looked up when somebody asks.
pub(super) fn observe(app: &App) {
    let (waiting, most) = app.service.load();
    let health = app.service.health();
    let flag = |well: bool| if well { 1.0 } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "the format knows no other numbers")]
    let number = |number: u64| number as f64;
    gauge!("countersign_waiting").set(number(waiting as u64));
    gauge!("countersign_waiting_most").set(number(most as u64));
    gauge!("countersign_ledger_well").set(flag(health.ledger.is_none()));
    gauge!("countersign_configuration_current").set(flag(health.reload.is_none()));
    if let Ok(events) = app.readers.with(Ledger::count) {
        gauge!("countersign_ledger_events").set(number(events));
    }
}
