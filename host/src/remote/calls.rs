//! What a service can be asked, call by call. What the answers are is said where the service makes them.

use serde::Deserialize;
use ureq::http::StatusCode;

use super::RemoteError;
use super::asking::{Question, Service, part};
use crate::ledger::VerifierKey;
use crate::web::{Consistency, Gone, New, OnRecord, Readiness, Reproduced, Token, Tokens, Values, Wanted, Whoami};
use crate::words::plain;

/// What is looked at in the body of a decision.
#[derive(Deserialize)]
struct Shown {
    id: String,
}

impl Service {
    /// What is on record of a decision.
    pub(crate) fn decision(&self, id: &str) -> Result<OnRecord, RemoteError> {
        let found: OnRecord = self.read(&format!("/v1/decisions/{}", part(id)))?;
        let shown: Shown = self.json(found.decision.get())?;
        let same = shown.id == id && found.answer.as_ref().is_none_or(|answer| answer.decision().id == id);
        // The release before did not say what was answered.
        match (found.values, &found.answer) {
            (Values::Shown, None) => Err(self.strange("it does not say what was answered", StatusCode::OK)),
            _ if same => Ok(found),
            _ => Err(self.strange("it shows another decision", StatusCode::OK)),
        }
    }

    /// The text of the proof that a decision is on record.
    pub(crate) fn proof(&self, id: &str) -> Result<String, RemoteError> {
        self.text(&format!("/v1/decisions/{}/proof", part(id)))
    }

    /// Has a decision made again.
    pub(crate) fn reproduced(&self, id: &str) -> Result<Reproduced, RemoteError> {
        let found: Reproduced = self.read(&format!("/v1/decisions/{}/reproduce", part(id)))?;
        if found.id == id { Ok(found) } else { Err(self.strange("it made another decision again", StatusCode::OK)) }
    }

    /// The signed head of the ledger.
    pub(crate) fn checkpoint(&self) -> Result<String, RemoteError> {
        self.text("/v1/ledger/checkpoint")
    }

    /// The proof that its ledger begins with so many events, which a kept head covers. It is not verified here.
    pub(crate) fn consistency(&self, since: u64) -> Result<Consistency, RemoteError> {
        let found: Consistency = self.read(&format!("/v1/ledger/consistency?since={since}"))?;
        let asked = found.since == since;
        if asked { Ok(found) } else { Err(self.strange("it proves something about another head", StatusCode::OK)) }
    }

    /// The key that checkpoints and proofs of its ledger are verified with.
    pub(crate) fn key(&self) -> Result<VerifierKey, RemoteError> {
        let text = self.text("/v1/ledger/key")?;
        text.parse().map_err(|_| self.strange("what it gives as its key is none", StatusCode::OK))
    }

    /// The tokens that were not revoked.
    pub(crate) fn tokens(&self) -> Result<Vec<Token>, RemoteError> {
        let Tokens { mut tokens } = self.read("/v1/tokens")?;
        for Token { name, role, only, created_by, created_at, expires_at, .. } in &mut tokens {
            let optional = only.iter_mut().flatten().chain(expires_at);
            for text in [name, role, created_by, created_at].into_iter().chain(optional) {
                *text = plain(text);
            }
        }
        Ok(tokens)
    }

    /// Creates a token.
    pub(crate) fn create_token(&self, wanted: &Wanted) -> Result<New, RemoteError> {
        let new: New = self.act(&Question::post("/v1/tokens", wanted))?;
        let is_one_word = !new.token.is_empty() && new.token.bytes().all(|byte| byte.is_ascii_graphic());
        if is_one_word { Ok(new) } else { Err(self.strange("what it gives as a token is none", StatusCode::OK)) }
    }

    /// Makes a token worthless.
    pub(crate) fn revoke_token(&self, number: u64, reason: &str) -> Result<Gone, RemoteError> {
        let path = format!("/v1/tokens/{number}?reason={}", part(reason));
        self.act(&Question::delete(&path))
    }

    /// Who the token is of.
    pub(crate) fn whoami(&self) -> Result<Whoami, RemoteError> {
        let mut found: Whoami = self.read("/v1/whoami")?;
        found.name = plain(&found.name);
        Ok(found)
    }

    /// Whether it can do its work. That it cannot is an answer too.
    pub(crate) fn readiness(&self) -> Result<Readiness, RemoteError> {
        let answer = self.send(&Question::get("/readyz"))?;
        let status = answer.status();
        if status.is_success() || status == StatusCode::SERVICE_UNAVAILABLE {
            return self.json(&self.whole(answer)?);
        }
        if status.is_redirection() {
            return Err(RemoteError::Elsewhere { service: self.address().to_owned() });
        }
        Err(self.strange("it does not say whether it is ready", status))
    }
}
