//! Who must agree before a set decides.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{Proposal, RolloutError};
use crate::access::{Permission, Role};

/// How many people must approve a set before it decides, and with which roles. Nobody approves what they proposed, whatever
/// their role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Approvals {
    /// How many. With none, a set that was proposed can be activated at once.
    pub number: u8,
    /// The roles whose approvals count, of those who come in with a token or sign in. Whoever approves on the command line, in
    /// the deployment's folder, has none, and counts: who can write there can change this as well.
    #[serde(deserialize_with = "roles")]
    pub roles: Vec<Role>,
}

/// Roles that may approve: an approval by any other never comes in.
fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    let roles = Vec::<Role>::deserialize(deserializer)?;
    let known = || {
        let names: Vec<_> = Permission::Approve.roles().iter().map(|role| role.as_str()).collect();
        names.join(", ")
    };
    match roles.iter().find(|role| !role.may(Permission::Approve)) {
        Some(role) => Err(D::Error::custom(format!("`{role}` may not approve sets; those that may are: {}", known()))),
        None if roles.is_empty() => {
            Err(D::Error::custom(format!("nobody could approve with a token or signed in; name one of: {}", known())))
        }
        None => Ok(roles),
    }
}

impl Default for Approvals {
    fn default() -> Self {
        Self { number: 1, roles: vec![Role::Approver] }
    }
}

impl Approvals {
    /// Whether an approval by somebody with this role counts.
    ///
    /// # Errors
    /// [`RolloutError::Role`] if it does not.
    pub fn check_role(&self, role: Option<Role>) -> Result<(), RolloutError> {
        match role {
            Some(role) if !self.roles.contains(&role) => {
                let wanted = self.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
                Err(RolloutError::Role { role: role.to_string(), wanted })
            }
            _ => Ok(()),
        }
    }

    /// How many approvals of a proposal count.
    #[must_use]
    pub fn given(&self, proposal: &Proposal) -> usize {
        // A role that this release does not know counts for nothing.
        let counts = |role: &Option<String>| {
            role.as_ref().is_none_or(|role| role.parse().is_ok_and(|role| self.roles.contains(&role)))
        };
        proposal.approvals.iter().filter(|approval| counts(&approval.role)).count()
    }

    /// Whether enough have approved.
    ///
    /// # Errors
    /// [`RolloutError::Unapproved`] if not.
    pub fn check(&self, proposal: &Proposal) -> Result<(), RolloutError> {
        let (needed, given) = (usize::from(self.number), self.given(proposal));
        if given >= needed {
            return Ok(());
        }
        Err(RolloutError::Unapproved { proposal: proposal.seq, needed, given })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, SetRef};
    use crate::rollout::Approval;

    #[test]
    fn roles_that_may_not_approve_are_refused_with_those_that_may() {
        let read = |text: &str| toml::from_str::<Approvals>(text).map_err(|error| error.to_string());
        assert_eq!(read("number = 2").unwrap(), Approvals { number: 2, ..Approvals::default() });
        let both = read("number = 2\nroles = [\"compliance\", \"approver\"]").unwrap();
        assert_eq!(both.roles, [Role::Compliance, Role::Approver]);
        for (text, word) in [
            ("roles = [\"approver\", \"auditor\"]", "`auditor` may not approve sets"),
            ("roles = []", "nobody could approve"),
        ] {
            let error = read(&format!("number = 1\n{text}")).unwrap_err();
            for word in [word, "line 2", "roles", "compliance, approver"] {
                assert!(error.contains(word), "{word}: {error}");
            }
        }
    }

    #[test]
    fn roles_that_do_not_count_are_not_counted() {
        let set = SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"s") };
        let approval = |by: &str, role: Option<&str>| Approval {
            seq: 9,
            at: "2026-11-20T09:00:00Z".into(),
            by: by.into(),
            role: role.map(Into::into),
        };
        let proposal = Proposal {
            seq: 7,
            at: "2026-11-20T08:00:00Z".into(),
            by: "ana".into(),
            set,
            against: None,
            reason: String::new(),
            approvals: vec![
                approval("ben", Some("approver")),
                approval("eve", Some("auditor")),
                approval("x", Some("?")),
            ],
            activated: None,
        };
        let two = Approvals { number: 2, ..Approvals::default() };
        assert_eq!(two.given(&proposal), 1);
        let error = two.check(&proposal).unwrap_err().to_string();
        assert!(error.starts_with("proposal 7 needs 2 approvals and has 1;"), "{error}");
        Approvals::default().check(&proposal).unwrap();
        let wider = Approvals { number: 2, roles: vec![Role::Approver, Role::Auditor] };
        wider.check(&proposal).unwrap();
        assert!(wider.check_role(Some(Role::Auditor)).is_ok() && wider.check_role(None).is_ok());
        let error = Approvals::default().check_role(Some(Role::Admin)).unwrap_err().to_string();
        assert_eq!(error, "approvals by `admin` do not count here; countersign.toml wants one of: approver");
    }
}
