//! The plot of automation against error.

use super::axis::Axis;
use super::table::escaped;
use crate::replay::render::rows::names;
use crate::replay::render::words::{fraction, moved, percent, short};
use crate::replay::{Counts, Dimension, Estimate, Side, Slice};

/// The fewest applied suggestions of known truth that a small point needs: with fewer, it would be all chance.
const FEWEST: u64 = 10;

/// How many names of a dimension have a point.
const MOST: usize = 20;

/// How many small points have their name beside them: those with the highest false-apply rates.
const NAMED: usize = 3;

/// The edges of the plot: left, top, right, bottom.
const LEFT: f64 = 52.0;
const TOP: f64 = 14.0;
const RIGHT: f64 = 466.0;
const BOTTOM: f64 = 270.0;

/// A small point.
struct Point<'a> {
    dimension: Dimension,
    name: &'a str,
    slice: &'a Slice,
    automation: f64,
    error: f64,
}

/// Both rates of one side.
fn both(slice: &Slice, side: Side) -> Option<[Estimate; 2]> {
    Some([slice.automation(side).estimate()?, slice.false_applies(side).estimate()?])
}

fn points(counts: &Counts) -> Vec<Point<'_>> {
    let mut points = Vec::new();
    for dimension in [Dimension::Field, Dimension::Segment, Dimension::Assistant] {
        let all = names(counts, dimension, usize::MAX).rows;
        let known = all.into_iter().filter(|(_, slice)| slice.false_applies(Side::After).of >= FEWEST);
        points.extend(known.take(MOST).filter_map(|(name, slice)| {
            let [automation, error] = both(slice, Side::After)?.map(|estimate| estimate.value);
            Some(Point { dimension, name, slice, automation, error })
        }));
    }
    points.sort_by(|one, other| other.error.total_cmp(&one.error));
    points
}

/// The plot with its legend; none if neither side applied anything whose truth is known.
pub(super) fn figure(counts: &Counts) -> String {
    let (before, after) = (both(&counts.all, Side::Before), both(&counts.all, Side::After));
    let points = points(counts);
    let ends = |index: usize| {
        let whiskers = before.iter().chain(&after).filter_map(move |both| both.get(index));
        whiskers.flat_map(|estimate| [estimate.low, estimate.high])
    };
    if before.is_none() && after.is_none() {
        return "<p>Neither side applied a suggestion whose truth is known, so there is nothing to plot.</p>\n"
            .to_owned();
    }
    let x = Axis::over(ends(0).chain(points.iter().map(|point| point.automation)), LEFT, RIGHT);
    let y = Axis::over(ends(1).chain(points.iter().map(|point| point.error)).chain([0.0]), BOTTOM, TOP);
    let all = &counts.all;
    let told = format!(
        "Automation rate {}; false-apply rate {}.",
        moved(all.automation(Side::Before), all.automation(Side::After)),
        moved(all.false_applies(Side::Before), all.false_applies(Side::After))
    );
    let mut drawn = axes(&x, &y);
    drawn.extend(points.iter().map(|point| small(point, &x, &y)));
    drawn.extend(labels(&points, &x, &y));
    drawn.push(arrow(before, after, &x, &y));
    drawn.extend(before.map(|both| large("before", both, &x, &y, before, after)));
    drawn.extend(after.map(|both| large("after", both, &x, &y, before, after)));
    format!(
        "<figure><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Plot of automation against error\">\
         <svg class=\"plot\" viewBox=\"0 0 480 316\" role=\"img\" aria-labelledby=\"plot-title plot-desc\">\
         <title id=\"plot-title\">Automation against error</title><desc id=\"plot-desc\">{}</desc>\n{}</svg></div>\n\
         <figcaption>Better is to the right and further down. The large points are all suggestions before (hollow) and \
         after (full), with the 95 % interval of each rate. The small ones are parts after: ○ fields, □ segments, \
         △ assistants with at least {FEWEST} applied suggestions of known truth; the tables below have their \
         numbers.</figcaption></figure>\n",
        escaped(&told),
        drawn.concat()
    )
}

fn axes(x: &Axis, y: &Axis) -> Vec<String> {
    let mut drawn = vec![format!(
        "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>\n\
         <text class=\"name\" x=\"{:.1}\" y=\"308\" text-anchor=\"middle\">automation rate: applied without a person →</text>\n\
         <text class=\"name\" transform=\"translate(12 {:.1}) rotate(-90)\" text-anchor=\"middle\">false-apply rate ↑ worse</text>\n",
        f64::midpoint(LEFT, RIGHT),
        f64::midpoint(TOP, BOTTOM)
    )];
    for (at, label) in x.ticks() {
        drawn.push(format!("<path class=\"grid\" d=\"M{at:.1} {TOP}V{BOTTOM}\"/><text x=\"{at:.1}\" y=\"286\" text-anchor=\"middle\">{label}</text>\n"));
    }
    for (at, label) in y.ticks() {
        drawn.push(format!("<path class=\"grid\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/><text x=\"47\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\n", at + 4.0));
    }
    drawn
}

fn small(point: &Point, x: &Axis, y: &Axis) -> String {
    let (at_x, at_y) = (x.at(point.automation), y.at(point.error));
    let shape = match point.dimension {
        Dimension::Segment => {
            format!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\"/>", at_x - 3.5, at_y - 3.5)
        }
        Dimension::Assistant => format!("<path d=\"M{at_x:.1} {:.1}l4.5 8h-9z\"/>", at_y - 5.0),
        _ => format!("<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"4\"/>"),
    };
    let (word, name) = (point.dimension.as_str(), escaped(&short(point.name)));
    let (automation, error) = (point.slice.automation(Side::After), point.slice.false_applies(Side::After));
    let told = format!("automation {}, false applies {} ({})", percent(automation), percent(error), fraction(error));
    format!("<g class=\"part\"><title>{word} {name}: {}</title>{shape}</g>\n", escaped(&told))
}

/// Names beside the worst small points, where they do not run into each other.
fn labels(points: &[Point], x: &Axis, y: &Axis) -> Vec<String> {
    let mut taken: Vec<f64> = Vec::new();
    let mut drawn = Vec::new();
    for point in points.iter().filter(|point| point.error > 0.0).take(NAMED) {
        let (at_x, at_y) = (x.at(point.automation), y.at(point.error));
        if taken.iter().any(|other| (other - at_y).abs() < 13.0) {
            continue;
        }
        taken.push(at_y);
        let name: String = short(point.name).chars().take(20).collect();
        let right = at_x < f64::midpoint(LEFT, RIGHT);
        let (shift, anchor) = if right { (8.0, "start") } else { (-8.0, "end") };
        let (at_x, at_y, name) = (at_x + shift, at_y + 4.0, escaped(&name));
        drawn.push(format!("<text x=\"{at_x:.1}\" y=\"{at_y:.1}\" text-anchor=\"{anchor}\">{name}</text>\n"));
    }
    drawn
}

/// The arrow from before to after, unless they lie too close together for one.
fn arrow(before: Option<[Estimate; 2]>, after: Option<[Estimate; 2]>, x: &Axis, y: &Axis) -> String {
    let (Some([from_x, from_y]), Some([to_x, to_y])) = (before, after) else { return String::new() };
    let (from, to) = ((x.at(from_x.value), y.at(from_y.value)), (x.at(to_x.value), y.at(to_y.value)));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length < 26.0 {
        return String::new();
    }
    // Along the arrow, and across it.
    let (ux, uy) = (dx / length, dy / length);
    let at = |along: f64, across: f64| (to.0 - ux * along - uy * across, to.1 - uy * along + ux * across);
    let ((tip_x, tip_y), (one_x, one_y), (other_x, other_y)) = (at(8.0, 0.0), at(17.0, 4.5), at(17.0, -4.5));
    let (start_x, start_y) = (from.0 + ux * 8.0, from.1 + uy * 8.0);
    format!(
        "<path class=\"arrow\" d=\"M{start_x:.1} {start_y:.1}L{tip_x:.1} {tip_y:.1}\"/>\
         <path class=\"tip\" d=\"M{tip_x:.1} {tip_y:.1}L{one_x:.1} {one_y:.1}L{other_x:.1} {other_y:.1}z\"/>\n"
    )
}

fn large(
    word: &str,
    [automation, error]: [Estimate; 2],
    x: &Axis,
    y: &Axis,
    before: Option<[Estimate; 2]>,
    after: Option<[Estimate; 2]>,
) -> String {
    let (at_x, at_y) = (x.at(automation.value), y.at(error.value));
    let (left, right, top, bottom) = (x.at(automation.low), x.at(automation.high), y.at(error.high), y.at(error.low));
    // The word goes to the side where the other point is not; where both are one, each word has a side of its own.
    let right_of = match word {
        "before" => after.is_none_or(|[after, _]| after.value < automation.value),
        _ => before.is_none_or(|[before, _]| before.value <= automation.value),
    };
    let (shift, anchor) = if right_of { (10.0, "start") } else { (-10.0, "end") };
    let word_x = at_x + shift;
    let word_y = at_y - 8.0;
    format!(
        "<g class=\"{word}\"><path class=\"whisker\" d=\"M{left:.1} {at_y:.1}H{right:.1}M{at_x:.1} {top:.1}V{bottom:.1}\"/>\
         <circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"6\"/>\
         <text class=\"word\" x=\"{word_x:.1}\" y=\"{word_y:.1}\" text-anchor=\"{anchor}\">{word}</text></g>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_two_points_never_lie_on_each_other() {
        let point = |value: f64| [Estimate { value, low: value - 0.1, high: value + 0.1 }; 2];
        let axis = Axis::over([0.0, 1.0], LEFT, RIGHT);
        for (before, after, sides) in
            [(0.5, 0.5, ["end", "start"]), (0.2, 0.8, ["end", "start"]), (0.8, 0.2, ["start", "end"])]
        {
            let both = [("before", before), ("after", after)]
                .map(|(word, value)| large(word, point(value), &axis, &axis, Some(point(before)), Some(point(after))));
            for (drawn, side) in both.iter().zip(sides) {
                assert!(drawn.contains(&format!("text-anchor=\"{side}\"")), "{before} and {after}: {drawn}");
            }
        }
    }
}
