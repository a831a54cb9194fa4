use std::fmt;

/// Why a component is not compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (rule `{rule}`)")]
pub struct Refusal {
    /// The rule that it breaks.
    pub rule: Rule,
    /// What it has and what was expected.
    pub reason: String,
}

impl Refusal {
    pub(super) fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            rule,
            reason: reason.into(),
        }
    }

    pub(super) fn too_many<T: fmt::Display>(rule: Rule, given: T, most: T) -> Self {
        Self::new(
            rule,
            format!("{given} {}, expected at most {most}", rule.counted()),
        )
    }
}

/// What a component must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// There is something.
    Empty,
    /// It is WebAssembly.
    NotWebAssembly,
    /// It is not compiled already.
    Precompiled,
    /// It is a component, not a core module.
    CoreModule,
    /// It does not end too early.
    Truncated,
    /// It is valid, and uses no part of WebAssembly that is switched off.
    Invalid,
    /// Texts are passed as UTF-8: other encodings are converted by code that has been wrong before.
    StringEncoding,
    /// It imports only what the host has.
    Import,
    /// It exports nothing of another version.
    Export,
    /// It exports `info`.
    Info,
    /// It exports a hook.
    Hooks,
    /// The size of the file.
    Bytes,
    /// The number of sections.
    Sections,
    /// The number of custom sections.
    CustomSections,
    /// The number of core modules.
    Modules,
    /// The number of components inside.
    Components,
    /// How deep components and modules are nested.
    Nesting,
    /// The number of instances.
    Instances,
    /// The number of types.
    Types,
    /// The number of imports.
    ImportCount,
    /// The number of exports.
    ExportCount,
    /// The number of functions.
    Functions,
    /// The bytes of a function.
    FunctionBytes,
    /// How deep blocks are nested.
    Blocks,
    /// The targets of branch tables.
    BranchTargets,
    /// The number of memories.
    Memories,
    /// The bytes of memory at the start.
    MemoryBytes,
    /// The number of tables.
    Tables,
    /// The elements of tables at the start.
    TableElements,
    /// The number of globals.
    Globals,
    /// The number of segments.
    Segments,
    /// The number of canonical functions.
    CanonicalFunctions,
}

impl Rule {
    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotWebAssembly => "not-webassembly",
            Self::Precompiled => "precompiled",
            Self::CoreModule => "core-module",
            Self::Truncated => "truncated",
            Self::Invalid => "invalid",
            Self::StringEncoding => "string-encoding",
            Self::Import => "import",
            Self::Export => "export",
            Self::Info => "info",
            Self::Hooks => "hooks",
            Self::Bytes => "bytes",
            Self::Sections => "sections",
            Self::CustomSections => "custom-sections",
            Self::Modules => "modules",
            Self::Components => "components",
            Self::Nesting => "nesting",
            Self::Instances => "instances",
            Self::Types => "types",
            Self::ImportCount => "import-count",
            Self::ExportCount => "export-count",
            Self::Functions => "functions",
            Self::FunctionBytes => "function-bytes",
            Self::Blocks => "blocks",
            Self::BranchTargets => "branch-targets",
            Self::Memories => "memories",
            Self::MemoryBytes => "memory-bytes",
            Self::Tables => "tables",
            Self::TableElements => "table-elements",
            Self::Globals => "globals",
            Self::Segments => "segments",
            Self::CanonicalFunctions => "canonical-functions",
        }
    }

    /// What a bound counts, for messages.
    const fn counted(self) -> &'static str {
        match self {
            Self::CustomSections => "custom sections",
            Self::Modules => "core modules",
            Self::Components => "components inside",
            Self::Nesting => "levels of nesting",
            Self::ImportCount => "imports",
            Self::ExportCount => "exports",
            Self::FunctionBytes => "bytes in one function",
            Self::Blocks => "nested blocks in one function",
            Self::BranchTargets => "targets in branch tables",
            Self::MemoryBytes => "bytes of memory at the start",
            Self::TableElements => "elements in tables at the start",
            Self::CanonicalFunctions => "canonical functions",
            other => other.name(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
