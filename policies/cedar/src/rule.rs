//! What a `forbid` policy says when it holds: its annotations.

use countersign_guest::prelude::*;
use rules::settings::check_code;

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The changed field of the request.
    Change,
    /// The whole suggestion: given once, whatever number of fields it changes.
    Suggestion,
}

/// The words that a message may hold in braces.
pub const PLACEHOLDERS: [&str; 5] = ["confidence", "field", "object", "operation", "sensitivity"];

/// The annotations that a `forbid` policy may have.
const KNOWN: [&str; 9] = ["id", "code", "reason", "outcome", "about", "role", "approvals", "priority", "within_hours"];

/// What a `forbid` policy says.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where the policy stands among the others.
    pub place: usize,
    pub code: String,
    pub outcome: Outcome,
    pub about: About,
    pub needs: Option<ReviewNeeds>,
    /// Text and placeholders in turns, beginning with text.
    message: Vec<String>,
}

impl Rule {
    /// Reads a policy's annotations.
    ///
    /// # Errors
    /// Which annotation is missing or wrong, and why.
    pub fn read<'a>(
        place: usize,
        name: &str,
        annotations: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let (mut code, mut reason, mut outcome, mut about) = (None, None, Outcome::Review, About::Change);
        let (mut role, mut approvals, mut priority, mut within_hours) = (None, None, None, None);
        for (key, value) in annotations {
            match key {
                "id" => {}
                "code" => code = Some(value),
                "reason" => reason = Some(value),
                "outcome" => outcome = outcome_of(value)?,
                "about" => about = about_of(value)?,
                "role" => role = Some(value.to_owned()),
                "approvals" => approvals = Some(number(key, value, 1, u8::MAX)?),
                "priority" => priority = Some(number(key, value, 0, 9)?),
                "within_hours" => within_hours = Some(number(key, value, 1, u32::MAX)?),
                _ => {
                    return Err(format!(
                        "a `forbid` policy has an annotation `@{key}`; known are {}",
                        KNOWN.join(", ")
                    ));
                }
            }
        }
        let code = code.ok_or("a `forbid` policy has no `@code`")?.to_owned();
        check_code("@code", name, &code)?;
        let message = parts(reason.ok_or("a `forbid` policy has no `@reason`")?)?;
        let asks = role.is_some() || approvals.is_some() || priority.is_some() || within_hours.is_some();
        let usual = ReviewNeeds::default();
        let needs = asks.then(|| ReviewNeeds {
            role,
            approvals: approvals.unwrap_or(usual.approvals),
            priority: priority.unwrap_or(usual.priority),
            within_hours,
        });
        Ok(Self { place, code, outcome, about, needs, message })
    }

    /// The message with its placeholders filled in.
    pub fn message(&self, mut word: impl FnMut(&str) -> String) -> String {
        let mut placeholder = true;
        let filled = self.message.iter().map(|part| {
            placeholder = !placeholder;
            if placeholder { word(part) } else { part.clone() }
        });
        filled.collect()
    }

    /// The message as it is written.
    pub fn written(&self) -> String {
        self.message(|placeholder| format!("{{{placeholder}}}"))
    }
}

fn outcome_of(word: &str) -> Result<Outcome, String> {
    let known = [Outcome::Review, Outcome::HumanOnly, Outcome::Reject];
    let outcome = known.into_iter().find(|outcome| outcome.as_str() == word);
    outcome.ok_or_else(|| format!("`@outcome(\"{word}\")` is none of review, human-only, reject"))
}

fn about_of(word: &str) -> Result<About, String> {
    match word {
        "change" => Ok(About::Change),
        "suggestion" => Ok(About::Suggestion),
        _ => Err(format!("`@about(\"{word}\")` is neither change nor suggestion")),
    }
}

fn number<N: TryFrom<u32> + Into<u32> + Copy>(key: &str, text: &str, from: u32, to: N) -> Result<N, String> {
    let number = text.parse::<u32>().ok().filter(|number| (from..=to.into()).contains(number));
    let number = number.and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| format!("`@{key}(\"{text}\")` is no whole number from {from} to {}", to.into()))
}

/// Text and placeholders in turns.
fn parts(message: &str) -> Result<Vec<String>, String> {
    if message.trim().is_empty() {
        return Err("a `forbid` policy has an empty `@reason`".to_owned());
    }
    let mut parts = Vec::new();
    let mut rest = message;
    while let Some((text, behind)) = rest.split_once('{') {
        let (placeholder, behind) = behind.split_once('}').unwrap_or((behind, ""));
        if !PLACEHOLDERS.contains(&placeholder) {
            let known = PLACEHOLDERS.join("}, {");
            return Err(format!("`@reason` has `{{{placeholder}`, which is no placeholder; known are {{{known}}}"));
        }
        parts.extend([text.to_owned(), placeholder.to_owned()]);
        rest = behind;
    }
    parts.push(rest.to_owned());
    Ok(parts)
}
