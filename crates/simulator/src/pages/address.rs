//! Addresses within pages.

/// An address without its query.
pub(crate) fn path_of(address: &str) -> &str {
    address.split('?').next().unwrap_or(address)
}
