//! The threads that share this module's memory, as JavaScript starts them.

use std::sync::OnceLock;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::cpu::Team;

static TEAM: OnceLock<Team> = OnceLock::new();

/// The team that was formed, or a thread alone.
pub(super) fn current() -> Team {
    TEAM.get().cloned().unwrap_or_default()
}

/// Lets networks that are loaded from now on be run by so many threads, with this one. Once a memory.
#[wasm_bindgen(js_name = formTeam)]
pub fn form_team(threads: usize) {
    TEAM.get_or_init(|| Team::of(threads));
}

/// How many threads there are so far.
#[wasm_bindgen(js_name = teamSize)]
pub fn team_size() -> usize {
    current().present()
}

/// Called by another thread, once the team is formed: takes part in its work, and does not return.
#[wasm_bindgen(js_name = helpTeam)]
pub fn help_team() {
    current().help();
}

/// Called by a thread whose [`help_team`] trapped: the one that waits for it fails in place of waiting.
#[wasm_bindgen(js_name = abandonTeam)]
pub fn abandon_team() {
    current().abandon();
}
