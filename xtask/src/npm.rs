//! The Node.js side: dependencies and scripts of a folder with a package.json.

use std::{
    fs::{self, Metadata},
    path::Path,
};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{console::say, programs, project::Project};

/// Installs the locked dependencies unless they are in place.
pub fn install(project: &Project, folder: &Path) -> Result<()> {
    programs::require_node(project)?;
    let changed = |file| fs::metadata(folder.join(file)).and_then(|data: Metadata| data.modified()).ok();
    // npm writes the first of the two when it has installed the second.
    let is_current = changed("node_modules/.package-lock.json") >= changed("package-lock.json");
    if is_current {
        return Ok(());
    }
    say(format!("installing the npm packages of {} …", folder.display()));
    let _inside = project.sh.push_dir(folder);
    cmd!(project.sh, "npm ci --no-audit --no-fund --loglevel=error")
        .run()
        .with_context(|| format!("cannot install the npm packages of {}", folder.display()))
}

/// Runs a script of the folder's package.json.
pub fn run(project: &Project, folder: &Path, script: &str) -> Result<()> {
    let _inside = project.sh.push_dir(folder);
    cmd!(project.sh, "npm run --silent {script}")
        .run()
        .with_context(|| format!("`npm run {script}` failed in {}", folder.display()))
}
