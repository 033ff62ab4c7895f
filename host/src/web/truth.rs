//! `POST /v1/truth`: what people know of suggestions that were decided, so that replays can tell right from wrong.

use std::io::Cursor;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use jiff::Timestamp;

use super::app::App;
use super::batch::NDJSON;
use super::json::{Json, of_kind, whole};
use super::problem::{Code, Problem};
use crate::access::Principal;
use crate::replay::LabelsError;
use crate::runtime::{ImportedTruth, TruthError, import_truth};

/// The longest body, in bytes: more than a hundred thousand labels. It is looked at whole before anything is recorded.
const LONGEST: usize = 16 << 20;

/// The most characters of what is said about a line, which can quote what stands there.
const LONGEST_LINE: usize = 200;

pub(super) async fn import(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    request: Request,
) -> Result<Json<ImportedTruth>, Problem> {
    of_kind(request.headers(), &[NDJSON, "application/jsonl"])?;
    let labels = whole(request.into_body().into_data_stream(), LONGEST).await?;
    app.heavy(move |app| {
        // Findings of audits say what is true, too: of the same label sent twice at a time, one is known already.
        app.write_in_turn(&app.auditing, |ledger| {
            let at = Timestamp::now().to_string();
            Ok(Json(import_truth(ledger, &mut Cursor::new(labels), &at, &principal.name)?))
        })
    })
    .await
}

impl From<TruthError> for Problem {
    fn from(error: TruthError) -> Self {
        match error {
            TruthError::Refused(LabelsError::Lines(lines)) => {
                let key = lines.iter().find_map(|line| line.key.clone());
                let said = lines.iter().map(|line| {
                    let message: String = line.message.chars().take(LONGEST_LINE).collect();
                    format!("line {}: {message}", line.line)
                });
                let said = said.collect::<Vec<_>>().join("\n");
                let detail =
                    format!("refused whole, nothing was recorded; mend these lines and send all again\n{said}");
                Self { key, ..Self::new(Code::Invalid, detail) }
            }
            TruthError::Refused(LabelsError::Read(_)) | TruthError::Empty => {
                Self::new(Code::Invalid, error.to_string())
            }
            TruthError::Ledger(error) => error.into(),
            TruthError::Read(_) | TruthError::Draft(_) => Self::new(Code::Bug, error.to_string()),
        }
    }
}
