//! ONNX's own node cases, which the package `onnx` can write.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{console::say, project::Project};

/// The version of the package `onnx`, whose cases go up to operator set 25.
const VERSION: &str = "1.22.0";

/// The folder of the cases, written by this program unless the cache has them.
pub fn ensure(project: &Project, generator: &Path) -> Result<PathBuf> {
    let folder = project.cache.join(format!("node-cases-{VERSION}"));
    // Written last.
    if folder.join("node_by_op.json").is_file() {
        return Ok(folder);
    }
    say(format!("writing the node cases of onnx {VERSION} …"));
    let python = project.cache.join("tools").join(format!("onnx-{VERSION}"));
    let sh = &project.sh;
    cmd!(sh, "python3 -m venv {python}")
        .quiet()
        .run()
        .context("Python's venv is missing: apt-get install python3-venv")?;
    let program = python.join("bin/python");
    cmd!(sh, "{program} -m pip install --quiet --disable-pip-version-check onnx=={VERSION}")
        .quiet()
        .run()
        .context("the package onnx cannot be had: the Python package index must be reachable once")?;
    cmd!(sh, "{program} {generator} {folder}").quiet().ignore_stdout().run()?;
    Ok(folder)
}
