//! What the binding generator makes of `wit/`; nothing is written by hand here.
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    clippy::unwrap_used,
    reason = "generated"
)]

pub mod validator {
    wit_bindgen::generate!({
        path: "../wit/1.0.0",
        world: "validator",
        pub_export_macro: true,
        export_macro_name: "export_validator",
        default_bindings_module: "countersign_guest::bindings::validator",
        additional_derives: [PartialEq],
    });
}

pub mod policy {
    wit_bindgen::generate!({
        path: "../wit/1.0.0",
        world: "policy",
        pub_export_macro: true,
        export_macro_name: "export_policy",
        default_bindings_module: "countersign_guest::bindings::policy",
        additional_derives: [PartialEq],
        with: {
            "countersign:policy/types@1.0.0": crate::bindings::validator::countersign::policy::types,
            "countersign:policy/log@1.0.0": crate::bindings::validator::countersign::policy::log,
        },
    });
}
