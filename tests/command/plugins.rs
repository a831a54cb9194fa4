//! Pictures with plugins in their way.

use std::fs;

use aquatint_sandbox::digest::Digest;
use aquatint_studio::{PictureFile, png_file};
use aquatint_tests::checkpoint;
use aquatint_tests::component::Small;

use crate::place::{Place, Ran};

/// Fills the picture with red.
fn painter() -> Small {
    Small::new(
        "painter",
        "post-process",
        r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(import "aquatint:plugin/image@0.1.0" "[method]image.fill" (func $fill (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)
  (call $fill (local.get 0) (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 64)
    (i32.const 255) (i32.const 0) (i32.const 0) (i32.const 255) (i32.const 2048))
  (call $drop (local.get 0))
  (i32.const 1024))"#,
    )
}

fn broken() -> Small {
    Small::new(
        "broken",
        "post-process",
        r#"(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32) (unreachable))"#,
    )
}

/// Halves the latents after each step.
fn dimmer() -> Small {
    Small::new(
        "dimmer",
        "denoise",
        r#"
(import "aquatint:plugin/latents@0.1.0" "[resource-drop]latents" (func $drop (param i32)))
(import "aquatint:plugin/latents@0.1.0" "[resource-drop]moment" (func $drop_moment (param i32)))
(import "aquatint:plugin/latents@0.1.0" "[method]latents.scale" (func $scale (param i32 f32 i32)))
(func (export "aquatint:plugin/denoise@0.1.0#run") (param i32 i32) (result i32)
  (call $scale (local.get 1) (f32.const 0.5) (i32.const 2048))
  (call $drop (local.get 1))
  (call $drop_moment (local.get 0))
  (i32.const 1024))"#,
    )
}

/// Draws with these plugins, each put where it is looked for.
fn drawn(place: &Place, plugins: &[&Small]) -> Ran {
    let folder = place.path("more");
    fs::create_dir_all(&folder).unwrap();
    let mut args = vec!["--plugins", "more"];
    for plugin in plugins {
        fs::write(folder.join(format!("{}.wasm", plugin.id)), plugin.build()).unwrap();
        args.extend(["--plugin", &plugin.id]);
    }
    place.draw(&checkpoint("sd1"), &args)
}

fn picture(place: &Place, ran: &Ran) -> PictureFile {
    png_file::read(&place.path(ran.good().trim())).unwrap()
}

#[test]
fn a_plugin_changes_the_picture_and_is_in_its_recipe() {
    let place = Place::new();
    let file = picture(&place, &drawn(&place, &[&painter()]));
    let (pixels, _) = file.pixels.as_chunks::<3>();
    assert!(pixels.iter().all(|pixel| *pixel == [255, 0, 0]));
    let recipe = file.recipe().unwrap().unwrap();
    let used = &recipe.plugins[0];
    assert_eq!(
        (used.id.as_str(), used.version.as_str()),
        ("painter", "1.0.0")
    );
    assert_eq!(used.digest, Digest::of(&painter().build()).to_string());
    assert_eq!(used.skipped, None);
}

#[test]
fn plugins_see_latents_and_the_same_comes_of_it_twice() {
    let place = Place::new();
    let plain = picture(&place, &drawn(&place, &[]));
    let once = picture(&place, &drawn(&place, &[&dimmer()]));
    let twice = picture(&place, &drawn(&place, &[&dimmer()]));
    assert_ne!(plain.pixels, once.pixels);
    assert_eq!(once.pixels, twice.pixels);
}

#[test]
fn a_picture_goes_on_without_a_plugin_that_breaks() {
    let place = Place::new();
    let ran = drawn(&place, &[&broken(), &painter()]);
    assert!(
        ran.stderr
            .contains("warning: drawn without the plugin `broken`: it broke: "),
        "{}",
        ran.stderr
    );
    let recipe = picture(&place, &ran).recipe().unwrap().unwrap();
    assert!(
        recipe.plugins[0]
            .skipped
            .as_ref()
            .unwrap()
            .contains("it broke")
    );
    assert_eq!(recipe.plugins[1].skipped, None);
}

#[test]
fn a_plugin_may_say_that_no_picture_is_better_than_one_without_it() {
    let place = Place::new();
    let ran = drawn(&place, &[&broken().manifest("on-failure = 'fail'")]);
    ran.is_error(1, &["plugin `broken`, hook `post-process`: it broke"]);
    assert!(!place.path("out").exists());
}

#[test]
fn a_permission_that_was_not_granted_is_named() {
    let place = Place::new();
    let mut asking = painter()
        .import("store")
        .manifest("[permissions]\nstore = { quota = '1MiB', reason = 'to remember' }");
    asking.body = format!(
        "(import \"aquatint:plugin/store@0.1.0\" \"usage\" (func $usage (param i32)))\n(func (export \"unused\") (call $usage (i32.const 2048)))\n{}",
        asking.body
    );
    let ran = drawn(&place, &[&asking]);
    ran.is_error(
        1,
        &[
            "`painter`",
            "it needs the permission `store 1MiB`, which was not granted",
        ],
    );
}
