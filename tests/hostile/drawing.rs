//! What a host is there for: drawing. With the starter model, through the studio, and with a plugin of good standing in
//! the way of the picture.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aquatint_diffusion::pipeline::Cancel;
use aquatint_diffusion::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeOptions};
use aquatint_sandbox::engine::Engine;
use aquatint_sandbox::grants::Grants;
use aquatint_studio::plugins::{Folders, Note, Remembered};
use aquatint_studio::stages::Store;
use aquatint_studio::{PluginUse, Request, Studio, Watcher};

use crate::support::good;

/// One loaded model, for all that is drawn in a process.
pub(crate) struct Drawing {
    studio: Mutex<Studio>,
    /// What was drawn before anything did harm.
    before: OnceLock<Vec<u8>>,
    _folder: tempfile::TempDir,
}

impl Drawing {
    /// With plugins on the engine that all cases share.
    pub(crate) fn on(engine: &Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plugins = folder.path().join("plugins");
        std::fs::create_dir(&plugins).expect("made");
        std::fs::write(plugins.join("good.wasm"), good().build()).expect("written");
        let source = Folders {
            folders: vec![plugins],
            engine: engine.clone(),
            grants: Grants::default(),
            store: None,
        };
        // What is kept would be drawn once, and never again.
        let source = Box::new(Remembered::new(source));
        let mut studio = Studio::new(folder.path(), source, Store::off());
        let data = std::env::var_os("AQUATINT_DATA");
        let data =
            data.expect("AQUATINT_DATA names no folder with a runtime: run `cargo xtask test`");
        let cpu = || ProviderChoice::Named(ProviderKind::Cpu.into());
        let runtime = Runtime::start(&RuntimeOptions {
            data_dir: Path::new(&data).to_owned(),
            provider: cpu(),
            threads: Some(1),
        });
        studio.use_runtime(cpu(), Arc::new(runtime.expect("a runtime")));
        let drawing = Self {
            studio: Mutex::new(studio),
            before: OnceLock::new(),
            _folder: folder,
        };
        drawing.works();
        drawing
    }

    /// It draws, and what it draws is what it drew before.
    #[track_caller]
    pub(crate) fn works(&self) {
        let request = Request {
            prompt: "a red apple".to_owned(),
            seed: Some(1),
            steps: Some(2),
            width: Some(64),
            height: Some(64),
            provider: "cpu".to_owned(),
            plugins: vec![PluginUse {
                id: "good".to_owned(),
                settings: Default::default(),
            }],
            ..Request::default()
        };
        let mut took_part = false;
        // A test that failed while it drew says so itself.
        let mut studio = self.studio.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = studio
            .draw(
                &request,
                1,
                Watcher {
                    cancel: &Cancel::new(),
                    events: &mut |_| {},
                    notes: &mut |note| {
                        took_part |= matches!(note, Note::Called { error: None, .. });
                    },
                },
            )
            .expect("it is drawn");
        assert!(took_part, "the plugin has no part in it");
        let [picture] = &drawn.pictures[..] else {
            panic!("{} pictures", drawn.pictures.len());
        };
        assert!(
            picture.pixels.iter().any(|it| *it != picture.pixels[0]),
            "a picture of nothing"
        );
        let before = self.before.get_or_init(|| picture.pixels.clone());
        assert!(picture.pixels == *before, "it draws otherwise than before");
    }
}
