use aquatint_sandbox::contract::Hook;

/// The name of the first case.
pub(super) const CASE: &str = "first";

/// `cases/first/case.toml`. It expects nothing yet, for nobody knows what the author's code will do: what is checked
/// until `--bless` is that the plugin does the same twice.
pub(super) fn case(hook: Hook) -> String {
    let input = match hook {
        Hook::PostProcess => {
            "# A PNG file beside this one, or a picture that is made: gradient, checker, noise or plain.\n\
             input = { pattern = \"gradient\", width = 96, height = 64 }\n"
        }
        Hook::Denoise => {
            "# Latents that are made: noise, ramp or zeros; or a safetensors file beside this one.\n\
             input = { pattern = \"noise\", shape = [4, 8, 12] }\n"
        }
        Hook::PreProcess | Hook::Script | Hook::Sweep => "",
    };
    let moment = match hook {
        Hook::Denoise => "\n[moment]\nphase = \"step\"\nstep = 10\nsteps = 20\nsigma = 1.5\n",
        _ => "",
    };
    format!(
        "# `aquatint plugin test` calls the plugin with this, twice, and demands the same result both times.\n\
         # `aquatint plugin test --bless` writes the result here as what is expected from then on.\n\n\
         hook = \"{hook}\"\nseed = 42\n{input}\n\
         [settings]\namount = 0.5\n\n\
         [request]\nprompt = \"a red apple on a table\"\nsteps = 20\nwidth = 96\nheight = 64\n{moment}"
    )
}

pub(super) fn readme(id: &str, language: &str, hook: Hook) -> String {
    format!(
        "# {id}\n\nA plugin for Aquatint in {language}, with the hook `{hook}`.\n\n\
         | to | run |\n|---|---|\n\
         | build `target/{id}.wasm` | `aquatint plugin build` |\n\
         | try it on the cases in `cases/` | `aquatint plugin test` |\n\
         | see what it does while you change it | `aquatint plugin dev` |\n\
         | install it | `aquatint plugin install target/{id}.wasm` |\n\n\
         `plugin.toml` says what the plugin is, what it asks for and which settings it has. Files in `assets/` go into the\n\
         component, and the plugin reads them by name.\n"
    )
}
