//! Why a change of occupancy was refused.

/// Why a change of occupancy was refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Not built yet.
    #[error("not built yet")]
    Unfinished,
}
