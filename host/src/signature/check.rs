//! Who of those that are trusted vouches for a component.

use serde::{Serialize, Serializer};

use super::envelope::Envelope;
use super::trust::{Rule, TrustedKey};
use super::{KeyId, Statement, Trust, Untrusted};
use crate::model::Digest;

/// A trusted key that signed for a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The key.
    pub key: KeyId,
    /// Its name.
    pub name: String,
    /// The digest of the file that its signature stands in.
    pub bundle: Digest,
    /// What the component is called there. It says nothing: digests are what is signed for.
    pub subject: String,
    /// Where the component came from, as the signer says.
    #[serde(rename = "predicate", serialize_with = "predicate")]
    pub statement: Statement,
}

fn predicate<S: Serializer>(statement: &Statement, serializer: S) -> Result<S::Ok, S::Error> {
    statement.predicate.serialize(serializer)
}

/// What the signatures of a component show: who signed, each once, and why the rest does not count.
struct Seen {
    signers: Vec<Signer>,
    rest: Vec<Untrusted>,
}

impl Trust {
    /// Who vouches for a component under its name, if those do whom the first rule for that name asks for.
    ///
    /// # Errors
    /// [`Untrusted`]: why nobody does.
    pub fn check(&self, name: &str, component: Digest, bundles: &[Vec<u8>]) -> Result<Vec<Signer>, Untrusted> {
        let rule = self.rule_for(name).ok_or_else(|| Untrusted::NoRule { name: name.to_owned() })?;
        self.met(rule, &self.seen(component, bundles)?)
    }

    /// Who vouches for a component whose name is not known yet, because nobody may look into it before: those whom any rule
    /// asks for. Its own rule must be [held against it](Self::check) when the name is known.
    ///
    /// # Errors
    /// [`Untrusted`]: why nobody does, by the first rule.
    pub fn check_unnamed(&self, component: Digest, bundles: &[Vec<u8>]) -> Result<Vec<Signer>, Untrusted> {
        let seen = self.seen(component, bundles)?;
        let mut why = Untrusted::NoRule { name: "any module".to_owned() };
        // From the last to the first, so that the first rule's reason is left.
        for rule in self.rules.iter().rev() {
            match self.met(rule, &seen) {
                Ok(signers) => return Ok(signers),
                Err(untrusted) => why = untrusted,
            }
        }
        Err(why)
    }

    fn seen(&self, component: Digest, bundles: &[Vec<u8>]) -> Result<Seen, Untrusted> {
        if bundles.is_empty() {
            return Err(Untrusted::NoSignature);
        }
        let mut seen = Seen { signers: Vec::new(), rest: Vec::new() };
        for bundle in bundles {
            match self.signers(component, bundle) {
                Ok(signers) => {
                    for signer in signers {
                        // A key that signed two times is one signer.
                        if seen.signers.iter().all(|known| known.key != signer.key) {
                            seen.signers.push(signer);
                        }
                    }
                }
                Err(why) => seen.rest.push(why),
            }
        }
        Ok(seen)
    }

    /// The trusted keys that signed for a component in one file. What is signed is parsed last, when it is known that a trusted
    /// key signed it.
    fn signers(&self, component: Digest, bundle: &[u8]) -> Result<Vec<Signer>, Untrusted> {
        let envelope = Envelope::read(bundle)?;
        let signed: Vec<_> = self.keys.iter().filter(|key| envelope.is_signed_by(&key.public)).collect();
        let good: Vec<_> = signed.iter().copied().filter(|key| key.revoked.is_none()).collect();
        if good.is_empty() {
            return Err(self.nobody(&envelope, &signed));
        }
        let statement = Statement::read(&envelope.payload_type, &envelope.payload)?;
        let Some(subject) = statement.about(component) else {
            return Err(Untrusted::OtherBytes { component, signed: statement.digests() });
        };
        let of_key = |key: &&TrustedKey| Signer {
            key: key.public.id(),
            name: key.name.clone(),
            bundle: envelope.file,
            subject: subject.to_owned(),
            statement: statement.clone(),
        };
        Ok(good.iter().map(of_key).collect())
    }

    /// Why no signature of an envelope counts.
    fn nobody(&self, envelope: &Envelope, signed: &[&TrustedKey]) -> Untrusted {
        // Whoever has a key that was revoked can write any time beside a signature, so none of its signatures counts.
        let revoked = signed.iter().find_map(|key| Some((key, key.revoked.as_ref()?)));
        if let Some((key, revoked)) = revoked {
            let (name, key) = (key.name.clone(), key.public.id());
            return Untrusted::Revoked { name, key, at: revoked.at, reason: revoked.reason.clone() };
        }
        let named = envelope.hints().find_map(|hint| self.keys.iter().find(|key| key.public.id() == hint));
        match named {
            Some(key) => Untrusted::Broken { name: key.name.clone(), key: key.public.id() },
            None => Untrusted::UnknownKey { hint: envelope.hints().next() },
        }
    }

    fn met(&self, rule: &Rule, seen: &Seen) -> Result<Vec<Signer>, Untrusted> {
        let (have, others): (Vec<_>, Vec<_>) = seen.signers.iter().partition(|signer| rule.keys.contains(&signer.key));
        if have.len() >= rule.signatures {
            return Ok(have.into_iter().cloned().collect());
        }
        if let ([], [], [why]) = (have.as_slice(), others.as_slice(), seen.rest.as_slice()) {
            return Err(why.clone());
        }
        let counts = self.keys.iter().filter(|key| rule.keys.contains(&key.public.id()) && key.revoked.is_none());
        let counts: Vec<_> = counts.map(|key| key.name.as_str()).collect();
        let have: Vec<_> = have.iter().map(|signer| signer.name.as_str()).collect();
        let others =
            others.iter().map(|signer| format!("it is signed by {}, whose key does not count here", signer.name));
        let rest: Vec<_> = others.chain(seen.rest.iter().map(ToString::to_string)).collect();
        Err(Untrusted::TooFew {
            modules: rule.modules.join(", "),
            needed: rule.signatures,
            of: if counts.is_empty() { "of which none counts any longer".to_owned() } else { counts.join(", ") },
            have: match have.as_slice() {
                [] => "is none".to_owned(),
                [one] => format!("is {one}"),
                more => format!("are {}", more.join(", ")),
            },
            rest: if rest.is_empty() { String::new() } else { format!("; {}", rest.join("; ")) },
        })
    }
}
