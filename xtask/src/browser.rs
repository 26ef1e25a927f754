//! The browsers that the tests run in.

use std::{env, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{debian, programs, project::Project};

const MISSING: &str = "Chromium with chromedriver is missing (CHROMIUM and CHROMEDRIVER can name them)";

/// Chromium and its driver.
pub struct Browser {
    /// The browser.
    pub chromium: PathBuf,
    /// What drives it for wasm-bindgen-test.
    pub chromedriver: PathBuf,
}

impl Browser {
    /// Finds the programs and installs what is missing.
    pub fn ensure(project: &Project) -> Result<Self> {
        if let Some(browser) = Self::find()? {
            return Ok(browser);
        }
        debian::install(project, &["chromium", "chromium-driver"], MISSING)?;
        Self::find()?.context(MISSING)
    }

    fn find() -> Result<Option<Self>> {
        let chromium = named_or_on_path("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
        let chromedriver = named_or_on_path("CHROMEDRIVER", &["chromedriver"])?;
        Ok(chromium.zip(chromedriver).map(|(chromium, chromedriver)| Self { chromium, chromedriver }))
    }

    /// Writes webdriver.json again with this browser in it, since that file cannot know where it is.
    pub fn capabilities(&self, project: &Project) -> Result<PathBuf> {
        let mut capabilities: Value = serde_json::from_str(&project.sh.read_file("webdriver.json")?)
            .context("webdriver.json is not JSON")?;
        capabilities["goog:chromeOptions"]["binary"] = self.chromium.to_string_lossy().into();
        let file = project.root.join("build/webdriver.json");
        project.sh.write_file(&file, capabilities.to_string())?;
        Ok(file)
    }
}

/// Finds Firefox, or installs it.
pub fn ensure_firefox(project: &Project) -> Result<PathBuf> {
    const MISSING: &str = "Firefox is missing (FIREFOX can name it)";
    let find = || named_or_on_path("FIREFOX", &["firefox-esr", "firefox"]);
    if let Some(firefox) = find()? {
        return Ok(firefox);
    }
    debian::install(project, &["firefox-esr"], MISSING)?;
    find()?.context(MISSING)
}

/// Makes sure of WebKit, which its driver starts, and of the screen that it needs.
pub fn require_webkit(project: &Project) -> Result<()> {
    const MISSING: &str = "WebKit's driver or Xvfb is missing";
    let is_there = || ["WebKitWebDriver", "Xvfb"].iter().all(|name| programs::find(name).is_some());
    if !is_there() {
        debian::install(project, &["webkit2gtk-driver", "xvfb"], MISSING)?;
        ensure!(is_there(), MISSING);
    }
    Ok(())
}

fn named_or_on_path(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let Some(named) = env::var_os(variable).map(PathBuf::from) else {
        return Ok(names.iter().find_map(|name| programs::find(name)));
    };
    ensure!(named.is_file(), "{variable} names {}, which is no file", named.display());
    Ok(Some(named))
}
