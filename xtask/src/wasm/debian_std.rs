//! Std for WebAssembly where rustup cannot fetch it: Debian packages a compiler together with its
//! std's source, and that source is built once, into the cache.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::TARGET;
use crate::{console::say, debian, project::Project};

/// Debian's compiler.
pub const RUSTC: &str = "/usr/bin/rustc";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
const MISSING: &str =
    "the Rust target wasm32-unknown-unknown is missing and `rustup target add` cannot fetch it";

/// The sysroot in the cache, if it was built for the compiler that is installed now.
pub fn find(project: &Project) -> Option<PathBuf> {
    let sysroot = sysroot(project).ok()?;
    sysroot.is_dir().then_some(sysroot)
}

/// Installs compiler and source where they are missing, and builds the sysroot.
pub fn build(project: &Project) -> Result<PathBuf> {
    if !Path::new(RUSTC).is_file() || !Path::new(SOURCE).is_dir() {
        debian::install(project, &["rustc-web", "rust-web-src"], MISSING)?;
    }
    let sysroot = sysroot(project)?;
    if sysroot.is_dir() {
        return Ok(sysroot);
    }
    say("building std for WebAssembly with Debian's compiler (about two minutes, once) …");
    let work = sysroot.with_added_extension("partial");
    let target = work.join("target");
    let sh = &project.sh;
    sh.remove_path(&work)?;
    sh.write_file(work.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n")?;
    sh.write_file(work.join("src/lib.rs"), "")?;
    let manifest = work.join("Cargo.toml");
    cmd!(
        sh,
        // `test` is what the harness of wasm-bindgen-test links.
        "cargo build --quiet --release --manifest-path {manifest} --target {TARGET} -Zbuild-std=std,panic_abort,test"
    )
    .env("RUSTC", RUSTC)
    .env("RUSTC_BOOTSTRAP", "1")
    .env("CARGO_TARGET_DIR", &target)
    // Release builds of the core use link-time optimisation, which reads bitcode.
    .env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes")
    .run()
    .context("std for WebAssembly does not build with Debian's compiler")?;

    let built = work.join("sysroot");
    let libraries = built.join("lib/rustlib").join(TARGET).join("lib");
    collect(&target.join(TARGET).join("release/deps"), &libraries)?;
    // Renamed when it is complete, so that a cut-off run leaves no half of one.
    fs::rename(&built, &sysroot).context("cannot put std for WebAssembly into the cache")?;
    sh.remove_path(&work)?;
    Ok(sysroot)
}

/// Where the sysroot of the installed compiler belongs.
fn sysroot(project: &Project) -> Result<PathBuf> {
    let version = cmd!(project.sh, "{RUSTC} --version").quiet().ignore_stderr().read()?;
    let release = version.split(' ').nth(1).context("Debian's compiler does not tell its version")?;
    Ok(project.cache.join("wasm-sysroot").join(format!("rust-{release}")))
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
