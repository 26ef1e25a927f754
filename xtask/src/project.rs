//! Where things are: the clone, the cache folder, and a shell that stands in the clone.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use xshell::Shell;

/// The clone that this command was compiled from, and its cache.
pub struct Project {
    /// A shell in the root of the clone, whose child cargos build in the cache.
    pub sh: Shell,
    /// The root of the clone.
    pub root: PathBuf,
    /// What is kept between clones: downloads, tools, std for wasm, cargo's target folder.
    pub cache: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Project {
    /// Finds the folders and opens the shell.
    pub fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the xtask crate lies in no workspace")?
            .to_owned();
        let cache = cache_folder()?;
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), |dir| root.join(dir));
        let sh = Shell::new()?;
        sh.change_dir(&root);
        sh.set_var("CARGO_TARGET_DIR", &target);
        Ok(Self { sh, root, cache, target })
    }
}

fn cache_folder() -> Result<PathBuf> {
    let folder = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("GRADLENS_CACHE")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("gradlens")))
        .or_else(|| Some(folder("HOME")?.join(".cache/gradlens")))
        .ok_or_else(|| anyhow!("no cache folder is known: set GRADLENS_CACHE to one"))?;
    std::path::absolute(cache).context("the cache folder has no absolute path")
}
