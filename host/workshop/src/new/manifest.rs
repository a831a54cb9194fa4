use aquatint_sandbox::contract::{self, Hook};

/// `plugin.toml` of a new plugin. Ids and languages are plain words: nothing needs escaping.
pub(super) fn text(id: &str, language: &str, hook: Hook) -> String {
    let api = format!("{}.{}", contract::VERSION.major, contract::VERSION.minor);
    let (description, amount) = about(hook);
    let own = own(hook);
    format!(
        r##"# What the plugin says about itself. `aquatint plugin build` puts it into the component.

id = "{id}"
# What people read; the id if it is left out.
# name = "..."
version = "0.1.0"
# The version of the plugin interface.
api = "{api}"
description = "{description}"
# authors = ["You <you@example.org>"]
# license = "MIT OR Apache-2.0"
# homepage = "https://..."
# repository = "https://..."
hooks = ["{hook}"]
# When the plugin fails on a picture: "skip" goes on without it, "fail" fails the picture.
# on-failure = "skip"

[build]
language = "{language}"
{own}
# What a call may use, if the defaults do not do.
# [limits]
# memory = "256MiB"
# time = "10s"

# The knobs, in the order in which forms show them. `aquatint generate --plugin {id}:amount=0.8` sets one.
[[settings]]
key = "amount"
label = "Amount"
help = "{amount}"
type = "number"
min = 0
max = 1
step = 0.05
default = 0.5

# Others: flag, int, text, choice, color, image, seed, list.
# [[settings]]
# key = "mode"
# type = "choice"
# options = ["soft", {{ value = "hard", label = "Hard light" }}]
# default = "soft"
"##
    )
}

/// What the plugin does, and what its setting does to it.
fn about(hook: Hook) -> (&'static str, &'static str) {
    match hook {
        Hook::PreProcess => (
            "Changes what is drawn before it is drawn",
            "How much of the request is changed",
        ),
        Hook::Denoise => (
            "Changes a picture while it is being drawn",
            "How strongly; 0 changes nothing",
        ),
        Hook::PostProcess => (
            "Changes a picture after it was drawn",
            "How strongly; 0 changes nothing",
        ),
        Hook::Script => (
            "Draws pictures in a way of its own",
            "How far the pictures differ",
        ),
        Hook::Sweep => ("Adds an axis to sweeps", "How far apart the points are"),
    }
}

/// What only plugins with this hook have.
fn own(hook: Hook) -> &'static str {
    match hook {
        Hook::Denoise => {
            r#"
# When it is called: in phase "noise" (before the first step), in phase "step", after every so many steps counted from
# the last.
[denoise]
phases = ["step"]
every = 1
"#
        }
        Hook::Script => {
            r#"
# What its users are asked to allow, and why.
[permissions]
generate = { reason = "draws the pictures" }
"#
        }
        Hook::PreProcess | Hook::PostProcess | Hook::Sweep => "",
    }
}
