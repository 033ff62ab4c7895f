//! What people know of suggestions, brought in from elsewhere: all of it, or nothing if anything in it is wrong.

use std::io::{self, BufReader, Read, Seek};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::ledger::{DraftError, Ledger, LedgerError, Prepared, imported_truth};
use crate::model::{Digest, IntakeError};
use crate::replay::{LabelLine, Labels, LabelsError, read_labels};

/// What was brought in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedTruth {
    /// How many labels were recorded.
    pub recorded: u64,
    /// How many were on record already, as what people said last.
    pub known: u64,
}

/// Why nothing was brought in, or with the ledger's own errors, not all.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    /// Something in it is wrong.
    #[error("refused whole, nothing was recorded:\n{0}")]
    Refused(LabelsError),
    /// There is nothing in it.
    #[error("there is no label in it; it takes one JSON object a line")]
    Empty,
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An event cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// Records labels, one a line, that are about suggestions on record. Everything is looked at before anything is recorded. After
/// an interruption, what was recorded is known, and the rest is recorded when the same labels are brought in again.
///
/// # Errors
/// See [`TruthError`].
pub fn import_truth(
    ledger: &mut Ledger,
    labels: &mut (impl Read + Seek),
    at: &str,
    actor: &str,
) -> Result<ImportedTruth, TruthError> {
    check(ledger, labels)?;
    labels.rewind()?;
    let (mut imported, mut group, mut failed) = (ImportedTruth::default(), Vec::new(), None);
    read_labels(BufReader::new(&mut *labels), |_, label| {
        if failed.is_none() {
            failed = take(ledger, &label, (at, actor), &mut group, &mut imported).err();
        }
        Ok(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    append(ledger, &mut group, &mut imported)?;
    if imported == ImportedTruth::default() { Err(TruthError::Empty) } else { Ok(imported) }
}

/// Refuses labels of which one is wrong for this ledger.
fn check(ledger: &Ledger, labels: &mut (impl Read + Seek)) -> Result<(), TruthError> {
    match Labels::read(BufReader::new(&mut *labels), Digest::of(b"")) {
        Ok(_) => {}
        Err(LabelsError::Read(error)) => return Err(error.into()),
        Err(wrong) => return Err(TruthError::Refused(wrong)),
    }
    labels.rewind()?;
    let mut failed = None;
    let mistakes = read_labels(BufReader::new(labels), |line, LabelLine { id, .. }| match ledger.is_decided(&id) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let message = format!("no decision about the suggestion `{id}` is on record");
            Err(IntakeError { line, key: Some("id".to_owned()), message })
        }
        Err(error) => {
            failed = failed.take().or(Some(error));
            Ok(())
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None if mistakes.is_empty() => Ok(()),
        None => Err(TruthError::Refused(LabelsError::Lines(mistakes))),
    }
}

/// Takes in one label, said by somebody at a time.
fn take(
    ledger: &mut Ledger,
    label: &LabelLine,
    (at, actor): (&str, &str),
    group: &mut Vec<Prepared>,
    imported: &mut ImportedTruth,
) -> Result<(), TruthError> {
    if ledger.truth(&label.id)? == Some(label.truth) {
        imported.known += 1;
        return Ok(());
    }
    group.push(imported_truth(&label.id, label.truth, at, actor).prepare()?);
    if group.len() == GROUP {
        append(ledger, group, imported)?;
    }
    Ok(())
}

fn append(ledger: &mut Ledger, group: &mut Vec<Prepared>, imported: &mut ImportedTruth) -> Result<(), LedgerError> {
    imported.recorded += ledger.append(group)?.len() as u64;
    group.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn import(ledger: &mut Ledger, labels: &str) -> Result<ImportedTruth, TruthError> {
        import_truth(ledger, &mut Cursor::new(labels), "2026-11-20T09:00:00Z", "ana")
    }

    #[test]
    fn what_is_wrong_is_refused_whole_with_its_line_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        for (labels, line, key) in [
            ("{\"id\":\"a\",\"truth\":\"approve\"}\n", 1, Some("id")),
            ("\n{\"id\":\"a\",\"truth\":\"yes\"}\n", 2, Some("truth")),
            ("{\"id\":\"a\",\"truth\":\"reject\"}\n{}\n", 2, None),
        ] {
            let error = import(&mut ledger, labels).unwrap_err();
            let TruthError::Refused(LabelsError::Lines(wrong)) = error else { panic!("{error}") };
            assert_eq!((wrong[0].line, wrong[0].key.as_deref()), (line, key), "{labels}");
        }
        assert!(matches!(import(&mut ledger, "\n\n"), Err(TruthError::Empty)));
        assert_eq!(ledger.count().unwrap(), 0);
    }
}
