//! A rule's answer as a verdict. What is not exactly what is asked for is an error: a typo must not let a suggestion pass.

use countersign_guest::prelude::*;

/// A value of a language, as far as answers are made of it.
pub enum View<'a, V> {
    /// Null.
    Null,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// A list or a set.
    List(Vec<&'a V>),
    /// An object with texts for keys.
    Object(Vec<(&'a str, &'a V)>),
    /// Anything else, in words.
    Other(&'static str),
}

/// Looks at the values of a language.
pub trait Answer {
    /// A value of the language.
    type Value;

    /// What a value is.
    fn view(value: &Self::Value) -> View<'_, Self::Value>;
}

/// Reads a whole verdict: `{outcome, reasons, review}`.
///
/// # Errors
/// What is wrong, and where in the answer.
pub fn verdict<L: Answer>(answer: &L::Value) -> Result<Verdict, String> {
    let [outcome, reasons, review] = entries::<L, _>(answer, "the verdict", ["outcome", "reasons", "review"])?;
    let outcome = outcome_of::<L>(outcome, "the verdict's `outcome`")?;
    let mut verdict = Verdict { outcome, reasons: Vec::new(), review: None };
    if let Some(reasons) = reasons {
        for item in list::<L>(reasons, "the verdict's `reasons`")? {
            let [code, field, message] = entries::<L, _>(item, "a reason", ["code", "field", "message"])?;
            verdict.reasons.push(reason_of::<L>(code, field, message)?);
        }
    }
    if outcome > Outcome::Apply && verdict.reasons.is_empty() {
        return Err(format!("the outcome `{}` has no reason", outcome.as_str()));
    }
    verdict.review = review.map(needs::<L>).transpose()?;
    Ok(verdict)
}

/// Reads a list of objections: `[{outcome, code, field, message, review}]`. The strictest gives the outcome; none is
/// `apply`. Their needs for a review are joined.
///
/// # Errors
/// What is wrong, and where in the answer.
pub fn objections<L: Answer>(answer: &L::Value) -> Result<Verdict, String> {
    let mut objections = Objections::default();
    let mut joined = Joined::default();
    for item in list::<L>(answer, "the answer")? {
        let keys = ["outcome", "code", "field", "message", "review"];
        let [outcome, code, field, message, review] = entries::<L, _>(item, "an objection", keys)?;
        let outcome = outcome_of::<L>(outcome, "an objection's `outcome`")?;
        if outcome == Outcome::Apply {
            return Err("an objection's `outcome` is `apply`; leave the objection out".to_owned());
        }
        objections.add(outcome, reason_of::<L>(code, field, message)?);
        if let Some(review) = review {
            joined.add(needs::<L>(review)?);
        }
    }
    Ok(joined.into_verdict(objections))
}

/// The needs for a review of several objections, joined: most approvals, highest priority, shortest time, and the role
/// of the most urgent that names one.
#[derive(Default)]
pub struct Joined {
    needs: Option<ReviewNeeds>,
    /// The priority of the objection that named the role.
    urgency: u8,
}

impl Joined {
    /// Adds one objection's needs.
    pub fn add(&mut self, new: ReviewNeeds) {
        let Some(needs) = &mut self.needs else {
            self.urgency = new.priority;
            self.needs = Some(new);
            return;
        };
        if new.role.is_some() && (needs.role.is_none() || new.priority > self.urgency) {
            needs.role = new.role;
            self.urgency = new.priority;
        }
        needs.approvals = needs.approvals.max(new.approvals);
        needs.priority = needs.priority.max(new.priority);
        needs.within_hours = needs.within_hours.into_iter().chain(new.within_hours).min();
    }

    /// The verdict of the objections with these needs, where a person is to look at it.
    #[must_use]
    pub fn into_verdict(self, objections: Objections) -> Verdict {
        let verdict = objections.into_verdict();
        match verdict.outcome {
            Outcome::Review | Outcome::HumanOnly => Verdict { review: self.needs, ..verdict },
            Outcome::Apply | Outcome::Reject => verdict,
        }
    }
}

/// The values of an object's known keys; null counts as absent, and another key is an error.
fn entries<'a, L: Answer, const N: usize>(
    of: &'a L::Value,
    what: &str,
    keys: [&str; N],
) -> Result<[Option<&'a L::Value>; N], String> {
    let View::Object(entries) = L::view(of) else { return Err(wrong::<L>(what, "an object", of)) };
    let mut values = [None; N];
    for (key, value) in entries {
        let known = keys.iter().position(|known| *known == key);
        let Some(slot) = known.and_then(|place| values.get_mut(place)) else {
            return Err(format!("{what} has a key `{key}`; known are {}", keys.join(", ")));
        };
        if !matches!(L::view(value), View::Null) {
            *slot = Some(value);
        }
    }
    Ok(values)
}

fn outcome_of<L: Answer>(given: Option<&L::Value>, what: &str) -> Result<Outcome, String> {
    let word = text::<L>(given, what)?;
    let known = Outcome::ALL.iter().find(|outcome| outcome.as_str() == word);
    known.copied().ok_or_else(|| format!("{what} is `{word}`; known are apply, review, human-only, reject"))
}

fn reason_of<L: Answer>(
    code: Option<&L::Value>,
    field: Option<&L::Value>,
    message: Option<&L::Value>,
) -> Result<Reason, String> {
    let code = text::<L>(code, "a reason's `code`")?;
    let message = text::<L>(message, "a reason's `message`")?;
    let field = field.map(|field| text::<L>(Some(field), "a reason's `field`")).transpose()?;
    Ok(Reason::new(code, message).about(field))
}

fn needs<L: Answer>(given: &L::Value) -> Result<ReviewNeeds, String> {
    let keys = ["role", "approvals", "priority", "within_hours"];
    let [role, approvals, priority, within_hours] = entries::<L, _>(given, "`review`", keys)?;
    let usual = ReviewNeeds::default();
    Ok(ReviewNeeds {
        role: role.map(|role| text::<L>(Some(role), "`review.role`").map(str::to_owned)).transpose()?,
        approvals: whole::<L, _>(approvals, "`review.approvals`", 1, 255)?.unwrap_or(usual.approvals),
        priority: whole::<L, _>(priority, "`review.priority`", 0, 9)?.unwrap_or(usual.priority),
        within_hours: whole::<L, _>(within_hours, "`review.within_hours`", 1, i64::from(u32::MAX))?,
    })
}

fn text<'a, L: Answer>(given: Option<&'a L::Value>, what: &str) -> Result<&'a str, String> {
    let given = given.ok_or_else(|| format!("{what} is missing"))?;
    match L::view(given) {
        View::Text(text) => Ok(text),
        _ => Err(wrong::<L>(what, "a text", given)),
    }
}

fn list<'a, L: Answer>(given: &'a L::Value, what: &str) -> Result<Vec<&'a L::Value>, String> {
    match L::view(given) {
        View::List(items) => Ok(items),
        _ => Err(wrong::<L>(what, "a list", given)),
    }
}

fn whole<L: Answer, N: TryFrom<i64>>(
    given: Option<&L::Value>,
    what: &str,
    from: i64,
    to: i64,
) -> Result<Option<N>, String> {
    let Some(given) = given else { return Ok(None) };
    let View::Whole(number) = L::view(given) else { return Err(wrong::<L>(what, "a whole number", given)) };
    let fits = (from..=to).contains(&number).then_some(number);
    let fits = fits.and_then(|number| N::try_from(number).ok());
    fits.map(Some).ok_or_else(|| format!("{what} is {number}, not from {from} to {to}"))
}

fn wrong<L: Answer>(what: &str, wanted: &str, given: &L::Value) -> String {
    let is = match L::view(given) {
        View::Null => "null",
        View::Text(_) => "a text",
        View::Whole(_) => "a number",
        View::List(_) => "a list",
        View::Object(_) => "an object",
        View::Other(is) => is,
    };
    format!("{what} is {is}, not {wanted}")
}

#[cfg(test)]
mod tests;
