use std::path::PathBuf;
use std::sync::OnceLock;

use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::install::Installer;
use aquatint_sandbox::pixels::{Picture, PixelFormat, Size};
use aquatint_sandbox::plugin::{CallError, Job, LoadError, Plugin};
use aquatint_tests::component::Small;

use crate::drawing::Drawing;

/// What all cases share, as all plugins of a host do.
struct Host {
    engine: Engine,
    drawing: Drawing,
}

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let engine = Engine::new(Options::default()).expect("an engine");
        // Before anybody does harm: so it is known what is to be drawn afterwards.
        let drawing = Drawing::on(&engine);
        Host { engine, drawing }
    })
}

pub(crate) fn engine() -> &'static Engine {
    &host().engine
}

pub(crate) fn load(small: &Small) -> Result<Plugin, LoadError> {
    Plugin::load(engine(), small.build(), &Grants::default(), None)
}

/// The same with all that its manifest asks for granted, and a folder for what it keeps.
pub(crate) fn load_granted(small: &Small, store: Option<PathBuf>) -> Plugin {
    Plugin::load(engine(), small.build(), &granted(small), store).expect("it loads")
}

/// All that its manifest asks for.
pub(crate) fn granted(small: &Small) -> Grants {
    let manifest = small.toml();
    let mut grants = Grants::default();
    grants.set(&manifest.id, manifest.permissions.set(), Installer::now());
    grants
}

/// A picture of 8 by 8 with a number in each byte.
pub(crate) fn picture() -> Picture {
    let size = Size {
        width: 8,
        height: 8,
    };
    Picture::from_pixels(size, PixelFormat::Rgba8, (0..=255).collect()).expect("a picture")
}

/// The beginning of `post-process.run` of a plugin with manners: the handle that it is lent goes back.
pub(crate) const POLITE: &str = r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32) (call $drop (local.get 0))"#;

/// A `post-process.run` that does this before it returns well.
pub(crate) fn polite(body: &str) -> Small {
    Small::new(
        "hostile",
        "post-process",
        &format!("{POLITE}\n{body}\n(i32.const 1024))"),
    )
}

/// A `post-process.run` without manners: its body is all there is.
pub(crate) fn rude(body: &str) -> Small {
    let run = r#"(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)"#;
    Small::new("hostile", "post-process", &format!("{run}\n{body}\n)"))
}

/// Makes the problem that a host function put at 2048 the plugin's own result, at 1024.
pub(crate) const PASS_ON: &str = "
(i32.store (i32.const 1024) (i32.const 1))
(i64.store offset=4 align=4 (i32.const 1024) (i64.load offset=4 align=4 (i32.const 2048)))
(i32.store offset=12 (i32.const 1024) (i32.load offset=12 (i32.const 2048)))
";

/// The error that calling it ends with. Before and after, another plugin does its work.
#[track_caller]
pub(crate) fn fails(small: &Small) -> CallError {
    let plugin = load(small).expect("it loads");
    let before = picture();
    let failed = plugin
        .post_process(&Job::default(), &before)
        .expect_err("it cannot end well");
    assert_eq!(before, picture(), "the host's picture is as it was");
    the_others_work();
    // Nothing of the broken call is left for the next one.
    let again = plugin
        .post_process(&Job::default(), &before)
        .expect_err("it cannot end well");
    assert_eq!(
        std::mem::discriminant(&failed.error),
        std::mem::discriminant(&again.error)
    );
    failed.error
}

/// The error that loading it ends with.
#[track_caller]
pub(crate) fn refused(bytes: Vec<u8>) -> String {
    let error = Plugin::load(engine(), bytes, &Grants::default(), None)
        .expect_err("it is refused")
        .to_string();
    the_others_work();
    assert!(!error.contains('\n'), "one line: {error}");
    error
}

/// A plugin of good standing: it takes the picture, and gives it back as it is.
pub(crate) fn good() -> Small {
    Small {
        id: "good".to_owned(),
        ..polite("")
    }
}

/// The host goes on as before: a plugin of good standing works, and a picture is drawn with it.
#[track_caller]
pub(crate) fn the_others_work() {
    static GOOD: OnceLock<Plugin> = OnceLock::new();
    let plugin = GOOD.get_or_init(|| load(&good()).expect("it loads"));
    let done = plugin
        .post_process(&Job::default(), &picture())
        .expect("it works");
    assert_eq!(done.value, picture());
    host().drawing.works();
}
