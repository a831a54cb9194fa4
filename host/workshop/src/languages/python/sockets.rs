//! A component without sockets, from one that has Python's module `socket` inside and so imports them.
//!
//! Where the core modules in it expect the functions of `wasi:sockets`, they get those of a small core module made here,
//! which return the error code `access-denied`; Python raises it as `PermissionError`. It uses Python's own memory.
//! (To compose two components would be less work here, but calls between them copy from memory to memory, which needs
//! an engine with several memories.)
//!
//! Nothing is renumbered: whatever is taken out leaves a placeholder of its kind behind. The parts, as wit-component
//! lays them out, and what becomes of them:
//!
//! | part | becomes |
//! |---|---|
//! | the type of an imported interface, a type taken out of one | the type `u8`, used by nobody |
//! | the import of an interface | an instance without exports |
//! | a function taken out of one | another function, used by nobody |
//! | the core instance that hands an interface's functions to a core module | an instance of the module made here |
//! | a core function that calls one | that instance's function of the same name |

mod parts;
mod refusing;

use std::borrow::Cow;

use wasm_encoder::{
    Alias, ComponentAliasSection, ComponentExportKind, ComponentInstanceSection,
    ComponentTypeSection, Encode as _, ExportKind, InstanceSection, ModuleArg, PrimitiveValType,
};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentTypeRef, ExternalKind,
    FromReader, Instance, Parser, Payload, SectionLimited,
};

use super::CompileError;
use parts::Parts;

/// How the names of the interfaces begin.
const SOCKETS: &str = "wasi:sockets/";

/// The component with its sockets shut; the same one if it has none.
pub(super) fn shut(component: &[u8]) -> Result<Cow<'_, [u8]>, CompileError> {
    rewrite(component).map_err(|error| {
        CompileError::Component(format!("the component's sockets cannot be shut: {error:#}"))
    })
}

/// `wasi:sockets/tcp@0.2.9` is `tcp`.
fn interface(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(SOCKETS)?;
    Some(
        rest.split_once('@')
            .map_or(rest, |(interface, _)| interface),
    )
}

fn rewrite(component: &[u8]) -> anyhow::Result<Cow<'_, [u8]>> {
    let parts = Parts::read(component)?;
    if !parts.has_sockets() {
        return Ok(Cow::Borrowed(component));
    }
    let mut rewriter = Rewriter {
        parts: &parts,
        output: component[..8].to_vec(),
        seen: Seen::default(),
        stub: None,
        module: refusing::module(component)?,
    };
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        if depth == 0 {
            rewriter.payload(component, &payload)?;
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    Ok(Cow::Owned(rewriter.output))
}

/// How many of everything there are so far: the number of the next.
#[derive(Default)]
struct Seen<'a> {
    modules: u32,
    core_instances: u32,
    types: u32,
    instances: u32,
    functions: u32,
    /// An exported core function, for a placeholder.
    core_export: Option<(u32, &'a str)>,
    /// An exported function, for a placeholder.
    export: Option<(u32, &'a str)>,
}

struct Rewriter<'a> {
    parts: &'a Parts<'a>,
    output: Vec<u8>,
    seen: Seen<'a>,
    /// The number of the module made here, once it is there.
    stub: Option<u32>,
    module: Vec<u8>,
}

impl<'a> Rewriter<'a> {
    fn payload(&mut self, component: &'a [u8], payload: &Payload<'a>) -> anyhow::Result<()> {
        match payload {
            Payload::ComponentTypeSection(reader) => {
                self.items(component, 7, reader, Self::type_item)
            }
            Payload::ComponentImportSection(reader) => {
                self.items(component, 10, reader, Self::import)
            }
            Payload::ComponentAliasSection(reader) => self.items(component, 6, reader, Self::alias),
            Payload::InstanceSection(reader) => {
                self.items(component, 2, reader, Self::core_instance)
            }
            Payload::ComponentCanonicalSection(reader) => {
                self.items(component, 8, reader, Self::canonical)
            }
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                anyhow::ensure!(
                    self.stub.is_none(),
                    "a core module comes after the functions of sockets are passed on"
                );
                self.seen.modules += 1;
                self.section(1, &component[unchecked_range.clone()]);
                Ok(())
            }
            Payload::ComponentSection {
                unchecked_range, ..
            } => {
                self.section(4, &component[unchecked_range.clone()]);
                Ok(())
            }
            Payload::ComponentInstanceSection(reader) => {
                self.seen.instances += reader.count();
                self.copy(component, payload);
                Ok(())
            }
            Payload::ComponentExportSection(reader) => {
                // An export is also a new item of its kind.
                for export in reader.clone() {
                    self.count(export?.kind);
                }
                self.copy(component, payload);
                Ok(())
            }
            _ => {
                self.copy(component, payload);
                Ok(())
            }
        }
    }

    fn copy(&mut self, component: &[u8], payload: &Payload<'_>) {
        if let Some((id, range)) = payload.as_section() {
            self.section(id, &component[range]);
        }
    }

    fn section(&mut self, id: u8, data: &[u8]) {
        self.output.push(id);
        data.encode(&mut self.output);
    }

    /// Each item of a section: as it is, or what `replace` puts in its place. Sections may be split as one likes.
    fn items<T: FromReader<'a>>(
        &mut self,
        component: &'a [u8],
        id: u8,
        reader: &SectionLimited<'a, T>,
        replace: impl Fn(&mut Self, T) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let end = reader.range().end;
        let mut items = reader.clone().into_iter_with_offsets().peekable();
        while let Some(item) = items.next() {
            let (start, item) = item?;
            let next = match items.peek() {
                Some(Ok((next, _))) => *next,
                _ => end,
            };
            if !replace(self, item)? {
                let mut data = vec![1];
                data.extend_from_slice(&component[start..next]);
                self.section(id, &data);
            }
        }
        Ok(())
    }

    /// Adds a section, which is encoded with its id in front.
    fn add(&mut self, section: &impl wasm_encoder::ComponentSection) -> anyhow::Result<bool> {
        section.append_to_component(&mut self.output);
        Ok(true)
    }

    fn placeholder_type(&mut self) -> anyhow::Result<bool> {
        let mut types = ComponentTypeSection::new();
        types.defined_type().primitive(PrimitiveValType::U8);
        self.add(&types)
    }

    fn type_item(&mut self, _: wasmparser::ComponentType<'a>) -> anyhow::Result<bool> {
        let number = self.seen.types;
        self.seen.types += 1;
        if self.parts.interface_types.contains(&number) {
            return self.placeholder_type();
        }
        Ok(false)
    }

    fn import(&mut self, import: wasmparser::ComponentImport<'a>) -> anyhow::Result<bool> {
        match import.ty {
            ComponentTypeRef::Instance(_) => {
                let number = self.seen.instances;
                self.seen.instances += 1;
                if self.parts.instances.contains_key(&number) {
                    let mut instances = ComponentInstanceSection::new();
                    instances.export_items::<&str, [(&str, ComponentExportKind, u32); 0]>([]);
                    return self.add(&instances);
                }
            }
            ComponentTypeRef::Func(_) => self.seen.functions += 1,
            ComponentTypeRef::Type(_) => self.seen.types += 1,
            ComponentTypeRef::Module(_) => self.seen.modules += 1,
            _ => {}
        }
        Ok(false)
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> anyhow::Result<bool> {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                self.count(kind);
                let shut = self.parts.instances.contains_key(&instance_index);
                match kind {
                    ComponentExternalKind::Type if shut => self.placeholder_type(),
                    ComponentExternalKind::Func if shut => {
                        let (instance, name) = self.seen.export.ok_or_else(|| {
                            anyhow::anyhow!("sockets are the first functions that it imports")
                        })?;
                        let mut aliases = ComponentAliasSection::new();
                        aliases.alias(Alias::InstanceExport {
                            instance,
                            kind: ComponentExportKind::Func,
                            name,
                        });
                        self.add(&aliases)
                    }
                    _ if shut => anyhow::bail!("`{name}` of sockets is neither type nor function"),
                    ComponentExternalKind::Func => {
                        self.seen.export = Some((instance_index, name));
                        Ok(false)
                    }
                    _ => Ok(false),
                }
            }
            ComponentAlias::CoreInstanceExport {
                kind,
                instance_index,
                name,
            } => {
                if kind == ExternalKind::Func {
                    self.seen.core_export = Some((instance_index, name));
                }
                Ok(false)
            }
            ComponentAlias::Outer { .. } => {
                anyhow::bail!("it refers to something around it, and is the outermost")
            }
        }
    }

    fn count(&mut self, kind: ComponentExternalKind) {
        match kind {
            ComponentExternalKind::Type => self.seen.types += 1,
            ComponentExternalKind::Func => self.seen.functions += 1,
            ComponentExternalKind::Instance => self.seen.instances += 1,
            ComponentExternalKind::Module => self.seen.modules += 1,
            _ => {}
        }
    }

    fn core_instance(&mut self, _: Instance<'a>) -> anyhow::Result<bool> {
        let number = self.seen.core_instances;
        self.seen.core_instances += 1;
        if !self.parts.bundles.values().any(|bundle| *bundle == number) {
            return Ok(false);
        }
        let memory = self.parts.memory.filter(|(owner, _)| *owner < number);
        let (owner, _) = memory
            .ok_or_else(|| anyhow::anyhow!("there is no memory before they are passed on"))?;
        let stub = match self.stub {
            Some(stub) => stub,
            None => {
                let module = std::mem::take(&mut self.module);
                self.section(1, &module);
                let stub = self.seen.modules;
                self.seen.modules += 1;
                self.stub = Some(stub);
                stub
            }
        };
        let mut instances = InstanceSection::new();
        instances.instantiate(stub, [(refusing::MEMORY.0, ModuleArg::Instance(owner))]);
        self.add(&instances)
    }

    fn canonical(&mut self, function: CanonicalFunction) -> anyhow::Result<bool> {
        let place = match function {
            CanonicalFunction::Lift { .. } => {
                self.seen.functions += 1;
                None
            }
            CanonicalFunction::Lower { func_index, .. } => self
                .parts
                .functions
                .get(&func_index)
                .map(|(interface, name)| (*interface, (*name).to_owned())),
            CanonicalFunction::ResourceDrop { resource } => self
                .parts
                .resources
                .get(&resource)
                .map(|(interface, name)| (*interface, format!("[resource-drop]{name}"))),
            _ => None,
        };
        let Some((interface, name)) = place else {
            return Ok(false);
        };
        // Before the interface's own instance is there, the function is only put into it, which is replaced.
        let instance = self.parts.bundles.get(interface);
        let ready = instance.filter(|number| **number < self.seen.core_instances);
        let (instance, name) = match ready {
            Some(number) => (*number, name),
            None => {
                let (number, name) = self.seen.core_export.ok_or_else(|| {
                    anyhow::anyhow!("sockets are the first functions that are passed on")
                })?;
                (number, name.to_owned())
            }
        };
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::CoreInstanceExport {
            instance,
            kind: ExportKind::Func,
            name: &name,
        });
        self.add(&aliases)
    }
}

#[cfg(test)]
mod tests;
