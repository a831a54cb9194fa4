//! The interface only grows: `wit/VERSION` is `wit/` as it was when that version was promised, and a plugin that was
//! built with it must fit the `wit/` of today.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use aquatint_sandbox::contract::{PACKAGE, VERSION};
use semver::{Comparator, Op, Version, VersionReq};
use wit_parser::{Resolve, SourceMap, WorldItem, WorldKey};

use crate::kept::folder;

/// The files of a package, by name.
type Files = BTreeMap<String, String>;

fn read(folder: &Path) -> Files {
    fs::read_dir(folder)
        .expect("it can be read")
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

fn present() -> Files {
    read(Path::new(aquatint_tests::component::WIT))
}

fn frozen() -> Vec<(Version, Files)> {
    let folder = folder().join("wit");
    let mut versions: Vec<_> = fs::read_dir(folder)
        .expect("it can be read")
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version: Version = name.parse().expect("a folder is named after a version");
            (version, read(&entry.path()))
        })
        .collect();
    versions.sort_by(|a, b| a.0.cmp(&b.0));
    versions
}

/// Whether plugins of `old` fit a host of `new`: what is wrong if not.
fn only_grows(old: &Files, new: &Files) -> Result<(), String> {
    let mut resolve = Resolve::default();
    let mut push = |files: &Files, version: Version| {
        let mut map = SourceMap::default();
        for (name, text) in files {
            map.push_str(name, text.as_str());
        }
        let mut group = map.parse().map_err(|(map, error)| error.render(&map))?;
        // Two packages of one name would be taken for one; versions are left out of the comparison.
        group.main.name.version = Some(version);
        resolve.push_group(group).map_err(|error| error.to_string())
    };
    let old = push(old, Version::new(0, 0, 1))?;
    let new = push(new, Version::new(0, 0, 2))?;
    let interface_names = |key: &WorldKey, item: &WorldItem| match (key, item) {
        (WorldKey::Interface(id), WorldItem::Interface { .. }) => {
            resolve.interfaces[*id].name.clone().unwrap_or_default()
        }
        (key, _) => resolve.name_world_key(key),
    };
    // What no plugin happens to use is promised too.
    for (name, id) in &resolve.packages[old].interfaces {
        let Some(now) = resolve.packages[new].interfaces.get(name) else {
            return Err(format!("interface `{name}` is gone"));
        };
        let now = &resolve.interfaces[*now];
        for type_name in resolve.interfaces[*id].types.keys() {
            if !now.types.contains_key(type_name) {
                return Err(format!("interface `{name}`: type `{type_name}` is gone"));
            }
        }
    }
    for (name, before) in &resolve.packages[old].worlds {
        let Some(now) = resolve.packages[new].worlds.get(name) else {
            return Err(format!("world `{name}` is gone"));
        };
        // A host that asks for less would do for what is linked, but the hook would never be called.
        let exports = |world: &wit_parser::World| -> BTreeSet<String> {
            let exports = world.exports.iter();
            exports
                .map(|(key, item)| interface_names(key, item))
                .collect()
        };
        let (was, is) = (
            exports(&resolve.worlds[*before]),
            exports(&resolve.worlds[*now]),
        );
        if let Some(export) = was.difference(&is).next() {
            return Err(format!("world `{name}`: export `{export}` is gone"));
        }
        wit_component::semver_check(resolve.clone(), *before, *now)
            .map_err(|error| format!("world `{name}`: {error:#}"))?;
    }
    Ok(())
}

#[test]
fn the_interface_has_only_grown() {
    let present = present();
    let mut compared = 0;
    for (version, files) in frozen() {
        // Within one `0.x`, later within one major.
        let range = VersionReq {
            comparators: vec![Comparator {
                op: Op::Caret,
                major: version.major,
                minor: Some(version.minor),
                patch: Some(version.patch),
                pre: version.pre.clone(),
            }],
        };
        if range.matches(&VERSION) {
            only_grows(&files, &present)
                .unwrap_or_else(|why| panic!("{PACKAGE}@{version} plugins no longer fit: {why}"));
            compared += 1;
        }
    }
    assert!(
        compared > 0,
        "{PACKAGE}@{VERSION} is not in tests/compat/wit: README.md says how it gets there"
    );
}

/// The interface with one text in one file replaced.
fn with(file: &str, from: &str, to: &str) -> Files {
    let mut files = present();
    let text = files.get_mut(file).expect(file);
    assert!(text.contains(from), "{file}: no `{from}`");
    *text = text.replacen(from, to, 1);
    files
}

#[test]
fn more_is_no_break() {
    for (file, from, to) in [
        (
            "store.wit",
            "  usage: func() -> room;",
            "  usage: func() -> room;\n  clear: func() -> result<_, problem>;",
        ),
        (
            "image.wit",
            "    name: func() -> result<string, problem>;",
            "    name: func() -> result<string, problem>;\n    rotate: func() -> result<_, problem>;",
        ),
        (
            "worlds.wit",
            "  import inference;\n}",
            "  import inference;\n  import more;\n}\ninterface more {\n  new: func();\n}",
        ),
        (
            "worlds.wit",
            "world sweeper {",
            "world more {\n  include base;\n}\nworld sweeper {",
        ),
        (
            "types.wit",
            "record size {",
            "record extent {\n    depth: u32,\n  }\n  record size {",
        ),
        (
            "types.wit",
            "/// Width and height in pixels.",
            "/// How large.",
        ),
    ] {
        let result = only_grows(&present(), &with(file, from, to));
        assert_eq!(result, Ok(()), "{file}: {to}");
    }
}

#[test]
fn whatever_plugins_could_notice_is_a_break() {
    for (file, from, to, expected) in [
        // A function is gone, or has another type.
        (
            "store.wit",
            "  usage: func() -> room;",
            "",
            "world `everything`: ",
        ),
        (
            "job.wit",
            "seed: func() -> u64",
            "seed: func() -> u32",
            "world `base`: ",
        ),
        (
            "latents.wit",
            "clone: func() -> result<latents, problem>;",
            "clone: func(deep: bool) -> result<latents, problem>;",
            "world `denoiser`: ",
        ),
        (
            "image.wit",
            "    size: func() -> size;",
            "",
            "world `post-processor`: ",
        ),
        // A record, an enum or a variant is another, even by one more.
        (
            "store.wit",
            "    quota: u64,",
            "    quota: u64,\n    left: u64,",
            "world `everything`: ",
        ),
        (
            "log.wit",
            "    error,\n",
            "    error,\n    fatal,\n",
            "world `base`: ",
        ),
        (
            "types.wit",
            "    cancelled,",
            "    cancelled,\n    later(string),",
            "world `",
        ),
        ("types.wit", "    red: u8,", "    red: u16,", "world `"),
        // A hook asks for more than old plugins have, or is never called.
        (
            "hooks.wit",
            "  axes: func() ->",
            "  more: func();\n  axes: func() ->",
            "world `sweeper`: ",
        ),
        (
            "worlds.wit",
            "  export sweep;",
            "",
            "world `sweeper`: export `sweep` is gone",
        ),
        // Whole parts are gone.
        ("worlds.wit", "  import assets;", "", "world `"),
        (
            "worlds.wit",
            "world sweeper {",
            "world sweeping {",
            "world `sweeper` is gone",
        ),
    ] {
        let mut new = with(file, from, to);
        if to.contains("world sweeping") {
            let worlds = new.get_mut("worlds.wit").expect("worlds");
            *worlds = worlds.replace("include sweeper;", "include sweeping;");
        }
        let error = only_grows(&present(), &new).expect_err(to);
        assert!(
            error.contains(expected),
            "{file}: {error}\nexpected {expected}"
        );
    }
    // What nothing uses.
    let old = with(
        "types.wit",
        "record size {",
        "record unused {\n    depth: u32,\n  }\n  record size {",
    );
    assert_eq!(
        only_grows(&old, &present()),
        Err("interface `types`: type `unused` is gone".to_owned())
    );
    let old = with(
        "worlds.wit",
        "world sweeper {",
        "interface unused {}\nworld sweeper {",
    );
    assert_eq!(
        only_grows(&old, &present()),
        Err("interface `unused` is gone".to_owned())
    );
}
