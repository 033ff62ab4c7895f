//! Rates with their intervals, one below the other.

use std::fmt::Write as _;

use crate::replay::Rate;
use crate::replay::render::html::axis::Axis;
use crate::replay::render::html::table::escaped;
use crate::replay::render::words::{fraction, interval, percent};

/// How many rates a plot shows.
const MOST: usize = 20;

/// How many characters of a name have room above its rate.
const LONGEST: usize = 40;

/// The size of a plot, in units that are pixels where the page is narrow.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 14.0;
const RIGHT: f64 = 340.0;
const ROW: f64 = 32.0;

/// A plot of the first rates that are known; nothing if none is. The title and the name of a rate must be visible.
pub(super) fn figure(title: &str, rates: &[(String, Rate)]) -> String {
    let known: Vec<_> = rates.iter().filter_map(|(name, rate)| Some((name, *rate, rate.estimate()?))).collect();
    let shown = known.get(..known.len().min(MOST)).unwrap_or_default();
    if shown.is_empty() {
        return String::new();
    }
    let axis = Axis::over(shown.iter().flat_map(|(.., rate)| [rate.low, rate.high]).chain([0.0]), LEFT, RIGHT);
    let mut drawn = String::new();
    let mut top = 4.0;
    let bottom = top + ROW * f64::from(u32::try_from(shown.len()).unwrap_or_default());
    for (at, label) in axis.ticks() {
        let _ = writeln!(
            drawn,
            "<path class=\"grid\" d=\"M{at:.1} {top}V{bottom}\"/>\
             <text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{label}</text>",
            bottom + 14.0
        );
    }
    for (name, rate, estimate) in shown {
        let (low, high, value) = (axis.at(estimate.low), axis.at(estimate.high), axis.at(estimate.value));
        let (text, line) = (top + 12.0, top + 22.0);
        let told = format!("{name}: {} wrong, {} (95 % interval {})", fraction(*rate), percent(*rate), interval(*rate));
        let short: String = name.chars().take(LONGEST).collect();
        let more = if name.chars().count() > LONGEST { "…" } else { "" };
        let _ = writeln!(
            drawn,
            "<g class=\"after\"><title>{}</title><text x=\"{LEFT}\" y=\"{text:.1}\">{}{more}</text>\
             <text x=\"{RIGHT}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>\
             <path class=\"whisker\" d=\"M{low:.1} {line:.1}H{high:.1}\"/>\
             <circle cx=\"{value:.1}\" cy=\"{line:.1}\" r=\"4.5\"/></g>",
            escaped(&told),
            escaped(&short),
            escaped(&percent(*rate))
        );
        top += ROW;
    }
    let left = known.len() - shown.len();
    let left = if left == 0 { String::new() } else { format!(" {left} more stand in the table alone.") };
    let title = escaped(title);
    format!(
        "<figure><svg class=\"intervals\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\"><title>{title}</title>\
         <desc>Rates with their 95 % intervals; the table below has the numbers.</desc>\n{drawn}\
         <path class=\"axis\" d=\"M{LEFT} {bottom}H{RIGHT}\"/></svg>\n\
         <figcaption>{title}: the rate (dot) and its 95 % interval (line). Better is to the left.{left}</figcaption>\
         </figure>\n",
        bottom + 22.0
    )
}
