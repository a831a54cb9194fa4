//! The pass over the bytes.

use wasmparser::{
    CanonicalFunction, CanonicalOption, FuncToValidate, FuncValidatorAllocations, FunctionBody,
    Operator, Parser, Payload, ValidPayload, Validator, ValidatorResources,
};

use super::Contents;
use super::bounds::Bounds;
use super::features::features;
use super::refusal::{Refusal, Rule};

/// The names that the outermost component imports and exports, and what it contains.
pub(super) struct Outline {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    pub(super) contents: Contents,
}

pub(super) fn walk(component: &[u8], bounds: &Bounds) -> Result<Outline, Refusal> {
    let mut walk = Walk {
        bounds,
        depth: 0,
        imports: Vec::new(),
        exports: Vec::new(),
        contents: Contents {
            bytes: component.len(),
            ..Contents::default()
        },
    };
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut validator = Validator::new_with_features(features());
    let mut allocations = FuncValidatorAllocations::default();
    for payload in parser.parse_all(component) {
        let payload = payload.map_err(invalid)?;
        // Counted before it is validated: a validator keeps what it has seen.
        walk.count(&payload)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(invalid)? {
            allocations = walk.function(function, &body, allocations)?;
        }
    }
    Ok(Outline {
        imports: walk.imports,
        exports: walk.exports,
        contents: walk.contents,
    })
}

struct Walk<'a> {
    bounds: &'a Bounds,
    /// 0 is the outermost component.
    depth: usize,
    imports: Vec<String>,
    exports: Vec<String>,
    contents: Contents,
}

impl Walk<'_> {
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), Refusal> {
        let bounds = self.bounds;
        let contents = &mut self.contents;
        if !matches!(
            payload,
            Payload::Version { .. } | Payload::CodeSectionEntry(_) | Payload::End(_)
        ) {
            add(&mut contents.sections, 1, bounds.sections, Rule::Sections)?;
        }
        match payload {
            Payload::CustomSection(_) => {
                add(
                    &mut contents.custom_sections,
                    1,
                    bounds.custom_sections,
                    Rule::CustomSections,
                )?;
            }
            Payload::ModuleSection { .. } => {
                add(&mut contents.modules, 1, bounds.modules, Rule::Modules)?;
                self.enter()?;
            }
            Payload::ComponentSection { .. } => {
                add(
                    &mut contents.components,
                    1,
                    bounds.components,
                    Rule::Components,
                )?;
                self.enter()?;
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::TypeSection(section) => self.types(section.count())?,
            Payload::CoreTypeSection(section) => self.types(section.count())?,
            Payload::ComponentTypeSection(section) => self.types(section.count())?,
            Payload::InstanceSection(section) => self.instances(section.count())?,
            Payload::ComponentInstanceSection(section) => self.instances(section.count())?,
            Payload::ImportSection(section) => self.import_count(section.count())?,
            Payload::ComponentImportSection(section) => {
                self.import_count(section.count())?;
                if self.depth == 0 {
                    for import in section.clone() {
                        self.imports
                            .push(import.map_err(invalid)?.name.name.to_owned());
                    }
                }
            }
            Payload::ExportSection(section) => self.export_count(section.count())?,
            Payload::ComponentExportSection(section) => {
                self.export_count(section.count())?;
                if self.depth == 0 {
                    for export in section.clone() {
                        self.exports
                            .push(export.map_err(invalid)?.name.name.to_owned());
                    }
                }
            }
            Payload::CodeSectionStart { count, .. } => {
                add(
                    &mut contents.functions,
                    count_of(*count),
                    bounds.functions,
                    Rule::Functions,
                )?;
            }
            Payload::MemorySection(section) => {
                add(
                    &mut contents.memories,
                    count_of(section.count()),
                    bounds.memories,
                    Rule::Memories,
                )?;
                for memory in section.clone() {
                    let memory = memory.map_err(invalid)?;
                    let bytes = memory.initial.saturating_mul(64 << 10);
                    add(
                        &mut contents.memory_bytes,
                        bytes,
                        bounds.memory_bytes,
                        Rule::MemoryBytes,
                    )?;
                }
            }
            Payload::TableSection(section) => {
                add(
                    &mut contents.tables,
                    count_of(section.count()),
                    bounds.tables,
                    Rule::Tables,
                )?;
                for table in section.clone() {
                    let elements = table.map_err(invalid)?.ty.initial;
                    add(
                        &mut contents.table_elements,
                        elements,
                        bounds.table_elements,
                        Rule::TableElements,
                    )?;
                }
            }
            Payload::GlobalSection(section) => {
                add(
                    &mut contents.globals,
                    count_of(section.count()),
                    bounds.globals,
                    Rule::Globals,
                )?;
            }
            Payload::DataSection(section) => self.segments(section.count())?,
            Payload::ElementSection(section) => self.segments(section.count())?,
            Payload::ComponentCanonicalSection(section) => {
                add(
                    &mut contents.canonical_functions,
                    count_of(section.count()),
                    bounds.canonical_functions,
                    Rule::CanonicalFunctions,
                )?;
                for function in section.clone() {
                    check_encoding(&function.map_err(invalid)?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        most(
            &mut self.contents.nesting,
            self.depth,
            self.bounds.nesting,
            Rule::Nesting,
        )
    }

    fn types(&mut self, count: u32) -> Result<(), Refusal> {
        add(
            &mut self.contents.types,
            count_of(count),
            self.bounds.types,
            Rule::Types,
        )
    }

    fn instances(&mut self, count: u32) -> Result<(), Refusal> {
        add(
            &mut self.contents.instances,
            count_of(count),
            self.bounds.instances,
            Rule::Instances,
        )
    }

    fn import_count(&mut self, count: u32) -> Result<(), Refusal> {
        add(
            &mut self.contents.imports,
            count_of(count),
            self.bounds.imports,
            Rule::ImportCount,
        )
    }

    fn export_count(&mut self, count: u32) -> Result<(), Refusal> {
        add(
            &mut self.contents.exports,
            count_of(count),
            self.bounds.exports,
            Rule::ExportCount,
        )
    }

    fn segments(&mut self, count: u32) -> Result<(), Refusal> {
        add(
            &mut self.contents.segments,
            count_of(count),
            self.bounds.segments,
            Rule::Segments,
        )
    }

    fn function(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
    ) -> Result<FuncValidatorAllocations, Refusal> {
        let bytes = body.range().len();
        most(
            &mut self.contents.longest_function,
            bytes,
            self.bounds.function_bytes,
            Rule::FunctionBytes,
        )?;
        let mut validator = function.into_validator(allocations);
        validator
            .read_locals(&mut body.get_binary_reader())
            .map_err(invalid)?;
        let mut operators = body.get_operators_reader().map_err(invalid)?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset().map_err(invalid)?;
            validator.op(offset, &operator).map_err(invalid)?;
            // The function itself is a block too.
            let blocks = (validator.control_stack_height() as usize).saturating_sub(1);
            most(
                &mut self.contents.blocks,
                blocks,
                self.bounds.blocks,
                Rule::Blocks,
            )?;
            if let Operator::BrTable { targets } = &operator {
                let targets = count_of(targets.len());
                let most = self.bounds.branch_targets;
                add(
                    &mut self.contents.branch_targets,
                    targets,
                    most,
                    Rule::BranchTargets,
                )?;
            }
        }
        operators.finish().map_err(invalid)?;
        Ok(validator.into_allocations())
    }
}

fn check_encoding(function: &CanonicalFunction) -> Result<(), Refusal> {
    let options = match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            options
        }
        _ => return Ok(()),
    };
    let other = options.iter().any(|option| {
        matches!(
            option,
            CanonicalOption::UTF16 | CanonicalOption::CompactUTF16
        )
    });
    if other {
        return Err(Refusal::new(
            Rule::StringEncoding,
            "passes texts as UTF-16, expected UTF-8",
        ));
    }
    Ok(())
}

fn count_of(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Adds to a total, within its bound.
fn add<T: Total>(total: &mut T, amount: T, bound: T, rule: Rule) -> Result<(), Refusal> {
    *total = total.plus(amount);
    if *total > bound {
        return Err(Refusal::too_many(rule, *total, bound));
    }
    Ok(())
}

/// Raises a maximum, within its bound.
fn most(maximum: &mut usize, given: usize, bound: usize, rule: Rule) -> Result<(), Refusal> {
    *maximum = (*maximum).max(given);
    if given > bound {
        return Err(Refusal::too_many(rule, given, bound));
    }
    Ok(())
}

trait Total: Copy + PartialOrd + std::fmt::Display {
    fn plus(self, amount: Self) -> Self;
}

impl Total for usize {
    fn plus(self, amount: Self) -> Self {
        self.saturating_add(amount)
    }
}

impl Total for u64 {
    fn plus(self, amount: Self) -> Self {
        self.saturating_add(amount)
    }
}

fn invalid(error: wasmparser::BinaryReaderError) -> Refusal {
    let message = error.message().lines().next().unwrap_or_default();
    let rule = if message.starts_with("unexpected end") {
        Rule::Truncated
    } else {
        Rule::Invalid
    };
    let message = crate::names::shown(message);
    Refusal::new(rule, format!("{message}, at byte {}", error.offset()))
}
