//! `agendad_processes`: signs of life. A process that writes its row through its pool and on its control
//! connection, and finds its own mark from the pool, can work: what it stores arrives, and its locks are on the
//! server that it writes to.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row};
use strum::{IntoStaticStr, VariantArray};

use super::connect::{Found, Server};
use super::connect_error::ConnectError;
use super::lock_space::LOCK_SPACE;
use super::pool::{DISK_FULL, READ_ONLY};
use super::waiting::within;
use super::{Store, StoreError};

/// How long a sign of life may take: a database that takes longer is no use.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How soon a server says that it has no connection to spare: it refuses before it does anything else.
const FULL_IS_SAID_WITHIN: Duration = Duration::from_secs(1);
/// Rows that are spilled to disk to see whether there is room: about a megabyte.
const SPILLED_ROWS: i32 = 75_000;

/// Why the database cannot be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DatabaseTrouble {
    /// Nobody answers, or too late, or with a failure that says nothing more.
    Away,
    /// It reads, but takes no writes: a standby, or set so.
    ReadOnly,
    DiskFull,
    /// The locks are on another server than the one that is written to.
    LocksElsewhere,
    /// It refuses what this role must be able to do.
    Refused,
    /// It answers, and a stored value keeps it from answering what was asked.
    BadValue,
}

impl DatabaseTrouble {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// What a failure means.
    #[must_use]
    pub fn of(error: &StoreError) -> Self {
        let code = match error {
            StoreError::Database(sqlx::Error::Database(error)) => error.code(),
            StoreError::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
            | StoreError::BadValue { .. } => return Self::BadValue,
            StoreError::Database(_)
            | StoreError::RunClosed { .. }
            | StoreError::CpfTaken { .. }
            | StoreError::UserRefused { .. }
            | StoreError::Encoding { .. } => None,
        };
        match code.as_deref() {
            Some(READ_ONLY) => Self::ReadOnly,
            Some(DISK_FULL) => Self::DiskFull,
            Some(code) if code.starts_with("42") || code.starts_with("28") => Self::Refused,
            // Data exceptions.
            Some(code) if code.starts_with("22") => Self::BadValue,
            Some(_) | None => Self::Away,
        }
    }

    /// In a few words, without details: everybody may read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Away => "does not answer",
            Self::ReadOnly => "takes no writes (a standby, or set to read-only)",
            Self::DiskFull => "its disk is full",
            Self::LocksElsewhere => "the locks are on another server than the data",
            Self::Refused => "refuses this role's writes (see agendad check)",
            Self::BadValue => "holds a value that cannot be read (see the log)",
        }
    }

    /// The stable text form, as metrics name it.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }
}

/// How the server stands, by a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerState {
    /// Which it is.
    pub server: Server,
    /// Neither a standby nor set to read-only.
    pub takes_writes: bool,
    /// The time by its clock.
    pub now: DateTime<Utc>,
}

/// A sign of life through the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// Who took it.
    pub server: Server,
    /// Whether this process's mark is on that server too.
    pub mark_is_here: bool,
    /// When, by that server's clock.
    pub at: DateTime<Utc>,
}

/// A process that has given no sign of life for long, and whose control connection the server still has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentProcess {
    /// Its name.
    pub instance: String,
    /// When it gave the last one, by the database's clock.
    pub last_sign: DateTime<Utc>,
}

impl Store {
    /// Processes but for `instance` whose last sign of life is older than `age`, and which hold their mark all the same. A command of
    /// an earlier release gives one sign only, of both kinds at once: it may be at work.
    pub async fn silent_processes(
        &self,
        instance: &str,
        age: Duration,
    ) -> Result<Vec<SilentProcess>, StoreError> {
        let silent = sqlx::query_as!(
            SilentProcess,
            r#"SELECT p.instance, greatest(p.beat_at, p.locks_at) AS "last_sign!"
               FROM agendad_processes p
               WHERE p.instance <> $1 AND p.beat_at <> p.locks_at AND greatest(p.beat_at, p.locks_at) < now() - make_interval(secs => $2)
                 AND EXISTS (SELECT FROM pg_locks l
                             WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid::bigint = $3
                               AND l.objid::bigint = hashtext(p.instance)::bigint & 4294967295
                               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"#,
            instance,
            age.as_secs_f64(),
            i64::from(LOCK_SPACE),
        );
        Ok(silent.fetch_all(&self.pool).await?)
    }

    /// The last sign of life of any process but this one, or run of one: by it, a clock that is ahead when a process
    /// starts is known.
    pub async fn last_sign_of_others(
        &self,
        instance: &str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let last = sqlx::query_scalar!(
            "SELECT greatest((SELECT max(beat_at) FROM agendad_processes WHERE instance <> $1),
                             (SELECT max(started_at) FROM agenda_sync_runs WHERE instance IS DISTINCT FROM $1))",
            instance,
        );
        Ok(last.fetch_one(&self.pool).await?)
    }

    /// Writes this process's row through the pool, and tries for room on the disk as [`Store::try_for_room`] does.
    /// `now` is the time by this machine's clock.
    ///
    /// # Errors
    /// [`StoreError::Database`], also when there is no answer within five seconds.
    pub async fn sign_of_life(
        &self,
        instance: &str,
        now: DateTime<Utc>,
    ) -> Result<Sign, StoreError> {
        let sign = sqlx::query!(
            r#"WITH beat AS (
                   INSERT INTO agendad_processes AS p (instance, server_started_at, clock_ahead)
                   VALUES ($1, pg_postmaster_start_time(), extract(epoch FROM $3::timestamptz - clock_timestamp()))
                   ON CONFLICT (instance) DO UPDATE
                   SET beat_at = clock_timestamp(), clock_ahead = excluded.clock_ahead
               ), memory AS MATERIALIZED (SELECT set_config('work_mem', '64kB', true) AS set)
               SELECT (SELECT count(*) FROM memory, LATERAL generate_series(1, $4::int + 0 * length(memory.set)) AS row)
                          AS "rows!", pg_postmaster_start_time() AS "server!", clock_timestamp() AS "at!",
                      EXISTS (SELECT FROM pg_locks
                              WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = $2
                                AND objid::bigint = hashtext($1)::bigint & 4294967295
                                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                          AS "mark_is_here!""#,
            instance,
            i64::from(LOCK_SPACE),
            now,
            SPILLED_ROWS,
        );
        let sign = within(TIMEOUT, sign.fetch_one(&self.pool)).await?;
        Ok(Sign {
            server: Server(sign.server),
            mark_is_here: sign.mark_is_here,
            at: sign.at,
        })
    }

    /// How the server stands to which the pool leads.
    pub async fn server_state(&self) -> Result<ServerState, StoreError> {
        let state = sqlx::query!(
            r#"SELECT pg_postmaster_start_time() AS "server!", clock_timestamp() AS "now!",
                      NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS "takes_writes!""#
        );
        let state = within(TIMEOUT, state.fetch_one(&self.pool)).await?;
        Ok(ServerState {
            server: Server(state.server),
            takes_writes: state.takes_writes,
            now: state.now,
        })
    }

    /// Whether there is room on the server's disk. A full disk goes on taking small writes for a while, until a
    /// table must grow; so this writes a megabyte to a temporary file, which goes away at once.
    pub async fn try_for_room(&self) -> Result<(), StoreError> {
        // With the smallest memory for this statement the rows do not fit in, wherever the setting stands else.
        let spill = sqlx::query_scalar!(
            r#"WITH memory AS MATERIALIZED (SELECT set_config('work_mem', '64kB', true) AS set)
               SELECT count(*) AS "rows!"
               FROM memory, LATERAL generate_series(1, $1::int + 0 * length(memory.set)) AS row"#,
            SPILLED_ROWS,
        );
        within(TIMEOUT, spill.fetch_one(&self.pool)).await?;
        Ok(())
    }

    /// Looks over a connection of its own where the address leads now. Where that is another server than
    /// `present`, and takes writes, the pool's connections are left behind; returns whether that is so.
    ///
    /// # Errors
    /// [`ConnectError`] if no new connection can be made.
    pub async fn follow_address(&self, present: Server) -> Result<bool, ConnectError> {
        // A socket leads to this machine's server, which may be another one only when this one has ended.
        let Some(address) = self.pool.address().filter(|address| !address.is_local()) else {
            return Ok(false);
        };
        let Found {
            options,
            server,
            takes_writes,
        } = address.best().await?;
        let has_moved = takes_writes && server != present;
        if has_moved {
            self.pool.set_connect_options(options);
            self.pool.renew();
        }
        Ok(has_moved)
    }

    /// Leaves the pool's present connections behind; new ones lead to the host that takes writes, if there is
    /// one.
    ///
    /// # Errors
    /// [`ConnectError`] if no new connection can be made.
    pub async fn renew_pool(&self) -> Result<(), ConnectError> {
        self.pool.renew();
        if let Some(address) = self.pool.address() {
            let found = address.best().await?;
            self.pool.set_connect_options(found.options);
        }
        Ok(())
    }

    /// The same where the present connections may be good, unless the server has none to spare: they would be thrown away
    /// for nothing.
    ///
    /// # Errors
    /// [`ConnectError`] if no new connection can be made.
    pub async fn renew_doubtful_pool(&self) -> Result<(), ConnectError> {
        if let Some(address) = self.pool.address()
            && let Ok(Err(error)) = tokio::time::timeout(FULL_IS_SAID_WITHIN, address.best()).await
            && error.is_full()
        {
            return Err(error);
        }
        self.renew_pool().await
    }

    /// Closes the pool's idle connections but for a few, where there is little to do.
    pub async fn rest_connections(&self) {
        self.pool.rest(usize::MAX).await;
    }

    /// Closes one of the pool's idle connections, if there are more than a few: those of a burst go one by one, though
    /// there is always something to do.
    pub async fn rest_one_connection(&self) {
        self.pool.rest(1).await;
    }

    /// Waits until a statement was refused because the server takes no writes, or has no room.
    pub async fn write_refused(&self) {
        self.pool.refused().await;
    }

    /// Waits until a connection does not answer any more and all were left behind: whoever waits on one of theirs must
    /// give it up.
    pub async fn fell_silent(&self) {
        self.pool.fell_silent().await;
    }

    /// Forgets processes that have given no sign of life for a day.
    pub async fn forget_dead_processes(&self) -> Result<u64, StoreError> {
        let gone = sqlx::query!(
            "DELETE FROM agendad_processes
             WHERE greatest(beat_at, locks_at) NOT BETWEEN now() - interval '1 day' AND now() + interval '1 day'",
        );
        Ok(gone.execute(&self.pool).await?.rows_affected())
    }
}

/// Writes a process's row on its control connection: it can write too, and this is its server.
///
/// # Errors
/// What the server says, [`READ_ONLY`] for one.
pub(super) async fn sign_on(
    connection: &mut PgConnection,
    instance: &str,
) -> Result<Server, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO agendad_processes (instance, server_started_at) VALUES ($1, pg_postmaster_start_time())
         ON CONFLICT (instance) DO UPDATE SET server_started_at = excluded.server_started_at, locks_at = clock_timestamp()
         RETURNING server_started_at",
    )
    .bind(instance)
    .fetch_one(connection)
    .await?;
    Ok(Server(row.try_get(0)?))
}
