//! Chromium and its driver, which the browser tests run in.

use std::{env, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{debian, programs, project::Project};

const MISSING: &str = "Chromium with chromedriver is missing (CHROMIUM and CHROMEDRIVER can name them)";

/// The two programs.
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

fn named_or_on_path(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let Some(named) = env::var_os(variable).map(PathBuf::from) else {
        return Ok(names.iter().find_map(|name| programs::find(name)));
    };
    ensure!(named.is_file(), "{variable} names {}, which is no file", named.display());
    Ok(Some(named))
}
