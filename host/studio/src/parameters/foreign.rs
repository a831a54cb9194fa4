//! Programs that write parameters of another kind, and what one knows them by.

use serde_json::Value;

/// A program, and what it calls what it writes.
pub(super) type Foreign = (&'static str, &'static str);

const COMFY: Foreign = ("ComfyUI", "graph of nodes");
const INVOKE: Foreign = ("InvokeAI", "metadata");
const FOOOCUS: Foreign = ("Fooocus", "metadata");
const SWARM: Foreign = ("SwarmUI", "metadata");

/// By the keywords of a picture's texts.
pub(super) fn by_keywords(keywords: &[String]) -> Option<Foreign> {
    let has = |keyword: &str| keywords.iter().any(|it| it == keyword);
    if has("workflow") || has("prompt") {
        Some(COMFY)
    } else if [
        "invokeai_metadata",
        "invokeai_graph",
        "sd-metadata",
        "Dream",
    ]
    .iter()
    .any(|keyword| has(keyword))
    {
        Some(INVOKE)
    } else if has("fooocus_scheme") {
        Some(FOOOCUS)
    } else {
        None
    }
}

/// By JSON that stands where A1111's text would.
pub(super) fn by_json(json: &Value) -> Option<Foreign> {
    let has = |key: &str| json.get(key).is_some();
    if has("sui_image_params") {
        Some(SWARM)
    } else if has("performance") && has("base_model") {
        Some(FOOOCUS)
    } else if has("positive_prompt") || has("image") && has("app_version") {
        Some(INVOKE)
    } else if has("nodes")
        || json
            .as_object()
            .is_some_and(|nodes| nodes.values().any(|node| node.get("class_type").is_some()))
    {
        Some(COMFY)
    } else {
        None
    }
}
