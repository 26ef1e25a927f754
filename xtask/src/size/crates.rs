//! Which crates a module's code comes from.

use std::{cmp::Reverse, collections::HashMap, fs, ops::Range, path::Path};

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// How many crates are told apart, the largest ones.
const TOLD_APART: usize = 10;

/// The sizes of a module's parts, in bytes and largest first: of the crates that its functions' names begin
/// with, of the rest of them, and of its data.
pub fn list(module: &Path) -> Result<Vec<(String, u64)>> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut imports = 0;
    let mut bodies = Vec::new();
    let mut names = HashMap::new();
    let mut data = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(length(body.range())),
            Payload::DataSection(section) => data = length(section.range()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(functions) = subsection? {
                            for function in functions {
                                let function = function?;
                                names.insert(function.index, function.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut crates: HashMap<String, u64> = HashMap::new();
    // Functions are numbered from the imported ones on.
    for (index, size) in (imports..).zip(bodies) {
        let name = names.get(&index).map(|name| format!("{:#}", demangle(name))).unwrap_or_default();
        *crates.entry(crate_of(&name).to_owned()).or_default() += size;
    }
    let mut sizes: Vec<_> = crates.into_iter().collect();
    sizes.sort_by_key(|(name, size)| (Reverse(*size), name.clone()));
    let rest = sizes.split_off(TOLD_APART.min(sizes.len())).iter().map(|(_, size)| size).sum();
    sizes.extend([("other crates".to_owned(), rest), ("data".to_owned(), data)]);
    Ok(sizes)
}

fn length(bytes: Range<u64>) -> u64 {
    bytes.end - bytes.start
}

/// The first crate that a function's name mentions: `a` of `a::f`, of `<a::T as b::Trait>::f` and of
/// `<[u8] as a::Trait>::f`.
fn crate_of(function: &str) -> &str {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut paths = function.split(|letter| !is_path(letter)).filter_map(|path| path.split_once("::"));
    paths.find(|(first, _)| !first.is_empty()).map_or("no crate's name", |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    #[test]
    fn a_function_is_of_the_first_crate_in_its_name() {
        for (function, name) in [
            ("burn_flex::ops::add", "burn_flex"),
            ("<gradlens::picture::Picture as core::fmt::Debug>::fmt", "gradlens"),
            ("<[u8] as alloc::slice::Join<u8>>::join", "alloc"),
            ("<&dyn core::any::Any>::is", "core"),
            ("core::ptr::drop_in_place::<half::f16>", "core"),
            ("memcpy", "no crate's name"),
            ("", "no crate's name"),
        ] {
            assert_eq!(crate_of(function), name, "{function}");
        }
    }
}
