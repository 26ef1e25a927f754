//! What turns the core into WebAssembly: a toolchain with the target, and the wasm-bindgen CLI.

mod bindgen;
mod std;
mod toolchain;

use ::std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use xshell::cmd;

use crate::{console::say, project::Project};
use toolchain::Toolchain;

const TARGET: &str = "wasm32-unknown-unknown";

/// How much to optimise: the cargo profiles for WebAssembly.
#[derive(Clone, Copy, ValueEnum)]
pub enum Profile {
    /// A few minutes; larger and slower modules
    Quick,
    /// Some twenty minutes from scratch on two cores; what is published
    Release,
}

/// Multiply and add in one instruction, for browsers that have it.
const RELAXED: &str = "-Ctarget-feature=+relaxed-simd";

/// Which module to build.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Of the core.
    pub features: &'static str,
    /// Whether threads share its memory.
    pub threads: bool,
    /// Whether its kernels use relaxed SIMD.
    pub relaxed: bool,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }
}

/// The installed tools.
pub struct Tools {
    /// The compiler.
    pub toolchain: Toolchain,
    threads: Toolchain,
    /// The folder of the wasm-bindgen CLI's programs.
    pub bindgen: PathBuf,
}

impl Tools {
    /// Finds the tools and installs what is missing.
    pub fn ensure(project: &Project) -> Result<Self> {
        Ok(Self {
            toolchain: Toolchain::ensure(project)?,
            threads: Toolchain::ensure_threads(project)?,
            bindgen: bindgen::ensure(project)?,
        })
    }

    /// Builds the core as a module with its JavaScript glue, in the folder `out`. Returns the module as it came from the
    /// compiler, which has the names of its functions and stays until the next one is built.
    pub fn module(&self, project: &Project, kind: &Kind, profile: Profile, out: &Path) -> Result<PathBuf> {
        let profile = profile.name();
        let Kind { features, threads, relaxed } = kind;
        let toolchain = if *threads { &self.threads } else { &self.toolchain };
        // Cargo skips link-time optimisation of a library that is made as an rlib too.
        toolchain
            .cargo_with(project, "rustc", relaxed.then_some(RELAXED))
            .args(["--package", "gradlens", "--lib", "--crate-type", "cdylib"])
            .args(["--profile", profile, "--features", features])
            .run()
            .context("the core does not compile to WebAssembly")?;

        say("writing the JavaScript glue …");
        let bindgen = self.bindgen.join("wasm-bindgen");
        // No leftovers of another version.
        project.sh.remove_path(out)?;
        let module = project.target.join(TARGET).join(profile).join("gradlens.wasm");
        cmd!(project.sh, "{bindgen} --target web --out-name gradlens --out-dir {out} {module}")
            .args(["--remove-name-section", "--remove-producers-section"])
            .quiet()
            .run()
            .context("wasm-bindgen cannot read the core's module")?;
        Ok(module)
    }

    /// Builds the decoder of pictures as the file `out`, a module that needs no glue.
    pub fn decoder(&self, project: &Project, profile: Profile, out: &Path) -> Result<()> {
        let profile = profile.name();
        self.toolchain
            .cargo(project, "rustc")
            .args(["--package", "gradlens-decode", "--lib", "--crate-type", "cdylib", "--profile", profile])
            // Visitors need no names of functions.
            .args(["--", "-Cstrip=symbols"])
            .run()
            .context("the decoder does not compile to WebAssembly")?;
        let module = project.target.join(TARGET).join(profile).join("gradlens_decode.wasm");
        project.sh.create_dir(out.parent().context("a file lies in a folder")?)?;
        Ok(project.sh.copy_file(module, out)?)
    }
}
