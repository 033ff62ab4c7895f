//! E-mail addresses: what of RFC 5321 is met in practice. No quoted local parts, no IP addresses.

use crate::domain;
use crate::form::Form;

/// How well an e-mail address is formed.
pub fn form(text: &str) -> Form {
    if text.len() > 254 {
        return Form::Invalid("it is longer than 254 characters");
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Form::Invalid("it has no @");
    };
    if local.is_empty() || local.len() > 64 {
        return Form::Invalid("the part before the @ is empty or longer than 64 characters");
    }
    if local.split('.').any(str::is_empty) {
        return Form::Invalid("the part before the @ has a dot too many");
    }
    if !local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte)) {
        return Form::Invalid("the part before the @ has a character that it may not have");
    }
    domain::form(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["ann@acme.com", "Ann.O'Lee+crm@mail.acme.co.uk", "a@xn--mnchen-3ya.de", "a@1and1.com"] {
            assert_eq!(form(good), Form::Normal, "{good}");
        }
        for valid in ["ann@Acme.com", "ann@münchen.de"] {
            assert!(matches!(form(valid), Form::Valid(_)), "{valid}");
        }
        let (local, label) = (format!("{}@acme.com", "a".repeat(65)), format!("a@{}.com", "a".repeat(64)));
        let long = format!("a@{}com", "abcdefgh.".repeat(30));
        for bad in [
            "",
            "ann",
            "@acme.com",
            "ann@",
            "ann@acme",
            ".ann@acme.com",
            "ann.@acme.com",
            "a..n@acme.com",
            "a b@acme.com",
            "ann@acme..com",
            "ann@-acme.com",
            "ann@acme.123",
            "ann@[10.0.0.1]",
            "a@b@acme.com",
            "\"a\"@acme.com",
            "zoë@acme.com",
            "a@acme_x.com",
            &local,
            &label,
            &long,
        ] {
            assert!(matches!(form(bad), Form::Invalid(_)), "{bad}");
        }
    }
}
