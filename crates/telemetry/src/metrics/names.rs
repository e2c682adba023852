//! Every metric, in the order of a run's story. `docs/metrics.md` is this list for readers, kept equal by a
//! test. What a process counts begins at zero with the process; what is marked "of the installation" is
//! read from the database, so every daemon shows the same: take the maximum, not the sum.

use super::meter::{Counter, Described, Gauge, Histogram};

/// From a request to a step of a run: milliseconds to a minute.
const REQUEST: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0];
/// Steps: the fast ones are the database's.
const STEP: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];
/// Runs, up to beyond the default time-out.
const RUN: &[f64] = &[
    0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 180.0, 300.0,
];
/// From a tick to its run: the splay, and beyond it what is amiss.
const LAG: &[f64] = &[
    0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 75.0, 90.0, 120.0, 300.0, 900.0, 3600.0,
];

/// Which version runs.
pub static BUILD_INFO: Gauge<1> = Gauge::new(
    "agendad_build_info",
    &["version"],
    "Always 1; the label says which version runs.",
);

/// Ticks that became a job.
pub static TICKS_QUEUED: Counter<1> = Counter::new(
    "agendad_ticks_queued_total",
    &["window"],
    "Ticks of an examiner and window that this process put into the queue.",
);
/// Ticks that found the one before still waiting.
pub static TICKS_MERGED: Counter<1> = Counter::new(
    "agendad_ticks_merged_total",
    &["window"],
    "Ticks that found the previous one still waiting or running, and became part of it.",
);
/// Ticks that had their run.
pub static TICKS_RUN: Counter<1> = Counter::new(
    "agendad_ticks_run_total",
    &["window"],
    "Ticks that ended as a run, whatever its result.",
);
/// Ticks that come again a little later.
pub static TICKS_PUT_OFF: Counter<2> = Counter::new(
    "agendad_ticks_put_off_total",
    &["window", "reason"],
    "How often a tick went back to the queue: busy (another sync of the examiner), breaker (the portal rests), firewall (it turned this process away), lock_lost, cancelled, database, no_window (not configured here, perhaps elsewhere), stopped (the daemon stops). Not an end: the tick comes again.",
);
/// Ticks that had no run.
pub static TICKS_REFUSED: Counter<2> = Counter::new(
    "agendad_ticks_refused_total",
    &["window", "reason"],
    "Ticks that ended without a run: paused, inactive, not_scheduled, no_account, unreadable (the account's row), done (the tick has had its run), no_window (no longer configured).",
);
/// How late runs start.
pub static START_LAG: Histogram<1> = Histogram::new(
    "agendad_run_start_lag_seconds",
    &["window"],
    LAG,
    "From the nominal time of a tick to the start of its run; scheduler.splay is part of it.",
);

/// Runs that ended.
pub static RUNS: Counter<3> = Counter::new(
    "agendad_runs_total",
    &["window", "result", "kind"],
    "Runs that ended, by window (none: a range of dates that a person asked for), result (success, partial, failed) and kind of failure (none: no failure).",
);
/// How long they took.
pub static RUN_DURATION: Histogram<2> = Histogram::new(
    "agendad_run_duration_seconds",
    &["window", "result"],
    RUN,
    "From the start of a run to its record.",
);
/// Runs at this moment.
pub static RUNS_IN_PROGRESS: Gauge<0> = Gauge::new(
    "agendad_runs_in_progress",
    &[],
    "Runs of this process at this moment.",
);
/// Where the time goes.
pub static STEP_DURATION: Histogram<1> = Histogram::new(
    "agendad_step_duration_seconds",
    &["step"],
    STEP,
    "Duration of a step of a run: lock, session, scrape (one request for dates or a day), upsert (one day stored), mark_removed (vacant days stored), record_run.",
);
/// Days of a unit, one by one.
pub static READINGS: Counter<1> = Counter::new(
    "agendad_readings_total",
    &["result"],
    "Days of a unit that runs asked for: stored, failed (not read), incomplete (stored, with rows that could not be read).",
);
/// What became of slots.
pub static SLOTS: Counter<2> = Counter::new(
    "agendad_slots_total",
    &["window", "change"],
    "Slots that runs handled, by what became of them: inserted, updated, unchanged, removed, held (removal held back by the guard).",
);
/// What became of appointments.
pub static APPOINTMENTS: Counter<1> = Counter::new(
    "agendad_appointments_total",
    &["change"],
    "Appointments of the application: created, linked, cancelled.",
);

/// Requests to the portal.
pub static PORTAL_REQUESTS: Counter<2> = Counter::new(
    "agendad_portal_requests_total",
    &["kind", "status"],
    "Requests to the portal, repetitions and redirects included, by what was asked for (entry, agenda, login, choice, search, dates, day, logout) and what came: an HTTP status, or network, timeout, cut, too_large.",
);
/// How long the portal takes.
pub static PORTAL_REQUEST_DURATION: Histogram<1> = Histogram::new(
    "agendad_portal_request_duration_seconds",
    &["kind"],
    REQUEST,
    "From sending a request to the last byte of its answer; pauses and the wait for a connection are not part of it.",
);
/// Requests sent again.
pub static PORTAL_RETRIES: Counter<1> = Counter::new(
    "agendad_portal_retries_total",
    &["kind"],
    "Requests that were repeated, by the kind of failure before: network, timeout, unavailable.",
);
/// Passwords posted.
pub static LOGINS: Counter<1> = Counter::new(
    "agendad_logins_total",
    &["result"],
    "Passwords posted to the portal: accepted, refused, blocked, failed (no verdict).",
);
/// How conversations opened.
pub static SESSIONS_OPENED: Counter<1> = Counter::new(
    "agendad_sessions_opened_total",
    &["how"],
    "Conversations with the portal that have ended, by how they opened: reused (a kept session was honoured), login, failed.",
);
/// The breaker, now.
pub static BREAKER_STATE: Gauge<1> = Gauge::new(
    "agendad_portal_breaker_state",
    &["state"],
    "1 for the state of this process's circuit breaker: closed, half_open (one request tries the portal out), open (the portal rests).",
);
/// How often it opened.
pub static BREAKER_OPENED: Counter<0> = Counter::new(
    "agendad_portal_breaker_opened_total",
    &[],
    "How often the circuit breaker opened, or stayed open after a failed try.",
);

/// Exam statuses that nobody knows.
pub static UNKNOWN_STATUSES: Counter<0> = Counter::new(
    "agendad_exam_statuses_unknown_total",
    &[],
    "Exam statuses, each counted once for each day that was read with it, that portal.profile.closing_statuses and open_statuses do not name.",
);

/// How often the firewall turned this process away.
pub static FIREWALL: Counter<0> = Counter::new(
    "agendad_portal_firewall_total",
    &[],
    "How often the portal's firewall turned this process away, by its page or by resetting connections; a rest follows.",
);
/// Whether it turns this process away, now.
pub static FIREWALL_RESTING: Gauge<0> = Gauge::new(
    "agendad_portal_firewall_resting",
    &[],
    "1 while the portal's firewall turns this process away: it leaves the portal alone, or is about to try with one run; 0 from the portal's next answer on.",
);

/// Whether cookies can be kept.
pub static SESSION_STORE_UP: Gauge<1> = Gauge::new(
    "agendad_session_store_up",
    &["store"],
    "1 if the store of portal sessions can be used: postgres, memory, redis. At 0 the database keeps them instead.",
);
/// Cookies that are kept.
pub static SESSIONS_CACHED: Gauge<1> = Gauge::new(
    "agendad_sessions_cached",
    &["store"],
    "Portal sessions that this process keeps in its memory for the next run, copies of shared ones included.",
);

/// Connections to the database.
pub static DATABASE_CONNECTIONS: Gauge<1> = Gauge::new(
    "agendad_database_connections",
    &["state"],
    "Connections of this process's pool: in_use, idle.",
);
/// How many there may be.
pub static DATABASE_CONNECTIONS_MAX: Gauge<0> = Gauge::new(
    "agendad_database_connections_max",
    &[],
    "How many connections the pool may open.",
);
/// Whether the database answers.
pub static DATABASE_UP: Gauge<0> = Gauge::new(
    "agendad_database_up",
    &[],
    "1 if the database answered the last look for this page, at most 10 s ago and within 2 s. While it is 0, what is read from the database is not a number (NaN).",
);
/// What keeps this process from working with its database.
pub static DATABASE_TROUBLE: Gauge<1> = Gauge::new(
    "agendad_database_trouble",
    &["trouble"],
    "1 for what keeps this process from working with its database, by what it tried within the last seconds: away (no answer), read_only (a standby, or set so), disk_full, locks_elsewhere (its locks are on another server than its data), refused (missing rights), bad_value (a stored value that it cannot read). All 0: it can write, and its locks are where it writes.",
);
/// How often its connections were left behind.
pub static DATABASE_RENEWED: Counter<0> = Counter::new(
    "agendad_database_renewed_total",
    &[],
    "How often this process left its connections to the database behind, because the server took no writes, did not answer, or was no longer the one to which the address leads.",
);
/// Times that a clock which was ahead has left behind.
pub static FUTURE_TIMES: Counter<1> = Counter::new(
    "agendad_future_times_taken_back_total",
    &["what"],
    "Rows whose times lay more than a minute ahead of the database's clock and were taken back to now by this process: schedules, runs, pauses, alerts, calendars, jobs.",
);

/// When the newest good backup was made.
pub static BACKUP_LAST: Gauge<0> = Gauge::new(
    "agendad_backup_last_timestamp_seconds",
    &[],
    "When the newest good backup in the directory of this process was made; absent until there is one, and where it makes none; not a number (NaN) once that was switched off.",
);
/// Backups made and verified.
pub static BACKUPS: Counter<2> = Counter::new(
    "agendad_backups_total",
    &["step", "result"],
    "Backups that this process made (step make) or put back into a throw-away server (step verify), by result (done, failed).",
);

/// Jobs in the queue.
pub static QUEUE_JOBS: Gauge<1> = Gauge::new(
    "agendad_queue_jobs",
    &["state"],
    "Jobs of the installation: available (due), scheduled (not yet due, or put off), running, retryable, discarded (their process died too often).",
);
/// How long the oldest due job has waited.
pub static QUEUE_OLDEST_DUE: Gauge<0> = Gauge::new(
    "agendad_queue_oldest_due_seconds",
    &[],
    "How long the oldest due job of the installation has waited; 0 if none is due.",
);
/// Workers of this process.
pub static WORKERS: Gauge<0> = Gauge::new(
    "agendad_workers",
    &[],
    "Examiners that this process may synchronise at once; 0 with --no-work.",
);

/// Accounts by state.
pub static ACCOUNTS: Gauge<1> = Gauge::new(
    "agendad_accounts",
    &["state"],
    "Accounts of the installation: scheduled, paused, off (switched off, or not automatic).",
);
/// Paused accounts by reason.
pub static ACCOUNTS_PAUSED: Gauge<1> = Gauge::new(
    "agendad_accounts_paused",
    &["reason"],
    "Paused accounts of the installation: refused, blocked, change_password, unexplained, captcha, duplicate_cpf, manual, other.",
);
/// When a window last succeeded for anybody.
pub static LAST_SUCCESS: Gauge<1> = Gauge::new(
    "agendad_last_success_timestamp_seconds",
    &["window"],
    "When a run last read all days of the window, of whichever examiner; absent until the first one.",
);
/// Whose agenda is too old.
pub static EXAMINERS_OVERDUE: Gauge<1> = Gauge::new(
    "agendad_examiners_overdue",
    &["window"],
    "Scheduled examiners of the installation without a success for alerts.stale.intervals ticks of the window; paused ones are not among them.",
);

/// Whether operators can be told.
pub static ALERT_DELIVERIES: Counter<2> = Counter::new(
    "agendad_alert_deliveries_total",
    &["channel", "result"],
    "Deliveries of alerts that this process tried, by channel (slack, email, ntfy, telegram, webhook) and result (sent, failed); one that failed is tried again.",
);

/// Whether other systems can be told.
pub static WEBHOOK_DELIVERIES: Counter<1> = Counter::new(
    "agendad_webhook_deliveries_total",
    &["result"],
    "Changes of slots that this process sent to other systems, by result: sent, failed (tried again), given_up (not taken for webhooks.give_up_after).",
);
/// How far they are behind.
pub static WEBHOOK_BACKLOG: Gauge<0> = Gauge::new(
    "agendad_webhook_backlog_age_seconds",
    &[],
    "For how long the oldest change that an address in use has not taken has waited; of the installation. 0 where webhooks are switched off.",
);

/// All of them, in this order.
pub static ALL: &[&Described] = &[
    BUILD_INFO.described(),
    TICKS_QUEUED.described(),
    TICKS_MERGED.described(),
    TICKS_RUN.described(),
    TICKS_PUT_OFF.described(),
    TICKS_REFUSED.described(),
    START_LAG.described(),
    RUNS.described(),
    RUN_DURATION.described(),
    RUNS_IN_PROGRESS.described(),
    STEP_DURATION.described(),
    READINGS.described(),
    SLOTS.described(),
    APPOINTMENTS.described(),
    PORTAL_REQUESTS.described(),
    PORTAL_REQUEST_DURATION.described(),
    PORTAL_RETRIES.described(),
    LOGINS.described(),
    SESSIONS_OPENED.described(),
    BREAKER_STATE.described(),
    BREAKER_OPENED.described(),
    UNKNOWN_STATUSES.described(),
    FIREWALL.described(),
    FIREWALL_RESTING.described(),
    SESSION_STORE_UP.described(),
    SESSIONS_CACHED.described(),
    DATABASE_CONNECTIONS.described(),
    DATABASE_CONNECTIONS_MAX.described(),
    DATABASE_UP.described(),
    DATABASE_TROUBLE.described(),
    DATABASE_RENEWED.described(),
    FUTURE_TIMES.described(),
    BACKUP_LAST.described(),
    BACKUPS.described(),
    QUEUE_JOBS.described(),
    QUEUE_OLDEST_DUE.described(),
    WORKERS.described(),
    ACCOUNTS.described(),
    ACCOUNTS_PAUSED.described(),
    LAST_SUCCESS.described(),
    EXAMINERS_OVERDUE.described(),
    ALERT_DELIVERIES.described(),
    WEBHOOK_DELIVERIES.described(),
    WEBHOOK_BACKLOG.described(),
];
