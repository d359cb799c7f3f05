//! The colour space of the document: sRGB, by a small profile of its own.

use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::{Ref, TextStr};

/// Bytes of a profile's header.
const HEADER_BYTES: usize = 128;

/// X, Y and Z of the white point D50 and of the primaries of sRGB adapted to it, in 1/65,536.
const WHITE: [u32; 3] = [0xF6D6, 0x1_0000, 0xD32D];
const RED: [u32; 3] = [0x6FA2, 0x38F5, 0x0390];
const GREEN: [u32; 3] = [0x6299, 0xB785, 0x18DA];
const BLUE: [u32; 3] = [0x24A0, 0x0F84, 0xB6CF];

/// The exponent 2.2 in 1/256: the curve of sRGB is within one step of it.
const GAMMA: u16 = 0x0233;

/// Names the colour space of the document.
pub(super) fn write_intent(catalog: &mut pdf_writer::writers::Catalog<'_>, profile: Ref) {
    let mut intents = catalog.output_intents();
    intents
        .push()
        .subtype(OutputIntentSubtype::PDFA)
        .output_condition_identifier(TextStr("sRGB"))
        .info(TextStr("sRGB IEC61966-2.1"))
        .dest_output_profile(profile);
}

/// An ICC profile, version 2.1: three primaries and a curve.
pub(super) fn srgb() -> Vec<u8> {
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description("sRGB")),
        (b"cprt", text("No copyright, use freely")),
        (b"wtpt", xyz(WHITE)),
        (b"rXYZ", xyz(RED)),
        (b"gXYZ", xyz(GREEN)),
        (b"bXYZ", xyz(BLUE)),
        (b"rTRC", curve()),
        (b"gTRC", curve()),
        (b"bTRC", curve()),
    ];
    let mut table = big(tags.len()).to_vec();
    let mut data = Vec::new();
    let begins = HEADER_BYTES + 4 + tags.len() * 12;
    for (name, bytes) in &tags {
        table.extend(*name);
        table.extend(big(begins + data.len()));
        table.extend(big(bytes.len()));
        data.extend(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header(begins + data.len());
    profile.extend(table);
    profile.extend(data);
    profile
}

fn header(size: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend(big(size));
    header.extend([0; 4]);
    header.extend([2, 0x10, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    // Made on 1 January 2026, at midnight.
    for part in [2026_u16, 1, 1, 0, 0, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(b"acsp");
    header.extend([0; 28]);
    for part in WHITE {
        header.extend(part.to_be_bytes());
    }
    header.resize(HEADER_BYTES, 0);
    header
}

fn big(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes()
}

fn xyz(parts: [u32; 3]) -> Vec<u8> {
    let mut bytes = b"XYZ \0\0\0\0".to_vec();
    bytes.extend(parts.iter().flat_map(|part| part.to_be_bytes()));
    bytes
}

fn curve() -> Vec<u8> {
    let mut bytes = b"curv\0\0\0\0".to_vec();
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend(GAMMA.to_be_bytes());
    bytes
}

fn text(said: &str) -> Vec<u8> {
    let mut bytes = b"text\0\0\0\0".to_vec();
    bytes.extend(said.as_bytes());
    bytes.push(0);
    bytes
}

fn description(said: &str) -> Vec<u8> {
    let mut bytes = b"desc\0\0\0\0".to_vec();
    bytes.extend(big(said.len() + 1));
    bytes.extend(said.as_bytes());
    bytes.push(0);
    // No name in Unicode, none in a script of its own.
    bytes.extend([0; 4 + 4 + 2 + 1 + 67]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_says_its_own_length() {
        let profile = srgb();
        let said = u32::from_be_bytes(profile[..4].try_into().unwrap());
        assert_eq!(usize::try_from(said).unwrap(), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(profile.len() % 4, 0);
    }
}
