//! What the binding generator makes of `wit/1.0.0`; the types as the guest sees them. Nothing else in
//! the host speaks them but `lower.rs` and `lift.rs`.
//!
//! Arguments are borrowed, so that lowering a suggestion copies nothing on the host's side. A type
//! that is an argument of one world and a result of the other then has two Rust types; `both` makes
//! them all once, and what is called picks those that it means.
#![allow(missing_docs, unsafe_code, unused_qualifications, clippy::all, clippy::pedantic, reason = "generated")]

use super::load::Export;

/// All types, with both names where argument and result differ. Its world is never instantiated.
pub(super) mod both {
    wasmtime::component::bindgen!({
        path: "../wit/1.0.0",
        inline: "
            package countersign:host;
            world both {
                use countersign:policy/types@1.0.0.{suggestion, facts, finding, verdict, description};
                export describe: func() -> description;
                export validate: func(s: suggestion, f: facts) -> result<list<finding>, string>;
                export decide: func(s: suggestion, f: facts, findings: list<finding>) -> result<verdict, string>;
            }
        ",
        world: "countersign:host/both",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}
pub(super) use both::countersign::policy::types;

/// What validators are called for.
pub(super) enum Validate {}

impl Export for Validate {
    const NAME: &'static str = "validate";
    type Arguments<'a> = (types::Suggestion<'a>, types::Facts<'a>);
    type Answer = (Result<Vec<types::FindingResult>, String>,);
}

/// What policies are called for.
pub(super) enum Decide {}

impl Export for Decide {
    const NAME: &'static str = "decide";
    type Arguments<'a> = (types::Suggestion<'a>, types::Facts<'a>, &'a [types::FindingParam<'a>]);
    type Answer = (Result<types::Verdict, String>,);
}

/// `describe` and `configure`, which both worlds have.
pub(super) mod setup {
    pub mod results {
        pub use super::super::types::*;
    }
    wasmtime::component::bindgen!({
        path: "../wit/1.0.0",
        inline: "
            package countersign:host;
            world setup {
                use countersign:policy/types@1.0.0.{description};
                export describe: func() -> description;
                export configure: func(settings: string) -> result<_, string>;
            }
        ",
        world: "countersign:host/setup",
        with: { "countersign:policy/types@1.0.0": results },
    });
}
