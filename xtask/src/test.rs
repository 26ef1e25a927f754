//! `cargo xtask test`: everything that must hold, in order; what continuous integration runs.

use std::{
    env,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::{
    browser::{self, Browser},
    build, conformance,
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
    firefox: PathBuf,
}

/// A step: its name, the minutes that it may take, and what it does.
struct Step(&'static str, u64, fn(&Bench) -> Result<()>);

const STEPS: [Step; 15] = [
    Step("format", 1, format),
    // Before the lints: the browser's tests hold a model in themselves.
    Step("models", 5, models),
    Step("lints", 20, lints),
    Step("lints for WebAssembly", 20, wasm_lints),
    Step("native tests", 30, native_tests),
    Step("zoo", 6, zoo),
    Step("node cases", 4, node_cases),
    Step("build", 35, build),
    Step("WebAssembly tests in Chromium", 20, wasm_tests),
    Step("package tests", 8, package_tests),
    Step("page and package in Chromium", 35, browser_tests),
    Step("page and package in Firefox", 5, firefox_tests),
    Step("page and package in WebKit", 2, webkit_tests),
    Step("packaging in Chromium", 15, packaging_tests),
    Step("size", 3, |bench| size::run(bench.project)),
];

/// Runs the command.
pub fn run(project: &Project) -> Result<()> {
    let mut times = Vec::new();
    // What may be missing is asked for before the first long step.
    let bench = timed("tools", &mut times, TOOLS, || {
        programs::require_node(project)?;
        programs::require_python(project)?;
        browser::require_webkit(project)?;
        let browser = Browser::ensure(project)?;
        let firefox = browser::ensure_firefox(project)?;
        Ok(Bench { project, tools: Tools::ensure(project)?, browser, firefox })
    })?;
    tell_tests(&bench)?;
    for Step(name, most, step) in STEPS {
        timed(name, &mut times, most, || step(&bench))?;
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
    let Bench { project, browser, firefox, .. } = bench;
    project.sh.set_var("GRADLENS_MODEL", model::file(project, Precision::I16));
    project.sh.set_var("GRADLENS_MODEL_F32", model::file(project, Precision::F32));
    project.sh.set_var("GRADLENS_XTASK", env::current_exe()?);
    project.sh.set_var("CHROMIUM", &browser.chromium);
    project.sh.set_var("CHROMEDRIVER", &browser.chromedriver);
    project.sh.set_var("FIREFOX", firefox);
    Ok(())
}

/// The minutes that a new machine may take to get its tools.
const TOOLS: u64 = 30;

/// Runs a step, which fails where it takes more than so many minutes.
fn timed<T>(
    name: &'static str,
    times: &mut Vec<(&'static str, Duration)>,
    most: u64,
    step: impl FnOnce() -> Result<T>,
) -> Result<T> {
    println!("\n== {name} ({} of {}) ==", times.len() + 1, STEPS.len() + 1);
    let start = Instant::now();
    let result = step().with_context(|| format!("the step \"{name}\" failed"))?;
    let time = start.elapsed();
    ensure!(
        time <= Duration::from_secs(60 * most),
        "the step \"{name}\" took {}, more than {most} minutes",
        minutes(time)
    );
    times.push((name, time));
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
    clippy.args(core).args(["--", "-D", "warnings"]).run()?;
    let clippy = bench.tools.toolchain.clippy(bench.project)?;
    Ok(clippy.args(["--package", "gradlens-decode", "--lib", "--", "-D", "warnings"]).run()?)
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
    for package in ["gradlens-engine", "gradlens-decode", "gradlens"] {
        cmd!(bench.project.sh, "cargo {subcommand} --package {package} {args...}").run()?;
    }
    Ok(cmd!(bench.project.sh, "cargo {subcommand} --package xtask --profile xtask {args...}").run()?)
}

/// All networks that are there: those of the clone were among the native tests.
fn zoo(bench: &Bench) -> Result<()> {
    for folder in ["zoo", "models/golden"] {
        let Some(folder) = shared(bench.project, folder) else { continue };
        let zoo = cmd!(bench.project.sh, "cargo test --package gradlens --test zoo -- --nocapture");
        zoo.env("GRADLENS_ZOO", folder).run()?;
    }
    Ok(())
}

/// All of ONNX's own node cases, where their generator is: a few were among the native tests.
fn node_cases(bench: &Bench) -> Result<()> {
    let Some(generator) = shared(bench.project, "conformance/gen_node_tests.py") else { return Ok(()) };
    let cases = conformance::ensure(bench.project, &generator)?;
    let test = cmd!(bench.project.sh, "cargo test --package gradlens --test node_cases -- --nocapture");
    Ok(test.env("GRADLENS_NODE_CASES", cases).run()?)
}

/// A file of the folder beside the clone that holds what is too large for it, or not ours to hand on.
fn shared(project: &Project, path: &str) -> Option<PathBuf> {
    let path = project.root.parent()?.join("shared").join(path);
    if path.exists() {
        return Some(path);
    }
    say(format!("{} is not there: what the clone itself holds was tested", path.display()));
    None
}

fn build(bench: &Bench) -> Result<()> {
    build::run(bench.project, &build::Args { profile: Profile::Release })
}

fn wasm_tests(bench: &Bench) -> Result<()> {
    let Bench { project, tools, browser, .. } = bench;
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
    npm::run(bench.project, &end_to_end(bench)?, "typecheck")?;
    let zoo = shared(bench.project, "zoo").map(|folder| ("GRADLENS_ZOO", folder));
    playwright(bench, "playwright.config.ts", zoo)
}

fn firefox_tests(bench: &Bench) -> Result<()> {
    playwright(bench, "firefox.config.ts", None)
}

fn webkit_tests(bench: &Bench) -> Result<()> {
    playwright(bench, "webkit.config.ts", None)
}

/// Runs the specs that a configuration chooses.
fn playwright(bench: &Bench, config: &str, zoo: Option<(&str, PathBuf)>) -> Result<()> {
    let _inside = bench.project.sh.push_dir(end_to_end(bench)?);
    Ok(cmd!(bench.project.sh, "npx playwright test --config {config}").envs(zoo).run()?)
}

/// The folder of the specs, with what they need.
fn end_to_end(bench: &Bench) -> Result<PathBuf> {
    let folder = bench.project.root.join("tests/e2e");
    npm::install(bench.project, &folder)?;
    Ok(folder)
}

fn packaging_tests(bench: &Bench) -> Result<()> {
    let folder = bench.project.root.join("tests/packaging");
    npm::install(bench.project, &folder)?;
    npm::run(bench.project, &folder, "typecheck")?;
    npm::run(bench.project, &folder, "test")
}
