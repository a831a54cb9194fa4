//! Axes of a plugin that really runs.

use std::sync::Arc;

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::Plugin;
use aquatint_studio::plugins::{Held, PluginError, PluginSource};
use aquatint_studio::sweep::{Draft, LoadedPlugins, Sweep, SweepError, SweepSpec};
use aquatint_tests::component::{Small, le};

/// One axis, `cfgs`, with two points: as it is, and a cfg of 3.5.
fn guide() -> Small {
    let words = |numbers: &[u32]| -> String { numbers.iter().map(|it| le(*it)).collect() };
    let data = |at: u32, text: &str| format!("(data (i32.const {at}) \"{text}\")\n");
    let mut body = data(1024, &words(&[0, 1040, 1]));
    body += &data(1040, &words(&[1100, 4, 1110, 5]));
    body += &data(1100, "cfgs");
    body += &data(1110, "Guide");
    body += &data(1200, &words(&[0, 1216, 2]));
    body += &data(1216, &words(&[1300, 5, 0, 0, 1310, 4, 1264, 1]));
    // The key, the case `number`, and 3.5.
    body += &data(1264, &words(&[1320, 3, 3, 0]));
    body += &data(1280, r"\00\00\00\00\00\00\0c\40");
    body += &data(1300, "plain");
    body += &data(1310, "soft");
    body += &data(1320, "cfg");
    body += r#"
(func (export "aquatint:plugin/sweep@0.1.0#axes") (result i32) (i32.const 1024))
(func (export "aquatint:plugin/sweep@0.1.0#points") (param i32 i32 i32 i32) (result i32) (i32.const 1200))"#;
    Small::new("guide", "sweep", &body)
}

/// Its axes cannot be asked for.
fn broken() -> Small {
    let body = r#"
(func (export "aquatint:plugin/sweep@0.1.0#axes") (result i32) (unreachable))
(func (export "aquatint:plugin/sweep@0.1.0#points") (param i32 i32 i32 i32) (result i32) (unreachable))"#;
    Small::new("broken", "sweep", body).manifest("on-failure = 'skip'")
}

struct Shelf(Vec<Arc<Plugin>>);

impl PluginSource for Shelf {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        let found = self.0.iter().find(|plugin| plugin.manifest().id == *id);
        found
            .map(|plugin| Held::Own(plugin.clone()))
            .ok_or_else(|| PluginError::NotFound {
                id: id.to_string(),
                nearest: None,
            })
    }
}

fn sweep(axes: &[&str]) -> Result<Sweep, SweepError> {
    let engine = Engine::new(Options::default()).expect("an engine");
    let load = |small: Small| {
        let plugin = Plugin::load(&engine, small.build(), &Grants::default(), None);
        Arc::new(plugin.expect("it loads"))
    };
    let shelf = Shelf(vec![load(guide()), load(broken())]);
    let cancel = Cancel::new();
    let plugins = LoadedPlugins::new(&shelf, Vec::new(), &cancel, &|_| {});
    let spec = SweepSpec {
        axes: axes.iter().map(|axis| axis.parse().expect(axis)).collect(),
        ..SweepSpec::default()
    };
    Draft::new(&spec, &plugins)?.draw(&mut || 1)
}

#[test]
fn a_plugin_adds_an_axis() {
    let sweep = sweep(&["guide.cfgs", "seed=1,2"]).expect("a sweep");
    assert_eq!(sweep.axes()[0].label, "Guide");
    let cfgs: Vec<_> = (0..sweep.len())
        .filter_map(|index| sweep.cell(index))
        .map(|cell| (cell.coordinates["guide.cfgs"].clone(), cell.request.cfg))
        .collect();
    let [plain, soft] = [("plain".into(), None), ("soft".into(), Some(3.5))];
    assert_eq!(cfgs, [plain.clone(), soft.clone(), plain, soft]);
}

#[test]
fn a_plugin_that_fails_is_named() {
    let error = sweep(&["broken.any"]).expect_err("it fails").to_string();
    assert!(
        error.starts_with("axis `broken.any`: plugin `broken`, hook `sweep`: "),
        "{error}"
    );
}
