//! How the program ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::place::WrongUsage;
use crate::audit::AuditError;
use crate::ledger::{
    BackupError, ExportError, LedgerError, NoteError, ProofError, PublishError, SealError, UnopenedError, Violation,
};
use crate::notify::WebhookError;
use crate::registry::RegistryError;
use crate::remote::RemoteError;
use crate::replay::ReplayError;
use crate::reproduce::ReproduceError;
use crate::rollout::RolloutError;
use crate::runtime::{DeploymentError, EvaluateError, HoldError};
use crate::sandbox::SandboxError;
use crate::signature::Untrusted;
use crate::web::Code;
use anstream::eprintln;

/// What a command that ran through has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// All is well.
    Yes,
    /// The answer is no: a decision differs, a check fails.
    No,
    /// Bad input was met and said; the rest was done.
    BadInput,
    /// What is on record does not hold, which was said.
    Broken,
}

const USAGE: u8 = 2;
const BAD_INPUT: u8 = 3;
const INTEGRITY: u8 = 4;
const BUG: u8 = 70;

/// Runs a command, says what went wrong, and gives the exit code.
pub(super) fn finish(command: impl FnOnce() -> anyhow::Result<Done>) -> ExitCode {
    match catch_unwind(AssertUnwindSafe(command)) {
        Ok(Ok(Done::Yes)) => ExitCode::SUCCESS,
        Ok(Ok(Done::No)) => ExitCode::from(1),
        Ok(Ok(Done::BadInput)) => ExitCode::from(BAD_INPUT),
        Ok(Ok(Done::Broken)) => ExitCode::from(INTEGRITY),
        Ok(Err(error)) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            eprintln!("{red}error:{red:#} {}", chain(&error));
            ExitCode::from(code(&error))
        }
        Err(_) => {
            eprintln!("This is a bug of countersign. Please report the message above.");
            ExitCode::from(BUG)
        }
    }
}

/// The causes, outermost first, each once: an error that shows its cause already is not followed by it.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause);
    }
    text
}

/// Whoever read our output has seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.root_cause().downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Why a set does not come into force.
fn of_rollout(error: &RolloutError) -> u8 {
    match error {
        RolloutError::Ledger(error) if error.breaks() => INTEGRITY,
        RolloutError::Unreadable { .. } | RolloutError::Changed { .. } => INTEGRITY,
        RolloutError::Draft(_) => BUG,
        _ => BAD_INPUT,
    }
}

fn code(error: &anyhow::Error) -> u8 {
    let is = |integrity: bool| if integrity { INTEGRITY } else { BAD_INPUT };
    error
        .chain()
        .find_map(|cause| {
            if cause.is::<WrongUsage>() {
                return Some(USAGE);
            }
            match cause.downcast_ref::<RemoteError>() {
                Some(RemoteError::Address(_)) => return Some(USAGE),
                Some(RemoteError::Said { said, .. }) if said.is(Code::Bug) => return Some(BUG),
                Some(RemoteError::Said { said, .. }) => {
                    return Some(is(said.is(Code::Broken) || said.is(Code::Untrusted)));
                }
                _ => {}
            }
            if let Some(error) = cause.downcast_ref::<LedgerError>() {
                return Some(is(error.breaks()));
            }
            if cause.is::<Violation>() || cause.is::<SealError>() || cause.is::<Untrusted>() {
                return Some(INTEGRITY);
            }
            if let Some(error) = cause.downcast_ref::<RegistryError>() {
                return Some(is(error.breaks()));
            }
            if let Some(error) = cause.downcast_ref::<ProofError>() {
                return Some(is(error.breaks()));
            }
            if let Some(error) = cause.downcast_ref::<NoteError>() {
                return Some(is(error.breaks()));
            }
            match cause.downcast_ref::<PublishError>() {
                Some(PublishError::Ledger(error)) => return Some(is(error.breaks())),
                Some(error) => return Some(is(error.breaks())),
                None => {}
            }
            match cause.downcast_ref::<BackupError>() {
                Some(BackupError::Ledger(error)) => return Some(is(error.breaks())),
                Some(error) => return Some(is(error.breaks())),
                None => {}
            }
            if let Some(ExportError::Ledger(error)) = cause.downcast_ref::<ExportError>() {
                return Some(is(error.breaks()));
            }
            match cause.downcast_ref::<HoldError>() {
                Some(HoldError::Ledger(error)) => return Some(is(error.breaks())),
                Some(HoldError::Draft(_)) => return Some(BUG),
                _ => {}
            }
            if let Some(error) = cause.downcast_ref::<RolloutError>() {
                return Some(of_rollout(error));
            }
            match cause.downcast_ref::<EvaluateError>() {
                Some(EvaluateError::Ledger(error)) => return Some(is(error.breaks())),
                Some(EvaluateError::Thread(_) | EvaluateError::Draft(_) | EvaluateError::Seal(_)) => return Some(BUG),
                _ => {}
            }
            match cause.downcast_ref::<AuditError>() {
                Some(AuditError::Ledger(error)) => return Some(is(error.breaks())),
                Some(AuditError::Unreadable { .. } | AuditError::Missing { .. }) => return Some(INTEGRITY),
                Some(AuditError::Draft(_) | AuditError::Seal(_)) => return Some(BUG),
                _ => {}
            }
            match cause.downcast_ref::<ReplayError>() {
                Some(ReplayError::Ledger(error)) => return Some(is(error.breaks())),
                Some(ReplayError::Changed { .. }) => return Some(INTEGRITY),
                Some(ReplayError::Thread(_)) => return Some(BUG),
                _ => {}
            }
            match cause.downcast_ref::<ReproduceError>() {
                Some(ReproduceError::Ledger(error)) => return Some(is(error.breaks())),
                Some(ReproduceError::Unopened(UnopenedError::Newer(_))) => return Some(BAD_INPUT),
                Some(
                    ReproduceError::Missing { .. } | ReproduceError::Unreadable { .. } | ReproduceError::Unopened(_),
                ) => return Some(INTEGRITY),
                _ => {}
            }
            match cause.downcast_ref::<DeploymentError>() {
                Some(DeploymentError::Ledger(error) | DeploymentError::Webhook(WebhookError::Ledger(error))) => {
                    return Some(is(error.breaks()));
                }
                Some(DeploymentError::Rollout(error)) => return Some(of_rollout(error)),
                Some(DeploymentError::Untrusted(_)) => return Some(INTEGRITY),
                Some(DeploymentError::Draft(_) | DeploymentError::Sandbox(SandboxError::Engine(_))) => {
                    return Some(BUG);
                }
                _ => {}
            }
            matches!(cause.downcast_ref::<SandboxError>(), Some(SandboxError::Engine(_))).then_some(BUG)
        })
        .unwrap_or(BAD_INPUT)
}
