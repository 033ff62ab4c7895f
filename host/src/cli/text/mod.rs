//! Text for people.

mod explain;
mod suggested;
mod table;

pub(super) use explain::{explain, one_line, plain};
pub(super) use suggested::suggested;
pub(super) use table::{outcomes_table, table};

/// A number with its noun: `1 decision`, `2 decisions`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A number with blanks between thousands: `5 609`.
pub(super) fn grouped(number: u64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(1, "event"), "1 event");
        assert_eq!(count(12, "event"), "12 events");
    }
}
