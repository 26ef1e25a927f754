//! Finds or installs a compiler with std for WebAssembly.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::{Cmd, Shell, cmd};

use super::TARGET;
use super::std::{ATOMICS, Compiler};
use crate::{console::say, debian, programs, project::Project};

/// WASM SIMD for the CPU backend; random numbers from the browser.
const FLAGS: [&str; 3] = ["-Ctarget-feature=+simd128", "--cfg", "getrandom_backend=\"wasm_js\""];

/// The linker's part in a memory that threads share: who starts a thread gives it the memory, and each has its own
/// thread-local values.
const SHARED_MEMORY: [&str; 7] = [
    "-Clink-arg=--shared-memory",
    "-Clink-arg=--import-memory",
    "-Clink-arg=--max-memory=4294967296",
    "-Clink-arg=--export=__wasm_init_tls",
    "-Clink-arg=--export=__tls_size",
    "-Clink-arg=--export=__tls_align",
    "-Clink-arg=--export=__tls_base",
];

/// How this machine compiles Rust to WebAssembly.
pub enum Toolchain {
    /// The active toolchain has the target.
    Active,
    /// A compiler, std built in the cache, and the linker of the active toolchain.
    Built {
        rustc: PathBuf,
        /// The folder to give to `--sysroot`.
        sysroot: PathBuf,
        /// The `rust-lld` to link with.
        linker: PathBuf,
        /// Whether that std is for threads.
        threads: bool,
    },
}

impl Toolchain {
    /// Finds a toolchain; where there is none, asks rustup for the target, and then Debian.
    pub fn ensure(project: &Project) -> Result<Self> {
        if active_has_target(&project.sh)? {
            return Ok(Self::Active);
        }
        let found =
            Compiler::of_debian().is_some_and(|debians| debians.find_sysroot(project, false).is_some());
        if !found && rustup_adds(&project.sh, &["target", "add", TARGET]) && active_has_target(&project.sh)? {
            return Ok(Self::Active);
        }
        Self::built(project, &Compiler::ensure_debians(project)?, false)
    }

    /// One for threads that share a memory, whose std nobody publishes: the active toolchain with std's source, which
    /// rustup is asked for, or else Debian's.
    pub fn ensure_threads(project: &Project) -> Result<Self> {
        let sh = &project.sh;
        let known = [Compiler::active(sh), Compiler::of_debian()].into_iter().flatten();
        let compiler = match { known }.next() {
            Some(compiler) => compiler,
            None if rustup_adds(sh, &["component", "add", "rust-src"]) => {
                Compiler::active(sh).context("rustup added no source of std")?
            }
            None => Compiler::ensure_debians(project)?,
        };
        Self::built(project, &compiler, true)
    }

    fn built(project: &Project, compiler: &Compiler, threads: bool) -> Result<Self> {
        let sysroot = compiler.ensure_sysroot(project, threads)?;
        Ok(Self::Built { rustc: compiler.rustc().into(), sysroot, linker: linker(&project.sh)?, threads })
    }

    /// A cargo command that compiles for the target; its first argument is `subcommand`.
    pub fn cargo<'a>(&self, project: &'a Project, subcommand: &str) -> Cmd<'a> {
        self.cargo_with(project, subcommand, None)
    }

    /// The same with one more flag of the compiler, for every crate: the kernels are not in the core's own.
    pub fn cargo_with<'a>(&self, project: &'a Project, subcommand: &str, flag: Option<&str>) -> Cmd<'a> {
        self.configure(cmd!(project.sh, "cargo {subcommand} --target {TARGET}"), flag)
    }

    /// The same for clippy, which must be of the compiler's own version.
    pub fn clippy<'a>(&self, project: &'a Project) -> Result<Cmd<'a>> {
        if let Self::Active = self {
            return Ok(self.cargo(project, "clippy"));
        }
        let clippy = "/usr/bin/cargo-clippy";
        if !Path::new(clippy).is_file() {
            debian::install(project, &["rust-web-clippy"], "Clippy for Debian's Rust compiler is missing")?;
        }
        Ok(self.configure(cmd!(project.sh, "{clippy} clippy --target {TARGET}"), None))
    }

    fn configure<'a>(&self, cargo: Cmd<'a>, flag: Option<&str>) -> Cmd<'a> {
        let mut flags: Vec<OsString> = FLAGS.into_iter().chain(flag).map(OsString::from).collect();
        let cargo = match self {
            Self::Active => cargo,
            Self::Built { rustc, sysroot, linker, threads } => {
                flags.extend(["--sysroot".into(), sysroot.into()]);
                if *threads {
                    flags.extend([ATOMICS].into_iter().chain(SHARED_MEMORY).map(OsString::from));
                }
                cargo.env("RUSTC", rustc).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
            }
        };
        // Encoded, so that folders may have spaces. With --target they do not reach build scripts.
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join(OsString::from("\x1f").as_os_str()))
    }
}

fn active_has_target(sh: &Shell) -> Result<bool> {
    let folder = cmd!(sh, "rustc --print target-libdir --target {TARGET}")
        .quiet()
        .read()
        .context("the Rust compiler is missing: install Rust with rustup, see rustup.rs")?;
    let is_std = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with("libstd-");
    Ok(fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(is_std))))
}

/// Has rustup add what its arguments say.
fn rustup_adds(sh: &Shell, what: &[&str]) -> bool {
    if programs::find("rustup").is_none() {
        return false;
    }
    say(format!("rustup {} …", what.join(" ")));
    let added = cmd!(sh, "rustup {what...}").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    if !added {
        say("rustup cannot do it here; Debian's compiler is the next choice");
    }
    added
}

/// The LLD that rustup ships beside the active toolchain's own std.
fn linker(sh: &Shell) -> Result<PathBuf> {
    let libraries = PathBuf::from(cmd!(sh, "rustc --print target-libdir").quiet().read()?);
    let linker = libraries.with_file_name("bin").join("rust-lld");
    ensure!(linker.is_file(), "the linker rust-lld is missing: install Rust with rustup, see rustup.rs");
    Ok(linker)
}
