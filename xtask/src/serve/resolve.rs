//! From the URL of a request to a file.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

/// What a URL names.
#[derive(Debug, PartialEq)]
pub enum Resource {
    /// A file and its media type.
    File {
        /// Where it lies.
        path: PathBuf,
        /// For the header `Content-Type`.
        kind: String,
    },
    /// A folder asked for without the final slash, which relative links need.
    Folder {
        /// The URL with the slash.
        url: String,
    },
    /// Nothing that is served.
    Nothing,
}

/// Finds what the URL names in the folder `root`; of a folder, its `index.html`.
pub fn resolve(root: &Path, url: &str) -> Resource {
    let url = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let Ok(decoded) = percent_decode_str(url).decode_utf8() else {
        return Resource::Nothing;
    };
    // No `..`, no absolute path: nothing outside the folder can be named.
    let relative = Path::new(decoded.as_ref());
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Resource::Nothing;
    }
    let mut path = root.join(relative);
    let names_folder = url.is_empty() || url.ends_with('/');
    if path.is_dir() {
        if !names_folder {
            return Resource::Folder { url: format!("/{url}/") };
        }
        path.push("index.html");
    } else if names_folder {
        return Resource::Nothing;
    }
    if !path.is_file() {
        return Resource::Nothing;
    }
    let kind = mime_guess::from_path(&path).first_or_octet_stream();
    let charset = if kind.type_() == mime_guess::mime::TEXT { "; charset=utf-8" } else { "" };
    Resource::File { path, kind: format!("{kind}{charset}") }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kind(root: &Path, url: &str) -> Option<String> {
        match resolve(root, url) {
            Resource::File { kind, .. } => Some(kind),
            _ => None,
        }
    }

    #[test]
    fn urls_name_files_inside_the_folder_only() -> anyhow::Result<()> {
        let sh = xshell::Shell::new()?;
        let base = sh.create_temp_dir()?;
        let root = base.path().join("site");
        fs::create_dir_all(root.join("sub folder"))?;
        for file in
            ["index.html", "a.js", "a.wasm", "a.css", "a.safetensors", "sub folder/index.html", "../secret"]
        {
            fs::write(root.join(file), "")?;
        }
        for (url, expected) in [
            ("/", "text/html; charset=utf-8"),
            ("/?q=1", "text/html; charset=utf-8"),
            ("/a.js", "text/javascript; charset=utf-8"),
            ("/a.js?v=2", "text/javascript; charset=utf-8"),
            ("/a.wasm", "application/wasm"),
            ("/a.css", "text/css; charset=utf-8"),
            ("/a.safetensors", "application/octet-stream"),
            ("/sub%20folder/", "text/html; charset=utf-8"),
        ] {
            assert_eq!(kind(&root, url).as_deref(), Some(expected), "{url}");
        }
        assert_eq!(resolve(&root, "/sub%20folder"), Resource::Folder { url: "/sub%20folder/".into() });
        for url in [
            "/missing",
            "/a.js/",
            "/../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/sub%20folder/../../secret",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/%ff",
            "/%00",
        ] {
            assert_eq!(resolve(&root, url), Resource::Nothing, "{url}");
        }
        Ok(())
    }
}
