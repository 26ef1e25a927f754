//! The module's constructors, by which the crates of cubecl register what they know (the crate `inventory`).
//!
//! The linker takes a module that never calls them for a program that runs once, and has every call from
//! JavaScript begin with them: milliseconds each.
#![expect(unsafe_code, reason = "the linker's function has no safe declaration")]

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs them.
pub(super) fn run() {
    // SAFETY: the function takes and gives nothing, and these constructors may run more than once.
    unsafe { __wasm_call_ctors() }
}
