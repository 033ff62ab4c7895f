//! What one call of a module may use.

use serde::{Deserialize, Serialize};

/// What one call of a module may use. A set may raise a module's limits up to [`Limits::CEILING`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Fuel of one call, roughly one unit an instruction.
    pub fuel: u64,
    /// Linear memory, in bytes.
    pub memory: usize,
    /// Findings or reasons in one answer.
    pub items: usize,
    /// One string of an answer, in bytes.
    pub string: usize,
    /// All strings of an answer together, in bytes.
    pub output: usize,
    /// The log of a call, in bytes; what is over is cut.
    pub log: usize,
}

impl Limits {
    /// What a module has unless its set says otherwise.
    pub const DEFAULT: Self =
        Self { fuel: 10_000_000, memory: 16 << 20, items: 64, string: 4 << 10, output: 64 << 10, log: 4 << 10 };

    /// What a module has that brings an interpreter of its language, unless its set says otherwise.
    pub const SCRIPTED: Self = Self { fuel: 500_000_000, memory: 128 << 20, ..Self::DEFAULT };

    /// What a set may raise a module's limits to: room for interpreters of scripting languages.
    pub const CEILING: Self =
        Self { fuel: 500_000_000, memory: 128 << 20, items: 256, string: 16 << 10, output: 256 << 10, log: 64 << 10 };

    /// The first limit that is over the ceiling: its key and the ceiling.
    #[must_use]
    pub fn over_ceiling(&self) -> Option<(&'static str, u64)> {
        let ceiling = Self::CEILING;
        [
            ("fuel", self.fuel, ceiling.fuel),
            ("memory", self.memory as u64, ceiling.memory as u64),
            ("items", self.items as u64, ceiling.items as u64),
            ("string", self.string as u64, ceiling.string as u64),
            ("output", self.output as u64, ceiling.output as u64),
            ("log", self.log as u64, ceiling.log as u64),
        ]
        .into_iter()
        .find_map(|(key, value, most)| (value > most).then_some((key, most)))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
