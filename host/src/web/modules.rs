//! `GET /v1/modules` and what stands below it: what sets can name.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Json, TwoParts};
use super::problem::{Code, Problem};
use crate::model::Digest;
use crate::modules::Inspected;
use crate::registry::SBOM_TYPE;
use crate::rollout::{Against, KnownModule, ModuleArchive, Origin, Publication, RolloutError, Signature, Yank};
use crate::runtime::{self, DeploymentError};

/// The modules that sets can name.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Modules {
    /// Every version of every module, in the order of names and versions.
    pub modules: Vec<Known>,
}

/// A version of a module.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KnownModule")]
pub(crate) struct Known {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its component.
    pub digest: Digest,
    /// Where it is from.
    pub origin: Origin,
    /// How it came here; nothing for one of the program that no set of the deployment ever used.
    pub publication: Option<HowPublished>,
    /// Why no new set may name it; nothing, if one may.
    pub yanked: Option<String>,
    /// Who said so, and when.
    pub yank: Option<Yank>,
}

/// How a module came here.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ModulePublication")]
pub(crate) struct HowPublished {
    /// The event.
    pub event: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// Who vouched for it; nobody, where nobody had to.
    pub signatures: Vec<Signature>,
    /// The digest of what it is made of, if that came along.
    pub sbom: Option<Digest>,
    /// What it may do and see that the version before may not, and the other way round.
    pub against: Option<Against>,
}

impl From<&KnownModule> for Known {
    fn from(module: &KnownModule) -> Self {
        let KnownModule { name, version, digest, origin, publication, yank } = module.clone();
        Self {
            name,
            version: version.to_string(),
            digest,
            origin,
            publication: publication.map(HowPublished::from),
            yanked: yank.as_ref().map(|yank| yank.reason.clone()),
            yank,
        }
    }
}

impl From<Publication> for HowPublished {
    fn from(publication: Publication) -> Self {
        let Publication { seq, at, by, signatures, sbom, against, .. } = publication;
        Self { event: seq, at, by, signatures, sbom, against }
    }
}

pub(super) async fn modules(State(app): State<Arc<App>>) -> Result<Json<Modules>, Problem> {
    app.heavy(|app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            Ok(Json(Modules { modules: archive.all().iter().map(Known::from).collect() }))
        })
    })
    .await
}

pub(super) async fn module(
    State(app): State<Arc<App>>,
    TwoParts(name, version): TwoParts,
) -> Result<Json<Inspected>, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let described = archive.described(find(&archive, &name, &version)?).map_err(unreadable)?;
            described.map(Json).ok_or_else(|| {
                let detail = "what this module said of itself was not kept when it came here; \
                    `countersign policy inspect FILE` shows it";
                Problem::not_found(detail)
            })
        })
    })
    .await
}

pub(super) async fn sbom(State(app): State<Arc<App>>, TwoParts(name, version): TwoParts) -> Result<Response, Problem> {
    let text = app.heavy(move |app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let module = find(&archive, &name, &version)?;
            runtime::sbom(&archive, module).map_err(|error| match error {
                DeploymentError::Rollout(error) => unreadable(error),
                error => {
                    tracing::error!(%error, "what a module is made of cannot be said");
                    Problem::new(
                        Code::Broken,
                        "what this module is made of cannot be said; the operator's log says why",
                    )
                }
            })
        })
    });
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(SBOM_TYPE))], text.await?).into_response())
}

/// A version of a module, by its name and version as they stand in an address.
pub(super) fn find<'a>(archive: &'a ModuleArchive<'_>, name: &str, version: &str) -> Result<&'a KnownModule, Problem> {
    let meant = |module: &&KnownModule| module.name == name && module.version.to_string() == version;
    let missing = || Problem::not_found(format!("there is no module `{name}` of the version `{version}`"));
    archive.all().iter().find(meant).ok_or_else(missing)
}

/// What is on record about modules cannot be read.
pub(super) fn unreadable(error: RolloutError) -> Problem {
    match error {
        RolloutError::Ledger(error) => error.into(),
        error => {
            tracing::error!(%error, "what is on record about modules cannot be read");
            Problem::new(Code::Broken, "what is on record about modules cannot be read; the operator's log says why")
        }
    }
}
