//! What the file says of itself, twice: in its information dictionary and as XMP.

use std::fmt::Write as _;

use leasehold_types::Date;
use pdf_writer::{Pdf, Ref, TextStr};

use super::created;

/// The program that made the file.
const PRODUCER: &str = concat!("Leasehold ", env!("CARGO_PKG_VERSION"));

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pdf) struct Metadata {
    /// `Invoice INV-000001`.
    pub(in crate::pdf) title: String,
    /// Who issued it.
    pub(in crate::pdf) author: String,
    /// For whom and what.
    pub(in crate::pdf) subject: String,
    /// The day of issue.
    pub(in crate::pdf) issued: Date,
}

impl Metadata {
    pub(super) fn write_info(&self, pdf: &mut Pdf, info: Ref) {
        pdf.document_info(info)
            .title(TextStr(&self.title))
            .author(TextStr(&self.author))
            .subject(TextStr(&self.subject))
            .creator(TextStr(PRODUCER))
            .producer(TextStr(PRODUCER))
            .creation_date(created(self.issued))
            .modified_date(created(self.issued));
    }

    /// The same as XMP, with the standards that the file follows.
    pub(super) fn xmp(&self) -> String {
        let (title, author) = (escaped(&self.title), escaped(&self.author));
        let subject = escaped(&self.subject);
        let when = format!("{}T00:00:00+00:00", self.issued);
        let mut xmp = String::from(BEGIN);
        let _ = write!(
            xmp,
            "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
             <dc:format>application/pdf</dc:format>\n\
             <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
             <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\n\
             <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subject}</rdf:li></rdf:Alt>\
             </dc:description>\n\
             <dc:language><rdf:Bag><rdf:li>en</rdf:li></rdf:Bag></dc:language>\n\
             </rdf:Description>\n\
             <rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
             xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n\
             <xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>\n\
             <xmp:CreateDate>{when}</xmp:CreateDate>\n\
             <xmp:ModifyDate>{when}</xmp:ModifyDate>\n\
             <pdf:Producer>{PRODUCER}</pdf:Producer>\n\
             </rdf:Description>\n"
        );
        xmp.push_str(STANDARDS);
        xmp.push_str(END);
        xmp
    }
}

/// Text as XML content: what XML cannot hold at all becomes a space.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

const BEGIN: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";

const END: &str = "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>";

/// PDF/A-2a and PDF/UA-1; PDF/A wants the property of the latter described.
const STANDARDS: &str = "<rdf:Description rdf:about=\"\" \
    xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
    <pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>\n\
    </rdf:Description>\n\
    <rdf:Description rdf:about=\"\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n\
    <pdfuaid:part>1</pdfuaid:part>\n\
    </rdf:Description>\n\
    <rdf:Description rdf:about=\"\" \
    xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
    xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
    xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n\
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n\
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\n\
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\n\
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\n\
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\n\
    <pdfaProperty:name>part</pdfaProperty:name>\n\
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>\n\
    <pdfaProperty:category>internal</pdfaProperty:category>\n\
    <pdfaProperty:description>Part of the standard that the file follows</pdfaProperty:description>\n\
    </rdf:li></rdf:Seq></pdfaSchema:property>\n\
    </rdf:li></rdf:Bag></pdfaExtension:schemas>\n\
    </rdf:Description>\n";
