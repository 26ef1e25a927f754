//! Installs what only the system's package manager has, where the machine lets us.

use anyhow::{Context, Result, bail};
use xshell::cmd;

use crate::{console::say, programs, project::Project};

/// Installs Debian packages, or fails with a sentence that starts with `missing` and tells how to
/// get them.
pub fn install(project: &Project, packages: &[&str], missing: &str) -> Result<()> {
    let names = packages.join(" ");
    let Some((program, prefix)) = environment_as_root(project) else {
        bail!(
            "{missing}: run `apt-get install {names}` as root on Debian, or install the same by other means"
        );
    };
    say(format!("{missing}: installing {names} with apt-get (a minute or two) …"));
    let apt = |arguments: &[&str]| {
        let sh = &project.sh;
        cmd!(sh, "{program} {prefix...} DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0 {arguments...}").run()
    };
    // A stale or partly unreachable index is no reason to stop: the install tells what it lacks.
    if apt(&["update"]).is_err() {
        say("apt-get update failed; going on with the package lists as they are");
    }
    let arguments = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    apt(&arguments).with_context(|| format!("{missing}, and apt-get cannot install {names}"))
}

/// The start of a command that sets variables and then runs as root, if this is Debian and we may.
fn environment_as_root(project: &Project) -> Option<(&'static str, &'static [&'static str])> {
    programs::find("apt-get")?;
    let sh = &project.sh;
    let is_root = cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0");
    if is_root {
        return Some(("env", &[]));
    }
    let may = cmd!(sh, "sudo -n true").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    may.then_some(("sudo", &["-n", "env"]))
}
