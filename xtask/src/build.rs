//! `cargo xtask build`: the WebAssembly modules, the npm package, the static site.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use wasmparser::{Operator, Parser, Payload};

use crate::{
    console::say,
    model::{self, Precision},
    npm,
    project::Project,
    site,
    wasm::{Kind, Profile, Tools},
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

/// The modules: a page fetches only the one that it runs.
const MODULES: [(&str, Kind); 3] = [
    ("cpu", Kind { features: "", threads: false, relaxed: false }),
    ("threads", Kind { features: "", threads: true, relaxed: false }),
    ("webgpu", Kind { features: "webgpu", threads: false, relaxed: false }),
];

/// The folder of the modules with the names of their functions, which visitors need not download.
const NAMED: &str = "build/modules";

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let package = project.root.join("pkg");
    // What may be missing is asked for before the long compilation.
    npm::install(project, &package)?;
    npm::install(project, &project.root.join(site::OFFLINE))?;
    model::ensure(project, Precision::I16)?;
    let tools = Tools::ensure(project)?;
    let modules = package.join("dist/wasm");
    for (name, kind) in MODULES {
        say(format!("building the {name} module (minutes) …"));
        let module = tools.module(project, &kind, args.profile, &modules.join(name))?;
        project.sh.create_dir(project.root.join(NAMED))?;
        project.sh.copy_file(module, named(project, name))?;
        if kind.features.is_empty() {
            say(format!("building the {name} module with relaxed SIMD …"));
            let relaxed = project.target.join("relaxed");
            tools.module(project, &Kind { relaxed: true, ..kind }, args.profile, &relaxed)?;
            add_variant(project, &relaxed, &modules.join(name))?;
        }
    }
    say("building the decoder of pictures …");
    tools.decoder(project, args.profile, &modules.join("decode/gradlens_bg.wasm"))?;
    say("building the npm package …");
    npm::run(project, &package, "build")?;
    site::assemble(project, &project.root.join(site::FOLDER))
}

/// The modules as they were built last, with the names of their functions.
pub fn named_modules(project: &Project) -> impl Iterator<Item = (&'static str, PathBuf)> {
    MODULES.into_iter().map(|(name, _)| (name, named(project, name)))
}

fn named(project: &Project, name: &str) -> PathBuf {
    project.root.join(NAMED).join(name).with_extension("wasm")
}

/// Puts a variant of a module beside it: the glue, which is the same, serves both.
fn add_variant(project: &Project, variant: &Path, module: &Path) -> Result<()> {
    let glue = |folder: &Path| project.sh.read_file(folder.join("gradlens.js"));
    ensure!(
        code(&glue(variant)?).eq(code(&glue(module)?)),
        "the JavaScript of {} is not that of {}: each needs its own",
        variant.display(),
        module.display()
    );
    ensure!(
        is_relaxed(&project.sh.read_binary_file(variant.join("gradlens_bg.wasm"))?)?,
        "the kernels of {} do not multiply and add in one instruction",
        variant.display()
    );
    project.sh.copy_file(variant.join("gradlens_bg.wasm"), module.join("gradlens_relaxed_bg.wasm"))?;
    Ok(())
}

/// Whether any instruction of a module multiplies and adds.
fn is_relaxed(module: &[u8]) -> Result<bool> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(function) = payload? {
            for operator in function.get_operators_reader()? {
                if let Operator::F32x4RelaxedMadd = operator? {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// The lines that are no comments: those name closures by numbers, which differ.
fn code(script: &str) -> impl Iterator<Item = &str> {
    script.lines().filter(|line| !line.trim_start().starts_with("//"))
}
