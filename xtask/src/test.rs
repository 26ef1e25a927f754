//! `cargo xtask test`: everything that must hold, in order; what continuous integration runs.

use std::{
    env,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    browser::Browser,
    build,
    console::say,
    model::{self, Precision},
    npm, programs,
    project::Project,
    size,
    wasm::{Profile, Tools},
};

/// What the steps work with.
struct Bench<'a> {
    project: &'a Project,
    tools: Tools,
    browser: Browser,
}

/// A step's name and what it does.
type Step = (&'static str, fn(&Bench) -> Result<()>);

const STEPS: [Step; 11] = [
    ("format", format),
    // Before the lints: the browser's tests hold a model in themselves.
    ("models", models),
    ("lints", lints),
    ("lints for WebAssembly", wasm_lints),
    ("native tests", native_tests),
    ("build", build),
    ("WebAssembly tests in Chromium", wasm_tests),
    ("package tests", package_tests),
    ("page and package in Chromium", browser_tests),
    ("packaging in Chromium", packaging_tests),
    ("size", |bench| size::run(bench.project)),
];

/// Runs the command.
pub fn run(project: &Project) -> Result<()> {
    let mut times = Vec::new();
    // What may be missing is asked for before the first long step.
    let bench = timed("tools", &mut times, || {
        programs::require_node(project)?;
        programs::require_python(project)?;
        Ok(Bench { project, tools: Tools::ensure(project)?, browser: Browser::ensure(project)? })
    })?;
    tell_tests(&bench)?;
    for (name, step) in STEPS {
        timed(name, &mut times, || step(&bench))?;
    }
    println!("\nEverything passed:");
    for (name, time) in &times {
        println!("{:>6}  {name}", minutes(*time));
    }
    println!("{:>6}  in all", minutes(times.iter().map(|(_, time)| *time).sum()));
    Ok(())
}

/// Sets the variables that the tests know the machine by.
fn tell_tests(bench: &Bench) -> Result<()> {
    let Bench { project, browser, .. } = bench;
    project.sh.set_var("GRADLENS_MODEL", model::file(project, Precision::I16));
    project.sh.set_var("GRADLENS_MODEL_F32", model::file(project, Precision::F32));
    project.sh.set_var("GRADLENS_XTASK", env::current_exe()?);
    project.sh.set_var("CHROMIUM", &browser.chromium);
    project.sh.set_var("CHROMEDRIVER", &browser.chromedriver);
    Ok(())
}

fn timed<T>(
    name: &'static str,
    times: &mut Vec<(&'static str, Duration)>,
    step: impl FnOnce() -> Result<T>,
) -> Result<T> {
    println!("\n== {name} ({} of {}) ==", times.len() + 1, STEPS.len() + 1);
    let start = Instant::now();
    let result = step().with_context(|| format!("the step \"{name}\" failed"))?;
    times.push((name, start.elapsed()));
    Ok(result)
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

fn format(bench: &Bench) -> Result<()> {
    Ok(cmd!(bench.project.sh, "cargo fmt --all --check").run()?)
}

fn lints(bench: &Bench) -> Result<()> {
    each_crate(bench, "clippy", &["--all-targets", "--", "-D", "warnings"])
}

fn wasm_lints(bench: &Bench) -> Result<()> {
    let clippy = bench.tools.toolchain.clippy(bench.project)?;
    let core = ["--package", "gradlens", "--features", "webgpu", "--lib", "--tests"];
    Ok(clippy.args(core).args(["--", "-D", "warnings"]).run()?)
}

fn models(bench: &Bench) -> Result<()> {
    model::ensure(bench.project, Precision::I16)?;
    model::ensure(bench.project, Precision::F32)
}

fn native_tests(bench: &Bench) -> Result<()> {
    each_crate(bench, "test", &[])
}

/// Runs a cargo command on each crate alone: together their dependencies share features, and a
/// change of this crate's would build burn anew.
fn each_crate(bench: &Bench, subcommand: &str, args: &[&str]) -> Result<()> {
    cmd!(bench.project.sh, "cargo {subcommand} --package gradlens {args...}").run()?;
    Ok(cmd!(bench.project.sh, "cargo {subcommand} --package xtask --profile xtask {args...}").run()?)
}

fn build(bench: &Bench) -> Result<()> {
    build::run(bench.project, &build::Args { profile: Profile::Release })
}

fn wasm_tests(bench: &Bench) -> Result<()> {
    let Bench { project, tools, browser } = bench;
    say("building the tests (minutes) …");
    let tests = tools
        .toolchain
        .cargo(project, "test")
        .args(["--package", "gradlens", "--profile", "release", "--features", "webgpu", "--test", "web"])
        // Found on the PATH: cargo splits this value at spaces.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("PATH", programs::path_with(&tools.bindgen)?)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.capabilities(project)?)
        // Seconds: the network on a software GPU takes a while.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "1200");
    Ok(tests.run()?)
}

fn package_tests(bench: &Bench) -> Result<()> {
    let package = bench.project.root.join("pkg");
    npm::install(bench.project, &package)?;
    npm::run(bench.project, &package, "typecheck")?;
    npm::run(bench.project, &package, "test")
}

fn browser_tests(bench: &Bench) -> Result<()> {
    let folder = bench.project.root.join("tests/e2e");
    npm::install(bench.project, &folder)?;
    npm::run(bench.project, &folder, "typecheck")?;
    let _inside = bench.project.sh.push_dir(&folder);
    Ok(cmd!(bench.project.sh, "npx playwright test").run()?)
}

fn packaging_tests(bench: &Bench) -> Result<()> {
    let folder = bench.project.root.join("tests/packaging");
    npm::install(bench.project, &folder)?;
    npm::run(bench.project, &folder, "typecheck")?;
    npm::run(bench.project, &folder, "test")
}
