//! Tables that have just begun to fill, on a new installation: a plan made while a table was empty scans it,
//! and is kept until the table's statistics are gathered. The server does that within a minute or so; the
//! first day's syncs of a thousand examiners should not have to wait for it.

use sqlx::AssertSqlSafe;

use super::pool::is_outdated_statement;
use super::{Store, StoreError};

/// Below so many rows a scan is no worse than an index.
const ROWS: i64 = 500;

/// What is known of the daemon's tables.
#[derive(Debug, Default)]
pub struct Statistics {
    /// The tables whose statistics were gathered now.
    pub gathered: Vec<String>,
    /// How many tables have statistics, these included.
    pub tables: usize,
}

impl Store {
    /// Gathers the statistics of those of the daemon's tables that have rows by now and never had any
    /// gathered, so that statements are planned anew. Does nothing where another
    /// role owns them: then it is for that role's server settings to see to it.
    pub async fn analyze_young_tables(&self) -> Result<Statistics, StoreError> {
        let tables = sqlx::query!(
            r#"SELECT format('%I.%I', s.schemaname, s.relname) AS "name!", known AS "known!"
               FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
                    CROSS JOIN LATERAL (SELECT coalesce(s.last_analyze, s.last_autoanalyze) IS NOT NULL AS known) k
               WHERE s.relid IN (SELECT to_regclass(name) FROM unnest(ARRAY['agenda_slots', 'agenda_slot_changes',
                          'agenda_sync_runs', 'agendamentos', 'sync_schedules', 'portal_sessions', 'portal_units',
                          'river.river_job']) AS t (name))
                 AND (known OR s.n_live_tup >= $1 AND pg_has_role(c.relowner, 'USAGE'))"#,
            ROWS
        )
        .fetch_all(&self.pool)
        .await?;
        let mut statistics = Statistics {
            tables: tables.len(),
            ..Statistics::default()
        };
        for table in tables.into_iter().filter(|table| !table.known) {
            // From the catalogue, and quoted there.
            let analyze = AssertSqlSafe(format!("ANALYZE {}", table.name));
            sqlx::query(analyze).execute(&self.pool).await?;
            statistics.gathered.push(table.name);
        }
        Ok(statistics)
    }

    /// Has statements planned by what is known of the tables now: for when statistics were gathered of one that had none.
    pub fn plan_anew(&self) {
        self.pool.plan_anew();
    }

    /// The same where a statement of a transaction failed because a column's type has changed, before the whole is tried
    /// again: the pool sees only statements outside of one.
    pub fn plan_anew_after(&self, error: &StoreError) {
        if let StoreError::Database(error) = error
            && is_outdated_statement(error)
        {
            self.plan_anew();
        }
    }
}
