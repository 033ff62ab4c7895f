//! Comparing values.

use countersign_guest::prelude::*;

/// The largest magnitude below which every whole number has an `f64` of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether two values say the same: numbers by value, everything else as people read it, without
/// regard to case and surrounding or repeated blanks. A value that was not handed over equals nothing.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.known(), b.known()) else { return false };
    if a.is_empty() || b.is_empty() {
        return a.is_empty() && b.is_empty();
    }
    // Beyond `EXACT`, neighbours share an `f64`: two account numbers would look alike.
    if matches!((a, b), (Value::Number(_), Value::Number(_)))
        && let (Some(a), Some(b)) = (a.as_number(), b.as_number())
        && a.abs() < EXACT
        && b.abs() < EXACT
    {
        return a.total_cmp(&b).is_eq() || (a == 0.0 && b == 0.0);
    }
    folded(&a.display()).eq(folded(&b.display()))
}

/// The characters of a text in lower case, each run of blanks as one, none at the ends. Lazy: two
/// long texts are read no further than to where they differ.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.split_whitespace()
        .flat_map(|word| std::iter::once(' ').chain(word.chars().flat_map(char::to_lowercase)))
        .skip(1)
}

/// Whether a number grows or shrinks by at least the factor, or changes its sign. Nothing is said
/// about a size that was zero: in a CRM that usually means 'not known yet'.
pub(crate) fn jumps(old: f64, new: f64, factor: f64) -> bool {
    if old == 0.0 {
        return false;
    }
    let changed_sign = (old < 0.0 && new > 0.0) || (old > 0.0 && new < 0.0);
    changed_sign || new.abs() >= old.abs() * factor || new.abs() * factor <= old.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_people_read_them() {
        assert!(same(&"Head of  Sales ".into(), &"head of sales".into()));
        assert!(same(&Value::Number("12.50".into()), &Value::Number("12.5".into())));
        assert!(same(&Value::Number("7".into()), &"7".into()));
        assert!(same(&Value::Null, &" ".into()));
        assert!(!same(&"007".into(), &"7".into()), "a phone number is no number");
        assert!(!same(&Value::Number("9007199254740993".into()), &Value::Number("9007199254740992".into())));
        assert!(!same(&Value::Withheld, &Value::Withheld));
        assert!(!same(&Value::Null, &"x".into()));
    }

    #[test]
    fn a_jump_is_inclusive_and_works_both_ways() {
        assert!(jumps(10.0, 100.0, 10.0) && jumps(100.0, 10.0, 10.0) && jumps(-10.0, -100.0, 10.0));
        assert!(jumps(100.0, 0.0, 10.0) && jumps(5.0, -5.0, 10.0));
        assert!(!jumps(10.0, 99.0, 10.0) && !jumps(0.0, 1e6, 10.0));
    }
}
