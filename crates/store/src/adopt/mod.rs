//! Moving into the earlier system's database: its slots get the daemon's identities and are linked to
//! their appointments; no row is lost. What is to be done is planned in `plan`; the columns it needs
//! are made by the migrations.
//!
//! The rows that are still to be adopted are those with `uid_version = 0`, the column's default. So it
//! can be run again, finds at once that nothing is left to do, and also finds what the earlier system
//! writes while both are in service: [`Store::start_run`] looks for such rows of its user.

pub mod claim;
mod plan;

use std::collections::HashSet;

use futures::TryStreamExt;
use sqlx::PgConnection;

use super::control::USER_LOCK_BASE;
use super::{Store, StoreError};
use plan::{LegacySlot, Plan, Rewrite};

pub use plan::Counts;

/// Rows written by one statement.
const BATCH: usize = 5000;

/// A slot of a row: both questions for such rows have a type of their own, of the same columns.
macro_rules! legacy_slot {
    ($row:ident) => {
        LegacySlot {
            id: $row.id,
            source: $row.source,
            external_uid: $row.external_uid,
            unit: $row.unidade_code,
            servico: $row.servico_code,
            date: $row.data,
            time: $row.hora,
            cpf: $row.cpf,
            last_seen_at: $row.last_seen_at,
            payload: $row.payload,
            appointment: $row.appointment,
            points: $row.agendamento_id.is_some(),
            match_of: $row.match_of,
        }
    };
}

impl Store {
    /// Adopts everything that the earlier system left. The caller holds the lock of the migrations.
    pub(super) async fn adopt(&self) -> Result<Counts, StoreError> {
        let mut tx = self.begin_long().await?;
        let mut counts = find_owners(&mut tx).await?;
        let users = sqlx::query_scalar!(
            r#"SELECT DISTINCT usuario_id AS "usuario_id!" FROM agenda_slots
               WHERE uid_version = 0 AND usuario_id IS NOT NULL ORDER BY 1"#
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        for usuario_id in users {
            let mut tx = self.begin_long().await?;
            // Whoever synchronises a user holds this lock: the earlier system, and any daemon.
            let free = sqlx::query_scalar!(
                r#"SELECT pg_try_advisory_xact_lock($1) AS "free!""#,
                USER_LOCK_BASE + i64::from(usuario_id)
            )
            .fetch_one(&mut *tx)
            .await?;
            if free {
                counts += adopt_user(&mut tx, usuario_id).await?;
            } else {
                counts.users_busy += 1;
            }
            tx.commit().await?;
        }
        let mut tx = self.begin_long().await?;
        counts.runs_closed = close_all_dead_runs(&mut tx).await?;
        tx.commit().await?;
        let mut tx = self.begin_long().await?;
        settle_statuses_of_runs(&mut tx).await?;
        tx.commit().await?;
        Ok(counts)
    }

    /// Adopts the slots of one user, whose lock the caller holds. Waits ten seconds for whoever has one of them open.
    pub async fn adopt_locked(&self, usuario_id: i32) -> Result<Counts, StoreError> {
        let mut tx = self.begin_long().await?;
        sqlx::query!("SET LOCAL lock_timeout = '10s'")
            .execute(&mut *tx)
            .await?;
        let counts = adopt_user(&mut tx, usuario_id).await?;
        tx.commit().await?;
        Ok(counts)
    }

    /// What [`Store::adopt`] would do. Reads only, and works before the migrations as well as after.
    pub(super) async fn survey(&self) -> Result<Counts, StoreError> {
        let mut tx = self.begin_survey().await?;
        if !has_tables(&mut tx).await? {
            return Ok(Counts::default());
        }
        let mut other = self.begin_long().await?;
        let mut counts = Counts::default();
        let mut rows = sqlx::query_file!("src/sql/adopt_survey.sql").fetch(&mut *tx);
        let (mut owner, mut slots) = (None, Vec::new());
        while let Some(row) = rows.try_next().await? {
            counts.owners_found += u64::from(row.owner_found);
            if row.owner != owner {
                counts += survey_user(&mut other, owner, std::mem::take(&mut slots)).await?;
                owner = row.owner;
            }
            slots.push(legacy_slot!(row));
        }
        drop(rows);
        counts += survey_user(&mut other, owner, slots).await?;
        counts.runs_closed = dead_runs(&mut tx).await?;
        other.rollback().await?;
        tx.rollback().await?;
        Ok(counts)
    }
}

/// Gives slots without a user to the one whose appointment they point to, else to the only account
/// there is; what is nobody's stays so.
async fn find_owners(conn: &mut PgConnection) -> Result<Counts, StoreError> {
    let found = sqlx::query!(
        "UPDATE agenda_slots a SET usuario_id = o.usuario_id
         FROM (SELECT s.id, coalesce(g.usuario_id, sole.usuario_id) AS usuario_id
               FROM agenda_slots s
               LEFT JOIN agendamentos g ON g.id = s.agendamento_id
               LEFT JOIN (SELECT min(usuario_id) AS usuario_id FROM configuracoes_detran
                          HAVING count(*) = 1) sole ON TRUE
               WHERE s.uid_version = 0 AND s.usuario_id IS NULL) o
         WHERE a.id = o.id AND o.usuario_id IS NOT NULL"
    )
    .execute(&mut *conn)
    .await?;
    let nobodys = sqlx::query!(
        "UPDATE agenda_slots
         SET uid_version = 2, is_current = is_current AND status <> 'removed',
             status = CASE WHEN status IN ('available', 'booked', 'removed') THEN status
                           WHEN is_current THEN 'available' ELSE 'removed' END
         WHERE uid_version = 0 AND usuario_id IS NULL"
    )
    .execute(conn)
    .await?;
    Ok(Counts {
        owners_found: found.rows_affected(),
        unidentified: nobodys.rows_affected(),
        ..Counts::default()
    })
}

/// Closes the runs that are `running` although nobody holds their user's lock: their process is gone.
async fn close_all_dead_runs(conn: &mut PgConnection) -> Result<u64, StoreError> {
    // A run that ends meanwhile is not `running` any more when its row is looked at again.
    let closed = sqlx::query!(
        "UPDATE agenda_sync_runs r
         SET status = 'failed', finished_at = now(), error = 'the process that ran it died',
             error_details = jsonb_build_object('kind', 'orphaned')
         FROM (SELECT DISTINCT usuario_id FROM agenda_sync_runs WHERE status = 'running' OFFSET 0) u
         WHERE r.status = 'running' AND r.usuario_id IS NOT DISTINCT FROM u.usuario_id
           AND CASE WHEN u.usuario_id IS NULL
                    THEN coalesce(r.started_at, '-infinity') < now() - interval '1 day'
                    ELSE pg_try_advisory_xact_lock($1::bigint + u.usuario_id) END",
        USER_LOCK_BASE
    )
    .execute(conn)
    .await?;
    Ok(closed.rows_affected())
}

/// A status of the earlier system that is none of ours did not end well. What it was stays in the details.
async fn settle_statuses_of_runs(conn: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE agenda_sync_runs
         SET status = 'failed',
             error_details = CASE WHEN jsonb_typeof(error_details) = 'object' THEN error_details ELSE '{}' END
                             || jsonb_build_object('status', status)
         WHERE status NOT IN ('running', 'success', 'partial', 'failed')"
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Rewrites the slots of one user within the caller's transaction.
async fn adopt_user(conn: &mut PgConnection, usuario_id: i32) -> Result<Counts, StoreError> {
    let slots = sqlx::query_file!("src/sql/adopt_rows.sql", usuario_id)
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .map(|row| legacy_slot!(row))
        .collect();
    let plan = plan(conn, Some(usuario_id), slots).await?;
    sqlx::query!(
        "UPDATE agenda_slots SET external_uid = 'adopting|' || id WHERE id = ANY ($1)",
        &plan.let_go
    )
    .execute(&mut *conn)
    .await?;
    for batch in plan.rewrites.chunks(BATCH) {
        write(conn, batch).await?;
    }
    Ok(plan.counts)
}

async fn survey_user(
    conn: &mut PgConnection,
    owner: Option<i32>,
    slots: Vec<LegacySlot>,
) -> Result<Counts, StoreError> {
    Ok(plan(conn, owner, slots).await?.counts)
}

/// Plans for one user, knowing which of the identities other rows hold.
async fn plan(
    conn: &mut PgConnection,
    usuario_id: Option<i32>,
    slots: Vec<LegacySlot>,
) -> Result<Plan, StoreError> {
    let identities: Vec<String> = slots
        .iter()
        .filter_map(|s| s.identity(usuario_id))
        .collect();
    let ids: Vec<i64> = slots.iter().map(|slot| slot.id).collect();
    let holders: HashSet<String> = sqlx::query_scalar!(
        "SELECT external_uid FROM agenda_slots
         WHERE source = 'DETRAN' AND external_uid = ANY ($1) AND id <> ALL ($2)",
        &identities,
        &ids,
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .collect();
    Ok(plan::plan(usuario_id, slots, &holders))
}

async fn write(conn: &mut PgConnection, rewrites: &[Rewrite]) -> Result<(), StoreError> {
    let ids: Vec<i64> = rewrites.iter().map(|r| r.id).collect();
    let uids: Vec<String> = rewrites.iter().map(|r| r.external_uid.clone()).collect();
    let versions: Vec<i16> = rewrites.iter().map(|r| r.uid_version as i16).collect();
    let hashes: Vec<Option<String>> = rewrites.iter().map(|r| r.content_hash.clone()).collect();
    let aside: Vec<Option<String>> = rewrites.iter().map(|r| r.set_aside.clone()).collect();
    let appointments: Vec<Option<i32>> = rewrites.iter().map(|r| r.appointment).collect();
    let linked: Vec<bool> = rewrites.iter().map(|r| r.is_linked).collect();
    sqlx::query_file!(
        "src/sql/adopt_write.sql",
        &ids,
        &uids,
        &versions,
        &hashes as _,
        &aside as _,
        &appointments as _,
        &linked,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether there is anything to adopt from.
async fn has_tables(conn: &mut PgConnection) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) = 4 AS "all!" FROM unnest(
               ARRAY['agenda_slots', 'agendamentos', 'configuracoes_detran', 'agenda_sync_runs']) AS t (name)
           WHERE to_regclass(t.name) IS NOT NULL"#
    );
    Ok(found.fetch_one(conn).await?)
}

/// How many runs nobody runs any more: those of users whose lock nobody holds.
async fn dead_runs(conn: &mut PgConnection) -> Result<u64, StoreError> {
    let dead = sqlx::query_scalar!(
        r#"SELECT count(*) AS "dead!" FROM agenda_sync_runs r
           WHERE r.status = 'running' AND CASE
               WHEN r.usuario_id IS NULL THEN coalesce(r.started_at, '-infinity') < now() - interval '1 day'
               ELSE NOT EXISTS (
                   SELECT FROM pg_locks l
                   WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objsubid = 1
                     AND l.objid::bigint = $1::bigint + r.usuario_id
                     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) END"#,
        USER_LOCK_BASE
    )
    .fetch_one(conn)
    .await?;
    Ok(dead.unsigned_abs())
}
