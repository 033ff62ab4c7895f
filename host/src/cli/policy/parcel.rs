//! Modules that are known here, as they are sent to others.

use anyhow::Context;
use semver::Version;

use crate::cli::{Global, open};
use crate::ledger::{Ledger, LedgerError};
use crate::model::ModuleKind;
use crate::modules::{Component, Inspected};
use crate::registry::{Packed, Parcel};
use crate::rollout::{KnownModule, ModuleArchive, RolloutError};
use crate::sandbox::{SetupRequest, Shape};

/// A module with all that travels with it.
pub(super) struct Sendable {
    name: String,
    version: String,
    component: Component,
    imports: Vec<String>,
    exports: Vec<String>,
    bundles: Vec<Vec<u8>>,
    sbom: Option<String>,
}

impl Sendable {
    /// These modules, each as NAME@VERSION with the whole version.
    pub(super) fn find(global: &Global, named: &[String]) -> anyhow::Result<Vec<Self>> {
        let home = open::home(global);
        // Where there is no deployment, the program's modules are known alone.
        let ledger = if home.config().exists() { Some(open::ledger_to_read(&home)?) } else { None };
        let archive = ModuleArchive::open(ledger.as_ref())?;
        named.iter().map(|named| Self::known(&archive, ledger.as_ref(), named)).collect()
    }

    fn known(archive: &ModuleArchive<'_>, ledger: Option<&Ledger>, named: &str) -> anyhow::Result<Self> {
        let (name, version) = whole_version(named)?;
        let module = archive.get(name, &version).ok_or_else(|| RolloutError::NoModule(named.to_owned()))?;
        if let Some(yank) = &module.yank {
            return Err(RolloutError::Yanked { module: named.to_owned(), reason: yank.reason.clone() }.into());
        }
        let component = archive.component(module)?;
        let described = match archive.described(module)? {
            Some(described) => described,
            None => inspected(module, &component)?,
        };
        let bundles = ledger.map(|ledger| bundles(ledger, module)).transpose()?.unwrap_or_default();
        let sbom = archive.sbom(module)?;
        let (imports, exports) = (imports(&described), exports(&described));
        let (name, version) = (name.to_owned(), version.to_string());
        Ok(Self { name, version, component, imports, exports, bundles, sbom })
    }

    /// Its name and version.
    pub(super) fn module(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// How many signatures travel with it.
    pub(super) fn signatures(&self) -> usize {
        self.bundles.len()
    }

    /// It as artifacts.
    pub(super) fn packed(&self) -> anyhow::Result<Packed<'_>> {
        let Self { name, version, component, imports, exports, bundles, sbom } = self;
        let sbom = sbom.as_deref();
        Ok(Packed::new(Parcel { name, version, component, imports, exports, bundles, sbom })?)
    }
}

/// A module's name and its whole version.
pub(super) fn whole_version(named: &str) -> anyhow::Result<(&str, Version)> {
    named
        .split_once('@')
        .and_then(|(name, version)| Some((name, version.parse::<Version>().ok()?)))
        .with_context(|| format!("`{named}` names no module with its whole version: write NAME@1.2.3"))
}

/// The files with the signatures that vouched for a module when it was published, each once.
fn bundles(ledger: &Ledger, module: &KnownModule) -> Result<Vec<Vec<u8>>, LedgerError> {
    let signatures = module.publication.iter().flat_map(|publication| &publication.signatures);
    let mut digests: Vec<_> = signatures.map(|signature| signature.bundle).collect();
    digests.sort_unstable();
    digests.dedup();
    let kept = digests.iter().map(|digest| ledger.object(digest)?.ok_or(LedgerError::MissingObject(*digest)));
    kept.collect()
}

/// What a module says of itself, where that was not kept when it was published.
fn inspected(module: &KnownModule, component: &[u8]) -> anyhow::Result<Inspected> {
    let request = SetupRequest { settings: "{}".to_owned(), shape: Shape::SCRIPTED, strict: false, snapshot: false };
    let ready = open::bare_sandbox()?.inspect(component, module.digest, &request)?;
    Ok(Inspected::new(ready, &request, module.digest, component.len())?)
}

fn imports(described: &Inspected) -> Vec<String> {
    let log = described.imports.log.then(|| format!("countersign:policy/log@{}", described.interface));
    log.into_iter().chain(described.imports.types_only.iter().cloned()).collect()
}

/// The functions of the world that it is of.
fn exports(described: &Inspected) -> Vec<String> {
    let judges = match described.kind {
        ModuleKind::Validator => "validate",
        ModuleKind::Policy => "decide",
    };
    ["configure", "describe", judges].map(str::to_owned).to_vec()
}
