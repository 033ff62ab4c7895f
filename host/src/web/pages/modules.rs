//! Modules that sets can name: where each is from, who vouches for it, and what it says of itself.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;

use super::page::{Page, Refusal, Visitor, moment};
use crate::access::{Permission, Principal};
use crate::model::CodeMeaning;
use crate::modules::{Change, Inspected};
use crate::rollout::{Against, KnownModule, ModuleArchive, Origin, Publication, Signature, Yank};
use crate::web::app::App;
use crate::web::auth::require;
use crate::web::json::TwoParts;
use crate::web::modules::{find, unreadable};
use crate::web::problem::Problem;
use crate::words::{count, plain};

/// A version of a module, as the list and its own page begin with it.
struct Listed {
    name: String,
    version: String,
    digest: String,
    short: String,
    origin: &'static str,
    published: Option<Published>,
    yanked: Option<Yanked>,
}

struct Published {
    event: u64,
    at: String,
    by: String,
    /// The names of the keys that signed it.
    signers: String,
}

struct Yanked {
    event: u64,
    at: String,
    by: String,
    reason: String,
}

impl From<&KnownModule> for Listed {
    fn from(module: &KnownModule) -> Self {
        let published = module.publication.as_ref().map(|Publication { seq, at, by, signatures, .. }| Published {
            event: *seq,
            at: moment(at),
            by: plain(by),
            signers: signatures.iter().map(|one| plain(&one.name)).collect::<Vec<_>>().join(", "),
        });
        let yanked = module.yank.as_ref().map(|Yank { seq, at, by, reason, .. }| Yanked {
            event: *seq,
            at: moment(at),
            by: plain(by),
            reason: plain(reason),
        });
        Self {
            name: plain(&module.name),
            version: module.version.to_string(),
            digest: module.digest.to_string(),
            short: module.digest.short(),
            origin: match module.origin {
                Origin::Embedded => "part of the program",
                Origin::Published => "published here",
            },
            published,
            yanked,
        }
    }
}

#[derive(Template)]
#[template(path = "modules.html")]
pub(super) struct ModulesPage {
    who: Option<Visitor>,
    modules: Vec<Listed>,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
) -> Result<Page<ModulesPage>, Refusal> {
    let refuse = Refusal::to(&principal);
    require(&principal, Permission::ReadRules).map_err(&refuse)?;
    let page = app.heavy(move |app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let mut known: Vec<&KnownModule> = archive.all().iter().collect();
            // Of one name, the newest first.
            known.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| b.version.cmp(&a.version)));
            let modules = known.into_iter().map(Listed::from).collect();
            Ok(ModulesPage { who: Some(Visitor::of(&principal)), modules })
        })
    });
    page.await.map(Page).map_err(refuse)
}

/// What a module says of itself.
struct Described {
    summary: String,
    world: String,
    size: String,
    imports: String,
    operations: String,
    objects: String,
    fields: String,
    parts: String,
    values: String,
    history: String,
    codes: Vec<CodeMeaning>,
    settings: String,
}

impl From<Inspected> for Described {
    fn from(module: Inspected) -> Self {
        let or =
            |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { plain(&list.join(", ")) };
        let Inspected { applies_to, reads, imports, .. } = module;
        let log = imports.log.then(|| "log".to_owned());
        let types = imports.types_only.iter().map(|name| format!("{name} (types only)"));
        let days = u64::from(reads.history_days);
        let codes = module.codes.iter();
        Self {
            summary: plain(&module.summary),
            world: plain(&format!("{} of countersign:policy@{}", module.kind.as_str(), module.interface)),
            size: count(module.bytes as u64, "byte"),
            imports: or(log.into_iter().chain(types).collect(), "nothing"),
            operations: or(applies_to.operations.iter().map(|one| one.as_str().to_owned()).collect(), "all"),
            objects: or(applies_to.objects, "all"),
            fields: or(applies_to.fields, "any"),
            parts: or(
                reads.parts.names().into_iter().map(str::to_owned).collect(),
                "ids, operation, field names and confidences alone",
            ),
            values: or(reads.fields, "no field by name"),
            history: if days == 0 { "none".to_owned() } else { count(days, "day") },
            codes: codes.map(|one| CodeMeaning { code: plain(&one.code), meaning: plain(&one.meaning) }).collect(),
            settings: format!("{:#}", module.settings_schema).lines().map(plain).collect::<Vec<_>>().join("\n"),
        }
    }
}

#[derive(Template)]
#[template(path = "module.html")]
pub(super) struct ModulePage {
    who: Option<Visitor>,
    module: Listed,
    described: Option<Described>,
    signatures: Vec<Signature>,
    /// The version before, and how this one differs from it.
    before: Option<String>,
    changes: Vec<Change>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    meant: Result<TwoParts, Problem>,
) -> Result<Page<ModulePage>, Refusal> {
    let refuse = Refusal::to(&principal);
    let TwoParts(name, version) = meant.map_err(&refuse)?;
    require(&principal, Permission::ReadRules).map_err(&refuse)?;
    let page = app.heavy(move |app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let module = find(&archive, &name, &version)?;
            let described = archive.described(module).map_err(unreadable)?.map(Described::from);
            Ok(page(&principal, module, described))
        })
    });
    page.await.map(Page).map_err(refuse)
}

fn page(principal: &Principal, module: &KnownModule, described: Option<Described>) -> ModulePage {
    let publication = module.publication.as_ref();
    let against = publication.and_then(|publication| publication.against.as_ref());
    let signature =
        |Signature { key, name, bundle }: &Signature| Signature { key: plain(key), name: plain(name), bundle: *bundle };
    let change = |Change { wider, what, how }: &Change| Change { wider: *wider, what: plain(what), how: plain(how) };
    ModulePage {
        who: Some(Visitor::of(principal)),
        module: Listed::from(module),
        described,
        signatures: publication.iter().flat_map(|known| &known.signatures).map(signature).collect(),
        before: against.map(|against| plain(&against.version)),
        changes: against.iter().flat_map(|Against { changes, .. }| changes).map(change).collect(),
    }
}
