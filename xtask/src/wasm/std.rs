//! Std for WebAssembly, built once from its source into the cache: where rustup cannot fetch it, and for threads, for
//! which nobody publishes it. The source comes with rustup's toolchain or with Debian's.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use super::TARGET;
use crate::{console::say, debian, project::Project};

const DEBIANS: &str = "/usr/bin/rustc";
const DEBIANS_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
const MISSING: &str = "the source of Rust's std is missing";

/// What code that runs in threads is compiled with, std too.
pub const ATOMICS: &str = "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals";

/// A compiler with the source of its std.
pub struct Compiler {
    rustc: PathBuf,
}

impl Compiler {
    /// The active toolchain's, if its source is there.
    pub fn active(sh: &Shell) -> Option<Self> {
        let sysroot = PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read().ok()?);
        let has_source = sysroot.join("lib/rustlib/src/rust/library").is_dir();
        has_source.then(|| Self { rustc: sysroot.join("bin/rustc") })
    }

    /// Debian's, if it is installed.
    pub fn of_debian() -> Option<Self> {
        let is_there = Path::new(DEBIANS).is_file() && Path::new(DEBIANS_SOURCE).is_dir();
        is_there.then(|| Self { rustc: DEBIANS.into() })
    }

    /// Debian's, installed where it is missing.
    pub fn ensure_debians(project: &Project) -> Result<Self> {
        if Self::of_debian().is_none() {
            debian::install(project, &["rustc-web", "rust-web-src"], MISSING)?;
        }
        Self::of_debian()
            .context("Debian's packages rustc-web and rust-web-src hold no compiler with its source")
    }

    /// The program.
    pub fn rustc(&self) -> &Path {
        &self.rustc
    }

    /// The sysroot in the cache, if it was built by this compiler.
    pub fn find_sysroot(&self, project: &Project, threads: bool) -> Option<PathBuf> {
        let sysroot = self.sysroot(project, threads).ok()?;
        sysroot.is_dir().then_some(sysroot)
    }

    /// The sysroot, built where it is missing; with `threads`, for those that share memory.
    pub fn ensure_sysroot(&self, project: &Project, threads: bool) -> Result<PathBuf> {
        let sysroot = self.sysroot(project, threads)?;
        if sysroot.is_dir() {
            return Ok(sysroot);
        }
        say(format!(
            "building std for WebAssembly{} (about a minute, once) …",
            if threads { " with threads" } else { "" }
        ));
        let work = sysroot.with_added_extension("partial");
        let target = work.join("target");
        let sh = &project.sh;
        sh.remove_path(&work)?;
        sh.write_file(
            work.join("Cargo.toml"),
            "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n",
        )?;
        sh.write_file(work.join("src/lib.rs"), "")?;
        let manifest = work.join("Cargo.toml");
        // Release builds of the core use link-time optimisation, which reads bitcode.
        let flags = ["-Cembed-bitcode=yes", ATOMICS];
        cmd!(
            sh,
            // `test` is what the harness of wasm-bindgen-test links.
            "cargo build --quiet --release --manifest-path {manifest} --target {TARGET} -Zbuild-std=std,panic_abort,test"
        )
        .env("RUSTC", &self.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags[..if threads { 2 } else { 1 }].join("\x1f"))
        .run()
        .with_context(|| format!("std for WebAssembly does not build with {}", self.rustc.display()))?;

        let built = work.join("sysroot");
        let libraries = built.join("lib/rustlib").join(TARGET).join("lib");
        collect(&target.join(TARGET).join("release/deps"), &libraries)?;
        // Renamed when it is complete, so that a cut-off run leaves no half of one.
        fs::rename(&built, &sysroot).context("cannot put std for WebAssembly into the cache")?;
        sh.remove_path(&work)?;
        Ok(sysroot)
    }

    /// Where the sysroot belongs.
    fn sysroot(&self, project: &Project, threads: bool) -> Result<PathBuf> {
        let rustc = &self.rustc;
        let version = cmd!(project.sh, "{rustc} --version").quiet().ignore_stderr().read()?;
        let release = version.split(' ').nth(1).context("the compiler does not tell its version")?;
        let name = format!("rust-{release}{}", if threads { "-threads" } else { "" });
        Ok(project.cache.join("wasm-sysroot").join(name))
    }
}

fn collect(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let file = entry?.path();
        if let (Some("rlib"), Some(name)) = (file.extension().and_then(|e| e.to_str()), file.file_name()) {
            fs::copy(&file, to.join(name))?;
            count += 1;
        }
    }
    ensure!(count > 0, "the build of std for WebAssembly left no libraries in {}", from.display());
    Ok(())
}
