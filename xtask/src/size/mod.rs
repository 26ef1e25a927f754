//! `cargo xtask size`: what a visitor downloads, raw and compressed. Fails where a part outgrew its ceiling.

mod crates;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::{build, console::say, programs, project::Project, site};

/// Prints the total size of the files that its arguments name, compressed as a web server can at its best.
const COMPRESS: &str = "
    const { brotliCompressSync } = require('node:zlib');
    const { readFileSync } = require('node:fs');
    const sizes = process.argv.slice(1).map(file => brotliCompressSync(readFileSync(file)).length);
    console.log(sizes.reduce((sum, size) => sum + size, 0));
";

/// A part of the site, and who loads it on a first visit.
struct Part {
    name: &'static str,
    on_cpu: bool,
    on_webgpu: bool,
    /// The most that it may be, compressed.
    ceiling: Option<u64>,
    holds: fn(&str) -> bool,
}

/// What the pages do not load of the package: other entries, and what the workers hold already.
const UNUSED: [&str; 7] =
    ["direct.js", "cpu.js", "core.js", "element.js", "cpu-worker.js", "gradlens/cpu-worker.js", "wasm/"];

const PARTS: [Part; 11] = [
    Part {
        name: "WebAssembly, CPU",
        on_cpu: true,
        on_webgpu: false,
        ceiling: Some(400_000),
        holds: |file| is_of(file, "wasm/cpu/", "gradlens_bg.wasm"),
    },
    Part {
        name: "WebAssembly, relaxed SIMD",
        on_cpu: true,
        on_webgpu: false,
        ceiling: Some(400_000),
        holds: |file| is_of(file, "wasm/cpu/", "relaxed_bg.wasm"),
    },
    Part {
        name: "WebAssembly, threads",
        on_cpu: false,
        on_webgpu: false,
        ceiling: Some(400_000),
        holds: |file| is_of(file, "wasm/threads/", "gradlens_bg.wasm"),
    },
    Part {
        name: "WebAssembly, threads, relaxed SIMD",
        on_cpu: false,
        on_webgpu: false,
        ceiling: Some(400_000),
        holds: |file| is_of(file, "wasm/threads/", "relaxed_bg.wasm"),
    },
    Part {
        name: "WebAssembly, WebGPU",
        on_cpu: false,
        on_webgpu: true,
        ceiling: Some(1_220_000),
        holds: |file| is_of(file, "wasm/webgpu/", ".wasm"),
    },
    // Fetched where a browser's own decoder is not to be had or believed.
    Part {
        name: "WebAssembly, decoder",
        on_cpu: false,
        on_webgpu: false,
        ceiling: Some(250_000),
        holds: |file| is_of(file, "wasm/decode/", ".wasm"),
    },
    Part {
        name: "package",
        on_cpu: true,
        on_webgpu: true,
        ceiling: None,
        holds: |file| is_of(file, "", ".js") && !UNUSED.iter().any(|unused| is_of(file, unused, "")),
    },
    Part {
        name: "model",
        on_cpu: true,
        on_webgpu: true,
        ceiling: None,
        holds: |file| file.starts_with("gradlens/model/") && file.ends_with(".onnx"),
    },
    // Fetched when one is chosen.
    Part {
        name: "example networks",
        on_cpu: false,
        on_webgpu: false,
        ceiling: None,
        holds: |file| file.starts_with("networks/") && file.ends_with(".onnx"),
    },
    Part {
        name: "page",
        on_cpu: true,
        on_webgpu: true,
        ceiling: None,
        holds: |file| {
            !is_sample(file)
                && is_of_page(file, &[".html", ".css", ".js", ".svg", ".png", ".webp", ".webmanifest"])
        },
    },
    Part {
        name: "sample photos",
        on_cpu: true,
        on_webgpu: true,
        ceiling: None,
        holds: |file| is_sample(file) && is_of_page(file, &[".webp", ".png", ".jpg"]),
    },
];

fn is_of(file: &str, folder: &str, extension: &str) -> bool {
    file.strip_prefix("gradlens/dist/")
        .is_some_and(|file| file.starts_with(folder) && file.ends_with(extension))
}

fn is_sample(file: &str) -> bool {
    file.starts_with("samples/")
}

fn is_of_page(file: &str, extensions: &[&str]) -> bool {
    !file.starts_with("gradlens/") && extensions.iter().any(|extension| file.ends_with(extension))
}

/// Bytes as they are and compressed.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    brotli: u64,
}

/// Runs the command.
pub fn run(project: &Project) -> Result<()> {
    programs::require_node(project)?;
    let site = project.root.join(site::FOLDER);
    ensure!(site.is_dir(), "the site is missing: make it with `cargo xtask build`");
    let files = list(&site)?;
    say("compressing the site with brotli 11 (a minute or two) …");
    println!("{:<28}{:>14}{:>14}", "", "bytes", "brotli");
    let (mut cpu, mut webgpu) = (Size::default(), Size::default());
    for part in &PARTS {
        let size = measure(project, &site, files.iter().filter(|file| (part.holds)(file)))
            .with_context(|| format!("cannot compress the part \"{}\"", part.name))?;
        size.print(part.name);
        if let Some(ceiling) = part.ceiling {
            ensure!(
                size.brotli <= ceiling,
                "the part \"{}\" has {} bytes compressed; the most is {}",
                part.name,
                grouped(size.brotli),
                grouped(ceiling)
            );
        }
        cpu.add(size, part.on_cpu);
        webgpu.add(size, part.on_webgpu);
    }
    cpu.print("first visit, on the CPU");
    webgpu.print("first visit, on WebGPU");
    for (name, module) in build::named_modules(project) {
        println!("\n{:<28}{:>14}", format!("WebAssembly, {name}, by crate"), "bytes");
        for (part, bytes) in crates::list(&module)? {
            println!("{part:<28}{:>14}", grouped(bytes));
        }
    }
    Ok(())
}

/// The files in the site, named relative to it.
fn list(site: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![site.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(site)?.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(files)
}

fn measure<'a>(project: &Project, site: &Path, files: impl Iterator<Item = &'a String>) -> Result<Size> {
    let paths: Vec<PathBuf> = files.map(|file| site.join(file)).collect();
    let mut raw = 0;
    for path in &paths {
        raw += fs::metadata(path)?.len();
    }
    let brotli = cmd!(project.sh, "node -e {COMPRESS} {paths...}").quiet().read()?.parse()?;
    Ok(Size { raw, brotli })
}

impl Size {
    fn add(&mut self, other: Self, counts: bool) {
        if counts {
            self.raw += other.raw;
            self.brotli += other.brotli;
        }
    }

    fn print(self, name: &str) {
        println!("{name:<28}{:>14}{:>14}", grouped(self.raw), grouped(self.brotli));
    }
}

/// The number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1 000"), (9_282_880, "9 282 880")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_file_belongs_to_one_part_or_none() {
        let part = |file| {
            let names: Vec<_> =
                PARTS.iter().filter(|part| (part.holds)(file)).map(|part| part.name).collect();
            names.join(" and ")
        };
        for (file, name) in [
            ("gradlens/dist/wasm/cpu/gradlens_bg.wasm", "WebAssembly, CPU"),
            ("gradlens/dist/wasm/cpu/gradlens_relaxed_bg.wasm", "WebAssembly, relaxed SIMD"),
            ("gradlens/dist/wasm/webgpu/gradlens_bg.wasm", "WebAssembly, WebGPU"),
            ("gradlens/dist/wasm/cpu/gradlens.js", ""),
            ("gradlens/dist/wasm/decode/gradlens_bg.wasm", "WebAssembly, decoder"),
            ("gradlens/dist/index.js", "package"),
            ("gradlens/dist/gradlens/worker.js", "package"),
            ("gradlens/dist/cpu.js", ""),
            ("gradlens/dist/index.js.map", ""),
            ("gradlens/dist/index.d.ts", ""),
            ("gradlens/model/efficientnet-lite0.onnx", "model"),
            ("gradlens/model/LICENSE", ""),
            ("networks/efficientnet-lite1/efficientnet-lite1.onnx", "example networks"),
            ("index.html", "page"),
            ("css/style.css", "page"),
            ("icons/192.png", "page"),
            ("samples/dog.webp", "sample photos"),
        ] {
            assert_eq!(part(file), name, "{file}");
        }
    }
}
