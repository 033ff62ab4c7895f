//! `/v1/tokens`, and who one is.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Asked, Json, JsonText, Part};
use super::problem::{Code, Problem};
use crate::access::{NewToken, Permission, Principal, Role, TokenError, create_token, revoke_token};
use crate::ledger::{Ledger, LedgerError, TokenOnRecord};

/// Who one is.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Whoami {
    /// The name, as the ledger has it.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The number of the token; nothing, if a person signed in.
    token: Option<u64>,
    /// What one may do.
    permissions: Vec<Permission>,
    /// From when on the token, or the sign-in, is worthless, RFC 3339; nothing, if it is good for ever.
    #[schemars(with = "Option<String>")]
    pub expires_at: Option<Timestamp>,
}

pub(super) async fn whoami(Extension(principal): Extension<Arc<Principal>>) -> Json<Whoami> {
    Json(Whoami {
        name: principal.name.to_string(),
        role: principal.role,
        token: principal.token,
        permissions: principal.permissions().to_vec(),
        expires_at: principal.expires_at(),
    })
}

/// The tokens that were not revoked.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Tokens {
    /// The tokens, oldest first.
    pub tokens: Vec<Token>,
}

/// What is on record of a token.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Token {
    /// Its number: the position of the event that created it.
    pub number: u64,
    /// Who comes in with it.
    pub name: String,
    /// What they are.
    pub role: String,
    /// What of that it may be used for; nothing, if for all of it.
    pub only: Option<Vec<String>>,
    /// From when on it is worthless, RFC 3339; nothing, if it is good for ever.
    pub expires_at: Option<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// Who created it.
    pub created_by: String,
}

impl Tokens {
    /// The tokens of a ledger that were not revoked.
    pub(crate) fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        let token = |TokenOnRecord { seq, at, by, created }| Token {
            number: seq,
            name: created.name,
            role: created.role,
            only: created.only,
            expires_at: created.expires_at,
            created_at: at,
            created_by: by,
        };
        Ok(Self { tokens: ledger.tokens()?.into_iter().map(token).collect() })
    }
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Tokens>, Problem> {
    app.heavy(|app| app.readers.with(|ledger| Tokens::of(ledger).map(Json).map_err(Problem::from))).await
}

/// A token that is wanted.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Who comes in with it, as the ledger names them for good: small letters, digits, dots, hyphens and underscores.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$"))]
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What of that it may be used for; all of it, if this is empty.
    #[serde(default)]
    pub only: Vec<Permission>,
    /// From when on it is worthless, RFC 3339.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires_at: Timestamp,
}

/// A token that was created.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct New {
    /// Its number.
    pub number: u64,
    /// Its text. It is not shown again.
    pub token: String,
    /// From when on it is worthless, RFC 3339.
    #[schemars(with = "String")]
    pub expires_at: Timestamp,
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<New>), Problem> {
    let Wanted { name, role, only, expires_at } = body.read()?;
    app.heavy(move |app| {
        let new = NewToken { name: &name, role, only: &only, expires_at: Some(expires_at) };
        let mut ledger = Ledger::open(app.service.home().ledger())?;
        let (number, secret) = create_token(&mut ledger, &new, Timestamp::now(), &principal.name)
            .map_err(|error| refused(error, "name"))?;
        Ok((StatusCode::CREATED, Json(New { number, token: secret.text().to_owned(), expires_at })))
    })
    .await
}

/// Why a token is revoked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    reason: String,
}

/// That a token was revoked.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Gone {
    /// The token's number.
    pub number: u64,
    /// The position of the event that says so.
    pub event: u64,
}

pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(number): Part,
    Asked(why): Asked<Why>,
) -> Result<Json<Gone>, Problem> {
    let number: u64 =
        number.parse().map_err(|_| Problem::new(Code::BadRequest, "the address ends in a token's number"))?;
    if why.reason.trim().is_empty() {
        return Err(Problem::new(Code::BadRequest, "`reason` must say why"));
    }
    app.heavy(move |app| {
        let mut ledger = Ledger::open(app.service.home().ledger())?;
        let event = revoke_token(&mut ledger, number, &why.reason, Timestamp::now(), &principal.name)
            .map_err(|error| refused(error, "token"))?;
        Ok(Json(Gone { number, event }))
    })
    .await
}

fn refused(error: TokenError, key: &str) -> Problem {
    match error {
        TokenError::Ledger(error) => error.into(),
        TokenError::Draft(error) => Problem::new(Code::Bug, error.to_string()),
        TokenError::Unknown(_) => Problem::not_found(error.to_string()),
        TokenError::Name(_) => Problem { key: Some(key.to_owned()), ..Problem::new(Code::Invalid, error.to_string()) },
        TokenError::Wider { .. } => {
            Problem { key: Some("only".to_owned()), ..Problem::new(Code::Invalid, error.to_string()) }
        }
        TokenError::Over(_) => {
            Problem { key: Some("expires_at".to_owned()), ..Problem::new(Code::Invalid, error.to_string()) }
        }
    }
}
