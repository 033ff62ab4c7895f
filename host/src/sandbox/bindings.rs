//! What the binding generator makes of `wit/1.0.0`; the types as the guest sees them. Nothing else in
//! the host speaks them but `lower.rs` and `lift.rs`.
//!
//! Arguments are borrowed, so that lowering a suggestion copies nothing on the host's side. A type
//! that is an argument of one world and a result of the other then has two Rust types; `both` makes
//! them all once, and each world picks those that it means.
#![allow(missing_docs, unsafe_code, unused_qualifications, clippy::all, clippy::pedantic, reason = "generated")]

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

/// `validate` alone.
pub(super) mod validator {
    pub mod results {
        pub use super::super::types::FindingResult as Finding;
        pub use super::super::types::*;
    }
    wasmtime::component::bindgen!({
        path: "../wit/1.0.0",
        inline: "
            package countersign:host;
            world validate {
                use countersign:policy/types@1.0.0.{suggestion, facts, finding};
                export validate: func(s: suggestion, f: facts) -> result<list<finding>, string>;
            }
        ",
        world: "countersign:host/validate",
        ownership: Borrowing { duplicate_if_necessary: true },
        with: { "countersign:policy/types@1.0.0": results },
    });
}

/// `decide` alone.
pub(super) mod policy {
    pub mod arguments {
        pub use super::super::types::FindingParam as Finding;
        pub use super::super::types::*;
    }
    wasmtime::component::bindgen!({
        path: "../wit/1.0.0",
        inline: "
            package countersign:host;
            world decide {
                use countersign:policy/types@1.0.0.{suggestion, facts, finding, verdict};
                export decide: func(s: suggestion, f: facts, findings: list<finding>) -> result<verdict, string>;
            }
        ",
        world: "countersign:host/decide",
        ownership: Borrowing { duplicate_if_necessary: true },
        with: { "countersign:policy/types@1.0.0": arguments },
    });
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
