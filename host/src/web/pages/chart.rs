//! Outcomes over time, as stacked bars.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::ledger::{OutcomeCount, Piece};
use crate::model::Outcome;
use crate::words::{count, grouped};

/// The plot's size, and the edges of what is drawn in it.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 160.0;

/// One bar's part: so many decisions of one outcome.
pub(super) struct Part {
    pub outcome: &'static str,
    pub y: String,
    pub height: String,
}

/// One piece of time.
pub(super) struct Bar {
    pub x: String,
    pub width: String,
    pub parts: Vec<Part>,
    /// What it shows, in words.
    pub told: String,
    /// Where its label stands, if it has one.
    pub label: Option<(String, String)>,
}

/// A line across, and its number.
pub(super) struct Tick {
    pub y: String,
    pub text_y: String,
    pub label: String,
}

/// The plot, ready to be written.
pub(super) struct Chart {
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    /// All of it in a sentence.
    pub told: String,
    /// How many there are of each outcome.
    pub sums: Vec<(&'static str, String)>,
}

/// A row of pieces of time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Days,
    Hours,
}

impl Span {
    pub(super) const fn piece(self) -> Piece {
        match self {
            Self::Days => Piece::Day,
            Self::Hours => Piece::Hour,
        }
    }

    const fn number(self) -> usize {
        match self {
            Self::Days => 30,
            Self::Hours => 48,
        }
    }

    const fn length(self) -> SignedDuration {
        match self {
            Self::Days => SignedDuration::from_hours(24),
            Self::Hours => SignedDuration::from_hours(1),
        }
    }

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Days => "30 days",
            Self::Hours => "48 hours",
        }
    }

    /// The beginnings of the pieces, oldest first.
    fn pieces(self, now: Timestamp) -> Vec<Timestamp> {
        let back = |index: usize| {
            let back = self.length().checked_mul(i32::try_from(index).unwrap_or(0)).unwrap_or_default();
            now.checked_sub(back).unwrap_or(Timestamp::MIN)
        };
        (0..self.number()).rev().map(back).collect()
    }

    /// From when on decisions are counted, as RFC 3339.
    pub(super) fn since(self, now: Timestamp) -> String {
        self.pieces(now).first().map(|first| self.name(*first)).unwrap_or_default()
    }

    /// A piece as the ledger names it.
    fn name(self, at: Timestamp) -> String {
        at.to_string().chars().take(self.piece().length()).collect()
    }

    /// What stands below a bar, if anything: few enough to be read.
    fn label(self, at: Timestamp) -> Option<String> {
        let at = at.to_zoned(TimeZone::UTC);
        match self {
            Self::Days if at.day() % 5 == 1 && at.day() < 31 => Some(at.strftime("%-d %b").to_string()),
            Self::Hours if at.hour() == 0 => Some(at.strftime("%-d %b").to_string()),
            Self::Hours if at.hour() % 6 == 0 => Some(at.strftime("%H:00").to_string()),
            _ => None,
        }
    }

    fn title(self, at: Timestamp) -> String {
        match self {
            Self::Days => at.strftime("%F").to_string(),
            Self::Hours => at.strftime("%F %H:00 UTC").to_string(),
        }
    }
}

impl Chart {
    /// Draws what was counted until now.
    pub(super) fn of(counts: &[OutcomeCount], span: Span, now: Timestamp) -> Self {
        let pieces = span.pieces(now);
        let number = |piece: &str, outcome: Outcome| {
            let found = counts.iter().find(|count| count.piece == piece && count.outcome == outcome.as_str());
            found.map_or(0, |count| count.count)
        };
        let names: Vec<String> = pieces.iter().map(|at| span.name(*at)).collect();
        let sum = |name: &String| Outcome::ALL.into_iter().map(|outcome| number(name, outcome)).sum::<u64>();
        let (top, step) = scale(names.iter().map(sum).max().unwrap_or(0));
        let height = |number: u64| share(number, top) * (BOTTOM - TOP);
        let each = (WIDTH - LEFT) / f64::from(u16::try_from(pieces.len()).unwrap_or(u16::MAX));
        let bars = pieces.iter().zip(&names).enumerate().map(|(index, (at, name))| {
            let x = LEFT + each * f64::from(u16::try_from(index).unwrap_or(u16::MAX));
            let mut below = 0;
            let mut parts = Vec::new();
            let mut told = Vec::new();
            for outcome in Outcome::ALL {
                let many = number(name, outcome);
                if many > 0 {
                    below += many;
                    let (y, height) = (BOTTOM - height(below), height(many));
                    parts.push(Part {
                        outcome: outcome.as_str(),
                        y: format!("{y:.1}"),
                        height: format!("{height:.1}"),
                    });
                    told.push(format!("{} {}", grouped(many), outcome.as_str()));
                }
            }
            let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
            Bar {
                x: format!("{:.1}", x + each * 0.1),
                width: format!("{:.1}", each * 0.8),
                parts,
                told: format!("{}: {told}", span.title(*at)),
                label: span.label(*at).map(|label| (format!("{:.1}", x + each / 2.0), label)),
            }
        });
        let ticks = (0..=top / step).map(|index| {
            let y = BOTTOM - height(index * step);
            Tick { y: format!("{y:.1}"), text_y: format!("{:.1}", y + 4.0), label: grouped(index * step) }
        });
        let sums =
            Outcome::ALL.map(|outcome| (outcome.as_str(), names.iter().map(|name| number(name, outcome)).sum::<u64>()));
        let all = count(sums.iter().map(|(_, sum)| sum).sum(), "decision");
        let listed: Vec<_> = sums.iter().map(|(outcome, sum)| format!("{} {outcome}", grouped(*sum))).collect();
        Self {
            bars: bars.collect(),
            ticks: ticks.collect(),
            told: format!("{all} in the last {}: {}", span.in_words(), listed.join(", ")),
            sums: sums.into_iter().map(|(outcome, sum)| (outcome, grouped(sum))).collect(),
        }
    }
}

/// The top of an axis for numbers up to this one, and the step of its lines: a round one, and at most five of them.
fn scale(most: u64) -> (u64, u64) {
    let mut power = 1_u64;
    loop {
        for step in [power, power.saturating_mul(2), power.saturating_mul(5)] {
            let lines = most.div_ceil(step).max(1);
            if lines <= 5 || step == u64::MAX {
                return (lines.saturating_mul(step), step);
            }
        }
        power = power.saturating_mul(10);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
fn share(number: u64, of: u64) -> f64 {
    number as f64 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(piece: &str, outcome: &str, count: u64) -> OutcomeCount {
        OutcomeCount { piece: piece.to_owned(), outcome: outcome.to_owned(), count }
    }

    #[test]
    fn bars_stand_on_each_other_and_end_now() {
        let now: Timestamp = "2026-11-20T09:30:00Z".parse().unwrap();
        let counts = [
            counted("2026-11-20", "apply", 30),
            counted("2026-11-20", "reject", 10),
            counted("2026-10-22", "review", 4),
            counted("2026-10-21", "review", 1_000_000),
        ];
        let chart = Chart::of(&counts, Span::Days, now);
        assert_eq!(Span::Days.since(now), "2026-10-22");
        assert_eq!(chart.bars.len(), 30);
        let last = chart.bars.last().unwrap();
        assert_eq!(last.told, "2026-11-20: 30 apply, 10 reject");
        let parts: Vec<_> = last.parts.iter().map(|part| (part.outcome, &*part.y, &*part.height)).collect();
        assert_eq!(parts, [("apply", "47.5", "112.5"), ("reject", "10.0", "37.5")]);
        assert_eq!(chart.bars[0].told, "2026-10-22: 4 review");
        assert_eq!(chart.told, "44 decisions in the last 30 days: 30 apply, 4 review, 0 human-only, 10 reject");
        assert_eq!(chart.ticks.iter().map(|tick| &*tick.label).collect::<Vec<_>>(), ["0", "10", "20", "30", "40"]);
    }

    #[test]
    fn scales_are_round_and_hold_everything() {
        assert_eq!(scale(0), (1, 1));
        assert_eq!(scale(5), (5, 1));
        assert_eq!(scale(6), (6, 2));
        assert_eq!(scale(4_711), (5_000, 1_000));
        for most in [1, 9, 10, 11, 99, 12_345, u64::MAX / 3, u64::MAX] {
            let (top, step) = scale(most);
            assert!(top >= most && top / step <= 5, "{most}: {top} {step}");
        }
    }

    #[test]
    fn hours_have_names_that_the_ledger_knows() {
        let now: Timestamp = "2026-11-20T00:30:00Z".parse().unwrap();
        let chart = Chart::of(&[counted("2026-11-19T23", "apply", 1)], Span::Hours, now);
        assert_eq!(chart.bars.len(), 48);
        assert_eq!(chart.bars[46].told, "2026-11-19 23:00 UTC: 1 apply");
        assert_eq!(chart.bars[47].label.as_ref().unwrap().1, "20 Nov");
    }
}
