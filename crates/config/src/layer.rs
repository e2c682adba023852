//! One source of settings.

use toml::{Table, Value};

/// One source of settings.
#[derive(Debug, Clone)]
pub struct Layer {
    /// For error messages: a file name, `environment`, `built-in defaults`.
    pub name: String,
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
