//! Numbers and texts as bytes, little-endian, each read back within the bounds of what was written.

/// Reads what was written here, from the front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

/// The bytes end before what they should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short;

macro_rules! number {
    ($($name:ident: $type:ty),*) => {
        impl Bytes<'_> {
            $(
                #[inline]
                pub(crate) fn $name(&mut self) -> Result<$type, Short> {
                    let (front, rest) = self.0.split_first_chunk().ok_or(Short)?;
                    self.0 = rest;
                    Ok(<$type>::from_le_bytes(*front))
                }
            )*
        }
    };
}

number!(u8: u8, u16: u16, u32: u32, u64: u64, u128: u128, i32: i32, i64: i64);

impl<'a> Bytes<'a> {
    /// The next `count` bytes.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (front, rest) = self.0.split_at_checked(count).ok_or(Short)?;
        self.0 = rest;
        Ok(front)
    }

    /// A text with its length in 16 bits before it.
    pub(crate) fn text(&mut self) -> Result<&'a str, Short> {
        let length = self.u16()?;
        let bytes = self.take(usize::from(length))?;
        std::str::from_utf8(bytes).map_err(|_| Short)
    }

    /// Bytes with their count in 32 bits before them.
    pub(crate) fn blob(&mut self) -> Result<&'a [u8], Short> {
        let length = self.u32()?;
        self.take(usize::try_from(length).map_err(|_| Short)?)
    }

    /// A number of either sign, short where it is small.
    #[inline]
    pub(crate) fn signed(&mut self) -> Result<i128, Short> {
        let mut value = 0_u128;
        for place in 0..19_u32 {
            let byte = self.u8()?;
            value |= u128::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                let half = i128::try_from(value >> 1).map_err(|_| Short)?;
                return Ok(if value & 1 == 0 { half } else { !half });
            }
        }
        Err(Short)
    }
}

/// Writes a text with its length before it; one that is longer than 65,535 bytes is cut by whoever
/// checks limits before.
pub(crate) fn put_text(to: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(&text.as_bytes()[..usize::from(length)]);
}

/// Writes bytes with their count before them.
pub(crate) fn put_blob(to: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(bytes);
}

/// Writes a number of either sign, short where it is small.
#[inline]
pub(crate) fn put_signed(to: &mut Vec<u8>, value: i128) {
    let mut rest = (value << 1 ^ value >> 127).cast_unsigned();
    loop {
        let low = u8::try_from(rest & 0x7f).unwrap_or_default();
        rest >>= 7;
        if rest == 0 {
            to.push(low);
            return;
        }
        to.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(values: Vec<i128>, text in "\\PC{0,40}") {
            let mut bytes = Vec::new();
            for value in &values {
                // One bit goes for the sign, so the widest values do not come.
                put_signed(&mut bytes, value >> 1);
            }
            put_text(&mut bytes, &text);
            let mut read = Bytes(&bytes);
            for value in &values {
                prop_assert_eq!(read.signed(), Ok(value >> 1));
            }
            prop_assert_eq!(read.text(), Ok(text.as_str()));
            prop_assert!(read.0.is_empty());
        }
    }

    #[test]
    fn what_ends_early_is_said() {
        assert_eq!(Bytes(&[0x80, 0x80]).signed(), Err(Short));
        assert_eq!(Bytes(&[1, 2, 3]).u32(), Err(Short));
        assert_eq!(Bytes(&[5, 0, b'a']).text(), Err(Short));
        assert_eq!(Bytes(&[0xff; 19]).signed(), Err(Short));
    }
}
