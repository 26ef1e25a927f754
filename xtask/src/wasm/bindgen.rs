//! The wasm-bindgen CLI of the version in Cargo.lock, kept in the cache.

use std::path::PathBuf;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{console::say, project::Project};

/// Installs the CLI unless the cache has it; the folder of its programs.
pub fn ensure(project: &Project) -> Result<PathBuf> {
    let lock = project.sh.read_file("Cargo.lock").context("Cargo.lock is missing: restore it with git")?;
    let version = locked_version(&lock).context("Cargo.lock has no wasm-bindgen: restore it with git")?;
    let root = project.cache.join("tools").join(format!("wasm-bindgen-{version}"));
    let programs = root.join("bin");
    if !["wasm-bindgen", "wasm-bindgen-test-runner"].iter().all(|name| programs.join(name).is_file()) {
        say(format!("installing the wasm-bindgen CLI {version} (about four minutes, once) …"));
        cmd!(project.sh, "cargo install --quiet wasm-bindgen-cli --version {version} --root {root}")
            .run()
            .context("cannot install the wasm-bindgen CLI: the crate registry must be reachable once")?;
    }
    Ok(programs)
}

/// The version that follows the package's name.
fn locked_version(lock: &str) -> Option<&str> {
    let (_, rest) = lock.split_once("name = \"wasm-bindgen\"\nversion = \"")?;
    rest.split_once('"').map(|(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_version_is_that_of_the_package_and_of_no_namesake() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock), Some("0.2.130"));
        assert_eq!(locked_version("[[package]]"), None);
    }
}
