use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use aquatint_sandbox::manifest::{InvalidManifest, Manifest};
use toml_edit::{Document, Item};

use crate::names::toml_message;

/// The file that makes a folder a plugin.
pub const MANIFEST: &str = "plugin.toml";

/// A plugin's folder: `plugin.toml`, sources, and beside them `assets/` and `cases/`.
///
/// `plugin.toml` is the manifest, and a table `[build]` that is not part of it.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder.
    pub root: PathBuf,
    /// What goes into the component.
    pub manifest: Manifest,
    /// How it is built.
    pub build: Build,
}

/// The table `[build]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// The language, by its id.
    pub language: String,
    /// What the language understands besides, as it is written.
    pub options: toml::Table,
}

impl Project {
    /// Reads `plugin.toml` in `root`.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is wrong.
    pub fn open(root: &Path) -> Result<Self, ProjectError> {
        let path = root.join(MANIFEST);
        let (manifest, build) = read(&path)?;
        let wrong = |reason: &str| ProjectError::Build {
            path: path.clone(),
            reason: reason.to_owned(),
        };
        let mut options =
            build.ok_or_else(|| wrong("there is no [build], expected one with language"))?;
        let language = match options.remove("language") {
            Some(toml::Value::String(language)) => language,
            Some(_) => return Err(wrong("build.language is no text, expected one")),
            None => return Err(wrong("build.language is missing, expected a text")),
        };
        Ok(Self {
            root: root.to_owned(),
            manifest,
            build: Build { language, options },
        })
    }

    /// The files under `assets/`, by the names that the plugin knows them by: paths with `/`.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn assets(&self) -> Result<BTreeMap<String, Vec<u8>>, ProjectError> {
        read_assets(&self.root)
    }
}

/// The manifest in a `plugin.toml`, whether or not there is a `[build]` in it.
///
/// # Errors
/// The file cannot be read, or is wrong.
pub fn read_manifest(path: &Path) -> Result<Manifest, ProjectError> {
    read(path).map(|(manifest, _)| manifest)
}

/// The files under `assets/` in a folder, by their paths there, with `/`. Those whose names begin with a dot are left
/// out.
///
/// # Errors
/// One cannot be read.
pub fn read_assets(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, ProjectError> {
    let mut assets = BTreeMap::new();
    let root = folder.join("assets");
    if root.is_dir() {
        read_below(&root, "", &mut assets)?;
    }
    Ok(assets)
}

fn read(path: &Path) -> Result<(Manifest, Option<toml::Table>), ProjectError> {
    let text = fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound if path.ends_with(MANIFEST) => ProjectError::NoProject {
            folder: path.parent().unwrap_or(Path::new(".")).to_owned(),
        },
        _ => ProjectError::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    let wrong = |reason: String| ProjectError::Build {
        path: path.to_owned(),
        reason,
    };
    let mut table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| wrong(toml_message(&text, &error)))?;
    let build = match table.remove("build") {
        Some(toml::Value::Table(options)) => Some(options),
        Some(_) => return Err(wrong("build is no table, expected [build]".to_owned())),
        None => None,
    };
    let manifest = Manifest::from_toml(&without_build(&text, &table)).map_err(|source| {
        ProjectError::Manifest {
            path: path.to_owned(),
            source,
        }
    })?;
    Ok((manifest, build))
}

/// The manifest's part of the text, each line where it was, so that a mistake is told with the line that its author
/// sees. `manifest` is what must be left.
fn without_build(text: &str, manifest: &toml::Table) -> String {
    fn end(item: &Item) -> usize {
        let own = item.span().map_or(0, |span| span.end);
        let below = item
            .as_table_like()
            .into_iter()
            .flat_map(|table| table.iter());
        below.map(|(_, item)| end(item)).fold(own, usize::max)
    }
    let blanked = || {
        let document = Document::parse(text).ok()?;
        let build = document.get("build")?;
        let range = build.span()?.start..end(build);
        let before = text.get(..range.start)?;
        let blank: String = text
            .get(range.clone())?
            .chars()
            .filter(|c| *c == '\n')
            .collect();
        Some(format!("{before}{blank}{}", text.get(range.end..)?))
    };
    // Whoever writes the table in some other way (`build.language = "rust"`) gets other lines, but the same manifest.
    blanked()
        .filter(|text| {
            text.parse::<toml::Table>()
                .is_ok_and(|left| left == *manifest)
        })
        .unwrap_or_else(|| manifest.to_string())
}

fn read_below(
    folder: &Path,
    prefix: &str,
    assets: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ProjectError> {
    let read = |source| ProjectError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        let file_name = entry.file_name();
        let name = file_name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let name = format!("{prefix}{name}");
        if entry.file_type().map_err(read)?.is_dir() {
            read_below(&path, &format!("{name}/"), assets)?;
        } else {
            let bytes = fs::read(&path).map_err(|source| ProjectError::Read {
                path: path.clone(),
                source,
            })?;
            assets.insert(name, bytes);
        }
    }
    Ok(())
}

/// Why a folder is no plugin's.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no `plugin.toml`.
    #[error("{folder}: no {MANIFEST} there, expected a plugin's folder (`aquatint plugin new` makes one)", folder = .folder.display())]
    NoProject {
        /// The folder.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The manifest is wrong.
    #[error("{path}: {source}", path = .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidManifest,
    },
    /// The table `[build]` is wrong.
    #[error("{path}: {reason}", path = .path.display())]
    Build {
        /// The file.
        path: PathBuf,
        /// What is wrong and what was expected.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = "# Mine.\nid = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']\n\n[build]\n\
        language = 'fake' # or another\nflags = ['a',\n  'b']\n[build.more]\ndeep = 1\n\n[limits]\ntime = '5s'\n";

    fn open(text: &str) -> Result<Project, ProjectError> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(MANIFEST), text).expect("written");
        Project::open(folder.path())
    }

    #[test]
    fn how_it_is_built_is_no_part_of_the_manifest() {
        let project = open(TOML).expect("a project");
        assert_eq!(project.build.language, "fake");
        assert!(project.build.options.contains_key("flags"));
        assert!(project.build.options.contains_key("more"));
        let dotted = TOML
            .replace("[build]\n", "")
            .replace("language", "build.language");
        let dotted = dotted
            .replace("flags =", "build.flags =")
            .replace("[build.more]\ndeep = 1\n", "");
        assert_eq!(open(&dotted).expect("a project").manifest, project.manifest);
        let bare = &TOML[..TOML.find("[build]").expect("there")];
        let message = open(bare).expect_err("no [build]").to_string();
        assert!(message.ends_with("there is no [build], expected one with language"));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("other.toml");
        fs::write(&path, bare).expect("written");
        assert_eq!(
            read_manifest(&path).expect("a manifest").id.as_str(),
            "tiny"
        );
    }

    #[test]
    fn a_mistake_is_told_with_the_line_that_its_author_sees() {
        for (from, to, expected) in [
            (
                "time = '5s'",
                "tiem = '5s'",
                "line 16: unknown field `tiem`",
            ),
            ("time = '5s'", "time = 5 s", "line 16: "),
            ("version = '1.0.0'", "version = '1'", "line 3: "),
            (
                "language = 'fake'",
                "lang = 'fake'",
                "build.language is missing",
            ),
        ] {
            let message = open(&TOML.replacen(from, to, 1)).expect_err(to).to_string();
            assert!(
                message.contains(expected),
                "{message}\nexpected: {expected}"
            );
        }
    }
}
