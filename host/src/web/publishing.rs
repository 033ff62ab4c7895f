//! `POST /v1/modules` and `/v1/modules/{name}/{version}/yank`: modules are published for sets to name, and withdrawn.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Asked, Json, JsonText, TwoParts};
use super::problem::{Code, Problem};
use super::sets::Why;
use crate::access::Principal;
use crate::rollout::{Act, RolloutError, Yank};
use crate::runtime::{DeploymentError, Published};
use crate::sandbox::{SandboxError, Shape};
use crate::signature::LONGEST_BUNDLE;

/// The most files with signatures that are sent beside a component.
const MOST_BUNDLES: usize = 16;

/// How much stands in a body beside what is in base64, in bytes.
const BESIDE: usize = 4 << 10;

/// How a component is let in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    #[serde(default)]
    scripted: bool,
}

/// A component that is to be published.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedPublication")]
pub(crate) struct Sent<'a> {
    /// The component, in base64.
    #[serde(borrow)]
    #[schemars(extend("contentEncoding" = "base64"))]
    pub component: Cow<'a, str>,
    /// The files of its signatures, each in base64; none where the deployment asks for none.
    #[serde(default)]
    #[schemars(length(max = MOST_BUNDLES))]
    pub bundles: Vec<String>,
}

impl Sent<'_> {
    /// A component and the files of its signatures, as they are sent.
    pub(crate) fn new(component: &[u8], bundles: &[Vec<u8>]) -> Self {
        let bundles = bundles.iter().map(|bundle| STANDARD.encode(bundle)).collect();
        Self { component: STANDARD.encode(component).into(), bundles }
    }

    /// The component and the files. Nothing looks into them.
    fn decoded(&self, shape: Shape) -> Result<(Vec<u8>, Vec<Vec<u8>>), Problem> {
        let decoded = |key: &str, text: &str| {
            STANDARD.decode(text).map_err(|error| Problem::invalid(key, format!("it is no base64: {error}")))
        };
        if self.bundles.len() > MOST_BUNDLES {
            let detail =
                format!("at most {MOST_BUNDLES} files with signatures are read; leave out those that do not count");
            return Err(Problem::invalid("bundles", detail));
        }
        let component = decoded("component", &self.component)?;
        if component.len() > shape.bytes {
            let detail = format!("the component has more than {} bytes, which is the most that is let in", shape.bytes);
            return Err(Problem { key: Some("component".to_owned()), ..Problem::new(Code::TooLarge, detail) });
        }
        let bundles = self.bundles.iter().map(|bundle| decoded("bundles", bundle)).collect::<Result<_, _>>()?;
        Ok((component, bundles))
    }
}

/// The longest body with a component of a shape, in bytes.
const fn longest(shape: Shape) -> usize {
    (shape.bytes + MOST_BUNDLES * LONGEST_BUNDLE) / 3 * 4 + BESIDE
}

pub(super) async fn publish(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(how): Asked<How>,
    request: Request,
) -> Result<(StatusCode, Json<Published>), Problem> {
    let shape = if how.scripted { Shape::SCRIPTED } else { Shape::ORDINARY };
    // What brings an interpreter is held in memory several times before it is let in.
    let place = if how.scripted { Some(app.place()?) } else { None };
    let body = JsonText::up_to(request, longest(shape)).await?;
    app.heavy(move |app| {
        let (component, bundles) = body.read::<Sent<'_>>()?.decoded(shape)?;
        drop(body);
        let deployment = app.service.deployment();
        let arrival = deployment.let_in(&component, bundles, shape).map_err(refused)?;
        let published = app.write(|ledger| {
            let at = Timestamp::now().to_string();
            let act = Act { by: &principal.name, at: &at, reason: "" };
            deployment.publish(ledger, &arrival, act).map_err(refused)
        })?;
        drop(place);
        let status = if published.new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(published)))
    })
    .await
}

pub(super) async fn yank(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    TwoParts(name, version): TwoParts,
    body: JsonText,
) -> Result<(StatusCode, Json<Yank>), Problem> {
    let Why { reason } = body.read()?;
    app.heavy(move |app| {
        let known: Version = version
            .parse()
            .map_err(|_| Problem::not_found(format!("there is no module `{name}` of the version `{version}`")))?;
        let deployment = app.service.deployment();
        app.write(|ledger| {
            let at = Timestamp::now().to_string();
            let act = Act { by: &principal.name, at: &at, reason: reason.text() };
            let yank = deployment.yank(ledger, &name, &known, act).map_err(refused)?;
            Ok((StatusCode::CREATED, Json(yank)))
        })
    })
    .await
}

/// Why a module is not published, or not withdrawn.
fn refused(error: DeploymentError) -> Problem {
    let text = error.to_string();
    match error {
        DeploymentError::Ledger(error) | DeploymentError::Rollout(RolloutError::Ledger(error)) => error.into(),
        DeploymentError::Untrusted(_) => Problem::new(Code::Untrusted, text),
        DeploymentError::OtherBytes { .. } => Problem::new(Code::OtherBytes, text),
        DeploymentError::NoVersion { .. }
        | DeploymentError::NoSettingsSchema(_)
        | DeploymentError::Sandbox(SandboxError::Refused { .. }) => Problem::invalid("component", text),
        DeploymentError::Rollout(RolloutError::NoModule(_)) => Problem::not_found(text),
        DeploymentError::Rollout(RolloutError::YankedBefore { .. }) => Problem::new(Code::Recorded, text),
        // Nothing was recorded, and what was looked at before is looked at again.
        DeploymentError::Rollout(RolloutError::Raced) => {
            Problem { retry_after: Some(1), ..Problem::new(Code::Busy, text) }
        }
        _ => {
            tracing::error!(error = text, "a module cannot be published or withdrawn");
            Problem::new(Code::Bug, "this cannot be done; the operator's log says why")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_was_meant_and_no_more_than_is_let_in() {
        let shape = Shape { bytes: 8, ..Shape::ORDINARY };
        let body = JsonText(serde_json::to_string(&Sent::new(b"\0asm one", &[b"a signature".to_vec()])).unwrap());
        let (component, bundles) = body.read::<Sent<'_>>().unwrap().decoded(shape).unwrap();
        assert_eq!((component, bundles), (b"\0asm one".to_vec(), vec![b"a signature".to_vec()]));
        assert!(body.0.len() < longest(shape));
        let problem = |text: &str| {
            let body = JsonText(text.to_owned());
            let problem = body.read::<Sent<'_>>().and_then(|sent| sent.decoded(shape)).unwrap_err();
            (problem.code, problem.key)
        };
        let at = |key: &str| Some(key.to_owned());
        assert_eq!(problem(r#"{"component":"AAAAAAAAAAAA"}"#), (Code::TooLarge, at("component")));
        for wrong in ["A", "AA", "AA=A", "?", " AA==", "AA==\\n"] {
            assert_eq!(problem(&format!(r#"{{"component":"{wrong}"}}"#)), (Code::Invalid, at("component")), "{wrong}");
        }
        assert_eq!(problem(r#"{"component":"AA==","bundles":["?"]}"#), (Code::Invalid, at("bundles")));
        let many = format!(r#"{{"component":"AA==","bundles":[{}""]}}"#, r#""","#.repeat(MOST_BUNDLES));
        assert_eq!(problem(&many), (Code::Invalid, at("bundles")));
        for wrong in ["{}", "[]", "", r#"{"component":"AA==","colour":1}"#] {
            assert_eq!(problem(wrong).0, Code::Invalid, "{wrong}");
        }
    }
}
