//! XMP (ISO 16684-1): a packet of RDF with our properties.

use std::fmt::Write as _;

use roxmltree::{Document, ParsingOptions};

/// Our namespace.
const OURS: &str = "urn:aquatint:xmp#";
const NOTES: &str = "http://ns.adobe.com/xmp/note/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// Most elements and attributes of a packet that is read: photographs have some hundreds.
const MOST: u32 = 100_000;

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
    let mut found = Properties::default();
    let text = String::from_utf8_lossy(packet);
    let options = ParsingOptions {
        nodes_limit: MOST,
        ..ParsingOptions::default()
    };
    // Filled up with spaces, or zeros, so that it can grow in place.
    let text = text.trim_matches(['\0', '\u{feff}', ' ', '\n', '\r', '\t']);
    let Ok(document) = Document::parse_with_options(text, options) else {
        return found;
    };
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        for attribute in node.attributes() {
            let value = attribute.value().to_owned();
            match (attribute.namespace(), attribute.name()) {
                (Some(OURS), name) => found.ours.push((name.to_owned(), value)),
                (Some(NOTES), "HasExtendedXMP") => found.extended = Some(value),
                _ => {}
            }
        }
        let text = || -> String { node.children().filter_map(|it| it.text()).collect() };
        match (node.tag_name().namespace(), node.tag_name().name()) {
            (Some(OURS), name) => found.ours.push((name.to_owned(), text())),
            (Some(NOTES), "HasExtendedXMP") => found.extended = Some(text()),
            _ => {}
        }
    }
    found
}
