//! What each connection of ours is told before it is used.

use sqlx::PgConnection;

/// Settings of a session, whatever the server, the database or the role say.
///
/// With the first four the server notices within a minute that our machine, or the way to it, has vanished without a
/// word: left to itself it may keep our locks, our mark and our place among its connections for hours; they mean
/// nothing where no network lies between. With the fifth it notices within seconds that nobody waits for a statement
/// any more: else a table that somebody locks for an hour gathers a connection for each statement given up, until
/// nobody gets one. The others decide what our statements mean, and that a connection may wait for its next one.
///
/// Plans of ours are not compiled: the days of some hundred examiners are known in 25 ms, and compiling what finds them
/// takes seconds, each time anew.
///
/// What protects the server (time-outs of statements, memory, read-only) stays as its administrator has set it. A
/// setting that the server does not know, being older, is none; servers elsewhere than on Linux may refuse the fifth.
const TELL: &str = "SELECT set_config(ours.name, ours.value, false)
    FROM (VALUES ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '4'),
                 ('tcp_user_timeout', '60000'),
                 ('client_connection_check_interval', '5s'),
                 ('idle_session_timeout', '0'),
                 ('default_transaction_isolation', 'read committed'), ('default_transaction_deferrable', 'off'),
                 ('jit', 'off'),
                 ('standard_conforming_strings', 'on'), ('array_nulls', 'on'), ('transform_null_equals', 'off'),
                 ('IntervalStyle', 'postgres'), ('bytea_output', 'hex')) AS ours (name, value)
    WHERE current_setting(ours.name, true) IS NOT NULL
      AND (ours.name <> 'client_connection_check_interval' OR version() LIKE '%linux%')";

/// Tells them. A simple statement: nothing is left behind in a pooler but the settings, which do no harm there.
///
/// # Errors
/// Those of the connection.
pub(super) async fn tell(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TELL).execute(connection).await.map(drop)
}
