//! What a database that comes out of a backup must not bring along.

use super::{Store, StoreError};

impl Store {
    /// Forgets the cookies of portal sessions: they are of another day. Whose sessions they were stays known, so that the
    /// examiner's own is not ended. How many.
    pub async fn forget_cookies(&self) -> Result<u64, StoreError> {
        let forget =
            sqlx::query!("UPDATE portal_sessions SET sealed = NULL WHERE sealed IS NOT NULL");
        Ok(forget.execute(&self.pool).await?.rows_affected())
    }

    /// Numbers on far beyond those of the time of the backup: what was told since then is known by them to others, who
    /// would take a new change, slot or message of the same number for that one.
    pub async fn leave_numbers_out(&self) -> Result<(), StoreError> {
        // A table that came with narrower numbers has no room for a gap.
        let skip = sqlx::query(
            "SELECT setval(s.seqrelid::regclass, nextval(s.seqrelid::regclass) + 10000000)
             FROM unnest(ARRAY['agenda_slot_changes', 'agenda_slots', 'agenda_sync_runs', 'agendad_alert_outbox']) AS t (name)
             JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attname = 'id' AND a.atttypid = 'bigint'::regtype
             JOIN pg_sequence s ON s.seqrelid = pg_get_serial_sequence(t.name, 'id')::regclass
             WHERE s.seqmax = 9223372036854775807",
        );
        skip.execute(&self.pool).await?;
        Ok(())
    }
}
