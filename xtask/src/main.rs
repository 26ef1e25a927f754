//! Every developer command of gradlens: `cargo xtask <command>`.

mod bench;
mod browser;
mod build;
mod conformance;
mod console;
mod debian;
mod demo;
mod evaluate;
mod model;
mod npm;
mod programs;
mod project;
mod serve;
mod site;
mod size;
mod test;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build everything, and serve the page
    Demo(demo::Args),
    /// Install what is missing and run every check and test
    Test,
    /// Build the WebAssembly modules, the npm package and the site
    Build(build::Args),
    /// Make the site anew from what `build` built
    Site(site::Args),
    /// Fetch the weights, or take own ones with --from, and write them as one ONNX file
    Model(model::Args),
    /// Serve the built site on this machine
    Serve(serve::Args),
    /// Measure maps and objects on folders of photos, natively; `evaluate --help` says more
    #[command(disable_help_flag = true)]
    Evaluate(evaluate::Args),
    /// Print what a visitor downloads, in bytes
    Size,
    /// Measure gradlens beside its browser peers: time, size, memory
    Bench(bench::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let project = Project::open()?;
    match command {
        Command::Demo(args) => demo::run(&project, &args),
        Command::Test => test::run(&project),
        Command::Build(args) => build::run(&project, &args),
        Command::Site(args) => site::run(&project, &args),
        Command::Model(args) => model::run(&project, &args),
        Command::Serve(args) => serve::run(&project, &args),
        Command::Evaluate(args) => evaluate::run(&project, &args),
        Command::Size => size::run(&project),
        Command::Bench(args) => bench::run(&project, &args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
