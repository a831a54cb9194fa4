use std::path::{Path, PathBuf};

/// Folders in folders, as deep as people sort files.
const DEPTH: usize = 8;
const EXTENSIONS: [&str; 4] = ["safetensors", "pt", "bin", "ckpt"];

/// The embeddings of a folder and those in it, by their names. Nothing is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    files: Vec<File>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct File {
    name: String,
    /// The name as it is looked for.
    bare: String,
    path: PathBuf,
}

/// A file whose name may be in a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mentioned<'a> {
    /// The name.
    pub name: &'a str,
    /// The file.
    pub path: &'a Path,
}

impl Folder {
    /// Lists a folder. One that is not there has nothing in it.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn open(root: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![(root.to_owned(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    if depth < DEPTH {
                        folders.push((path, depth + 1));
                    }
                } else if let Some(file) = File::new(path) {
                    files.push(file);
                }
            }
        }
        // Of two with one name the first counts, and the safe one before the other.
        files.sort_by(|a, b| {
            let unsafe_last = |file: &File| extension(&file.path) != EXTENSIONS.first().copied();
            (&a.bare, unsafe_last(a), &a.path).cmp(&(&b.bare, unsafe_last(b), &b.path))
        });
        files.dedup_by(|later, first| later.bare == first.bare);
        Ok(Self { files })
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = Mentioned<'_>> {
        self.files.iter().map(|file| Mentioned {
            name: &file.name,
            path: &file.path,
        })
    }

    /// Those whose names may be in a text: which of them are, only the tokens can say.
    pub fn mentioned<'a>(&'a self, text: &str) -> impl Iterator<Item = Mentioned<'a>> {
        let text = bare(text);
        self.files
            .iter()
            .filter(move |file| text.contains(&file.bare))
            .map(|file| Mentioned {
                name: &file.name,
                path: &file.path,
            })
    }
}

impl File {
    fn new(path: PathBuf) -> Option<Self> {
        extension(&path)?;
        let name = path.file_stem()?.to_str()?.to_owned();
        let bare = bare(&name);
        (!bare.is_empty()).then_some(Self { name, bare, path })
    }
}

fn extension(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?;
    EXTENSIONS
        .into_iter()
        .find(|known| extension.eq_ignore_ascii_case(known))
}

/// Whether a name may be in a text: which it is, only the tokens can say.
#[must_use]
pub fn may_mention(text: &str, name: &str) -> bool {
    bare(text).contains(&bare(name))
}

/// Without what tokens do not show: spaces, case, and the backslashes that stand before brackets.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case_and_spaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("more").join("deeper");
        std::fs::create_dir_all(&inner).expect("made");
        for path in [
            folder.path().join("EasyNegative.safetensors"),
            folder.path().join("bad hands (5).SAFETENSORS"),
            folder.path().join("old.pt"),
            folder.path().join("both.pt"),
            inner.join("both.safetensors"),
            inner.join("notes.txt"),
            folder.path().join(".safetensors"),
        ] {
            std::fs::write(path, "").expect("written");
        }
        let found = Folder::open(folder.path()).expect("listed");
        let names = |text: &str| -> Vec<String> {
            found
                .mentioned(text)
                .map(|it| format!("{}", it.path.file_name().expect("a name").display()))
                .collect()
        };
        assert_eq!(names("(easynegative:1.2)"), ["EasyNegative.safetensors"]);
        assert_eq!(names("Bad  Hands\n\\(5\\)"), ["bad hands (5).SAFETENSORS"]);
        assert_eq!(names("an old cat"), ["old.pt"]);
        assert_eq!(names("both"), ["both.safetensors"]);
        assert_eq!(names("notes, nothing"), [""; 0]);
        let none = Folder::open(&folder.path().join("missing")).expect("empty");
        assert_eq!(none, Folder::default());
    }
}
