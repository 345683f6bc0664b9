//! SVG from a list of what may be in it. Read into a tree and written anew: what the list does not name is not written,
//! so nothing depends on how a browser reads what is odd.

use std::collections::HashSet;

use roxmltree::{Document, Node, ParsingOptions};

use crate::{Refusal, check_size};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const MOST_BYTES: usize = 2 * 1024 * 1024;
const MOST_NODES: u32 = 60_000;
const MOST_DEPTH: usize = 100;
/// Copies of other elements.
const MOST_USES: usize = 2_000;

const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
    "clipPath",
    "mask",
    "marker",
    "image",
    "style",
    "switch",
    "filter",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "a",
];

/// Names that are written with any harmless value.
const ATTRIBUTES: &[&str] = &[
    "id",
    "class",
    "style",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "fr",
    "d",
    "dx",
    "dy",
    "width",
    "height",
    "viewBox",
    "preserveAspectRatio",
    "points",
    "pathLength",
    "transform",
    "transform-origin",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
    "offset",
    "patternUnits",
    "patternContentUnits",
    "patternTransform",
    "clipPathUnits",
    "maskUnits",
    "maskContentUnits",
    "markerUnits",
    "markerWidth",
    "markerHeight",
    "refX",
    "refY",
    "orient",
    "rotate",
    "textLength",
    "lengthAdjust",
    "startOffset",
    "method",
    "spacing",
    "side",
    "version",
    "role",
    "lang",
    "filterUnits",
    "primitiveUnits",
    "in",
    "in2",
    "result",
    "mode",
    "type",
    "values",
    "tableValues",
    "slope",
    "intercept",
    "amplitude",
    "exponent",
    "operator",
    "k1",
    "k2",
    "k3",
    "k4",
    "order",
    "kernelMatrix",
    "divisor",
    "bias",
    "targetX",
    "targetY",
    "edgeMode",
    "preserveAlpha",
    "surfaceScale",
    "diffuseConstant",
    "specularConstant",
    "specularExponent",
    "limitingConeAngle",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "azimuth",
    "elevation",
    "z",
    "scale",
    "xChannelSelector",
    "yChannelSelector",
    "stdDeviation",
    "radius",
    "baseFrequency",
    "numOctaves",
    "seed",
    "stitchTiles",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
    "color",
    "display",
    "visibility",
    "overflow",
    "clip",
    "clip-path",
    "clip-rule",
    "mask",
    "mask-type",
    "filter",
    "flood-color",
    "flood-opacity",
    "lighting-color",
    "stop-color",
    "stop-opacity",
    "marker",
    "marker-start",
    "marker-mid",
    "marker-end",
    "paint-order",
    "vector-effect",
    "shape-rendering",
    "text-rendering",
    "image-rendering",
    "color-rendering",
    "color-interpolation",
    "color-interpolation-filters",
    "font",
    "font-family",
    "font-size",
    "font-size-adjust",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "letter-spacing",
    "word-spacing",
    "text-anchor",
    "text-decoration",
    "dominant-baseline",
    "alignment-baseline",
    "baseline-shift",
    "writing-mode",
    "direction",
    "unicode-bidi",
    "mix-blend-mode",
    "isolation",
    "enable-background",
    "xml:space",
];

/// The cleaned file, and its size where it says one.
pub fn clean(bytes: &[u8]) -> Result<(String, Option<(u32, u32)>), Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::Svg("it is larger than 2 MiB."));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Svg("it is not UTF-8."))?;
    let text = without_doctype(text.trim_start_matches('\u{feff}'))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => Refusal::Svg("document types with entities are not allowed."),
        roxmltree::Error::NodesLimitReached => Refusal::Svg("it has too many elements."),
        _ => Refusal::Svg("it is not well-formed XML."),
    })?;
    let root = document.root_element();
    if !is(root, "svg") {
        return Err(Refusal::Svg("its first element is not svg."));
    }
    let mut writer = Writer { out: String::with_capacity(text.len()), uses: 0, copying: copying(root)? };
    writer.element(root, 0)?;
    let size = size(root);
    if let Some((width, height)) = size {
        check_size(width, height)?;
    }
    Ok((writer.out, size))
}

/// Drawing programs write a document type without entities, which says nothing. One with its own rules is refused.
fn without_doctype(text: &str) -> Result<String, Refusal> {
    let Some(start) = text.find("<!DOCTYPE") else { return Ok(text.to_owned()) };
    let end = text[start..].find('>').ok_or(Refusal::Svg("it is not well-formed XML."))? + start;
    if text[start..end].contains('[') {
        return Err(Refusal::Svg("document types with entities are not allowed."));
    }
    Ok(format!("{}{}", &text[..start], &text[end + 1..]))
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    let tag = node.tag_name();
    node.is_element() && tag.name() == name && tag.namespace().is_none_or(|space| space == SVG)
}

/// Ids of elements that copy others. A copy of such a copy would draw without end, or nearly so.
fn copying(root: Node<'_, '_>) -> Result<HashSet<String>, Refusal> {
    let mut ids = HashSet::new();
    for node in root.descendants().filter(|node| is(*node, "use")) {
        let mut depth = 0;
        for outer in node.ancestors().filter(Node::is_element) {
            ids.extend(outer.attribute("id").map(ToOwned::to_owned));
            depth += 1;
            if depth > MOST_DEPTH {
                return Err(Refusal::Svg("its elements are nested too deeply."));
            }
        }
    }
    Ok(ids)
}

/// Width and height in pixels, or those of the view box.
fn size(root: Node<'_, '_>) -> Option<(u32, u32)> {
    let pixels = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").trim().parse().ok()?;
        whole(number)
    };
    let side = |name: &str| root.attribute(name).and_then(pixels);
    if let (Some(width), Some(height)) = (side("width"), side("height")) {
        return Some((width, height));
    }
    let view: Vec<f64> = root
        .attribute("viewBox")?
        .split([' ', ',', '\t', '\n', '\r'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match view[..] {
        [_, _, width, height] => Some((whole(width)?, whole(height)?)),
        _ => None,
    }
}

fn whole(number: f64) -> Option<u32> {
    let rounded = number.round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at before")]
    (1.0..=f64::from(model::media::LONGEST_SIDE)).contains(&rounded).then_some(rounded as u32)
}

struct Writer {
    out: String,
    uses: usize,
    copying: HashSet<String>,
}

impl Writer {
    fn element(&mut self, node: Node<'_, '_>, depth: usize) -> Result<(), Refusal> {
        if depth > MOST_DEPTH {
            return Err(Refusal::Svg("its elements are nested too deeply."));
        }
        let name = node.tag_name().name();
        if !is(node, name) || !ELEMENTS.contains(&name) {
            return Ok(());
        }
        // What a link stands around is drawn; that it leads somewhere is forgotten.
        let name = if name == "a" { "g" } else { name };
        if name == "style" {
            return self.style(node);
        }
        let link = link(node);
        if name == "use" {
            let target = link.and_then(|link| link.strip_prefix('#'));
            self.uses += 1;
            if self.uses > MOST_USES {
                return Err(Refusal::Svg("it copies too many elements."));
            }
            if target.is_none_or(|target| self.copying.contains(target)) {
                return Ok(());
            }
        }
        self.out.push('<');
        self.out.push_str(name);
        if depth == 0 {
            self.attribute("xmlns", SVG);
        }
        for attribute in node.attributes() {
            let wanted = match attribute.namespace() {
                None => attribute.name(),
                Some("http://www.w3.org/XML/1998/namespace") if attribute.name() == "space" => "xml:space",
                Some(_) => continue,
            };
            let is_known = ATTRIBUTES.contains(&wanted) || wanted.starts_with("aria-");
            if is_known && is_harmless(attribute.value()) {
                self.attribute(wanted, attribute.value());
            }
        }
        if let Some(link) = link
            && (link.starts_with('#') || (name == "image" && is_raster(link)))
        {
            self.attribute("href", link);
        }
        if !node.has_children() {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        for child in node.children() {
            if child.is_element() {
                self.element(child, depth + 1)?;
            } else if child.is_text() {
                self.text(child.text().unwrap_or_default());
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }

    /// Rules that ask nobody for anything; others are left out as a whole.
    fn style(&mut self, node: Node<'_, '_>) -> Result<(), Refusal> {
        let css: String = node.children().filter_map(|child| child.text()).collect();
        if is_harmless(&css) {
            self.out.push_str("<style>");
            self.text(&css);
            self.out.push_str("</style>");
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        for c in value.chars() {
            match c {
                '"' => self.out.push_str("&quot;"),
                '\n' => self.out.push_str("&#10;"),
                '\t' => self.out.push_str("&#9;"),
                c => self.character(c),
            }
        }
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            self.character(c);
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.out.push_str("&amp;"),
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            c => self.out.push(c),
        }
    }
}

fn link<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute("href").or_else(|| node.attribute((XLINK, "href"))).map(str::trim)
}

/// A picture in the file itself.
fn is_raster(link: &str) -> bool {
    ["png", "jpeg", "jpg", "gif", "webp"].iter().any(|kind| {
        link.strip_prefix("data:image/").and_then(|rest| rest.strip_prefix(kind)).is_some_and(|rest| {
            rest.strip_prefix(";base64,")
                .is_some_and(|data| data.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/= \n\r\t".contains(&b)))
        })
    })
}

/// Whether a value or a style sheet asks for nothing outside of the file and runs nothing. Addresses are allowed as
/// `url(#…)` only, and escapes, which could hide one, not at all.
fn is_harmless(value: &str) -> bool {
    let plain: String =
        value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase();
    if plain.contains('\\') || plain.contains("/*") {
        return false;
    }
    let words = [
        "@import",
        "javascript:",
        "vbscript:",
        "data:",
        "expression(",
        "-moz-binding",
        "behavior:",
        "src(",
        "image(",
        "image-set(",
        "//",
    ];
    if words.iter().any(|word| plain.contains(word)) {
        return false;
    }
    plain.match_indices("url(").all(|(at, _)| plain[at + 4..].trim_start_matches(['"', '\'']).starts_with('#'))
}
