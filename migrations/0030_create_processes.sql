-- The processes of the installation, by their own signs of life. Each writes its row every few seconds, once
-- through its pool and once on its control connection: what it cannot write, it cannot store either. Serves:
-- readiness ("this process can write, and its locks are on the server that it writes to"), and telling a
-- process whose control connection is being made anew, after a failover, from a dead one.

SET LOCAL lock_timeout = '15s';

-- Written all the time, a few rows: half of each page is kept free, so that no index is ever touched.
CREATE TABLE agendad_processes (
    instance TEXT CONSTRAINT agendad_processes_pkey PRIMARY KEY,
    server_started_at TIMESTAMPTZ NOT NULL,
    locks_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    beat_at TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE agendad_processes IS 'One row a process, living or dead since less than a day: its signs of life.';
COMMENT ON COLUMN agendad_processes.instance IS 'The process; unique among all processes and starts.';
COMMENT ON COLUMN agendad_processes.server_started_at IS 'Start of the server on which its control connection holds its locks: tells servers apart.';
COMMENT ON COLUMN agendad_processes.locks_at IS 'Last write on its control connection, database clock.';
COMMENT ON COLUMN agendad_processes.beat_at IS 'Last write through its pool, database clock.';
-- A clock that is ahead writes times that lie in the future once it is put right.
ALTER TABLE agendad_processes ADD COLUMN clock_ahead DOUBLE PRECISION NOT NULL DEFAULT 0;
COMMENT ON COLUMN agendad_processes.clock_ahead IS 'Seconds by which the clock of its machine is ahead of the database''s, negative: behind; at its last sign of life.';

CREATE TABLE agendad_clock_corrections (
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    what TEXT NOT NULL,
    rows BIGINT NOT NULL,
    ahead DOUBLE PRECISION NOT NULL
);
COMMENT ON TABLE agendad_clock_corrections IS 'When stored times that lay in the future were taken back to now: a clock was ahead, and was put right.';
COMMENT ON COLUMN agendad_clock_corrections.at IS 'When, database clock.';
COMMENT ON COLUMN agendad_clock_corrections.what IS 'Which times: schedules, runs, pauses, alerts, calendars, jobs.';
COMMENT ON COLUMN agendad_clock_corrections.rows IS 'Rows that were changed.';
COMMENT ON COLUMN agendad_clock_corrections.ahead IS 'Seconds by which the furthest of them was ahead.';
