//! One source of settings.

use toml::{Table, Value};

use super::place::Place;

/// One source of settings.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Which one.
    pub place: Place,
    /// The settings.
    pub table: Table,
}

/// All sources, later wins.
pub type Layers = Vec<Layer>;

impl Layer {
    /// Takes a dotted key out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let (parents, last) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.table;
        for part in parents.split('.').filter(|p| !p.is_empty()) {
            table = table.get_mut(part)?.as_table_mut()?;
        }
        table.remove(last)
    }
}

/// The place of the last layer that sets a key.
pub(super) fn place_of(key: &str, all: &Layers) -> Place {
    let layer = all
        .iter()
        .rev()
        .find(|layer| sets(&layer.table, key))
        .or(all.first());
    layer.map_or(Place::BuiltIn, |layer| layer.place.clone())
}

fn sets(table: &Table, key: &str) -> bool {
    let mut parts = key.split('.');
    let first = parts.next().and_then(|part| table.get(part));
    // Beyond the first value that is no table (a list of windows, say) there is nothing to follow.
    let found = parts.try_fold(first, |value, part| match value.and_then(Value::as_table) {
        Some(inner) => Ok(inner.get(part)),
        None => Err(value),
    });
    found.unwrap_or_else(|value| value).is_some()
}
