//! `cargo xtask serve`: a static web server for this machine only.

mod resolve;

use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::{console::say, project::Project, site};
use resolve::{Resource, resolve};

/// A browser asks for several files at once.
const THREADS: usize = 8;

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
    let server = Server::from_listener(listener, None)
        .map_err(|error| anyhow!(error))
        .context("the web server does not start")?;
    say(format!("serving {} at {url} (end it with Ctrl-C)", root.display()));
    if open && !open_browser(&url) {
        say(format!("no browser could be started here: open {url} yourself"));
    }
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    // The only failure is a browser that went away.
                    let _ = respond(request, root);
                }
            });
        }
    });
    Ok(())
}

fn respond(request: Request, root: &Path) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return send(request, Response::empty(405), None);
    }
    match resolve(root, request.url()) {
        Resource::File { path, kind } => match File::open(path) {
            // Sent in one piece: a progress bar needs the length beforehand.
            Ok(file) => {
                let response = Response::from_file(file).with_chunked_threshold(usize::MAX);
                send(request, response, Some(("Content-Type", &kind)))
            }
            Err(_) => send(request, Response::empty(404), None),
        },
        Resource::Folder { url } => send(request, Response::empty(301), Some(("Location", &url))),
        Resource::Nothing => send(request, Response::empty(404), None),
    }
}

/// Answers with one more header, and one that makes the browser ask again: the files change.
fn send<R: Read>(
    request: Request,
    mut response: Response<R>,
    header: Option<(&str, &str)>,
) -> io::Result<()> {
    for (name, value) in header.into_iter().chain([("Cache-Control", "no-cache")]) {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response)
}

fn open_browser(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}
