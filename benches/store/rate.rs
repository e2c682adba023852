//! How fast dates are stored, and what each costs.

use super::fixture::Shape;

/// What is stored while a rate is measured.
pub(crate) const SHAPE: Shape = Shape {
    days: 15,
    slots: 40,
};

/// Dates a second; CPU milliseconds and WAL of each.
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    /// Milliseconds of the server's CPU.
    pub(crate) server: f64,
    /// Milliseconds of the client's CPU.
    pub(crate) client: f64,
    /// Kilobytes.
    pub(crate) wal: f64,
}
