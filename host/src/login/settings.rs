//! `[serve.login]` in `countersign.toml`.

use std::collections::HashSet;
use std::num::{NonZeroU8, NonZeroU16};
use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{Issuer, OwnAddress};
use crate::access::Role;

/// Where people sign in, and what they are here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Who says who somebody is.
    pub issuer: Issuer,
    /// What the issuer calls this service.
    #[serde(deserialize_with = "client_id")]
    pub client_id: String,
    /// The file with the secret that this service shows to the issuer; relative to the deployment's folder. Without one, PKCE
    /// alone protects the codes.
    pub client_secret_file: Option<PathBuf>,
    /// Where people reach this service.
    pub address: OwnAddress,
    /// A PEM file of the authorities that the issuer's certificate is from, instead of the usual ones; relative to the
    /// deployment's folder.
    pub authorities: Option<PathBuf>,
    /// What the issuer is asked to tell, beside `openid`.
    #[serde(default, deserialize_with = "scopes")]
    pub scopes: Vec<String>,
    /// The claim of an ID token that lists somebody's groups.
    #[serde(default = "groups", deserialize_with = "role_claim")]
    pub role_claim: String,
    /// What the people of a group are. Whoever is in several is what the first of these says.
    #[serde(deserialize_with = "roles")]
    pub roles: Vec<Granted>,
    /// For how many hours somebody is signed in.
    #[serde(default = "eight")]
    pub hours: NonZeroU8,
    /// How many seconds the issuer may take for an answer.
    #[serde(default = "ten")]
    pub patience: NonZeroU16,
}

/// What the people of one group are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// The group, as the issuer writes it.
    #[serde(deserialize_with = "group")]
    pub group: String,
    /// The role.
    #[serde(deserialize_with = "role")]
    pub role: Role,
}

fn groups() -> String {
    "groups".to_owned()
}

fn eight() -> NonZeroU8 {
    NonZeroU8::new(8).unwrap_or(NonZeroU8::MIN)
}

fn ten() -> NonZeroU16 {
    NonZeroU16::new(10).unwrap_or(NonZeroU16::MIN)
}

/// A text that a person writes into one line.
fn written<'de, D: Deserializer<'de>>(deserializer: D, what: &str) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() || text.trim() != text || text.contains(char::is_control) {
        return Err(D::Error::custom(format!("{what} is a text on one line, without blanks around it")));
    }
    Ok(text)
}

fn client_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    written(deserializer, "a client id")
}

fn group<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    written(deserializer, "a group")
}

/// Claims that say who somebody is and not what they are in, or how the token itself is. Some of them people write themselves.
const NO_GROUPS: &str = "iss sub aud exp iat auth_time nonce acr amr azp at_hash c_hash jti sid name given_name family_name \
    middle_name nickname preferred_username profile picture website email email_verified gender birthday birthdate zoneinfo \
    locale phone_number phone_number_verified address updated_at";

fn role_claim<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let claim = written(deserializer, "the name of a claim")?;
    if NO_GROUPS.split(' ').any(|other| other == claim) {
        return Err(D::Error::custom(format!("`{claim}` lists no groups: name a claim that the issuer alone writes")));
    }
    Ok(claim)
}

fn role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
    match Role::deserialize(deserializer)? {
        Role::Assistant => Err(D::Error::custom("people are no assistants: give the program a token of its own")),
        role => Ok(role),
    }
}

fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Granted>, D::Error> {
    let roles = Vec::<Granted>::deserialize(deserializer)?;
    if roles.is_empty() {
        return Err(D::Error::custom("no group has a role, so nobody could sign in"));
    }
    let mut met = HashSet::new();
    match roles.iter().find(|granted| !met.insert(&granted.group)) {
        Some(Granted { group, .. }) => Err(D::Error::custom(format!("the group `{group}` is there twice"))),
        None => Ok(roles),
    }
}

fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let scopes = Vec::<String>::deserialize(deserializer)?;
    let is_one = |scope: &String| {
        !scope.is_empty() && scope.chars().all(|letter| letter.is_ascii_graphic() && !"\"\\".contains(letter))
    };
    match scopes.iter().find(|scope| !is_one(scope)) {
        Some(wrong) => Err(D::Error::custom(format!("`{wrong}` is no scope"))),
        None => Ok(scopes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
issuer = "https://id.example.com/realms/acme"
client-id = "countersign"
address = "https://countersign.example.com/"
roles = [{ group = "crm", role = "reviewer" }]
"#;

    #[test]
    fn what_is_not_said_has_a_usual_value() {
        let settings: Settings = toml::from_str(LEAST).unwrap();
        assert_eq!(settings.issuer.as_str(), "https://id.example.com/realms/acme");
        assert_eq!(settings.address.at("/x"), "https://countersign.example.com/x");
        assert!(settings.address.is_secure() && settings.scopes.is_empty());
        assert_eq!((settings.role_claim.as_str(), settings.hours.get(), settings.patience.get()), ("groups", 8, 10));
        assert_eq!(settings.roles, [Granted { group: "crm".to_owned(), role: Role::Reviewer }]);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let line = |key: &str| LEAST.lines().find(|line| line.starts_with(key)).unwrap();
        for (key, wrong, says) in [
            ("issuer", r#"issuer = "http://id.example.com""#, "write https://"),
            ("issuer", r#"issuer = "https://id.example.com/.well-known/openid-configuration""#, "the issuer alone"),
            ("issuer", r#"issuer = "https://id.example.com/?a=b""#, "neither `?` nor `#`"),
            ("client-id", r#"client-id = " ""#, "a client id is"),
            ("client-id", "colour = 1", "unknown field `colour`"),
            ("address", r#"address = "https://a.example.com/#x""#, "neither `?` nor `#`"),
            ("address", r#"address = "http://a.example.com""#, "write https://"),
            ("roles", "roles = []", "nobody could sign in"),
            ("roles", r#"roles = [{ group = "a", role = "assistant" }]"#, "people are no assistants"),
            ("roles", r#"roles = [{ group = "a", role = "root" }]"#, "unknown variant `root`"),
            ("roles", r#"roles = [{ group = "a", role = "admin" }, { group = "a", role = "author" }]"#, "there twice"),
        ] {
            let text = LEAST.replace(line(key), wrong);
            let number = text.lines().position(|line| line == wrong).unwrap() + 1;
            let error = toml::from_str::<Settings>(&text).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains(&format!("line {number}")), "{wrong}: {error}");
        }
        for (more, says) in [
            (r#"role-claim = "email""#, "lists no groups"),
            (r#"scopes = ["a b"]"#, "no scope"),
            ("hours = 0", "nonzero"),
            ("hours = 300", "nonzero"),
        ] {
            let text = format!("{LEAST}{more}\n");
            let error = toml::from_str::<Settings>(&text).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("line 6"), "{more}: {error}");
        }
    }
}
