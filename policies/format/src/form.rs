//! How well a text is formed.

/// How well a text is formed, with why it is not well formed: the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the normal form of its kind.
    Normal,
    /// A value of its kind, written in another way.
    Valid(&'static str),
    /// No value of its kind.
    Invalid(&'static str),
}

impl Form {
    /// Normal, unless something speaks against it.
    pub fn normal_unless(not_normal: bool, why: &'static str) -> Self {
        if not_normal { Self::Valid(why) } else { Self::Normal }
    }
}
