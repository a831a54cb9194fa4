/// The most that a component may have of everything. Far above what compilers and interpreters need, far below what
/// hurts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the file. An interpreter with its library takes some 20 MB.
    pub bytes: usize,
    /// Sections of any kind.
    pub sections: usize,
    /// Custom sections.
    pub custom_sections: usize,
    /// Core modules. Python's runtime is some thirty, linked together.
    pub modules: usize,
    /// Components nested in the outermost.
    pub components: usize,
    /// How deep components and modules are nested.
    pub nesting: usize,
    /// Instances of modules and components.
    pub instances: usize,
    /// Types of any kind.
    pub types: usize,
    /// Imports of any kind.
    pub imports: usize,
    /// Exports of any kind.
    pub exports: usize,
    /// Core functions with a body.
    pub functions: usize,
    /// The bytes of one body: compiling one takes more than linear time.
    pub function_bytes: usize,
    /// How deep blocks are nested in a body. A `switch` is one block a case.
    pub blocks: usize,
    /// Targets of all branch tables.
    pub branch_targets: usize,
    /// Core memories.
    pub memories: usize,
    /// Bytes that all memories have at the start.
    pub memory_bytes: u64,
    /// Core tables.
    pub tables: usize,
    /// Elements that all tables have at the start.
    pub table_elements: u64,
    /// Core globals.
    pub globals: usize,
    /// Segments of data and of elements.
    pub segments: usize,
    /// Functions lifted, lowered and built in by the component model.
    pub canonical_functions: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            sections: 10_000,
            custom_sections: 1_000,
            modules: 128,
            components: 64,
            nesting: 8,
            instances: 2_000,
            types: 100_000,
            imports: 50_000,
            exports: 100_000,
            functions: 200_000,
            function_bytes: 1 << 20,
            blocks: 4_000,
            branch_targets: 1_000_000,
            memories: 16,
            memory_bytes: 1 << 30,
            tables: 128,
            table_elements: 1_000_000,
            globals: 50_000,
            segments: 100_000,
            canonical_functions: 10_000,
        }
    }
}
