//! The first page: what decides, how the service is, and what was decided.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;

use super::chart::{Chart, Span};
use super::list::{Listed, newest};
use super::page::{Page, Refusal, Visitor};
use crate::access::Principal;
use crate::ledger::Ledger;
use crate::model::{Description, SetRef};
use crate::web::app::App;
use crate::web::health::{Readiness, readiness};
use crate::web::json::Asked;
use crate::web::problem::Problem;
use crate::words::grouped;

/// At most so many of the newest events are counted for the plot: a glance must not read a year.
const COUNTED: u64 = 200_000;

/// How many of the newest decisions are shown.
const NEWEST: u32 = 10;

/// What of the past is plotted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    by: By,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    #[default]
    Day,
    Hour,
}

/// Something that is well or not.
struct Light {
    what: &'static str,
    well: bool,
    told: String,
}

/// A module of the set that decides.
struct Rule {
    name: String,
    version: String,
    summary: String,
    codes: usize,
}

#[derive(Template)]
#[template(path = "status.html")]
pub(super) struct StatusPage {
    who: Option<Visitor>,
    set: SetRef,
    events: String,
    waiting: String,
    lights: Vec<Light>,
    chart: Chart,
    hours: bool,
    cut: bool,
    newest: Vec<Listed>,
    rules: Vec<Rule>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Result<Asked<Which>, Problem>,
) -> Result<Page<StatusPage>, Refusal> {
    let refuse = Refusal::to(&principal);
    let Asked(Which { by }) = asked.map_err(&refuse)?;
    let span = match by {
        By::Day => Span::Days,
        By::Hour => Span::Hours,
    };
    app.heavy(move |app| page(app, &principal, span)).await.map(Page).map_err(refuse)
}

fn page(app: &App, principal: &Principal, span: Span) -> Result<StatusPage, Problem> {
    let now = Timestamp::now();
    let (waiting, most) = app.service().load();
    let (events, (counts, cut), newest) = app.readers.with(|ledger: &Ledger| {
        let counted = ledger.outcomes_since(&span.since(now), span.piece(), COUNTED)?;
        Ok::<_, Problem>((ledger.count()?, counted, newest(ledger, u64::MAX, None, NEWEST)?))
    })?;
    let rule = |module: &Description| Rule {
        name: module.name.clone(),
        version: module.version.clone(),
        summary: module.summary.clone(),
        codes: module.codes.len(),
    };
    Ok(StatusPage {
        who: Some(Visitor::of(principal)),
        set: app.service().health().set,
        events: grouped(events),
        waiting: format!("{} of {}", grouped(waiting as u64), grouped(most as u64)),
        lights: lights(&readiness(app)),
        chart: Chart::of(&counts, span, now),
        hours: span == Span::Hours,
        cut,
        newest,
        rules: app.service().rules().iter().map(rule).collect(),
    })
}

fn lights(readiness: &Readiness) -> Vec<Light> {
    let light =
        |what, well, good: &str, bad: &str| Light { what, well, told: if well { good } else { bad }.to_owned() };
    vec![
        light("Ledger", readiness.ledger, "recording", "cannot be written: the log says why"),
        light("Disk", readiness.disk, "has room", "nearly full"),
        light("Queue", readiness.queue, "has room", "full: whoever asks is told to come again"),
        light("Configuration", readiness.configuration, "in use", "the newest was refused: the last good one decides"),
    ]
}
