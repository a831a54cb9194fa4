//! The studio on real models: what it computes, what it does not compute twice, and that nobody can tell.

mod batches;
mod refining;
mod replay;
mod stages;
mod tiny;
mod vaes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aquatint_diffusion::pipeline::Cancel;
use aquatint_diffusion::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeOptions};
use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::install::Installer;
use aquatint_studio::plugins::{Folders, Remembered};
use aquatint_studio::stages::{Budgets, Store};
use aquatint_studio::{DrawError, Drawn, Request, Studio, Watcher};
use aquatint_tests::component::Small;
use aquatint_tests::{checkpoint, copy_folder};

/// A studio on a folder of its own, with plugins.
struct Place {
    folder: tempfile::TempDir,
    grants: Grants,
}

impl Place {
    fn new(plugins: &[&Small]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self {
            folder,
            grants: Grants::default(),
        };
        std::fs::create_dir(place.plugins()).expect("made");
        let model = place.folder.path().join("models").join("sd1");
        copy_folder(&checkpoint("sd1"), &model).expect("copied");
        for plugin in plugins {
            place.put(plugin);
        }
        place
    }

    fn plugins(&self) -> PathBuf {
        self.folder.path().join("plugins")
    }

    fn put(&self, plugin: &Small) {
        let path = self.plugins().join(format!("{}.wasm", plugin.id));
        std::fs::write(path, plugin.build()).expect("written");
    }

    /// Puts a tiny VAE where that of the model's family is looked for.
    fn put_tiny(&self) {
        let folder = self.folder.path().join("tiny").join("sd1");
        copy_folder(&given("tiny-vae"), &folder).expect("copied");
    }

    /// Puts two VAEs where they are looked for by name.
    fn put_vaes(&self) {
        let folder = self.folder.path().join("vae");
        copy_folder(&given("vae"), &folder.join("clear")).expect("copied");
        std::fs::copy(given("vae-ldm.safetensors"), folder.join("ldm.safetensors"))
            .expect("copied");
    }

    /// Puts a model where models are looked for by name.
    fn put_model(&self, name: &str) {
        let model = self.folder.path().join("models").join(name);
        copy_folder(&checkpoint(name), &model).expect("copied");
    }

    /// Allows a plugin all that it asks for.
    fn grant(&mut self, plugin: &Small) {
        let manifest = plugin.toml();
        self.grants
            .set(&manifest.id, manifest.permissions.set(), Installer::now());
    }

    /// As another process would open it.
    fn open(&self) -> Studio {
        let stages = self.folder.path().join("stages");
        self.with(Store::new(&stages, Budgets::default()))
    }

    fn without_cache(&self) -> Studio {
        self.with(Store::off())
    }

    fn with(&self, stages: Store) -> Studio {
        let source = Folders {
            folders: vec![self.plugins()],
            engine: Engine::new(Options::default()).expect("an engine"),
            grants: self.grants.clone(),
            store: None,
        };
        let mut studio = Studio::new(
            self.folder.path(),
            Box::new(Remembered::new(source)),
            stages,
        );
        studio.use_runtime(cpu(), runtime());
        studio
    }
}

/// What pictures of the parity tests are made with.
fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("parity/golden/given")
        .join(name)
}

fn cpu() -> ProviderChoice {
    ProviderChoice::Named(ProviderKind::Cpu.into())
}

fn runtime() -> Arc<Runtime> {
    let data = std::env::var_os("AQUATINT_DATA");
    let data = data.expect("AQUATINT_DATA names no folder with a runtime: run `cargo xtask test`");
    let options = RuntimeOptions {
        data_dir: Path::new(&data).to_owned(),
        provider: cpu(),
        threads: Some(1),
    };
    Arc::new(Runtime::start(&options).expect("a runtime"))
}

/// Two steps of a tiny model.
fn request() -> Request {
    Request {
        prompt: "a red apple".to_owned(),
        negative: "blurry".to_owned(),
        model: Some("sd1".to_owned()),
        seed: Some(7),
        steps: Some(2),
        cfg: Some(5.0),
        width: Some(64),
        height: Some(48),
        sampler: Some("Euler a".to_owned()),
        provider: "cpu".to_owned(),
        ..Request::default()
    }
}

fn draw(studio: &mut Studio, request: &Request) -> Result<Drawn, DrawError> {
    studio.draw(
        request,
        request.seed.unwrap_or(7),
        Watcher {
            cancel: &Cancel::new(),
            events: &mut |_| {},
            notes: &mut |_| {},
        },
    )
}
