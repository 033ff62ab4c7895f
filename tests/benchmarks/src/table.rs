//! Tables in Markdown, as they stand in the README.

use crate::rounds::Measured;

/// A ratio that is promised: ours over one yardstick.
pub struct Promise<'a> {
    pub yardstick: &'a str,
    pub at_most: f64,
}

/// Prints the first variant against all others, in microseconds.
pub fn against(title: &str, unit: &str, measured: &[Measured], promises: &[Promise<'_>]) {
    heading(title);
    println!("| {unit} | min µs | median µs | ours, of this | promised |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let ours = &measured[0];
    for variant in measured {
        let ratio = ours.ratio_to(variant);
        let limit = promises.iter().find(|promise| promise.yardstick == variant.name).map(|promise| promise.at_most);
        let verdict = limit.map_or_else(String::new, |limit| promised(ratio, limit));
        println!(
            "| {} | {} | {} | {ratio:.3} | {verdict} |",
            variant.name,
            micros(variant.min()),
            micros(variant.median())
        );
    }
    println!();
}

/// What was promised of a ratio, and whether it is kept.
pub fn promised(ratio: f64, at_most: f64) -> String {
    if ratio <= at_most { format!("≤ {at_most}") } else { format!("≤ {at_most} **missed**") }
}

pub fn heading(title: &str) {
    println!("### {title}\n");
}

pub fn micros(nanos: f64) -> String {
    let micros = nanos / 1_000.0;
    match micros {
        ..10.0 => format!("{micros:.2}"),
        ..1_000.0 => format!("{micros:.1}"),
        _ => format!("{micros:.0}"),
    }
}
