//! `cargo xtask site`: the page, the npm package as it is published, and the service worker that
//! keeps them, as one folder that any static web server can serve, from any path.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::{console::say, model, npm, project::Project};

/// The site's folder in the clone.
pub const FOLDER: &str = "build/site";

/// The service worker's sources in the clone.
pub const OFFLINE: &str = "offline";

/// Options of `cargo xtask site`.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to make; the site in it, if there is one, is replaced [default: build/site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    match &args.out {
        Some(folder) => assemble(project, &std::path::absolute(folder)?),
        None => assemble(project, &project.root.join(FOLDER)),
    }
}

/// Puts page, package, model, example networks, names of the classes and service worker together, anew.
pub fn assemble(project: &Project, site: &Path) -> Result<()> {
    let package = project.root.join("pkg");
    ensure!(
        package.join("dist/index.js").is_file() && package.join("model").is_dir(),
        "the npm package is not built: make it with `cargo xtask build`"
    );
    ensure!(
        is_replaceable(site),
        "{} is not empty and holds no site: choose another folder with --out",
        site.display()
    );
    let offline = project.root.join(OFFLINE);
    npm::install(project, &offline)?;

    project.sh.remove_path(site)?;
    copy(&project.root.join("www"), site)?;
    for part in ["dist", "model"] {
        copy(&package.join(part), &site.join("gradlens").join(part))?;
    }
    copy(&model::examples(project)?, &site.join("networks"))?;
    let names = model::class_names(project)?;
    project.sh.write_file(site.join("class-names.json"), serde_json::to_string(&names)?)?;
    let _inside = project.sh.push_dir(&offline);
    cmd!(project.sh, "npm run --silent build -- {site}").run().context("cannot make the service worker")?;
    say(format!("the site is in {}: any static web server can serve it", site.display()));
    Ok(())
}

/// Whether nothing but a site is lost with the folder.
fn is_replaceable(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none() || folder.join("gradlens/dist").is_dir(),
        Err(_) => !folder.exists(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_site_is_replaced() {
        let folder = std::env::temp_dir().join(format!("gradlens-site-{}", std::process::id()));
        assert!(is_replaceable(&folder), "missing");
        fs::create_dir(&folder).expect("the temporary folder can be written");
        assert!(is_replaceable(&folder), "empty");
        fs::write(folder.join("letter.txt"), "dear").expect("the temporary folder can be written");
        assert!(!is_replaceable(&folder), "somebody's");
        fs::create_dir_all(folder.join("gradlens/dist")).expect("the temporary folder can be written");
        assert!(is_replaceable(&folder), "a site");
        fs::remove_dir_all(&folder).expect("the temporary folder can be written");
    }
}
