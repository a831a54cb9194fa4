//! XMP (ISO 16684-1): a packet of RDF with our properties.

use std::fmt::Write as _;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{LocalName, Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

/// Our namespace.
const OURS: &str = "urn:aquatint:xmp#";
const NOTES: &str = "http://ns.adobe.com/xmp/note/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// Most pieces of a packet that are read: photographs have some thousands.
const MOST: usize = 1_000_000;

/// A packet with properties of ours, each with a text.
pub(super) fn packet(properties: &[(&str, String)]) -> String {
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>{}<?xpacket end=\"w\"?>",
        meta(properties)
    )
}

/// What says where the rest of a packet is.
pub(super) fn packet_of_extended(digest: &str) -> String {
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
        <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
        <rdf:Description rdf:about=\"\" xmlns:xmpNote=\"{NOTES}\" xmpNote:HasExtendedXMP=\"{digest}\"/>\
        </rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    )
}

/// The inside of a packet.
pub(super) fn meta(properties: &[(&str, String)]) -> String {
    let mut text = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
        <rdf:Description rdf:about=\"\" xmlns:aquatint=\"{OURS}\">"
    );
    for (name, value) in properties {
        let _ = write!(text, "<aquatint:{name}>");
        escape(value, &mut text);
        let _ = write!(text, "</aquatint:{name}>");
    }
    text.push_str("</rdf:Description></rdf:RDF></x:xmpmeta>");
    text
}

/// What has a meaning in XML, or is changed by it on the way, as a reference; what XML cannot hold at all as what
/// stands for a letter that is lost. JSON has neither.
fn escape(value: &str, text: &mut String) {
    for c in value.chars() {
        match c {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            '"' => text.push_str("&quot;"),
            '\r' | '\n' | '\t' => {
                let _ = write!(text, "&#{};", u32::from(c));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => text.push(char::REPLACEMENT_CHARACTER),
            c => text.push(c),
        }
    }
}

/// JSON with what XML cannot hold as escapes.
pub(super) fn xml_safe(json: &str) -> String {
    json.chars()
        .fold(String::with_capacity(json.len()), |mut text, c| {
            match c {
                // Inside texts only, and there these mean the same.
                '\u{fffe}' => text.push_str("\\ufffe"),
                '\u{ffff}' => text.push_str("\\uffff"),
                c => text.push(c),
            }
            text
        })
}

/// What a packet says of a picture of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) ours: Vec<(String, String)>,
    /// What names the segments of JPEG that have the rest.
    pub(super) extended: Option<String>,
}

/// Reads our properties: as elements, or as attributes, as other programs may write them again. What is no XML has none.
pub(super) fn read(packet: &[u8]) -> Properties {
    let text = String::from_utf8_lossy(packet);
    // Filled up with spaces, or zeros, so that it can grow in place.
    let text = text.trim_matches(['\0', '\u{feff}', ' ', '\n', '\r', '\t']);
    read_text(text).unwrap_or_default()
}

/// An element of ours, or with a note, up to its end.
struct Open {
    namespace: &'static str,
    name: String,
    text: String,
    /// How many elements are open inside.
    inside: usize,
}

fn read_text(text: &str) -> Option<Properties> {
    let mut reader = NsReader::from_str(text);
    let mut found = Properties::default();
    let mut open: Option<Open> = None;
    for _ in 0..MOST {
        match (reader.read_event().ok()?, &mut open) {
            (Event::Eof, _) => return Some(found),
            (Event::Empty(start), _) => attributes(&reader, &start, &mut found)?,
            (Event::Start(start), open) => {
                attributes(&reader, &start, &mut found)?;
                // A property of ours has a text and no elements of ours.
                match (named(reader.resolver().resolve_element(start.name())), open) {
                    (Some((namespace, name)), open) => {
                        *open = Some(Open {
                            namespace,
                            name: name.to_owned(),
                            text: String::new(),
                            inside: 0,
                        });
                    }
                    (None, Some(open)) => open.inside += 1,
                    (None, None) => {}
                }
            }
            (Event::End(_), slot) => match slot {
                Some(open) if open.inside > 0 => open.inside -= 1,
                _ => {
                    if let Some(open) = slot.take() {
                        found.take(open.namespace, open.name, open.text);
                    }
                }
            },
            (Event::Text(text), Some(open)) => open.text.push_str(&text.xml10_content()),
            (Event::CData(text), Some(open)) => open.text.push_str(&text.xml10_content()),
            (Event::GeneralRef(reference), Some(open)) => resolve(&reference, &mut open.text)?,
            _ => {}
        }
    }
    None
}

/// Not one attribute is looked for among the others: there may be very many.
fn attributes(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    found: &mut Properties,
) -> Option<()> {
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.ok()?;
        if let Some((namespace, name)) = named(reader.resolver().resolve_attribute(attribute.key)) {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            found.take(namespace, name.to_owned(), value.into_owned());
        }
    }
    Some(())
}

/// A name of ours, or of what notes have.
fn named<'a>(
    (namespace, name): (ResolveResult<'_>, LocalName<'a>),
) -> Option<(&'static str, &'a str)> {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else {
        return None;
    };
    let known = [OURS, NOTES].into_iter().find(|it| *it == namespace)?;
    Some((known, name.into_inner()))
}

/// Only what every XML has: entities of its own may stand for anything, any number of times.
fn resolve(reference: &BytesRef<'_>, text: &mut String) -> Option<()> {
    match reference.resolve_char_ref().ok()? {
        Some(c) => text.push(c),
        None => text.push_str(resolve_predefined_entity(&reference.xml10_content())?),
    }
    Some(())
}

impl Properties {
    fn take(&mut self, namespace: &str, name: String, value: String) {
        if namespace == OURS {
            self.ours.push((name, value));
        } else if name == "HasExtendedXMP" {
            self.extended = Some(value);
        }
    }
}
