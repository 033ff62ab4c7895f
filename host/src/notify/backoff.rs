//! How long is waited before something is sent again: longer each time, and by chance, so that many who wait for one
//! receiver do not come at the same moment.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);
/// A receiver that asks for more is asked again after this.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The wait after so many failures, from 1: by chance anything up to a bound that doubles; and at least as long as the
/// receiver asked for.
pub(super) fn wait(failures: u32, asked: Option<Duration>) -> Duration {
    let own = bound(failures).mul_f64(rand::random::<f64>());
    own.max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

fn bound(failures: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST.saturating_mul(doubled).min(LONGEST)
}

/// How long the header `retry-after` asks to wait: seconds, or until a time.
pub(super) fn asked(retry_after: &str, now: Timestamp) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than there are seconds ask for as long as can be asked for.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_from_a_second_to_five_minutes() {
        let seconds: Vec<u64> = (1..12).map(|failures| bound(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!((bound(0), bound(33), bound(u32::MAX)), (FIRST, LONGEST, LONGEST));
    }

    #[test]
    fn a_wait_is_anything_up_to_the_bound_and_as_long_as_was_asked_for() {
        for failures in [1, 3, 9, 40] {
            let waits: Vec<Duration> = (0..200).map(|_| wait(failures, None)).collect();
            assert!(waits.iter().all(|wait| *wait <= bound(failures)));
            let half = bound(failures) / 2;
            assert!(waits.iter().any(|wait| *wait < half) && waits.iter().any(|wait| *wait > half), "{waits:?}");
        }
        let minute = Duration::from_mins(1);
        assert_eq!(wait(1, Some(minute)), minute);
        assert_eq!(wait(1, Some(Duration::MAX)), LONGEST_ASKED);
        assert!(wait(1, Some(Duration::ZERO)) <= FIRST);
    }

    #[test]
    fn seconds_and_times_are_understood_and_nothing_else() {
        let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
        let asked = |text: &str| asked(text, now).map(|wait| wait.as_secs());
        assert_eq!((asked("7"), asked(" 120 "), asked("0")), (Some(7), Some(120), Some(0)));
        assert_eq!(asked(&"9".repeat(40)), Some(u64::MAX));
        assert_eq!(asked("Fri, 20 Nov 2026 09:01:30 GMT"), Some(90));
        assert_eq!(asked("Fri, 20 Nov 2026 08:00:00 GMT"), Some(0), "it is over");
        for wrong in ["", "soon", "-1", "1.5", "2026-11-20T09:01:30Z"] {
            assert_eq!(asked(wrong), None, "{wrong}");
        }
    }
}
