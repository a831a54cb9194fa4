use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{PluginUse, harmless};

/// One use of a plugin in a [`Recipe`](super::Recipe).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// Its id, for example `film-grain`.
    pub id: String,
    /// Its version, for example `1.2.0`.
    pub version: String,
    /// What identifies its file: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// Every setting with the value that it had, defaults filled in, in the order of the plugin's schema. Pictures are
    /// the names of their content, and `null` is what was left to the host.
    pub settings: Map<String, Value>,
    /// Why it did nothing: it failed, and the picture was to go on without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Plugin {
    /// The same use, for another request.
    #[must_use]
    pub fn to_use(&self) -> PluginUse {
        PluginUse {
            id: self.id.clone(),
            settings: self.settings.clone(),
        }
    }
}

impl fmt::Display for Plugin {
    /// `film-grain 1.2.0 {amount: 0.3, mode: "soft"}`, on one line; settings that were left to the host are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings: Vec<String> = self
            .settings
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        let mut text = format!("{} {}", self.id, self.version);
        if !settings.is_empty() {
            text += &format!(" {{{}}}", settings.join(", "));
        }
        if self.skipped.is_some() {
            text += " (skipped)";
        }
        f.write_str(&harmless(&text))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_shown_on_one_line() {
        let mut plugin = Plugin {
            id: "film-grain".into(),
            version: "1.2.0".into(),
            ..Plugin::default()
        };
        assert_eq!(plugin.to_string(), "film-grain 1.2.0");
        let settings = json!({"mask": null, "amount": 0.3, "note": "a\n\"b\"", "sizes": [1, 2]});
        plugin.settings = serde_json::from_value(settings).expect("a map");
        assert_eq!(
            plugin.to_string(),
            r#"film-grain 1.2.0 {amount: 0.3, note: "a\n\"b\"", sizes: [1,2]}"#
        );
        plugin.settings.clear();
        plugin.version = "1\u{1b}[31m\n".into();
        plugin.skipped = Some("it took too long".into());
        assert_eq!(plugin.to_string(), "film-grain 1\\u{1b}[31m\\n (skipped)");
    }
}
