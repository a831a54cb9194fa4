//! Plugins as a request names them.

use aquatint_sandbox::manifest::{InvalidId, PluginId};
use aquatint_sandbox::settings::{Kind, PluginArgument, Schema, SettingsError, Term, Values};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A plugin with its settings. As JSON:
///
/// ```json
/// {"id": "film-grain", "settings": {"amount": 0.3, "mode": "soft", "sizes": [1, 2], "seed": null}}
/// ```
///
/// `settings` may be left out; what is not in it, or is `null`, is the plugin's default. A text stands for what it would
/// be on a command line, so `"0.3"` is as good as `0.3` for a number, and `"on"` as `true` for a flag.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginUse {
    /// Its id, for example `film-grain`.
    pub id: String,
    /// What is set, by key.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub settings: Map<String, Value>,
}

impl PluginUse {
    /// Its id, checked.
    ///
    /// # Errors
    /// If it is none.
    pub fn plugin_id(&self) -> Result<PluginId, InvalidId> {
        self.id.parse()
    }

    /// The settings by the plugin's schema: every key, defaults filled in.
    ///
    /// # Errors
    /// The first setting that the plugin does not have, or whose value it does not take.
    pub fn values(&self, schema: &Schema) -> Result<Values, SettingsError> {
        let mut given = self.settings.clone();
        for (key, value) in &mut given {
            let kind = schema.get(key).map(|setting| &setting.kind);
            let Some(term) = kind.and_then(|kind| written(kind, value)) else {
                continue;
            };
            let mut read = schema.read_terms(&[(key.clone(), term)])?.to_json();
            if let Some(read) = read.remove(key) {
                *value = read;
            }
        }
        schema.read_json(&given)
    }
}

/// A JSON text as a command line would have it, where the setting is no text itself.
fn written(kind: &Kind, value: &Value) -> Option<Term> {
    match (kind, value) {
        (
            Kind::Flag { .. }
            | Kind::Int { .. }
            | Kind::Number { .. }
            | Kind::Seed { .. }
            | Kind::List { .. },
            Value::String(text),
        ) => Some(Term::Text(text.clone())),
        (Kind::List { .. }, Value::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Term::List)
        }
        _ => None,
    }
}

impl From<PluginArgument> for PluginUse {
    /// What stands after `--plugin`. Texts stay texts until the plugin's schema says what they are; a key alone is
    /// `true`.
    fn from(argument: PluginArgument) -> Self {
        let json = |term| match term {
            Term::Bare => Value::Bool(true),
            Term::Text(text) => Value::String(text),
            Term::List(items) => Value::from(items),
        };
        Self {
            id: argument.id.into(),
            settings: argument
                .settings
                .into_iter()
                .map(|(key, term)| (key, json(term)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Request;

    fn schema() -> Schema {
        let schema: Schema = serde_json::from_value(json!([
            {"key": "on", "type": "flag"},
            {"key": "count", "type": "int", "default": 1, "min": 0, "max": 9},
            {"key": "amount", "type": "number", "default": 0.5},
            {"key": "note", "type": "text"},
            {"key": "mode", "type": "choice", "options": ["hard", "1"]},
            {"key": "tint", "type": "color", "default": "#fff"},
            {"key": "mask", "type": "image"},
            {"key": "seed", "type": "seed"},
            {"key": "sizes", "type": "list", "of": "int"},
            {"key": "words", "type": "list", "of": "text"},
        ]))
        .expect("a schema");
        schema.check().expect("a sound schema");
        schema
    }

    fn used(argument: &str) -> PluginUse {
        PluginUse::from(argument.parse::<PluginArgument>().expect(argument))
    }

    #[test]
    fn a_command_line_means_what_its_plugin_takes() {
        let schema = schema();
        for line in [
            "on,count=3,amount=2,note=3,mode=1,tint=#f80,mask=a.png,seed=18446744073709551615,sizes=[1,2],words=[3,4]",
            "on=no,note=true,sizes=7,words=one",
            "sizes=[],words=[],note=",
            "amount=1e-3",
        ] {
            let argument: PluginArgument = format!("x-y:{line}").parse().expect(line);
            let expected = schema.read_terms(&argument.settings).expect(line);
            assert_eq!(
                PluginUse::from(argument).values(&schema),
                Ok(expected),
                "{line}"
            );
        }
        assert_eq!(used("x-y").values(&schema), Ok(schema.defaults()));
    }

    #[test]
    fn json_means_the_same_with_and_without_quotes() {
        let schema = schema();
        let read = |settings: Value| {
            let used: PluginUse =
                serde_json::from_value(json!({"id": "x-y", "settings": settings})).expect("a use");
            used.values(&schema)
        };
        assert_eq!(
            read(
                json!({"on": "yes", "count": "3", "amount": "0.25", "seed": "7", "sizes": ["1", "2"], "mask": null})
            ),
            read(json!({"on": true, "count": 3, "amount": 0.25, "seed": 7, "sizes": [1, 2]})),
        );
        // A plugin's own values, as recipes have them, read back.
        let values = read(json!({"note": "1", "sizes": [3], "tint": "#00000000"})).expect("values");
        assert_eq!(read(Value::Object(values.to_json())), Ok(values));
    }

    #[test]
    fn what_the_plugin_does_not_take_is_named() {
        let schema = schema();
        for (line, says) in [
            ("cuont=3", "unknown setting `cuont` (did you mean `count`?)"),
            (
                "count=10",
                "setting `count` is `10`, expected a whole number from 0 to 9",
            ),
            (
                "count",
                "setting `count` is true, expected a whole number from 0 to 9",
            ),
            (
                "on=maybe",
                "setting `on` is `maybe`, expected true or false",
            ),
            ("sizes=[1,x]", "setting `sizes` is `[1,x]`, expected a list"),
        ] {
            let error = used(&format!("x-y:{line}"))
                .values(&schema)
                .expect_err(line);
            assert!(error.to_string().starts_with(says), "{error}");
        }
    }

    #[test]
    fn requests_name_plugins_in_order() {
        let json = r#"{"plugins": [{"id": "film-grain", "settings": {"b": 1, "a": [2]}}, {"id": "glow"}, {"id": "glow"}]}"#;
        let request: Request = serde_json::from_str(json).expect("a request");
        assert_eq!(request.validate(), Ok(()));
        assert_eq!(
            request.plugins[2],
            PluginUse {
                id: "glow".into(),
                ..PluginUse::default()
            }
        );
        let keys: Vec<_> = request.plugins[0].settings.keys().collect();
        assert_eq!(keys, ["b", "a"]);
        let again = serde_json::to_string(&request).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Request>(&again).expect("own JSON"),
            request
        );

        for (json, says) in [
            (
                r#"{"plugins": [{"id": "glow", "setings": {}}]}"#,
                "unknown field `setings`",
            ),
            (r#"{"plugins": [{"settings": {}}]}"#, "missing field `id`"),
            (r#"{"plugins": ["glow"]}"#, "invalid type"),
        ] {
            let error = serde_json::from_str::<Request>(json)
                .expect_err(json)
                .to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn ids_and_their_number_are_checked() {
        let request = |plugins| Request {
            plugins,
            ..Request::default()
        };
        let error = request(vec![
            used("glow"),
            PluginUse {
                id: "../x".into(),
                ..PluginUse::default()
            },
        ])
        .validate()
        .expect_err("no id");
        assert_eq!(error.field(), "plugins");
        assert_eq!(
            error.to_string(),
            "plugins[1]: plugin id is `../x`, expected a lower-case letter at the beginning and after each dot"
        );
        assert_eq!(request(vec![used("glow"); 64]).validate(), Ok(()));
        assert_eq!(
            request(vec![used("glow"); 65])
                .validate()
                .expect_err("too many")
                .to_string(),
            "plugins has 65 entries, expected at most 64"
        );
    }
}
