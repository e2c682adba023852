//! What is written down of a list that leaves the program.

use super::{Columns, Table, View};
use crate::domain::{ActionKind, Detail, ExportForm};
use crate::store::audit::Action;

/// Never whom somebody searched for.
pub(crate) fn export<'a>(
    actor: &'a str,
    form: ExportForm,
    view: &View,
    table: &Table,
    columns: Columns,
) -> Action<'a> {
    Action {
        actor,
        action: ActionKind::AgendaExport,
        usuario_id: None,
        details: [
            Detail::Form.with(form.as_str()),
            Detail::What.with(view.name()),
            Detail::Rows.with(table.rows.len()),
            Detail::Examiners.with(&view.usuario_ids),
            Detail::Telephones.with(columns.telephones),
            Detail::Cpfs.with(columns.cpfs),
        ]
        .into(),
    }
}
