//! Labels that mix scripts, which no name does in good faith.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Digits, the hyphen, combining marks: at home everywhere.
    Common,
    Latin,
    /// Chinese, Japanese and Korean names mix these, also with Latin.
    EastAsian,
    /// Every other script, by a number of its own.
    Other(u32),
}

/// Whether one label of the domain mixes scripts that no language mixes.
pub fn is_mixed(domain: &str) -> bool {
    domain.split('.').any(|label| {
        let mut scripts = label.chars().map(script).filter(|script| *script != Script::Common);
        let Some(first) = scripts.next() else { return false };
        let east = |script| matches!(script, Script::EastAsian | Script::Latin);
        scripts.any(|script| script != first && !(east(script) && east(first)))
    })
}

fn script(c: char) -> Script {
    let code = u32::from(c);
    match code {
        0x61..=0x7a | 0xaa | 0xba | 0xc0..=0x2af | 0x1e00..=0x1eff | 0x2c60..=0x2c7f | 0xa720..=0xa7ff => Script::Latin,
        0x00..=0xbf | 0x2b0..=0x36f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x2010..=0x206f | 0x20d0..=0x20ff => {
            Script::Common
        }
        0x1100..=0x11ff
        | 0x2e80..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7ff
        | 0xf900..=0xfaff
        | 0x1aff0..=0x1b16f
        | 0x20000..=0x3ffff => Script::EastAsian,
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Other(0x370),
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Script::Other(0x400),
        0x530..=0x58f => Script::Other(0x530),
        0x590..=0x5ff => Script::Other(0x590),
        0x600..=0x6ff | 0x750..=0x77f | 0x8a0..=0x8ff => Script::Other(0x600),
        0x10a0..=0x10ff | 0x1c90..=0x1cbf | 0x2d00..=0x2d2f => Script::Other(0x10a0),
        0x13a0..=0x13ff | 0xab70..=0xabbf => Script::Other(0x13a0),
        // The blocks of India and its neighbours are 128 characters each.
        0x900..=0xfff => Script::Other(code & !0x7f),
        // A block of 256 stands for a script; a rare script of two blocks would be taken for two.
        _ => Script::Other(code & !0xff),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mixtures_that_no_language_has() {
        for mixed in ["раypal.com", "acmе.com", "αcme.com", "x.gооgle.com"] {
            assert!(is_mixed(mixed), "{mixed}");
        }
        for plain in
            ["acme.com", "münchen-24.de", "почта.рф", "почта.com", "東京タワー.jp", "nhk東京.jp", "삼성a.kr", "1-2.com"]
        {
            assert!(!is_mixed(plain), "{plain}");
        }
    }
}
