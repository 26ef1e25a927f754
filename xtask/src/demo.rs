//! `cargo xtask demo`: from a fresh clone to the page in a browser.

use anyhow::Result;

use crate::{build, project::Project, serve, site};

/// Options of `cargo xtask demo`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    build: build::Args,
    #[command(flatten)]
    listen: serve::Listen,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    // Tried first: a taken port should not show after a build of minutes.
    drop(args.listen.bind()?);
    build::run(project, &args.build)?;
    serve::forever(args.listen.bind()?, &project.root.join(site::FOLDER), args.listen.open)
}
