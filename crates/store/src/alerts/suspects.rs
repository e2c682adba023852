//! Whom the rules that go by an examiner's last run must look at. One question for all of them: mostly there is nobody,
//! and then the rules need not ask.

use std::time::Duration;

use super::evaluation::Evaluation;
use crate::StoreError;
use agendad_domain::{RecordedRule, Rule};

/// How far back each rule looks for runs of its own.
#[derive(Debug, Clone, Copy)]
pub struct Suspicion {
    pub layout: Duration,
    pub unread_rows: Duration,
    pub appointments: Duration,
    pub held_removals: Duration,
    /// Fewer removals that were held are no trouble.
    pub min_held: i64,
}

impl Evaluation {
    /// Examiners of whom a run was such as this rule tells of; a later one may have gone well. Asked once in an evaluation.
    pub async fn suspects(
        &mut self,
        rule: Rule,
        suspicion: &Suspicion,
    ) -> Result<Vec<i32>, StoreError> {
        let suspects = match self.suspects.take() {
            Some(suspects) => suspects,
            None => self.ask_for_suspects(suspicion).await?,
        };
        let of_rule = suspects.iter().filter(|(known, _)| *known == rule);
        let users = of_rule.map(|(_, usuario_id)| *usuario_id).collect();
        self.suspects = Some(suspects);
        Ok(users)
    }

    async fn ask_for_suspects(
        &mut self,
        suspicion: &Suspicion,
    ) -> Result<Vec<(RecordedRule, i32)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT 'layout' AS "rule!: RecordedRule", usuario_id AS "usuario_id!" FROM agenda_sync_runs
               WHERE started_at >= now() - make_interval(secs => $1) AND status IN ('partial', 'failed')
                 AND (error_details @> '{"kind": "layout"}' AND NOT error_details @? '$.dates[*].row'
                      OR error_details @? '$.dates[*] ? (@.kind == "layout" && !exists(@.row))')
                 AND usuario_id IS NOT NULL
               UNION
               SELECT 'unread_rows', usuario_id FROM agenda_sync_runs
               WHERE started_at >= now() - make_interval(secs => $2) AND status IN ('partial', 'failed')
                 AND error_details @? '$.dates[*].row' AND usuario_id IS NOT NULL
               UNION
               SELECT 'appointments', usuario_id FROM agenda_sync_runs
               WHERE started_at >= now() - make_interval(secs => $3)
                 AND agendad_count(error_details, 'appointments_refused') > 0 AND usuario_id IS NOT NULL
               UNION
               SELECT 'held_removals', usuario_id FROM agenda_sync_runs
               WHERE started_at >= now() - make_interval(secs => $4) AND status IN ('partial', 'failed')
                 AND agendad_count(totals, 'held') >= $5 AND usuario_id IS NOT NULL"#,
            suspicion.layout.as_secs_f64(),
            suspicion.unread_rows.as_secs_f64(),
            suspicion.appointments.as_secs_f64(),
            suspicion.held_removals.as_secs_f64(),
            suspicion.min_held,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.rule, row.usuario_id))
            .collect())
    }
}
