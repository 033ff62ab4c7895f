//! Reading domains out of addresses and URLs.

use countersign_guest::url::{Authority, split_scheme};

use crate::punycode;

/// No domain is longer, in characters.
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The domain of one e-mail address, `ann@acme.com` or `Ann <ann@acme.com>`, in the form of [`normal`].
pub fn of_address(text: &str) -> Option<String> {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>')?,
        None => text,
    };
    let (local, domain) = address.split_once('@')?;
    // A second `@` would leave open which of the two parts mail goes to.
    if local.is_empty() || domain.contains('@') {
        return None;
    }
    normal(domain)
}

/// The domain of a website, with or without scheme, port and path, in the form of [`normal`].
pub fn of_website(text: &str) -> Option<String> {
    let (_, rest) = split_scheme(text.trim());
    normal(Authority::read(rest)?.host)
}

/// A domain as it is compared: lower case, labels of other scripts decoded, no dot at the end.
/// Nothing if it is no domain of at least two labels, such as an address in numbers.
pub fn normal(text: &str) -> Option<String> {
    normal_labels(text, 2)
}

/// The same with at least this many labels.
pub fn normal_labels(text: &str, least: usize) -> Option<String> {
    if text.len() > 4 * LONGEST {
        return None;
    }
    // Made before what is given back first: a module's memory is a stack.
    let mut domain = String::with_capacity(text.len());
    let mut mapped = String::with_capacity(text.len());
    for c in text.chars() {
        mapped.push(map(c)?);
    }
    let mapped = mapped.strip_suffix('.').unwrap_or(&mapped);
    let mut labels = 0;
    for label in mapped.split('.') {
        if label.is_empty() || label.starts_with('-') || label.ends_with('-') || label.chars().count() > LONGEST_LABEL {
            return None;
        }
        if labels > 0 {
            domain.push('.');
        }
        labels += 1;
        match label.strip_prefix("xn--") {
            Some(encoded) => decode(encoded, &mut domain)?,
            None => domain.push_str(label),
        }
    }
    let top = mapped.rsplit('.').next()?;
    (labels >= least && domain.chars().count() <= LONGEST && !top.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(domain)
}

fn decode(encoded: &str, domain: &mut String) -> Option<()> {
    for c in punycode::decode(encoded)?.chars() {
        domain.push(map(c).filter(|mapped| *mapped != '.')?);
    }
    Some(())
}

/// A character in lower case; nothing if it may not stand in a domain. Small tables of its own: those
/// of Unicode would be the largest part of the module.
fn map(c: char) -> Option<char> {
    let code = u32::from(c);
    Some(match code {
        0x2d | 0x2e | 0x30..=0x39 | 0x61..=0x7a => c,
        0x41..=0x5a => c.to_ascii_lowercase(),
        // What else is ASCII, blanks, controls, marks of direction and characters that show nothing.
        #[rustfmt::skip]
        0x00..=0xa0 | 0xad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x1680 | 0x17b4 | 0x17b5 | 0x180e
        | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x2800 | 0x3000 | 0x3164 | 0xfe00..=0xfe0f
        | 0xfeff | 0xffa0 | 0xfff0..=0xffff | 0xe0000..=0x0010_ffff => return None,
        0x3002 | 0xff0e | 0xff61 => '.',
        // Full width.
        0xff01..=0xff5e => return char::from_u32(code - 0xfee0).and_then(map),
        // Upper case of Latin-1, Greek, Cyrillic, Armenian: a fixed way from the lower case.
        0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f => char::from_u32(code + 0x20)?,
        0x400..=0x40f => char::from_u32(code + 0x50)?,
        0x531..=0x556 => char::from_u32(code + 0x30)?,
        // Where upper and lower case alternate, the even one is upper case.
        0x100..=0x12f
        | 0x132..=0x137
        | 0x14a..=0x177
        | 0x460..=0x481
        | 0x48a..=0x4bf
        | 0x4d0..=0x52f
        | 0x1e00..=0x1e95
        | 0x1ea0..=0x1eff => char::from_u32(code | 1)?,
        // And here the odd one.
        0x139..=0x148 | 0x179..=0x17e | 0x4c1..=0x4ce if code % 2 == 1 => char::from_u32(code + 1)?,
        0x4c0 => '\u{4cf}',
        _ => c,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(of_address("ann@Mail.ACME.com.").as_deref(), Some("mail.acme.com"));
        assert_eq!(of_address("Ann Lee <ann@acme.com>").as_deref(), Some("acme.com"));
        assert_eq!(of_address("ann@xn--mnchen-3ya.de").as_deref(), Some("münchen.de"));
        assert_eq!(of_address("ann@MÜNCHEN。de").as_deref(), Some("münchen.de"));
        assert_eq!(of_address("ann@ａcme.com").as_deref(), Some("acme.com"));
        let long = format!("ann@{}.com", "a".repeat(64));
        for bad in [
            "",
            "ann",
            "@acme.com",
            "ann@acme",
            "ann@a..com",
            "ann@acme.com@evil.com",
            "ann@10.0.0.1",
            "ann@[10.0.0.1]",
            "ann@ac me.com",
            "ann@ac\u{200b}me.com",
            "ann@-acme.com",
            "<ann@acme.com> x",
            "ann@xn--google-.com",
            "ann@.",
            "ann@acme.com?x",
            &long,
        ] {
            assert_eq!(of_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn websites() {
        for text in ["acme.com", " https://acme.com/about?x=1 ", "HTTP://ACME.com:8080", "https://me:pw@acme.com/"] {
            assert_eq!(of_website(text).as_deref(), Some("acme.com"), "{text}");
        }
        assert_eq!(of_website("https://acme.com@evil.com/").as_deref(), Some("evil.com"));
        assert_eq!(of_website("acme.com/?to=https://evil.com").as_deref(), Some("acme.com"));
        assert_eq!(of_website("none"), None);
    }
}
