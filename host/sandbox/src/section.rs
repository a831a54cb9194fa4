//! What a component carries beside code: the manifest and the assets, as custom sections.
//!
//! Everything else in the file stays as it is, byte for byte, and in place. Sections of ours are written at the end,
//! where every tool leaves them alone.

use std::collections::BTreeMap;
use std::ops::Range;

use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Encoding, Parser, Payload};

use crate::manifest::{InvalidManifest, Manifest};

/// The custom section with the manifest, as JSON.
pub const MANIFEST: &str = "aquatint:manifest";
/// How the names of custom sections with assets begin; the asset's name follows.
pub const ASSET: &str = "aquatint:asset:";
const LONGEST_NAME: usize = 128;

/// Reads and checks the manifest of a component.
///
/// # Errors
/// There is none, or two, or it is not valid.
pub fn read_manifest(component: &[u8]) -> Result<Manifest, SectionError> {
    let mut found = None;
    for section in sections(component)? {
        if section.name == MANIFEST && found.replace(section.data).is_some() {
            return Err(SectionError::Twice {
                name: MANIFEST.to_owned(),
            });
        }
    }
    let json = found.ok_or(SectionError::NoManifest)?;
    Ok(Manifest::from_json(json)?)
}

/// The component with this manifest, in place of whichever it had.
///
/// # Errors
/// The bytes are no component, or the manifest is not valid.
pub fn write_manifest(component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, SectionError> {
    let json = manifest.to_json()?;
    replace(component, |name| name == MANIFEST, &[(MANIFEST, &json)])
}

/// The assets of a component, by name.
///
/// # Errors
/// The bytes are no component, a name is bad, or is there twice.
pub fn read_assets(component: &[u8]) -> Result<BTreeMap<String, &[u8]>, SectionError> {
    let mut assets = BTreeMap::new();
    for section in sections(component)? {
        let Some(name) = section.name.strip_prefix(ASSET) else {
            continue;
        };
        check_name(name)?;
        if assets.insert(name.to_owned(), section.data).is_some() {
            return Err(SectionError::Twice {
                name: section.name.to_owned(),
            });
        }
    }
    Ok(assets)
}

/// The component with these assets, in place of whichever it had.
///
/// # Errors
/// The bytes are no component, or a name is bad.
pub fn write_assets(
    component: &[u8],
    assets: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, SectionError> {
    let mut named = Vec::new();
    for (name, data) in assets {
        check_name(name)?;
        named.push((format!("{ASSET}{name}"), data.as_slice()));
    }
    let named: Vec<(&str, &[u8])> = named
        .iter()
        .map(|(name, data)| (name.as_str(), *data))
        .collect();
    replace(component, |name| name.starts_with(ASSET), &named)
}

/// One to 128 characters in the manner of a relative path: `lut/warm.cube`. They never become paths, but people unpack
/// components.
fn check_name(name: &str) -> Result<(), SectionError> {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    if name.len() <= LONGEST_NAME && name.split('/').all(part) {
        return Ok(());
    }
    Err(SectionError::AssetName {
        name: crate::names::shown(name),
    })
}

/// A custom section of the outermost component.
struct Custom<'a> {
    name: &'a str,
    data: &'a [u8],
    /// The whole section, header included.
    range: Range<usize>,
}

fn sections(component: &[u8]) -> Result<Vec<Custom<'_>>, SectionError> {
    let mut found = Vec::new();
    let mut rest = component;
    let mut parser = Parser::new(0);
    let mut start = 0;
    loop {
        // By hand and not with `parse_all`, because only this tells where a section's header begins.
        let (consumed, payload) = match parser.parse(rest, true)? {
            wasmparser::Chunk::Parsed { consumed, payload } => (consumed, payload),
            wasmparser::Chunk::NeedMoreData(_) => return Ok(found),
        };
        let end = start + consumed;
        match payload {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } => return Err(SectionError::NotAComponent),
            Payload::CustomSection(section) => found.push(Custom {
                name: section.name(),
                data: section.data(),
                range: start..end,
            }),
            // What is inside has custom sections of its own, which are none of ours: stepped over.
            Payload::ModuleSection {
                unchecked_range, ..
            }
            | Payload::ComponentSection {
                unchecked_range, ..
            } => {
                let next = unchecked_range.end;
                if next > component.len() {
                    return Err(SectionError::Truncated);
                }
                rest = &component[next..];
                start = next;
                continue;
            }
            Payload::End(_) => return Ok(found),
            _ => {}
        }
        rest = &component[end..];
        start = end;
    }
}

fn replace(
    component: &[u8],
    obsolete: impl Fn(&str) -> bool,
    sections_to_add: &[(&str, &[u8])],
) -> Result<Vec<u8>, SectionError> {
    let mut result = Vec::with_capacity(component.len());
    let mut kept = 0;
    for section in sections(component)? {
        if obsolete(section.name) {
            result.extend_from_slice(&component[kept..section.range.start]);
            kept = section.range.end;
        }
    }
    result.extend_from_slice(&component[kept..]);
    for (name, data) in sections_to_add {
        CustomSection {
            name: (*name).into(),
            data: (*data).into(),
        }
        .append_to_component(&mut result);
    }
    Ok(result)
}

/// Why a component's manifest or assets cannot be read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SectionError {
    /// The bytes are no WebAssembly.
    #[error("not WebAssembly: {0}")]
    Unreadable(#[from] wasmparser::BinaryReaderError),
    /// A core module.
    #[error("a core module, expected a component (`wasm-tools component new` makes one)")]
    NotAComponent,
    /// It ends too early.
    #[error("the file ends in the middle of a section")]
    Truncated,
    /// There is no manifest.
    #[error(
        "no manifest inside, expected a custom section `{MANIFEST}` (`aquatint plugin pack` writes it)"
    )]
    NoManifest,
    /// A section is there twice.
    #[error("custom section `{name}` is there twice, expected once")]
    Twice {
        /// Which.
        name: String,
    },
    /// An asset's name is bad.
    #[error(
        "asset `{name}`: expected a name such as lut/warm.cube, of letters, digits, `.`, `_` and `-`"
    )]
    AssetName {
        /// The name.
        name: String,
    },
    /// The manifest is not valid.
    #[error(transparent)]
    Manifest(#[from] InvalidManifest),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(version: &str) -> Manifest {
        Manifest::from_toml(&format!(
            "id = 'tiny'\nversion = '{version}'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']"
        ))
        .expect("a manifest")
    }

    fn component() -> Vec<u8> {
        wat::parse_str(
            r#"(component
                (core module (@custom "aquatint:manifest" "of the module") (func))
                (@custom "name" "abc")
                (component (@custom "aquatint:manifest" "of the inner one"))
                (import "a" (instance)))"#,
        )
        .expect("WAT")
    }

    fn custom(name: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        CustomSection {
            name: name.into(),
            data: data.into(),
        }
        .append_to_component(&mut bytes);
        bytes
    }

    #[test]
    fn only_the_manifest_changes() {
        let bare = component();
        assert!(matches!(
            read_manifest(&bare),
            Err(SectionError::NoManifest)
        ));
        let first = write_manifest(&bare, &manifest("1.0.0")).expect("written");
        assert_eq!(first[..bare.len()], bare, "nothing before it is touched");
        assert_eq!(read_manifest(&first).expect("there"), manifest("1.0.0"));
        let mut longer = first.clone();
        longer.extend(custom("after", b"xyz"));
        let second = write_manifest(&longer, &manifest("1.0.10")).expect("written");
        assert_eq!(read_manifest(&second).expect("there"), manifest("1.0.10"));
        let mut expected = bare.clone();
        expected.extend(custom("after", b"xyz"));
        assert_eq!(second[..expected.len()], expected);
        assert_eq!(
            write_manifest(&second, &manifest("1.0.10")).expect("written"),
            second,
            "writing the same again changes nothing"
        );
    }

    #[test]
    fn two_manifests_are_none() {
        let mut twice = write_manifest(&component(), &manifest("1.0.0")).expect("written");
        twice.extend(custom(MANIFEST, b"{}"));
        assert!(matches!(
            read_manifest(&twice),
            Err(SectionError::Twice { .. })
        ));
        let one = write_manifest(&twice, &manifest("2.0.0")).expect("both are replaced");
        assert_eq!(read_manifest(&one).expect("there"), manifest("2.0.0"));
    }

    #[test]
    fn assets_are_kept_beside_it() {
        let assets = BTreeMap::from([
            ("lut/warm.cube".to_owned(), vec![1, 2, 3]),
            ("empty".to_owned(), Vec::new()),
        ]);
        let packed = write_manifest(&component(), &manifest("1.0.0")).expect("written");
        let packed = write_assets(&packed, &assets).expect("written");
        let read = read_assets(&packed).expect("there");
        assert_eq!(read["lut/warm.cube"], [1, 2, 3]);
        assert_eq!(read.len(), 2);
        assert_eq!(read_manifest(&packed).expect("there"), manifest("1.0.0"));
        let emptied = write_assets(&packed, &BTreeMap::new()).expect("written");
        assert!(read_assets(&emptied).expect("none").is_empty());
        for bad in [
            "",
            "/x",
            "x/",
            "../x",
            "a//b",
            ".x",
            "a\\b",
            "ä",
            &"x".repeat(129),
        ] {
            let assets = BTreeMap::from([(bad.to_owned(), Vec::new())]);
            assert!(write_assets(&component(), &assets).is_err(), "{bad}");
            let mut named = component();
            named.extend(custom(&format!("{ASSET}{bad}"), b""));
            assert!(read_assets(&named).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_component_is_refused() {
        let module = wat::parse_str("(module)").expect("WAT");
        assert!(matches!(
            read_manifest(&module),
            Err(SectionError::NotAComponent)
        ));
        for bytes in [&b""[..], b"\0asm", b"not wasm at all"] {
            assert!(read_manifest(bytes).is_err());
        }
        let whole = write_manifest(&component(), &manifest("1.0.0")).expect("written");
        for end in 0..whole.len() {
            assert!(read_manifest(&whole[..end]).is_err(), "cut at {end}");
        }
    }
}
