use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentTypeRef, ExternalKind,
    Instance, Parser, Payload,
};

use super::interface;

/// What in a component has to do with sockets, by number.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    /// Imported instances, with their interfaces.
    pub(super) instances: BTreeMap<u32, &'a str>,
    /// Types of imported instances.
    pub(super) interface_types: BTreeSet<u32>,
    /// Types taken out of them, with interface and name. Only resources matter.
    pub(super) resources: BTreeMap<u32, (&'a str, &'a str)>,
    /// Functions taken out of them, with interface and name.
    pub(super) functions: BTreeMap<u32, (&'a str, &'a str)>,
    /// By interface: the core instance with its functions that core modules are given.
    pub(super) bundles: BTreeMap<&'a str, u32>,
    /// The core instance with the memory, and the memory's name there.
    pub(super) memory: Option<(u32, &'a str)>,
}

impl<'a> Parts<'a> {
    pub(super) fn read(component: &'a [u8]) -> anyhow::Result<Self> {
        let mut parts = Self::default();
        let (mut types, mut instances, mut functions) = (0, 0, 0);
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                _ if depth > 0 => {}
                Payload::ComponentTypeSection(reader) => types += reader.count(),
                Payload::ComponentInstanceSection(reader) => instances += reader.count(),
                Payload::ComponentImportSection(reader) => {
                    for import in reader {
                        let import = import?;
                        match import.ty {
                            ComponentTypeRef::Instance(ty) => {
                                if let Some(interface) = interface(import.name.name) {
                                    parts.instances.insert(instances, interface);
                                    parts.interface_types.insert(ty);
                                }
                                instances += 1;
                            }
                            ComponentTypeRef::Func(_) => functions += 1,
                            ComponentTypeRef::Type(_) => types += 1,
                            _ => {}
                        }
                    }
                }
                Payload::ComponentExportSection(reader) => {
                    for export in reader {
                        match export?.kind {
                            ComponentExternalKind::Type => types += 1,
                            ComponentExternalKind::Func => functions += 1,
                            ComponentExternalKind::Instance => instances += 1,
                            _ => {}
                        }
                    }
                }
                Payload::ComponentCanonicalSection(reader) => {
                    for function in reader {
                        if let CanonicalFunction::Lift { .. } = function? {
                            functions += 1;
                        }
                    }
                }
                Payload::ComponentAliasSection(reader) => {
                    for alias in reader {
                        parts.alias(alias?, &mut types, &mut functions, &mut instances);
                    }
                }
                Payload::InstanceSection(reader) => {
                    for instance in reader {
                        let Instance::Instantiate { args, .. } = instance? else {
                            continue;
                        };
                        for argument in &args {
                            if let Some(interface) = interface(argument.name) {
                                parts.bundles.insert(interface, argument.index);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(parts)
    }

    fn alias(
        &mut self,
        alias: ComponentAlias<'a>,
        types: &mut u32,
        functions: &mut u32,
        instances: &mut u32,
    ) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let interface = self.instances.get(&instance_index);
                let place = interface.map(|interface| (*interface, name));
                match kind {
                    ComponentExternalKind::Type => {
                        self.resources.extend(place.map(|place| (*types, place)));
                        *types += 1;
                    }
                    ComponentExternalKind::Func => {
                        self.functions
                            .extend(place.map(|place| (*functions, place)));
                        *functions += 1;
                    }
                    ComponentExternalKind::Instance => *instances += 1,
                    _ => {}
                }
            }
            ComponentAlias::CoreInstanceExport {
                kind: ExternalKind::Memory,
                instance_index,
                name,
            } => {
                self.memory.get_or_insert((instance_index, name));
            }
            _ => {}
        }
    }

    pub(super) fn has_sockets(&self) -> bool {
        !self.instances.is_empty()
    }
}
