//! Lengths and paper.

/// A length in thousandths of a point (1/72,000 inch).
pub(in crate::pdf) type Mp = i64;

/// Points.
pub(in crate::pdf) const fn pt(points: i64) -> Mp {
    points * 1_000
}

/// Millimetres, to the nearest thousandth of a point below.
pub(in crate::pdf) const fn mm(millimetres: i64) -> Mp {
    millimetres * 360_000 / 127
}

/// The paper that a document is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

/// Countries that write on Letter paper (ISO 3166-1 alpha-2).
const LETTER_COUNTRIES: [&str; 14] =
    ["CA", "CL", "CO", "CR", "DO", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"];

impl Paper {
    /// What is usual in a country; A4 where none is known.
    pub fn of_country(country: Option<&str>) -> Paper {
        match country {
            Some(code) if LETTER_COUNTRIES.contains(&code) => Paper::Letter,
            _ => Paper::A4,
        }
    }

    /// Width and height.
    pub(in crate::pdf) const fn size(self) -> PageSize {
        match self {
            Paper::A4 => PageSize { width: mm(210), height: mm(297) },
            Paper::Letter => PageSize { width: pt(612), height: pt(792) },
        }
    }
}

/// Width and height of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) struct PageSize {
    pub(in crate::pdf) width: Mp,
    pub(in crate::pdf) height: Mp,
}
