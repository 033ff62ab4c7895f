//! Domain names, as e-mail addresses and web addresses have them.

use crate::form::Form;

/// How well a domain is formed: labels of letters, digits and hyphens, at least two, no IP address.
pub fn form(domain: &str) -> Form {
    if domain.len() > 253 {
        return Form::Invalid("its domain is longer than 253 characters");
    }
    let mut labels = 0;
    for label in domain.split('.') {
        labels += 1;
        if label.is_empty() || label.len() > 63 {
            return Form::Invalid("a part of its domain is empty or longer than 63 characters");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Form::Invalid("a part of its domain begins or ends with a hyphen");
        }
        if !label.chars().all(may_stand) {
            return Form::Invalid("its domain has a character that no domain has");
        }
    }
    let numeric = domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()));
    if labels < 2 || numeric {
        return Form::Invalid("it has no domain with a top level");
    }
    if !domain.is_ascii() {
        return Form::Valid("its domain is not written in ASCII");
    }
    Form::normal_unless(domain.bytes().any(|byte| byte.is_ascii_uppercase()), "its domain has capital letters")
}

/// Whether a domain may have this character. Of other scripts, only what is no letter in any is kept out: the
/// tables of all letters would be the largest part of the module.
fn may_stand(c: char) -> bool {
    match u32::from(c) {
        0..=0x7f => c.is_ascii_alphanumeric() || c == '-',
        0x80..=0xbf | 0xd7 | 0xf7 | 0x2000..=0x2bff | 0x3000..=0x3004 | 0xfe00..=0xfe6f | 0xfeff | 0xfff0..=0xffff => {
            false
        }
        code => code < 0xe0000,
    }
}
