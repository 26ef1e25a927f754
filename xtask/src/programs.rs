//! The programs of the system that the commands stand on.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::{debian, project::Project};

/// The program of this name on the PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The PATH with another folder at its start.
pub fn path_with(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([folder.to_owned()].into_iter().chain(env::split_paths(&path)))?)
}

/// Makes sure of Python with pip, which fetch the weights.
pub fn require_python(project: &Project) -> Result<()> {
    let has_pip =
        cmd!(project.sh, "python3 -m pip --version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    if has_pip {
        return Ok(());
    }
    debian::install(project, &["python3-pip"], "Python 3 with pip is missing")
}

/// Makes sure of Node.js and npm, which build and test the package.
pub fn require_node(project: &Project) -> Result<()> {
    let version = cmd!(project.sh, "node --version").quiet().ignore_stderr().read().unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= 20) && find("npm").is_some(),
        "Node.js 20 or newer with npm is missing: install it from nodejs.org or with your system's package manager"
    );
    Ok(())
}
