//! Numbers and names in words, alike in all forms.

use crate::model::Outcome;
use crate::replay::counts::OTHERS;
use crate::replay::{Cause, CauseReason, Estimate, Rate};

/// How many characters of a name are shown: no sensible name is longer, and a hostile one must not fill the report.
const LONGEST: usize = 72;

/// How many reasons of a cause are named.
const REASONS: usize = 3;

/// A number with narrow blanks between thousands: `5 609`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 suggestion`, `2 suggestions`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A length as a number to count with.
pub(crate) fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// A large number in few characters: `1.2M`.
pub(crate) fn compact(number: u64) -> String {
    let units = [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    let Some((unit, letter)) = units.into_iter().find(|(unit, _)| number >= *unit) else { return number.to_string() };
    let (whole, tenth) = (number / unit, number % unit / (unit / 10));
    if whole < 10 && tenth > 0 { format!("{whole}.{tenth}{letter}") } else { format!("{}{letter}", grouped(whole)) }
}

/// A share in percent without the sign. Only nothing is `0`, and only all of it is `100`.
pub(crate) fn hundredths(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent <= 0.0 => "0".to_owned(),
        _ if percent >= 100.0 => "100".to_owned(),
        _ if percent < 0.01 => "<0.01".to_owned(),
        _ if percent < 0.0995 => format!("{percent:.2}"),
        _ if percent >= 99.95 => ">99.9".to_owned(),
        _ => format!("{percent:.1}"),
    }
}

/// A rate in percent; `–` of nothing.
pub(crate) fn percent(rate: Rate) -> String {
    rate.value().map_or_else(|| "–".to_owned(), |value| hundredths(value) + " %")
}

/// The interval of a rate: `0.8–2.5 %`.
pub(crate) fn interval(rate: Rate) -> String {
    let shown = |Estimate { low, high, .. }| format!("{}–{} %", hundredths(low), hundredths(high));
    rate.estimate().map_or_else(|| "–".to_owned(), shown)
}

/// A rate as its numbers: `12 of 840`.
pub(crate) fn fraction(rate: Rate) -> String {
    format!("{} of {}", grouped(rate.count), grouped(rate.of))
}

/// A rate before and after: `61.0 % → 74.2 %`.
pub(crate) fn moved(before: Rate, after: Rate) -> String {
    format!("{} → {}", percent(before), percent(after))
}

/// A name with everything that cannot be seen written out: `\n`, `\u{202e}`.
pub(crate) fn visible(name: &str) -> String {
    if name.is_empty() {
        return "(empty)".to_owned();
    }
    // Quotation marks can be seen; a backslash stays doubled, so that what is written out is told from what was there.
    name.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
}

/// A name for a table: visible, and cut if it is long.
pub(crate) fn short(name: &str) -> String {
    // What is cut anyway need not be escaped first.
    let start: String = name.chars().take(LONGEST + 1).collect();
    let shown = visible(&start);
    if shown.chars().count() <= LONGEST {
        return shown;
    }
    shown.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The first digits of a digest, enough for people to tell digests apart.
pub(crate) fn digits(digest: &str) -> String {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    short(&digits.chars().take(12).collect::<String>())
}

/// Which outcome became which: `review → apply`.
pub(crate) fn change(before: Outcome, after: Outcome) -> String {
    format!("{} → {}", before.as_str(), after.as_str())
}

/// What changed about the reasons: `confidence · confidence.below-threshold [email] no longer objects`. Each form sets
/// names its own way.
pub(crate) fn because(cause: &Cause, set: impl Fn(&str) -> String) -> String {
    if cause.reasons.iter().any(|reason| reason.module == OTHERS && reason.code == OTHERS) {
        return "further causes, which are not told apart".to_owned();
    }
    if cause.reasons.is_empty() {
        return "no reason is named".to_owned();
    }
    let named: Vec<String> = cause.reasons.iter().take(REASONS).map(|reason| set(&reason_name(reason))).collect();
    let mut text = named.join(", ");
    if cause.reasons.len() > REASONS {
        text.push_str(" and ");
        text.push_str(&count(length(&cause.reasons) - length(&named), "more reason"));
    }
    let one = cause.reasons.len() == 1;
    text + match (cause.after < cause.before, one) {
        (true, true) => " no longer objects",
        (true, false) => " no longer object",
        (false, true) => " now objects",
        (false, false) => " now object",
    }
}

/// The name of a reason: `confidence · confidence.below-threshold [email]`.
pub(crate) fn reason_name(reason: &CauseReason) -> String {
    let field = reason.field.as_ref().map(|field| format!(" [{}]", short(field))).unwrap_or_default();
    format!("{} · {}{field}", short(&reason.module), short(&reason.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_round_to_all_or_nothing() {
        assert_eq!(
            (grouped(1_234_567), count(1, "fault")),
            ("1\u{202f}234\u{202f}567".to_owned(), "1 fault".to_owned())
        );
        assert_eq!([999, 1_000, 1_250, 12_900, 4_000_000].map(compact), ["999", "1k", "1.2k", "12k", "4M"]);
        let share = |count, of| percent(Rate { count, of });
        assert_eq!(share(0, 0), "–");
        assert_eq!([share(0, 9), share(9, 9), share(1, 3)], ["0 %", "100 %", "33.3 %"]);
        assert_eq!([share(1, 1_000_000), share(1, 2000)], ["<0.01 %", "0.05 %"]);
        assert_eq!(share(999_999, 1_000_000), ">99.9 %");
        assert_eq!(interval(Rate { count: 81, of: 263 }), "25.5–36.6 %");
    }

    #[test]
    fn names_cannot_hide_anything() {
        assert_eq!(visible("e-mail \"é\" 'x'"), "e-mail \"é\" 'x'");
        assert_eq!(visible("a\n\u{0}\u{1b}[2J\u{202e}\u{feff}\\n"), "a\\n\\0\\u{1b}[2J\\u{202e}\\u{feff}\\\\n");
        assert_eq!(visible(""), "(empty)");
        assert_eq!(short(&"x".repeat(10_000)).chars().count(), LONGEST);
        assert_eq!(short(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
    }

    #[test]
    fn causes_are_sentences() {
        let reason = |code: &str| CauseReason { module: "m".into(), code: code.into(), field: Some("email".into()) };
        let cause = |before, after, codes: &[&str]| {
            because(&Cause { before, after, reasons: codes.iter().map(|code| reason(code)).collect() }, str::to_owned)
        };
        assert_eq!(cause(Outcome::Review, Outcome::Apply, &["m.a"]), "m · m.a [email] no longer objects");
        assert_eq!(
            cause(Outcome::Apply, Outcome::Review, &["m.a", "m.b", "m.c", "m.d"]),
            "m · m.a [email], m · m.b [email], m · m.c [email] and 1 more reason now object"
        );
        assert_eq!(cause(Outcome::Apply, Outcome::Review, &[]), "no reason is named");
    }
}
