//! What a panic leaves behind.

/// Makes a panic write its message to the decision's log before it traps, so that the fault on
/// record says where the module failed.
pub(crate) fn write_to_log() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log(&panic.to_string())));
}
