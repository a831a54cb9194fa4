use serde_json::json;

use super::*;

const SCHEMA: &str = r##"
[[settings]]
key = "amount"
type = "number"
min = 0
max = 1
step = 0.05
default = 0.3
label = "Amount"
group = "Look"

[[settings]]
key = "mode"
type = "choice"
options = ["soft", { value = "hard", label = "Hard light" }]

[[settings]]
key = "coarse"
type = "flag"

[[settings]]
key = "size"
type = "int"
min = 1
max = 64
unit = "px"
default = 2
show-if = "coarse"

[[settings]]
key = "tint"
type = "color"
default = "#fff"

[[settings]]
key = "caption"
type = "text"
max = 20

[[settings]]
key = "notes"
type = "text"
multiline = true

[[settings]]
key = "texture"
type = "image"

[[settings]]
key = "grain-seed"
type = "seed"

[[settings]]
key = "stops"
type = "list"
of = "number"
min = 0
max = 1
items = 3
default = [0, 0.5]

[[settings]]
key = "words"
type = "list"
of = "text"
"##;

#[derive(Debug, serde::Deserialize, serde::Serialize)]
struct Manifest {
    settings: Schema,
}

fn schema() -> Schema {
    let manifest: Manifest = toml::from_str(SCHEMA).expect("a schema");
    manifest.settings.check().expect("a valid schema");
    manifest.settings
}

fn given(text: &str) -> Result<Values, SettingsError> {
    let argument: PluginArgument = format!("film-grain:{text}").parse().expect("an argument");
    schema().read_terms(&argument.settings)
}

#[test]
fn defaults_are_filled_in() {
    let values = schema().defaults();
    assert_eq!(
        values.canonical(),
        concat!(
            r##"{"amount":0.3,"caption":"","coarse":false,"grain-seed":null,"mode":"soft","notes":"","size":2,"##,
            r##""stops":[0.0,0.5],"texture":null,"tint":"#ffffff","words":[]}"##
        )
    );
    assert_eq!(schema().read_json(&serde_json::Map::new()), Ok(values));
}

#[test]
fn text_and_json_give_the_same_values() {
    let text = given(r##"amount=1,mode=hard,coarse,size=64,tint=#ff880088,caption="a, b",texture=a.png,grain-seed=18446744073709551615,stops=[0,1],words=one"##)
        .expect("valid");
    let json = json!({
        "words": ["one"], "amount": 1, "mode": "hard", "coarse": true, "size": 64.0, "tint": "#ff880088",
        "caption": "a, b", "texture": "a.png", "grain-seed": u64::MAX, "stops": [0, 1.0], "notes": null,
    });
    let json = schema()
        .read_json(json.as_object().expect("an object"))
        .expect("valid");
    assert_eq!(text.canonical(), json.canonical());
}

#[test]
fn a_wrong_value_is_answered_with_what_was_given_and_expected() {
    for (text, expected) in [
        (
            "amount=2",
            "setting `amount` is `2`, expected a number from 0 to 1",
        ),
        (
            "amount=NaN",
            "setting `amount` is `NaN`, expected a number from 0 to 1",
        ),
        (
            "amount=inf",
            "setting `amount` is `inf`, expected a number from 0 to 1",
        ),
        (
            "amount",
            "setting `amount` is given without a value, expected a number from 0 to 1",
        ),
        (
            "amount=[1]",
            "setting `amount` is `[1]`, expected a number from 0 to 1",
        ),
        (
            "size=2.5",
            "setting `size` is `2.5`, expected a whole number from 1 to 64",
        ),
        (
            "mode=sofft",
            "setting `mode` is `sofft`, expected one of soft, hard",
        ),
        (
            "coarse=maybe",
            "setting `coarse` is `maybe`, expected true or false",
        ),
        (
            "tint=red",
            "setting `tint` is `red`, expected a color such as #ff8800 or #ff880080",
        ),
        (
            "caption=123456789012345678901",
            "setting `caption` is `123456789012345678901`, expected a line of at most 20 characters",
        ),
        (
            "caption=\"a\\nb\"",
            "setting `caption` is `a\\u{a}b`, expected a line of at most 20 characters",
        ),
        (
            "grain-seed=-1",
            "setting `grain-seed` is `-1`, expected a whole number from 0 to 18446744073709551615",
        ),
        ("texture=", "setting `texture` is ``, expected a picture"),
        (
            "stops=[0,2]",
            "setting `stops` is `[0,2]`, expected a list of at most 3 items, each a number from 0 to 1",
        ),
        (
            "stops=[0,0,0,0]",
            "setting `stops` is `[0,0,0,0]`, expected a list of at most 3 items, each a number from 0 to 1",
        ),
    ] {
        assert_eq!(given(text).expect_err(text).to_string(), expected);
    }
    let unknown = given("amuont=1").expect_err("misspelt").to_string();
    assert!(unknown.starts_with(
        "unknown setting `amuont` (did you mean `amount`?): its settings are amount, mode"
    ));
    let none = Schema::default().read_terms(&[("x".to_owned(), Term::Bare)]);
    assert_eq!(
        none.expect_err("none").to_string(),
        "unknown setting `x`: it has none"
    );
}

#[test]
fn json_of_another_type_is_refused() {
    for json in [
        json!({"amount": "0.3"}),
        json!({"size": 2.5}),
        json!({"size": 1e300}),
        json!({"coarse": 1}),
        json!({"mode": ["soft"]}),
        json!({"grain-seed": -1}),
        json!({"stops": 1}),
        json!({"words": [1]}),
        json!({"caption": {"x": 1}}),
    ] {
        assert!(
            schema()
                .read_json(json.as_object().expect("an object"))
                .is_err(),
            "{json}"
        );
    }
    assert_eq!(
        schema().read_json(json!({"amount": "0.3"}).as_object().expect("an object")),
        Err(SettingsError::Value {
            key: "amount".to_owned(),
            given: "\"0.3\"".to_owned(),
            expected: "a number from 0 to 1".to_owned(),
        })
    );
}

#[test]
fn values_read_back_from_json_and_text() {
    let values =
        given(r#"amount=-0,caption="\"q\", x",words=["a,b",'c]',""],notes="two\nlines",stops=[]"#)
            .expect("valid");
    let json = schema().read_json(&values.to_json()).expect("its own JSON");
    assert_eq!(json.canonical(), values.canonical());
    assert!(values.canonical().contains(r#""amount":0.0"#), "one zero");
    assert_eq!(
        given(&values.to_text()).expect("its own text").canonical(),
        values.canonical()
    );
}

#[test]
fn a_picture_is_named_by_its_content() {
    let mut values = given("texture=~/a.png").expect("valid");
    let named: Result<(), ()> = values.name_pictures(|given| Ok(format!("name of {given}")));
    named.expect("named");
    assert_eq!(
        values.get("texture"),
        Some(&Value::Picture("name of ~/a.png".to_owned()))
    );
}

#[test]
fn a_schema_reads_back() {
    let manifest = Manifest { settings: schema() };
    let json = serde_json::to_string(&manifest).expect("JSON");
    let back: Manifest = serde_json::from_str(&json).expect("its own JSON");
    assert_eq!(back.settings, manifest.settings);
    let text = toml::to_string(&manifest).expect("TOML");
    assert_eq!(
        toml::from_str::<Manifest>(&text)
            .expect("its own TOML")
            .settings,
        manifest.settings
    );
}

#[test]
fn a_schema_must_make_sense() {
    let table = [
        (
            "key = 'a'\ntype = 'nubmer'",
            "setting `a`: type is `nubmer` (did you mean `number`?), expected one of flag, int",
        ),
        (
            "key = 'a'\ntype = 'int'",
            "setting `a`: default is missing, expected a whole number",
        ),
        (
            "key = 'a'\ntype = 'int'\nmin = 1\ndefault = 0",
            "setting `a`: default is 0, expected a whole number of at least 1",
        ),
        (
            "key = 'a'\ntype = 'int'\nmin = 2\nmax = 1\ndefault = 0",
            "setting `a`: min is 2, expected at most max, which is 1",
        ),
        (
            "key = 'a'\ntype = 'int'\nmin = 0.5\ndefault = 1",
            "setting `a`: min is 0.5, expected a whole number",
        ),
        (
            "key = 'a'\ntype = 'int'\nstep = 0\ndefault = 1",
            "setting `a`: step is not above 0, expected a positive number",
        ),
        (
            "key = 'a'\ntype = 'flag'\nmin = 0",
            "setting `a`: min does not belong to a setting of type flag",
        ),
        (
            "key = 'a'\ntype = 'image'\ndefault = 'x.png'",
            "setting `a`: default does not belong to a setting of type image",
        ),
        (
            "key = 'a'\ntype = 'choice'",
            "setting `a`: options is 0 values, expected 1 to 256",
        ),
        (
            "key = 'a'\ntype = 'choice'\noptions = ['x', 'x']",
            "setting `a`: options is `x` twice, expected each value once",
        ),
        (
            "key = 'a'\ntype = 'choice'\noptions = ['x']\ndefault = 'y'",
            "setting `a`: default is \"y\", expected one of x",
        ),
        (
            "key = 'a'\ntype = 'list'",
            "setting `a`: of is missing, expected one of text, int, number, choice",
        ),
        (
            "key = 'a'\ntype = 'list'\nof = 'image'",
            "setting `a`: of is `image`, expected one of",
        ),
        (
            "key = 'a'\ntype = 'text'\nmax = 0",
            "setting `a`: max is 0, expected 1 to 65536 characters",
        ),
        (
            "key = 'A'\ntype = 'flag'",
            "setting `A`: key is `A`, expected 1 to 40 lower-case letters",
        ),
        (
            "key = 'a'\ntype = 'flag'\nlabel = ' '",
            "setting `a`: label is ` `, expected a line of 1 to 100",
        ),
        (
            "key = 'a'\ntype = 'flag'\nshow-if = 'b'",
            "setting `a`: show-if is `b`, expected the key of a flag",
        ),
        (
            "key = 'a'\ntype = 'flag'\ncolour = 1",
            "unknown field `colour`",
        ),
        (
            "key = 'a'\ntype = 'flag'\n[[settings]]\nkey = 'a'\ntype = 'flag'",
            "setting `a` is there twice, expected each key once",
        ),
    ];
    for (text, expected) in table {
        let text = format!("[[settings]]\n{text}");
        let message = match toml::from_str::<Manifest>(&text) {
            Err(error) => error.message().to_owned(),
            Ok(manifest) => manifest.settings.check().expect_err(&text).to_string(),
        };
        assert!(
            message.contains(expected),
            "{message}\nexpected: {expected}"
        );
    }
}
