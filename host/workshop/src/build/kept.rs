use std::path::{Path, PathBuf};
use std::{fs, io};

use aquatint_sandbox::digest::Digest;

use crate::{files, sources};

/// What the last build was made from, so that the same need not be compiled again: some compilers take half a minute to
/// find out that nothing has changed.
pub(super) struct Kept {
    /// The file that says it: what the component was made from, and the component's own digest.
    path: PathBuf,
    made_from: String,
}

impl Kept {
    pub(super) fn new(root: &Path, sdk: &Path, scratch: &Path) -> io::Result<Self> {
        // Cases are no part of the component, nor is what `plugin dev` draws.
        let plugin = sources::digest(root, &["cases", "OUT.png"])?;
        let sdk = sources::digest(sdk, &[])?;
        let [plugin, sdk] = [plugin, sdk].map(|bytes| Digest::from_bytes(bytes).hex());
        Ok(Self {
            path: scratch.join(".aquatint-made-from"),
            made_from: format!("{} {plugin} {sdk}", env!("CARGO_PKG_VERSION")),
        })
    }

    /// The component that the last build wrote to `path`, if it was made from the same and nobody has touched it.
    pub(super) fn get(&self, path: &Path) -> Option<Vec<u8>> {
        let said = fs::read_to_string(&self.path).ok()?;
        let component = fs::read(path).ok()?;
        (said == self.said(&component)).then_some(component)
    }

    pub(super) fn put(&self, component: &[u8]) -> io::Result<()> {
        files::write(&self.path, self.said(component).as_bytes())
    }

    fn said(&self, component: &[u8]) -> String {
        format!("{} {}\n", self.made_from, Digest::of(component).hex())
    }
}
