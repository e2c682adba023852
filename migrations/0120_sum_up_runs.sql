-- What the pages of all examiners ask of the runs, kept as runs end instead of being looked up at each look: how many
-- ended how in each quarter of an hour, and the last run of each examiner and window. A trigger keeps both, so that they
-- agree with the runs whoever writes those: this release, the one before, the earlier system, a person.
-- Serves: the history (crates/store/src/statistics.rs), who is in trouble (crates/store/src/sql/overview.sql).
--
-- The table of runs is read once, while runs that begin or end wait: some seconds for each million of them.
SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_run_sums (
    quarter TIMESTAMPTZ NOT NULL,
    part SMALLINT NOT NULL,
    runs BIGINT NOT NULL,
    success BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    inserted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    CONSTRAINT agendad_run_sums_pkey PRIMARY KEY (quarter, part)
) WITH (fillfactor = 50);
COMMENT ON TABLE agendad_run_sums IS 'The runs that have ended, added up; kept by a trigger of agenda_sync_runs.';
COMMENT ON COLUMN agendad_run_sums.quarter IS 'Beginning of the quarter of an hour in which the runs started: every time zone''s days begin with one.';
COMMENT ON COLUMN agendad_run_sums.part IS 'By whom written: a connection has a part to itself, as a rule, so that runs that end at once need not wait for each other. Only the sum over all parts means something.';
COMMENT ON COLUMN agendad_run_sums.runs IS 'Runs that have ended.';
COMMENT ON COLUMN agendad_run_sums.success IS 'Of these, with all dates read.';
COMMENT ON COLUMN agendad_run_sums.partial IS 'With some.';
COMMENT ON COLUMN agendad_run_sums.failed IS 'With none.';
COMMENT ON COLUMN agendad_run_sums.inserted IS 'Slots never seen before.';
COMMENT ON COLUMN agendad_run_sums.updated IS 'Slots that changed or reappeared.';
COMMENT ON COLUMN agendad_run_sums.removed IS 'Slots marked removed.';
COMMENT ON COLUMN agendad_run_sums.requests IS 'Requests sent to the portal.';

CREATE TABLE agendad_last_runs (
    usuario_id INTEGER NOT NULL,
    window_name TEXT NOT NULL,
    run_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    tick TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL,
    window_start DATE NOT NULL,
    window_end DATE NOT NULL,
    CONSTRAINT agendad_last_runs_pkey PRIMARY KEY (usuario_id, window_name)
) WITH (fillfactor = 50);
COMMENT ON TABLE agendad_last_runs IS 'The last runs that have ended, one row an examiner and window, and one of all their runs; kept by a trigger of agenda_sync_runs.';
COMMENT ON COLUMN agendad_last_runs.usuario_id IS 'The examiner. No foreign key: the row goes with its run.';
COMMENT ON COLUMN agendad_last_runs.window_name IS 'The window whose tick it served last; empty: the last of all, asked for by hand or not.';
COMMENT ON COLUMN agendad_last_runs.run_id IS 'The run.';
COMMENT ON COLUMN agendad_last_runs.status IS 'How it ended, as in agenda_sync_runs.';
COMMENT ON COLUMN agendad_last_runs.tick IS 'As in agenda_sync_runs.';
COMMENT ON COLUMN agendad_last_runs.started_at IS 'As in agenda_sync_runs.';
COMMENT ON COLUMN agendad_last_runs.window_start IS 'As in agenda_sync_runs.';
COMMENT ON COLUMN agendad_last_runs.window_end IS 'As in agenda_sync_runs.';

-- Who is in trouble, of all examiners: a few.
CREATE INDEX agendad_last_runs_in_trouble_idx ON agendad_last_runs (usuario_id) WHERE status IN ('partial', 'failed');

-- Runs that a person asked for: the last word on the days that they read. Scheduled runs are not in it.
CREATE INDEX agenda_sync_runs_asked_for_idx ON agenda_sync_runs (usuario_id, started_at) WHERE tick IS NULL;

-- A count of whatever the earlier system wrote there; nothing in it may keep a run from being stored.
CREATE FUNCTION agendad_count(counts jsonb, name text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN counts ->> name ~ '^[0-9]{1,9}$' THEN (counts ->> name)::bigint END $$;
GRANT EXECUTE ON FUNCTION agendad_count(jsonb, text) TO PUBLIC;
COMMENT ON FUNCTION agendad_count(jsonb, text) IS 'A count of agenda_sync_runs.totals; null where there is none.';

CREATE FUNCTION agendad_quarter(at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_timestamp(floor(date_part('epoch', at) / 900) * 900) $$;
GRANT EXECUTE ON FUNCTION agendad_quarter(timestamptz) TO PUBLIC;
COMMENT ON FUNCTION agendad_quarter(timestamptz) IS 'The beginning of the quarter of an hour.';

-- Runs of a quarter are added, or with times = -1 taken out. In a part of the connection's own: others may be at work.
CREATE FUNCTION agendad_add_runs(at timestamptz, times bigint, runs bigint, success bigint, partial bigint, failed bigint,
                                 inserted bigint, updated bigint, removed bigint, requests bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO agendad_run_sums AS s
    VALUES (at, pg_backend_pid() % 32, times * $3, times * $4, times * $5, times * $6, times * $7, times * $8, times * $9, times * $10)
    ON CONFLICT (quarter, part) DO UPDATE
    SET runs = s.runs + excluded.runs, success = s.success + excluded.success, partial = s.partial + excluded.partial,
        failed = s.failed + excluded.failed, inserted = s.inserted + excluded.inserted,
        updated = s.updated + excluded.updated, removed = s.removed + excluded.removed,
        requests = s.requests + excluded.requests;
END
$$;
COMMENT ON FUNCTION agendad_add_runs(timestamptz, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint)
    IS 'Adds runs that started in a quarter of an hour to agendad_run_sums.';

-- Once a statement, not once a run: a run costs as little as can be, and a million of them at once do not queue for a row.
CREATE FUNCTION agendad_runs_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF EXISTS (SELECT FROM old_runs WHERE status <> 'running') THEN
            -- What they were is forgotten.
            PERFORM agendad_add_runs(quarter, -1, runs, success, partial, failed, inserted, updated, removed, requests)
            FROM (SELECT agendad_quarter(started_at) AS quarter, count(*) AS runs,
                         count(*) FILTER (WHERE status = 'success') AS success,
                         count(*) FILTER (WHERE status = 'partial') AS partial,
                         count(*) FILTER (WHERE status = 'failed') AS failed,
                         coalesce(sum(agendad_count(totals, 'inserted')), 0)::bigint AS inserted,
                         coalesce(sum(agendad_count(totals, 'updated')), 0)::bigint AS updated,
                         coalesce(sum(agendad_count(totals, 'removed')), 0)::bigint AS removed,
                         coalesce(sum(requests), 0)::bigint AS requests
                  FROM old_runs WHERE status <> 'running' AND started_at IS NOT NULL GROUP BY 1 ORDER BY 1) AS sums;
            -- If one was somebody's last, the one before is the last now; but not if it is an old one that is deleted:
            -- retention may take its time, and nobody who has a run now shall wait for it.
            WITH gone AS (
                DELETE FROM agendad_last_runs l USING old_runs o
                WHERE l.usuario_id = o.usuario_id AND l.run_id = o.id AND o.status <> 'running'
                  AND (TG_OP = 'UPDATE' OR o.started_at >= now() - interval '30 days')
                RETURNING l.usuario_id, l.window_name
            )
            INSERT INTO agendad_last_runs
            SELECT g.usuario_id, g.window_name, o.* FROM gone g CROSS JOIN LATERAL (
                SELECT id, status, tick, started_at, window_start, window_end FROM agenda_sync_runs
                WHERE usuario_id = g.usuario_id AND window_name = g.window_name AND tick IS NOT NULL AND status <> 'running'
                  AND started_at IS NOT NULL
                ORDER BY tick DESC, started_at DESC LIMIT 1) o
            WHERE g.window_name <> ''
            UNION ALL
            SELECT g.usuario_id, '', o.* FROM gone g CROSS JOIN LATERAL (
                SELECT id, status, tick, started_at, window_start, window_end FROM agenda_sync_runs
                WHERE usuario_id = g.usuario_id AND status <> 'running' AND started_at IS NOT NULL
                ORDER BY started_at DESC LIMIT 1) o
            WHERE g.window_name = ''
            ON CONFLICT DO NOTHING;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF EXISTS (SELECT FROM new_runs WHERE status <> 'running') THEN
            INSERT INTO agendad_last_runs AS l
            SELECT DISTINCT ON (usuario_id, w) usuario_id, w, id, status, tick, started_at, window_start, window_end
            FROM new_runs CROSS JOIN unnest(CASE WHEN tick IS NOT NULL AND window_name <> '' THEN ARRAY['', window_name]
                                                 ELSE ARRAY[''] END) AS w
            WHERE status <> 'running' AND started_at IS NOT NULL AND usuario_id IS NOT NULL
            ORDER BY usuario_id, w, CASE WHEN w <> '' THEN tick END DESC, started_at DESC, id DESC
            ON CONFLICT (usuario_id, window_name) DO UPDATE
            SET run_id = excluded.run_id, status = excluded.status, tick = excluded.tick, started_at = excluded.started_at,
                window_start = excluded.window_start, window_end = excluded.window_end
            WHERE CASE l.window_name WHEN '' THEN l.started_at <= excluded.started_at
                       ELSE (l.tick, l.started_at) <= (excluded.tick, excluded.started_at) END;
            PERFORM agendad_add_runs(quarter, 1, runs, success, partial, failed, inserted, updated, removed, requests)
            FROM (SELECT agendad_quarter(started_at) AS quarter, count(*) AS runs,
                         count(*) FILTER (WHERE status = 'success') AS success,
                         count(*) FILTER (WHERE status = 'partial') AS partial,
                         count(*) FILTER (WHERE status = 'failed') AS failed,
                         coalesce(sum(agendad_count(totals, 'inserted')), 0)::bigint AS inserted,
                         coalesce(sum(agendad_count(totals, 'updated')), 0)::bigint AS updated,
                         coalesce(sum(agendad_count(totals, 'removed')), 0)::bigint AS removed,
                         coalesce(sum(requests), 0)::bigint AS requests
                  FROM new_runs WHERE status <> 'running' AND started_at IS NOT NULL GROUP BY 1 ORDER BY 1) AS sums;
        END IF;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION agendad_runs_changed() IS 'Keeps agendad_run_sums and agendad_last_runs in step with the runs that a statement has written.';

-- They work on our tables, whatever the search path of whoever writes runs, and as their owner: the earlier system's role
-- knows nothing of them.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['agendad_runs_changed()',
        'agendad_add_runs(timestamptz, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', name, current_setting('search_path'));
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
END $$;

CREATE TRIGGER agendad_runs_inserted AFTER INSERT ON agenda_sync_runs
    REFERENCING NEW TABLE AS new_runs FOR EACH STATEMENT EXECUTE FUNCTION agendad_runs_changed();
CREATE TRIGGER agendad_runs_updated AFTER UPDATE ON agenda_sync_runs
    REFERENCING OLD TABLE AS old_runs NEW TABLE AS new_runs FOR EACH STATEMENT EXECUTE FUNCTION agendad_runs_changed();
CREATE TRIGGER agendad_runs_deleted AFTER DELETE ON agenda_sync_runs
    REFERENCING OLD TABLE AS old_runs FOR EACH STATEMENT EXECUTE FUNCTION agendad_runs_changed();

-- What there is.
INSERT INTO agendad_run_sums
SELECT agendad_quarter(started_at), 0, count(*),
       count(*) FILTER (WHERE status = 'success'), count(*) FILTER (WHERE status = 'partial'),
       count(*) FILTER (WHERE status = 'failed'), coalesce(sum(agendad_count(totals, 'inserted')), 0),
       coalesce(sum(agendad_count(totals, 'updated')), 0), coalesce(sum(agendad_count(totals, 'removed')), 0),
       coalesce(sum(requests), 0)
FROM agenda_sync_runs WHERE status <> 'running' AND started_at IS NOT NULL GROUP BY 1;
INSERT INTO agendad_last_runs
SELECT DISTINCT ON (usuario_id, window_name)
       usuario_id, window_name, id, status, tick, started_at, window_start, window_end
FROM agenda_sync_runs
WHERE status <> 'running' AND tick IS NOT NULL AND usuario_id IS NOT NULL AND window_name <> '' AND started_at IS NOT NULL
ORDER BY usuario_id, window_name, tick DESC, started_at DESC;
INSERT INTO agendad_last_runs
SELECT DISTINCT ON (usuario_id) usuario_id, '', id, status, tick, started_at, window_start, window_end
FROM agenda_sync_runs
WHERE status <> 'running' AND usuario_id IS NOT NULL AND started_at IS NOT NULL
ORDER BY usuario_id, started_at DESC;

-- Runs that did not go well, by result and by reason, newest first: a few among very many. Serves: the list of all runs
-- (crates/store/src/history.rs), `agendad runs --status`.
CREATE INDEX agenda_sync_runs_in_trouble_idx ON agenda_sync_runs (status, started_at) WHERE status IN ('partial', 'failed');
CREATE INDEX agenda_sync_runs_in_trouble_kind_idx ON agenda_sync_runs ((error_details ->> 'kind'), started_at)
    WHERE status IN ('partial', 'failed');
