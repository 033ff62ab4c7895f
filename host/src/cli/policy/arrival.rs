//! How a component comes into the archive, wherever it is from: vouched for before anything looks into it, inspected, published.

use anstream::println;
use anyhow::Context;

use super::check::changed;
use crate::ledger::Ledger;
use crate::modules::Inspected;
use crate::rollout::{Act, Against, Signature};
use crate::runtime::{Deployment, Published, Vouched};
use crate::sandbox::{SetupRequest, Shape};

/// A component that was let in and looked into.
pub(super) struct Arrival<'c> {
    /// Where it is from, for people.
    from: String,
    vouched: Vouched<'c>,
    described: Inspected,
}

impl<'c> Arrival<'c> {
    /// Lets in a component. Where signatures are asked for, nothing has looked into it before this.
    pub(super) fn let_in(
        deployment: &Deployment,
        from: &str,
        component: &'c [u8],
        bundles: Vec<Vec<u8>>,
        shape: Shape,
    ) -> anyhow::Result<Self> {
        let shown = || from.to_owned();
        let vouched = deployment.vouched(component, bundles).with_context(shown)?;
        let digest = vouched.digest();
        let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
        let ready = deployment.sandbox.inspect(component, digest, &request).with_context(shown)?;
        let described = Inspected::new(ready, &request, digest, component.len())?;
        Ok(Self { from: from.to_owned(), vouched, described })
    }

    /// What it calls itself.
    pub(super) fn module(&self) -> String {
        format!("{}@{}", self.described.name, self.described.version)
    }

    /// Whether it could be published now.
    pub(super) fn check(&self, deployment: &Deployment, ledger: &Ledger) -> anyhow::Result<()> {
        deployment.may_publish(ledger, &self.vouched, &self.described).with_context(|| self.from.clone())
    }

    /// Publishes it.
    pub(super) fn publish(&self, deployment: &Deployment, ledger: &mut Ledger, by: &str) -> anyhow::Result<Published> {
        let at = jiff::Timestamp::now().to_string();
        let act = Act { by, at: &at, reason: "" };
        deployment.publish(ledger, &self.vouched, &self.described, act).with_context(|| self.from.clone())
    }
}

/// The larger shape is that of a module that brings an interpreter.
pub(super) const fn shape(scripted: bool) -> Shape {
    if scripted { Shape::SCRIPTED } else { Shape::ORDINARY }
}

/// Says to people what came of publishing.
pub(super) fn show(published: &Published) {
    let Published { module, digest, new, signatures, against, .. } = published;
    if *new {
        println!("published {module}, {digest}");
    } else {
        println!("{module} was published before with the same bytes; nothing was written");
    }
    for Signature { name, key, .. } in signatures {
        println!("  signed by {name} (key {key})");
    }
    if let Some(Against { version, changes, .. }) = against {
        println!("\nagainst version {version}:");
        changed(changes);
    }
    println!("\nA set can name it: module = \"{module}\"");
}
