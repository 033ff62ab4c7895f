//! `/v1/ledger/holds`: while a hold is in force, no value that it covers is destroyed.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::auth::require;
use super::erasures::subject;
use super::json::{Asked, Json, JsonText, Part};
use super::problem::{Code, Problem};
use super::reason::Reason;
use crate::access::{Permission, Principal};
use crate::ledger::{Cause, Ledger, LedgerError};
use crate::runtime::{Held, HoldError, Released, WrittenHold, hold, release};

/// The holds in force.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Holds {
    /// The holds, oldest first.
    pub holds: Vec<WrittenHold>,
}

impl Holds {
    /// The holds in force in a ledger.
    pub(crate) fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(Self { holds: ledger.holds()?.into_iter().map(WrittenHold::from).collect() })
    }
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
) -> Result<Json<Holds>, Problem> {
    // The id of a record is personal.
    require(&principal, Permission::ReadValues)?;
    app.heavy(|app| app.readers.with(|ledger| Holds::of(ledger).map(Json).map_err(Problem::from))).await
}

/// What is to be put on hold.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedHold")]
pub(crate) struct Wanted {
    /// The record whose values are kept: SYSTEM/OBJECT/ID.
    #[serde(default)]
    #[schemars(regex(pattern = "^[^/]+/[^/]+/"))]
    pub subject: Option<String>,
    /// Whether everything is kept; then no record is named.
    #[serde(default)]
    pub all: bool,
    /// Why. It stays on record for good, so it must name nobody: the number of the case.
    pub reason: Reason,
}

pub(super) async fn set(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Held>), Problem> {
    let Wanted { subject: named, all, reason } = body.read()?;
    if named.is_some() == all {
        return Err(Problem::invalid("subject", "name a record with `subject`, or keep everything with `all`"));
    }
    let named = named.as_deref().map(subject).transpose()?;
    app.heavy(move |app| {
        app.write(|ledger| {
            let at = Timestamp::now().to_string();
            let cause = Cause { reason: reason.text(), at: &at, actor: &principal.name };
            let held = hold(ledger, named.as_ref(), cause).map_err(refused)?;
            Ok((StatusCode::CREATED, Json(held)))
        })
    })
    .await
}

/// Why a hold ends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    reason: Reason,
}

pub(super) async fn end(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(number): Part,
    Asked(why): Asked<Why>,
) -> Result<Json<Released>, Problem> {
    let number: u64 = number
        .parse()
        .map_err(|_| Problem::new(Code::BadRequest, "the address ends in the event that began a hold"))?;
    app.heavy(move |app| {
        app.write_in_turn(&app.holding, |ledger| {
            let at = Timestamp::now().to_string();
            let cause = Cause { reason: why.reason.text(), at: &at, actor: &principal.name };
            Ok(Json(release(ledger, number, cause).map_err(refused)?))
        })
    })
    .await
}

fn refused(error: HoldError) -> Problem {
    match error {
        HoldError::Ledger(error) => error.into(),
        HoldError::Draft(error) => Problem::new(Code::Bug, error.to_string()),
        HoldError::NotInForce(_) => Problem::not_found(error.to_string()),
    }
}
