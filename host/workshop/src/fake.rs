//! A language for tests: WebAssembly as text, made into a component of the plugin's world; out of any other text, one
//! with empty functions.

use std::fs;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use crate::languages::{Compile, CompileError, Language, NewPlugin, TemplateFile};
use crate::world;

pub(crate) struct Fake;

impl Language for Fake {
    fn id(&self) -> &'static str {
        "fake"
    }

    fn title(&self) -> &'static str {
        "Fake"
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        vec![TemplateFile {
            path: "src/plugin.fake".to_owned(),
            contents: format!("{} {}\n", plugin.id, plugin.hook),
        }]
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        (job.progress)("faking");
        let path = job.project.root.join("src/plugin.fake");
        let source = fs::read_to_string(&path).map_err(|source| CompileError::Io {
            path: path.clone(),
            source,
        })?;
        if let Some(wrong) = source.strip_prefix("wrong: ") {
            return Err(CompileError::Failed {
                tool: "fakec".to_owned(),
                output: wrong.trim().to_owned(),
            });
        }
        // What a compiler that knows nothing of worlds would give.
        if source == "module" {
            return Ok(wat::parse_str("(module)").expect("WAT"));
        }
        assert!(job.sdk.ends_with("fake") && job.scratch.is_dir());
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(job.wit).expect("it resolves");
        let world = resolve
            .select_world(&[package], Some(world::WORLD))
            .expect("a world");
        let mut module = if source.starts_with("(module") {
            wat::parse_str(&source).map_err(|error| CompileError::Component(error.to_string()))?
        } else {
            dummy_module(&resolve, world, ManglingAndAbi::Standard32)
        };
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .expect("embedded");
        Ok(ComponentEncoder::default()
            .module(&module)
            .expect("a module")
            .encode()
            .expect("a component"))
    }
}
