//! Axes for shares.

/// Widths of a tick, from which the narrowest is taken that gives few enough ticks.
const STEPS: [f64; 13] = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];

/// An axis from one share to another, drawn from one position to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    step: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis that holds all values, with a little room and at most seven ticks.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values
            .into_iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low <= high { (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0)) } else { (0.0, 1.0) };
        let room = ((high - low) * 0.04).max(0.0005);
        let (low, high) = ((low - room).max(0.0), (high + room).min(1.0));
        let step = STEPS.into_iter().find(|step| (high - low) / step <= 5.0).unwrap_or(0.5);
        // Ticks lie on multiples of the step, and so do both ends.
        let (low, high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        Self { low, high, step, from, to }
    }

    /// Where a share lies.
    pub(crate) fn at(&self, share: f64) -> f64 {
        self.from + (share.clamp(self.low, self.high) - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Positions and labels of the ticks.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let digits = if self.step < 0.001 { 2 } else { usize::from(self.step < 0.01) };
        let mut ticks = Vec::new();
        let mut share = self.low;
        while share <= self.high + self.step / 2.0 {
            ticks.push((self.at(share), format!("{:.digits$} %", share * 100.0)));
            share += self.step;
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64]) -> Vec<String> {
        Axis::over(values.iter().copied(), 0.0, 100.0).ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(&[0.0, 0.031]), ["0 %", "1 %", "2 %", "3 %", "4 %"]);
        assert_eq!(labels(&[0.61, 0.75]), ["60 %", "65 %", "70 %", "75 %", "80 %"]);
        assert_eq!(labels(&[0.0, 1.0]), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(labels(&[0.0, 0.0]), ["0.00 %", "0.01 %", "0.02 %", "0.03 %", "0.04 %", "0.05 %"]);
        assert_eq!(labels(&[]).len(), 6);
    }

    #[test]
    fn everything_lies_inside() {
        for values in [[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [0.123, 0.124], [0.0, 0.999]] {
            let axis = Axis::over(values, 10.0, 0.0);
            for value in values {
                assert!((0.0..=10.0).contains(&axis.at(value)), "{values:?}");
            }
            assert!((2..=8).contains(&axis.ticks().len()), "{values:?} {axis:?}");
        }
    }
}
