//! The static site: the page, and the npm package laid out as it is published.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{console::say, project::Project};

/// The site's folder in the clone.
pub const FOLDER: &str = "build/site";

/// Copies page, package and model together, anew.
pub fn assemble(project: &Project) -> Result<()> {
    let site = project.root.join(FOLDER);
    project.sh.remove_path(&site)?;
    copy(&project.root.join("www"), &site)?;
    for part in ["dist", "model"] {
        copy(&project.root.join("pkg").join(part), &site.join("gradlens").join(part))?;
    }
    say(format!("the site is in {}: any static web server can serve it", site.display()));
    Ok(())
}

/// Copies a folder but for its tests.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("the folder {} is missing", from.display()))? {
        let entry = entry?;
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if !entry.file_type()?.is_dir() {
            fs::copy(&source, &copied).with_context(|| format!("cannot copy {}", source.display()))?;
        } else if entry.file_name() != "tests" {
            copy(&source, &copied)?;
        }
    }
    Ok(())
}
