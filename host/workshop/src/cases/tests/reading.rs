use super::*;

#[test]
fn a_case_is_read_whole() {
    let place = Place::new();
    fs::create_dir_all(place.root().join("cases/it")).expect("made");
    let mark = of_colors(1, 1, |_, _| [1, 2, 3]);
    picture::write(&mark, &place.root().join("cases/it/mark.png")).expect("written");
    let case = place
        .read(
            "hook = 'post-process'\nseed = 7\nindex = 2\ninput = 'mark.png'\nexpected = 'out.png'\ntolerance = 2\n\
             [settings]\namount = 1\nmark = 'mark.png'\n[request]\nprompt = 'a'\ncfg = 7\n[metadata]\nparameters = 'a'\n\
             [expected-metadata]\nnote = 'x'\n",
        )
        .expect("a case");
    assert_eq!((case.call.seed, case.call.index), (7, 2));
    assert_eq!(case.call.settings.get("amount"), Some(&Value::Number(1.0)));
    assert_eq!(case.call.pictures["mark.png"], mark);
    assert_eq!(case.call.request["seed"], Value::Seed(7));
    assert_eq!(case.call.request["cfg"], Value::Number(7.0));
    assert_eq!(case.call.request["steps"], Value::Auto);
    let Input::Picture(picture) = &case.call.input else {
        panic!("{:?}", case.call.input)
    };
    assert_eq!(picture.pixels(), mark.pixels());
    assert_eq!(
        picture.metadata(),
        [("parameters".to_owned(), "a".to_owned())]
    );
    assert_eq!(case.expected.tolerance, 2.0);

    let case = place
        .read(
            "hook = 'denoise'\ninput = { pattern = 'zeros', shape = [4, 2, 3] }\n[moment]\nphase = 'step'\nstep = 3\n\
             predicted = { pattern = 'ramp', shape = [4, 2, 3] }\n",
        )
        .expect("a case");
    let Input::Latents { latents, moment } = &case.call.input else {
        panic!("{:?}", case.call.input)
    };
    assert_eq!(latents.numbers(), [0.0; 24]);
    assert_eq!(
        (moment.phase, moment.step, moment.steps),
        (Phase::Step, 3, 20)
    );
    let predicted = moment.predicted.as_ref().expect("there");
    assert_eq!(predicted.numbers()[23], 1.0);
}

#[test]
fn a_mistake_in_a_case_is_named() {
    let place = Place::new();
    for (text, expected) in [
        ("hook = 'post-proces'", "line 1: unknown variant"),
        ("hook = 'sweep'\nsed = 1", "line 2: unknown field `sed`"),
        (
            "hook = 'post-process'",
            "input is missing, expected a picture",
        ),
        ("hook = 'denoise'", "input is missing, expected latents"),
        (
            "hook = 'denoise'\ninput = { pattern = 'zeros', shape = [1] }",
            "[moment] is missing",
        ),
        (
            "hook = 'denoise'\ninput = { pattern = 'zeros', shape = [0] }\n[moment]\nphase = 'noise'",
            "input: shape [0], expected sides of at least 1",
        ),
        (
            "hook = 'denoise'\ninput = { pattern = 'zeros', shape = [1] }\n[moment]\nphase = 'step'\nstep = 21",
            "moment.step is 21, expected 1 to 20",
        ),
        (
            "hook = 'denoise'\ninput = { pattern = 'zeros', shape = [1] }\n[moment]\nphase = 'noise'\nstep = 1",
            "moment.step is 1, expected 0 to 0",
        ),
        (
            "hook = 'post-process'\ninput = { pattern = 'gradiant', width = 1, height = 1 }",
            "input.pattern is `gradiant` (did you mean `gradient`?), expected one of gradient, checker",
        ),
        (
            "hook = 'post-process'\ninput = { pattern = 'plain', width = 0, height = 1 }",
            "input.width is 0, expected 1 to 16384",
        ),
        (
            "hook = 'post-process'\ninput = { pattern = 'plain', width = 16384, height = 16384 }",
            "input is 16384x16384, expected at most",
        ),
        (
            "hook = 'post-process'\ninput = '../secret.png'",
            "input is `../secret.png`, expected the name of a file in the case's folder",
        ),
        (
            "hook = 'post-process'\ninput = 3",
            "line 2: expected a file's name, or a table",
        ),
        (
            "hook = 'sweep'\ninput = 'a.png'",
            "input does not belong to a case of the hook sweep",
        ),
        (
            "hook = 'sweep'\n[expected-request]\nsteps = 1",
            "expected-request does not belong to a case of the hook sweep",
        ),
        (
            "hook = 'sweep'\nexpected-points = []",
            "expected-points is there without axis",
        ),
        (
            "hook = 'script'\nseed = -1",
            "seed is -1, expected a whole number from 0",
        ),
        (
            "hook = 'script'\ntolerance = -1",
            "tolerance is -1, expected",
        ),
        (
            "hook = 'script'\n[settings]\namuont = 1",
            "unknown setting `amuont` (did you mean `amount`?)",
        ),
        (
            "hook = 'script'\n[settings]\namount = 2",
            "setting `amount` is 2, expected a number from 0 to 1",
        ),
        (
            "hook = 'script'\n[request]\nstep = 2",
            "request: unknown field `step` (did you mean `steps`?)",
        ),
        (
            "hook = 'script'\n[request]\nseed = 2",
            "request.seed is there, expected `seed` above",
        ),
        (
            "hook = 'script'\nexpected-problem = 'invalid'",
            "expected-problem is `invalid`, expected one of invalid-input, ",
        ),
        (
            "hook = 'script'\nexpected-problem = 'failed'\nexpected = 'a.png'",
            "expected-problem is there beside another expectation",
        ),
        (
            "hook = 'script'\nexpected-message = 'x'",
            "expected-message is there without expected-problem",
        ),
    ] {
        let message = place.read(text).expect_err(text).to_string();
        assert!(
            message.starts_with(&format!("case.toml: {expected}")),
            "{message}\nexpected: {expected}"
        );
        assert!(!message.contains('\n'), "{message}");
    }
    let message = place
        .read("hook = 'post-process'\ninput = 'none.png'")
        .expect_err("missing")
        .to_string();
    assert!(message.contains("none.png: "), "{message}");
}

#[test]
fn a_broken_case_fails_alone() {
    let place = Place::new();
    place.case("hook = 'sweep'");
    fs::create_dir_all(place.root().join("cases/bad")).expect("made");
    fs::write(place.root().join("cases/bad").join(CASE), "nonsense").expect("written");
    fs::create_dir_all(place.root().join("cases/no-case")).expect("made");
    let found = place.load();
    let names: Vec<_> = found.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["bad", "it"]);
    let tested = test(
        &found[0],
        &Same(Outcome::Axes(Vec::new())),
        true,
        &place.root().join("target"),
    );
    assert!(matches!(tested.verdict, Verdict::Failed { .. }));
    assert!(found[1].case.is_ok());
}

#[test]
fn each_hook_has_its_input() {
    let place = Place::new();
    for (text, hook) in [
        ("hook = 'pre-process'", Hook::PreProcess),
        ("hook = 'script'", Hook::Script),
    ] {
        let call = place.read(text).expect("a case").call;
        assert_eq!((call.hook, call.input), (hook, Input::Nothing));
    }
    let call = place
        .read("hook = 'sweep'\naxis = 'a'")
        .expect("a case")
        .call;
    assert_eq!(call.input, Input::Points("a".to_owned()));
}
