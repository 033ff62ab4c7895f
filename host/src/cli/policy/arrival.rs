//! How a component comes into the archive, wherever it is from: vouched for before anything looks into it, inspected, published.

use anstream::println;
use anyhow::Context;

use super::check::changed;
use crate::cli::text::plain;
use crate::ledger::Ledger;
use crate::rollout::{Act, Against, Signature};
use crate::runtime::{self, Deployment, Published};
use crate::sandbox::Shape;

/// A component that was let in and looked into.
pub(super) struct Arrival<'c> {
    /// Where it is from, for people.
    from: String,
    arrival: runtime::Arrival<'c>,
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
        let arrival = deployment.let_in(component, bundles, shape).with_context(|| from.to_owned())?;
        Ok(Self { from: from.to_owned(), arrival })
    }

    /// The same, with what it is made of as that came along.
    pub(super) fn made_of(self, sbom: Option<String>) -> Self {
        Self { arrival: self.arrival.made_of(sbom), ..self }
    }

    /// What it calls itself.
    pub(super) fn module(&self) -> String {
        self.arrival.module()
    }

    /// Whether it could be published now.
    pub(super) fn check(&self, deployment: &Deployment, ledger: &Ledger) -> anyhow::Result<()> {
        deployment.may_publish(ledger, &self.arrival).with_context(|| self.from.clone())
    }

    /// Publishes it.
    pub(super) fn publish(&self, deployment: &Deployment, ledger: &mut Ledger, by: &str) -> anyhow::Result<Published> {
        let at = jiff::Timestamp::now().to_string();
        let act = Act { by, at: &at, reason: "" };
        deployment.publish(ledger, &self.arrival, act).with_context(|| self.from.clone())
    }
}

/// The larger shape is that of a module that brings an interpreter.
pub(super) const fn shape(scripted: bool) -> Shape {
    if scripted { Shape::SCRIPTED } else { Shape::ORDINARY }
}

/// Says to people what came of publishing.
pub(super) fn show(published: &Published) {
    let Published { module, digest, new, signatures, sbom, against, .. } = published;
    let module = plain(module);
    if *new {
        println!("published {module}, {digest}");
    } else {
        println!("{module} was published before with the same bytes; nothing was written");
    }
    for Signature { name, key, .. } in signatures {
        println!("  signed by {} (key {})", plain(name), plain(key));
    }
    if sbom.is_some() {
        println!("  what it is made of came along: `countersign policy show {module} --sbom` prints it");
    }
    if let Some(Against { version, changes, .. }) = against {
        println!("\nagainst version {}:", plain(version));
        changed(changes);
    }
    println!("\nA set can name it: module = \"{module}\"");
}
