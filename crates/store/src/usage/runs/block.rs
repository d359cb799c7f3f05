//! The block of one lease: a checksum (u32), the count of its sums (u32), then six columns. A
//! column: its least value (i64), how many bytes a difference takes (u8), then the differences.

use crate::codec::{Bytes, Short};

use crate::usage::cells::Sums;

/// A sum: the day from which it counts, the slot, the sums.
pub(in crate::usage) type Cell = (i32, i32, Sums);

const COLUMNS: usize = 6;

/// Writes a block of at least one sum.
pub(in crate::usage) fn write(cells: &[Cell], to: &mut Vec<u8>) {
    let begins = to.len();
    to.extend_from_slice(&[0; 4]);
    to.extend_from_slice(&u32::try_from(cells.len()).unwrap_or(u32::MAX).to_le_bytes());
    for column in 0..COLUMNS {
        let of = |cell: &Cell| value(cell, column);
        let least = cells.iter().map(of).min().unwrap_or(0);
        let most = cells.iter().map(of).max().unwrap_or(0);
        let range = most.wrapping_sub(least).cast_unsigned();
        let width = (64 - range.leading_zeros()).div_ceil(8);
        to.extend_from_slice(&least.to_le_bytes());
        to.push(u8::try_from(width).unwrap_or(8));
        let width = usize::try_from(width).unwrap_or(8);
        for cell in cells {
            let difference = of(cell).wrapping_sub(least).to_le_bytes();
            to.extend_from_slice(&difference[..width]);
        }
    }
    let checksum = crc32fast::hash(&to[begins + 4..]);
    to[begins..begins + 4].copy_from_slice(&checksum.to_le_bytes());
}

fn value(cell: &Cell, column: usize) -> i64 {
    match column {
        0 => cell.0.into(),
        1 => cell.1.into(),
        n => cell.2[n - 2],
    }
}

/// Reads a block, adding its sums to `cells`.
pub(in crate::usage) fn read(block: &[u8], cells: &mut Vec<Cell>) -> Result<(), Short> {
    let mut read = Bytes(block);
    let checksum = read.u32()?;
    if crc32fast::hash(read.0) != checksum {
        return Err(Short);
    }
    let count = usize::try_from(read.u32()?).map_err(|_| Short)?;
    // The day takes no byte of its own where all sums have the same; the rest bounds the count.
    if count > block.len().saturating_mul(u8::MAX.into()) {
        return Err(Short);
    }
    let first = cells.len();
    cells.resize(first + count, (0, 0, [0; 4]));
    let new = &mut cells[first..];
    let narrow = |value: i64| i32::try_from(value).map_err(|_| Short);
    for column in 0..COLUMNS {
        let (least, width) = (read.i64()?, usize::from(read.u8()?));
        if width > 8 {
            return Err(Short);
        }
        let bytes = read.take(count.checked_mul(width).ok_or(Short)?)?;
        let values = Column { least, width, bytes };
        for (i, cell) in new.iter_mut().enumerate() {
            let value = values.at(i);
            match column {
                0 => cell.0 = narrow(value)?,
                1 => cell.1 = narrow(value)?,
                n => cell.2[n - 2] = value,
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Column<'a> {
    least: i64,
    width: usize,
    bytes: &'a [u8],
}

impl Column<'_> {
    #[inline]
    fn at(self, i: usize) -> i64 {
        let at = i * self.width;
        // Eight bytes at once where they are there, less what does not belong.
        let raw = match self.bytes.get(at..at + 8).and_then(|bytes| bytes.first_chunk()) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => {
                let mut bytes = [0; 8];
                let rest = &self.bytes[at..];
                let count = rest.len().min(8);
                bytes[..count].copy_from_slice(&rest[..count]);
                u64::from_le_bytes(bytes)
            }
        };
        let kept = match self.width {
            0 => 0,
            width => raw << (64 - 8 * width) >> (64 - 8 * width),
        };
        self.least.wrapping_add(kept.cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_come_back(cells in prop::collection::vec(any::<Cell>(), 1..40), small: bool) {
            let cells: Vec<Cell> = match small {
                true => cells.iter().map(|c| (i32::MIN, c.1 % 99, c.2.map(|s| s % 70_000))).collect(),
                false => cells,
            };
            let mut bytes = Vec::new();
            write(&cells, &mut bytes);
            let mut back = Vec::new();
            read(&bytes, &mut back).unwrap();
            prop_assert_eq!(back, cells);
            bytes[7] ^= 1;
            prop_assert!(read(&bytes, &mut Vec::new()).is_err());
        }
    }
}
