//! Machines, as messages name them.

/// The machine of an instance's name, which also tells its starts apart.
#[must_use]
pub fn host(instance: &str) -> &str {
    instance.rsplit_once('/').map_or(instance, |(host, _)| host)
}
