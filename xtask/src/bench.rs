//! `cargo xtask bench`: gradlens beside its peers in the browser, or the core alone, natively.

use std::path::{PathBuf, absolute};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    browser::Browser,
    build,
    model::{self, Precision},
    npm,
    project::Project,
    wasm::Profile,
};

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// How often each contender is visited, in a browser of its own
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The contenders to compare, such as gradlens-cpu,tfjs-wasm; all if none is given
    #[arg(long, value_name = "NAME,NAME")]
    only: Option<String>,
    /// Compare with an earlier build of the package as well, the folder that has its dist/ and model/
    #[arg(long, value_name = "FOLDER")]
    before: Option<PathBuf>,
    /// Measure explanations by each ONNX file of this folder beside onnxruntime-web's predictions instead
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["only", "before"])]
    models: Option<PathBuf>,
    /// Measure the core natively instead, without a browser and without peers
    #[arg(long, conflicts_with_all = ["rounds", "only", "before", "models"])]
    native: bool,
    /// With --native: measure it on the GPU too
    #[arg(long, requires = "native")]
    webgpu: bool,
    /// With --native: measure each layer, in place of maps; with --webgpu, each kernel on the GPU
    #[arg(long, requires = "native")]
    layers: bool,
}

/// The networks of the zoo whose kernels are measured on a GPU.
const SKELETONS: [&str; 3] = ["resnet50", "mobilenet_v2", "vit_tiny_patch16_224"];

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    model::ensure(project, Precision::F32)?;
    let model = model::file(project, Precision::F32);
    project.sh.set_var("GRADLENS_MODEL_F32", model);
    if args.native { native(project, args) } else { peers(project, args) }
}

fn native(project: &Project, args: &Args) -> Result<()> {
    let features = args.webgpu.then_some("--features=webgpu");
    if args.layers && args.webgpu {
        // Those that are there: they are too large for the clone.
        let zoo = project.root.join("../shared/zoo");
        let skeleton =
            |name: &&str| Some(zoo.join(name).with_extension("onnx")).filter(|file| file.is_file());
        let skeletons: Vec<_> = SKELETONS.iter().filter_map(skeleton).collect();
        let json = project.root.join("build/bench/gpu.json");
        project.sh.create_dir(project.root.join("build/bench"))?;
        let bench =
            cmd!(project.sh, "cargo bench --package gradlens --bench gpu {features...} -- {skeletons...}");
        return Ok(bench.env("GRADLENS_GPU_JSON", json).run()?);
    }
    let bench = if args.layers { "layers" } else { "network" };
    Ok(cmd!(project.sh, "cargo bench --package gradlens --bench {bench} {features...}").run()?)
}

fn peers(project: &Project, args: &Args) -> Result<()> {
    let browser = Browser::ensure(project)?;
    if !project.root.join("pkg/dist/index.js").is_file() {
        build::run(project, &build::Args { profile: Profile::Release })?;
    }
    let folder = project.root.join("bench");
    npm::install(project, &folder)?;
    project.sh.set_var("CHROMIUM", browser.chromium);
    let rounds = args.rounds.to_string();
    // Folders are named as they are seen from where the command was given.
    let before = args.before.as_ref().map(absolute).transpose()?;
    let models = args.models.as_ref().map(absolute).transpose()?;
    let _inside = project.sh.push_dir(&folder);
    if let Some(models) = models {
        return cmd!(project.sh, "node networks/run.mjs --rounds {rounds} {models}")
            .run()
            .context("not everything was measured; what was is in build/bench/networks.md");
    }
    let only = args.only.as_deref().unwrap_or_default();
    let before = before.map(|folder| ["--before".into(), folder]).into_iter().flatten();
    cmd!(project.sh, "node run.mjs --rounds {rounds} --only={only} {before...}")
        .run()
        .context("not everything was measured; what was is in build/bench/table.md")
}
