//! `cargo xtask build`: the WebAssembly modules, the npm package, the static site.

use anyhow::Result;

use crate::{
    console::say,
    model::{self, Precision},
    npm,
    project::Project,
    site,
    wasm::{Profile, Tools},
};

/// Options of `cargo xtask build`.
#[derive(clap::Args)]
// A group of its own would be named as the demo's, which holds these options too.
#[group(skip)]
pub struct Args {
    /// How much to optimise
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    pub profile: Profile,
}

/// The two modules and their features: a page fetches only the module that it runs.
const MODULES: [(&str, &str); 2] = [("cpu", ""), ("webgpu", "webgpu")];

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let package = project.root.join("pkg");
    // What may be missing is asked for before the long compilation.
    npm::install(project, &package)?;
    npm::install(project, &project.root.join(site::OFFLINE))?;
    model::ensure(project, Precision::I16)?;
    let tools = Tools::ensure(project)?;
    for (name, features) in MODULES {
        say(format!("building the {name} module (minutes) …"));
        tools.module(project, features, args.profile, &package.join("dist/wasm").join(name))?;
    }
    say("building the npm package …");
    npm::run(project, &package, "build")?;
    site::assemble(project, &project.root.join(site::FOLDER))
}
