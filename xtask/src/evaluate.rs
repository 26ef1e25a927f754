//! `cargo xtask evaluate`: makes the model, unless another is asked for, and hands over to `examples/evaluate` in the
//! core.

use std::env;

use anyhow::Result;
use xshell::cmd;

use crate::{
    model::{self, Precision},
    project::Project,
};

/// The arguments of the command.
#[derive(clap::Args)]
pub struct Args {
    /// What `examples/evaluate` takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let names_another = |word: &String| word == "--model" || word.starts_with("--model=");
    if !args.rest.iter().any(names_another) {
        for precision in [Precision::I16, Precision::F32] {
            model::ensure(project, precision)?;
        }
    }
    project.sh.set_var("GRADLENS_MODEL", model::file(project, Precision::I16));
    project.sh.set_var("GRADLENS_MODEL_F32", model::file(project, Precision::F32));
    let manifest = project.root.join("Cargo.toml");
    // Folders are named as they are seen from where the command was given.
    let _here = project.sh.push_dir(env::current_dir()?);
    let rest = &args.rest;
    let core = ["--manifest-path".as_ref(), manifest.as_os_str(), "--package".as_ref(), "gradlens".as_ref()];
    Ok(cmd!(project.sh, "cargo run --quiet {core...} --example evaluate -- {rest...}").quiet().run()?)
}
