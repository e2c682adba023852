//! A run that a person asked for is written down in the audit table: who, for whom, which days.

use serde_json::json;

use super::{RunReport, SyncRequest, Syncer};
use crate::store::StoreError;
use crate::store::audit::Action;

impl Syncer {
    /// Writes down who asked for a run that has taken place.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn write_down(
        &self,
        request: &SyncRequest,
        report: &RunReport,
        actor: &str,
    ) -> Result<(), StoreError> {
        let action = Action {
            actor,
            action: "sync",
            usuario_id: Some(request.usuario_id),
            details: json!({
                "run": report.run_id, "start": request.from, "end": request.to, "status": report.status,
            }),
        };
        self.store.record_action(&action).await
    }
}
