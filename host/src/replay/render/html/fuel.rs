//! How much the modules compute.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::table::{escaped, left_out, name, table};
use crate::replay::render::rows::{First, fuel, quantiles};
use crate::replay::render::words::{compact, count, grouped, short};
use crate::replay::{Distribution, Fuel, Report};

/// How many modules are shown.
const MOST: usize = 40;

/// The size of a histogram.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 70.0;

/// A histogram and a row of a table for each module.
pub(super) fn section(report: &Report) -> String {
    let First { rows, left } = fuel(&report.counts, MOST);
    if rows.is_empty() {
        return String::new();
    }
    let histograms: String = rows.iter().map(|(module, fuel)| histogram(module, fuel)).collect();
    let row = |(module, fuel): (&str, &Fuel)| {
        let side = |fuel: &Distribution| {
            quantiles(fuel).map_or(["–", "–", "–"].map(str::to_owned), |all| all.map(compact))
        };
        let calls = format!("{} → {}", grouped(fuel.before.count), grouped(fuel.after.count));
        let pairs = side(&fuel.before).into_iter().zip(side(&fuel.after));
        let pairs = pairs.map(|(before, after)| format!("{before} → {after}"));
        [name(module), calls].into_iter().chain(pairs).collect::<Vec<_>>()
    };
    let head = ["module", "calls", "half of the calls", "99 in 100", "the most"];
    let table = table("Fuel that calls use at most, before → after", &head, 1, rows.into_iter().map(row));
    format!(
        "<section><h2>Fuel of the modules</h2>\n<p>Modules whose fuel changed by more than 5 % come first. The share of \
         calls (up) by fuel (across; each step to the right is a like factor): \
         <span class=\"key old\">before</span> <span class=\"key new\">after</span>. \
         Without a “before”, the baseline did not call the module, or ran on another engine.</p>\n\
         <div class=\"histograms\">\n{histograms}</div>\n{table}{}</section>\n",
        left_out(left, "module")
    )
}

/// The quarter of an octave that a number lies in. Whole numbers only, so that it is the same on every machine.
fn bin(number: u64) -> u32 {
    let number = number.max(4);
    let octave = number.ilog2();
    octave * 4 + u32::try_from((number >> (octave - 2)) & 3).unwrap_or_default()
}

/// The least number of a bin.
fn least(bin: u32) -> u64 {
    (4 + u64::from(bin % 4)).checked_shl((bin / 4).saturating_sub(2)).unwrap_or(u64::MAX)
}

fn bins(fuel: &Distribution) -> BTreeMap<u32, u64> {
    let mut bins = BTreeMap::new();
    for (class, count) in &fuel.classes {
        *bins.entry(bin(*class)).or_default() += count;
    }
    bins
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn a few pixels high")]
fn share(count: u64, of: u64) -> f64 {
    count as f64 / of.max(1) as f64
}

fn histogram(module: &str, fuel: &Fuel) -> String {
    let (before, after) = (bins(&fuel.before), bins(&fuel.after));
    let used = || before.keys().chain(after.keys()).copied();
    let (Some(first), Some(last)) = (used().min(), used().max()) else { return String::new() };
    // At least an octave and a half, so that a module that always does the same has a bar and no block.
    let spare = 6_u32.saturating_sub(last - first + 1);
    let (first, last) = (first.saturating_sub(spare.div_ceil(2)).max(8), last + spare / 2);
    let highest = [(&before, &fuel.before), (&after, &fuel.after)]
        .into_iter()
        .flat_map(|(bins, fuel)| bins.values().map(|count| share(*count, fuel.count)))
        .fold(0.0, f64::max);
    let width = WIDTH / f64::from(last - first + 1);
    let outline = |bins: &BTreeMap<u32, u64>, all: u64, class: &str| {
        if bins.is_empty() {
            return String::new();
        }
        let mut path = format!("M0 {HEIGHT}");
        for bin in first..=last {
            let count = bins.get(&bin).copied().unwrap_or_default();
            let top = HEIGHT - share(count, all) / highest * (HEIGHT - 4.0);
            let _ = write!(path, "V{top:.1}H{:.1}", f64::from(bin - first + 1) * width);
        }
        format!("<path class=\"{class}\" d=\"{path}V{HEIGHT}z\"/>")
    };
    let told = |fuel: &Distribution| {
        let [half, most, all] = quantiles(fuel)?.map(compact);
        Some(format!("{}: half use at most {half}, 99 in 100 {most}, all {all}", count(fuel.count, "call")))
    };
    let side =
        |word: &str, fuel| told(fuel).map_or_else(|| format!("{word} none. "), |told| format!("{word} {told}. "));
    format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 260 88\" role=\"img\"><title>Fuel of {}</title>\
         <desc>{}{}</desc>{}{}<path class=\"axis\" d=\"M0 {HEIGHT}H{WIDTH}\"/>\
         <text x=\"0\" y=\"85\">{}</text><text x=\"260\" y=\"85\" text-anchor=\"end\">{}</text></svg></figure>\n",
        name(module),
        escaped(&short(module)),
        side("Before:", &fuel.before),
        side("After:", &fuel.after),
        outline(&before, fuel.before.count, "old"),
        outline(&after, fuel.after.count, "new"),
        compact(least(first)),
        compact(least(last.saturating_add(1)))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_quarters_of_octaves() {
        assert_eq!([0, 4, 5, 7, 8, 9, 10].map(bin), [8, 8, 9, 11, 12, 12, 13]);
        for number in [4, 5, 1000, 12_345, u64::MAX] {
            assert!(
                least(bin(number)) <= number && (number == u64::MAX || number < least(bin(number) + 1)),
                "{number}"
            );
        }
    }
}
