//! The one form of a moment that the ledger accepts.

use jiff::Timestamp;

/// Reads an RFC 3339 moment such as `2026-11-20T09:00:00.123Z`; `None` if it is none.
///
/// Texts of moments do not sort as the moments do (`…00.5Z` stands before `…00Z`), so whoever
/// compares must compare what this returns.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    // The library reads more than RFC 3339; what is accepted here can never be withdrawn.
    let shaped = text.len() >= 20
        && text.as_bytes().get(10) == Some(&b'T')
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"T:.+-Z".contains(&byte));
    if shaped { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn only_rfc_3339_is_a_moment() {
        for good in ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.123Z", "2026-11-20T10:00:00+01:00"] {
            assert!(moment(good).is_some(), "{good}");
        }
        let wrong = [
            "",
            "2026-11-20",
            "2026-11-20 09:00:00Z",
            "2026-11-20T09:00:00",
            "2026-13-20T09:00:00Z",
            "2026-11-20T09:00:00Z[UTC]",
            "2026-11-20t09:00:00z",
        ];
        for wrong in wrong {
            assert!(moment(wrong).is_none(), "{wrong}");
        }
        assert!(moment("2026-11-20T09:00:00.5Z") > moment("2026-11-20T09:00:00Z"));
    }
}
