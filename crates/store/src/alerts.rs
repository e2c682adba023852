//! `agendad_alerts` and `agendad_alert_outbox`: which trouble is open, who was told of it, and what is still to
//! be delivered. One evaluation of the rules is in `evaluation`, what they look at in `observe` and
//! `examiners` (of those whom `suspects` names), what daemons say of themselves in `reports`, the messages' way out in `outbox`, what became of the last in `arrivals`.

pub mod arrivals;
pub mod clock;
pub mod evaluation;
pub mod examiners;
pub mod observe;
pub mod outbox;
pub mod reports;
pub mod silences;
pub mod suspects;
pub mod webhooks;
pub mod windowless;

use chrono::{DateTime, Utc};

use agendad_domain::RecordedRule;

use super::{Store, StoreError};

/// An alert in a list. Holds an examiner's name at most, never a candidate's data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AlertListed {
    pub id: i64,
    /// Which rule fired: a section of `[alerts]`.
    pub rule: RecordedRule,
    /// The examiner, if it is about one; else it is about the installation.
    pub usuario_id: Option<i32>,
    /// Their name.
    pub label: String,
    /// What was found, in Portuguese.
    pub note: String,
    /// The same in English, where that is known.
    #[serde(skip)]
    pub note_en: String,
    /// Since when the trouble has lasted.
    pub since: DateTime<Utc>,
    /// When a daemon first noticed.
    pub opened_at: DateTime<Utc>,
    /// When a message about it was last written; `None`: nobody has been told.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// How many messages have told of it.
    pub count: i32,
    /// When it was over; `None`: it is open.
    pub cleared_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The alerts that are open, the longest lasting first; with `cleared`, those that are over too,
    /// the newest of them first.
    pub async fn list_alerts(
        &self,
        cleared: bool,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<AlertListed>, StoreError> {
        let rows = sqlx::query_as!(
            AlertListed,
            r#"SELECT id, rule AS "rule: RecordedRule", usuario_id, label, note,
                      coalesce(note_en, note) AS "note_en!", since, opened_at, last_sent_at, count, cleared_at
               FROM agendad_alerts WHERE cleared_at IS NULL OR $1
               ORDER BY cleared_at DESC NULLS FIRST, since, id LIMIT $2 OFFSET $3"#,
            cleared,
            limit,
            offset,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
