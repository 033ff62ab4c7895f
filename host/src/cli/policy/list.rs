//! `countersign policy list`.

use anstream::{print, println};
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::{plain, table};
use crate::cli::{Format, Global, open};
use crate::ledger::Ledger;
use crate::rollout::{ModuleArchive, Origin};
use crate::runtime::Home;
use crate::web::ListedModule;

/// The deployment's ledger; none where there is no deployment, which knows the program's modules alone.
pub(super) fn ledger(home: &Home) -> anyhow::Result<Option<Ledger>> {
    if home.config().exists() { Ok(Some(open::ledger_to_read(home)?)) } else { Ok(None) }
}

pub(super) const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Embedded => "embedded",
        Origin::Published => "published",
    }
}

pub(super) fn list(global: &Global) -> anyhow::Result<Done> {
    let modules: Vec<ListedModule> = match global.place()? {
        Place::Folder(home) => {
            let ledger = ledger(&home)?;
            ModuleArchive::open(ledger.as_ref())?.all().iter().map(ListedModule::from).collect()
        }
        Place::Service(service) => service.modules()?,
    };
    if global.format == Format::Json {
        let shown = modules.iter().map(|module| {
            let ListedModule { name, version, digest, origin, yank, .. } = module;
            json!({ "name": name, "version": version, "digest": digest, "origin": origin, "yanked": yank })
        });
        println!("{}", json!(shown.collect::<Vec<_>>()));
        return Ok(Done::Yes);
    }
    let rows = modules.iter().map(|module| {
        let yanked = module.yank.as_ref().map_or_else(String::new, |yank| format!("yanked: {}", plain(&yank.reason)));
        let name = plain(&format!("{}@{}", module.name, module.version));
        vec![name, module.digest.short(), origin(module.origin).to_owned(), yanked]
    });
    print!("{}", table(&["module", "digest", "origin", ""], 4, rows));
    Ok(Done::Yes)
}
