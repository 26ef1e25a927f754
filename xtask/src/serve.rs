//! `cargo xtask serve`: a static web server for this machine only.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, anyhow, ensure};
use axum::{
    Router,
    http::{HeaderValue, header::CACHE_CONTROL},
};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{console::say, project::Project, site};

/// Options of `cargo xtask serve`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    listen: Listen,
    /// The folder to serve [default: build/site]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Where to listen.
#[derive(clap::Args)]
pub struct Listen {
    /// The port; 0 takes any free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let root = match &args.root {
        Some(folder) => std::path::absolute(folder)?,
        None => project.root.join(site::FOLDER),
    };
    ensure!(
        root.is_dir(),
        "the folder {} is missing: make the site with `cargo xtask build`",
        root.display()
    );
    forever(args.listen.bind()?, &root, args.listen.open)
}

impl Listen {
    /// Takes the port.
    pub fn bind(&self) -> Result<TcpListener> {
        let port = self.port;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => anyhow!("the port {port} is taken: choose another one with --port"),
            _ => anyhow!("cannot listen on port {port} ({error}): choose another one with --port"),
        })
    }
}

/// Serves the folder until the process is ended.
pub fn forever(listener: TcpListener, root: &Path, open: bool) -> Result<()> {
    let url = format!("http://{}/", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    say(format!("serving {} at {url} (end it with Ctrl-C)", root.display()));
    if open && !open_browser(&url) {
        say(format!("no browser could be started here: open {url} yourself"));
    }
    // The files change: the browser has to ask again.
    let no_cache = SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let files = Router::new().fallback_service(ServeDir::new(root)).layer(no_cache);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let serving = async { axum::serve(tokio::net::TcpListener::from_std(listener)?, files).await };
    runtime.block_on(serving).context("the web server ended")
}

fn open_browser(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}
