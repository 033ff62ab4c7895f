//! Who somebody is here, by what the issuer says of them.

use serde_json::Value;

use super::Settings;
use super::protocol::Claims;
use crate::access::{PERSON, Role};
use crate::model::Digest;

/// How many digits of the digest stand in a name.
const DIGITS: usize = 16;

/// The longest subject, in bytes (OIDC Core, 2).
const LONGEST_SUBJECT: usize = 255;

/// The name under which the ledger knows somebody for good. It is not personal to whoever does not know the issuer's directory;
/// whoever does computes the same. No issuer has a line break in it, so no two pairs are written the same way.
pub(super) fn name_of(issuer: &str, subject: &str) -> Option<String> {
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        return None;
    }
    let digest = format!("{:x}", Digest::of_parts(&[issuer.as_bytes(), b"\n", subject.as_bytes()]));
    digest.get(..DIGITS).map(|digits| format!("{PERSON}{digits}"))
}

/// The role of somebody: the first in the deployment's list whose group they are in.
pub(super) fn role_of(settings: &Settings, claims: &Claims) -> Option<Role> {
    let groups = claims.get(&settings.role_claim)?;
    let is_in = |group: &str| match groups {
        Value::String(one) => one == group,
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(group)),
        _ => false,
    };
    settings.roles.iter().find(|granted| is_in(&granted.group)).map(|granted| granted.role)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_of_one_person_at_one_issuer() {
        let name = |issuer, subject| name_of(issuer, subject).unwrap();
        // printf '%s\n%s' https://id.example.com 24400320 | sha256sum | cut -c1-16
        assert_eq!(name("https://id.example.com", "24400320"), "person-dcc7b96016ecbb86");
        assert_ne!(name("https://id.example.com", "24400320"), name("https://id.example.com/", "24400320"));
        assert_ne!(name("https://id.example.com", "a"), name("https://id.example.com", "A"));
        assert_ne!(name("https://id.example.com/a", "bc"), name("https://id.example.com/ab", "c"));
        for wrong in ["", &"x".repeat(256)] {
            assert_eq!(name_of("https://id.example.com", wrong), None);
        }
    }

    #[test]
    fn the_first_role_in_the_list_counts() {
        let settings: Settings = serde_json::from_value(json!({
            "issuer": "https://id.example.com", "client-id": "c", "address": "https://c.example.com",
            "roles": [{ "group": "heads", "role": "senior-reviewer" }, { "group": "crm", "role": "reviewer" }],
        }))
        .unwrap();
        let role = |claims: Value| role_of(&settings, &serde_json::from_value(claims).unwrap());
        assert_eq!(role(json!({ "groups": ["crm", "heads", "all"] })), Some(Role::SeniorReviewer));
        assert_eq!(role(json!({ "groups": ["all", "crm"] })), Some(Role::Reviewer));
        assert_eq!(role(json!({ "groups": "crm" })), Some(Role::Reviewer));
        for nothing in [
            json!({}),
            json!({ "groups": [] }),
            json!({ "groups": "crm heads" }),
            json!({ "groups": ["CRM", "crm ", 7, null, ["crm"]] }),
            json!({ "groups": { "crm": true } }),
            json!({ "roles": ["crm"] }),
        ] {
            assert_eq!(role(nothing.clone()), None, "{nothing}");
        }
    }
}
