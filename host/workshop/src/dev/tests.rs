use std::cell::{Cell, RefCell};
use std::sync::mpsc;

use super::*;

const MANIFEST: &str = "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']\n\
    [build]\nlanguage = 'fake'\n";

/// Builds by copying `src/plugin.fake`; refuses one that says `wrong`. Leaves a file beside the sources, as tools do.
fn build(project: &Project) -> Result<Built, BuildError> {
    let source = project.root.join("src/plugin.fake");
    let bytes = fs::read(&source).map_err(|error| BuildError::Io {
        path: source.clone(),
        source: error,
    })?;
    if bytes.starts_with(b"wrong") {
        return Err(crate::languages::CompileError::Failed {
            tool: "fakec".to_owned(),
            output: "no such colour".to_owned(),
        }
        .into());
    }
    fs::write(project.root.join("Cargo.lock"), &bytes).expect("written");
    let path = project.root.join("target/tiny.wasm");
    files::write(&path, &bytes).expect("written");
    Ok(Built {
        path,
        bytes: bytes.len() as u64,
        time: Duration::ZERO,
        warnings: Vec::new(),
    })
}

/// Runs `dev` while `author` works: it gets the folder and waits for what is told, one line an event.
fn work(poll: bool, author: impl FnOnce(&Path, &dyn Fn(&str)) + Send) {
    let place = tempfile::tempdir().expect("a folder");
    let root = place.path().join("plugin");
    let plugins = place.path().join("plugins");
    fs::create_dir_all(root.join("src")).expect("made");
    fs::create_dir_all(root.join("target/deep")).expect("made");
    fs::write(root.join("plugin.toml"), MANIFEST).expect("written");
    fs::write(root.join("src/plugin.fake"), "one").expect("written");
    let (say, told) = mpsc::channel::<String>();
    let (end, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let root = &root;
        scope.spawn(move || {
            let expect = |expected: &str| {
                let line = told.recv_timeout(Duration::from_secs(30)).expect(expected);
                assert_eq!(line, expected);
            };
            author(root, &expect);
            end.send(()).expect("heard");
            let more: Vec<_> = told.try_iter().collect();
            assert_eq!(more, Vec::<String>::new());
        });
        let drawn = Cell::new(0);
        let stopped = RefCell::new(ended);
        dev(&Dev {
            root,
            plugins: Some(&plugins),
            poll,
            made: &|path| path.ends_with("LOOK.png"),
            build: &build,
            redraw: &|built, manifest| {
                assert_eq!(manifest.id.as_str(), "tiny");
                drawn.set(drawn.get() + 1);
                let text = fs::read_to_string(&built.path).expect("there");
                if text.contains("grey") {
                    return Err("out of memory".to_owned());
                }
                // Beside the sources, where it must not begin the next round.
                fs::write(root.join("LOOK.png"), drawn.get().to_string()).expect("written");
                Ok(Some(Redrawn {
                    paths: vec!["LOOK.png".into()],
                    loading: Duration::ZERO,
                    drawing: Duration::ZERO,
                    called: None,
                    difference: Difference::First,
                }))
            },
            tell: &|event| {
                let line = match event {
                    Event::Built(built) => format!("built {}", built.bytes),
                    Event::Placed(path) => fs::read_to_string(path).expect("there"),
                    Event::Redrawn(..) => "redrawn".to_owned(),
                    Event::Failed(reason) => format!("failed: {reason}"),
                    Event::Waiting { polling } => format!("waiting, polling {polling}"),
                };
                say.send(line).expect("heard");
            },
            // Also when the author's thread has panicked.
            stop: &|| {
                !matches!(
                    stopped.borrow_mut().try_recv(),
                    Err(mpsc::TryRecvError::Empty)
                )
            },
        })
        .expect("a project");
    });
}

#[test]
fn each_change_is_built_and_failures_are_told() {
    for poll in [false, true] {
        work(poll, |root, expect| {
            let write = |name: &str, text: &str| {
                let path = root.join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, text).expect("written");
            };
            for line in ["built 3", "one", "redrawn"] {
                expect(line);
            }
            expect(&format!("waiting, polling {poll}"));
            write("src/plugin.fake", "wrong colour");
            expect("failed: fakec failed:\nno such colour");
            write("src/plugin.fake", "three");
            for line in ["built 5", "three", "redrawn"] {
                expect(line);
            }
            // What tools and editors write is no change.
            write("target/deep/x", "x");
            write("node_modules/x/y.js", "x");
            write("src/.plugin.fake.swp", "x");
            write("src/plugin.fake~", "x");
            std::thread::sleep(Duration::from_millis(300));
            // A folder that came later is watched like the others.
            write("assets/lut/a.cube", "x");
            for line in ["built 5", "three", "redrawn"] {
                expect(line);
            }
            write("assets/lut/a.cube", "xy");
            for line in ["built 5", "three", "redrawn"] {
                expect(line);
            }
            fs::write(root.join("src/plugin.fake"), "grey!").expect("written");
            for line in ["built 5", "grey!", "failed: out of memory"] {
                expect(line);
            }
            fs::write(root.join("plugin.toml"), "nonsense").expect("written");
            let path = root.join("plugin.toml");
            let message = Project::open(root).expect_err("nonsense").to_string();
            assert!(message.starts_with(&path.display().to_string()));
            expect(&format!("failed: {message}"));
        });
    }
}

#[test]
fn a_folder_that_is_no_plugins_is_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let refused = dev(&Dev {
        root: place.path(),
        plugins: None,
        poll: false,
        made: &|_| false,
        build: &build,
        redraw: &|_, _| Ok(None),
        tell: &|_| {},
        stop: &|| true,
    });
    assert!(matches!(refused, Err(ProjectError::NoProject { .. })));
}
