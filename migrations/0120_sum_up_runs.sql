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
COMMENT ON COLUMN agendad_run_sums.part IS 'Of which examiners, so that runs that end at once wait for each other less: the id modulo 4.';
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

-- A run that has ended is added. Once a run, so it costs as little as can be: a fifth of a millisecond.
CREATE FUNCTION agendad_run_ended() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off
AS $$
BEGIN
    IF NEW.started_at IS NULL THEN
        RETURN NULL;
    END IF;
    IF NEW.usuario_id IS NOT NULL THEN
        INSERT INTO agendad_last_runs AS l
        SELECT NEW.usuario_id, w, NEW.id, NEW.status, NEW.tick, NEW.started_at, NEW.window_start, NEW.window_end
        FROM unnest(CASE WHEN NEW.tick IS NOT NULL AND NEW.window_name <> '' THEN ARRAY['', NEW.window_name]
                         ELSE ARRAY[''] END) AS w
        ON CONFLICT (usuario_id, window_name) DO UPDATE
        SET run_id = excluded.run_id, status = excluded.status, tick = excluded.tick, started_at = excluded.started_at,
            window_start = excluded.window_start, window_end = excluded.window_end
        WHERE CASE l.window_name WHEN '' THEN l.started_at <= excluded.started_at
                   ELSE (l.tick, l.started_at) <= (excluded.tick, excluded.started_at) END;
    END IF;
    INSERT INTO agendad_run_sums AS s
    VALUES (agendad_quarter(NEW.started_at), coalesce(NEW.usuario_id, 0) % 4, 1, (NEW.status = 'success')::int,
            (NEW.status = 'partial')::int, (NEW.status = 'failed')::int, coalesce(agendad_count(NEW.totals, 'inserted'), 0),
            coalesce(agendad_count(NEW.totals, 'updated'), 0), coalesce(agendad_count(NEW.totals, 'removed'), 0),
            coalesce(NEW.requests, 0))
    ON CONFLICT (quarter, part) DO UPDATE
    SET runs = s.runs + 1, success = s.success + excluded.success, partial = s.partial + excluded.partial,
        failed = s.failed + excluded.failed, inserted = s.inserted + excluded.inserted,
        updated = s.updated + excluded.updated, removed = s.removed + excluded.removed,
        requests = s.requests + excluded.requests;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION agendad_run_ended() IS 'Adds a run that has ended to agendad_run_sums and agendad_last_runs.';

-- A run is taken away that had ended. If it was somebody's last one, the one before is the last now; but not if it is
-- an old one that is deleted: retention may take its time, and nobody who has a run now shall wait for it.
CREATE FUNCTION agendad_forget_run(run agenda_sync_runs, is_deleted boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off
AS $$
BEGIN
    IF run.started_at IS NULL THEN
        RETURN;
    END IF;
    UPDATE agendad_run_sums
    SET runs = runs - 1, success = success - (run.status = 'success')::int, partial = partial - (run.status = 'partial')::int,
        failed = failed - (run.status = 'failed')::int,
        inserted = inserted - coalesce(agendad_count(run.totals, 'inserted'), 0),
        updated = updated - coalesce(agendad_count(run.totals, 'updated'), 0),
        removed = removed - coalesce(agendad_count(run.totals, 'removed'), 0),
        requests = requests - coalesce(run.requests, 0)
    WHERE quarter = agendad_quarter(run.started_at) AND part = coalesce(run.usuario_id, 0) % 4;
    DELETE FROM agendad_run_sums
    WHERE quarter = agendad_quarter(run.started_at) AND part = coalesce(run.usuario_id, 0) % 4 AND runs = 0;
    IF is_deleted AND run.started_at < now() - interval '30 days' THEN
        RETURN;
    END IF;
    WITH gone AS (
        DELETE FROM agendad_last_runs WHERE usuario_id = run.usuario_id AND run_id = run.id RETURNING usuario_id, window_name
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
END
$$;
COMMENT ON FUNCTION agendad_forget_run(agenda_sync_runs, boolean) IS 'Takes a run that had ended out of agendad_run_sums and agendad_last_runs.';

CREATE FUNCTION agendad_run_rewritten() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    PERFORM agendad_forget_run(OLD, FALSE);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION agendad_run_rewritten() IS 'A run that had ended is changed: what it was is forgotten, and agendad_run_ended adds what it is.';

-- In the order of their quarters, so that two that delete runs never wait for each other in a circle.
CREATE FUNCTION agendad_runs_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    run agenda_sync_runs;
BEGIN
    FOR run IN SELECT * FROM old_runs WHERE status <> 'running'
               ORDER BY agendad_quarter(started_at), coalesce(usuario_id, 0) % 4 LOOP
        PERFORM agendad_forget_run(run, TRUE);
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION agendad_runs_deleted() IS 'Takes the runs that a statement has deleted out of agendad_run_sums and agendad_last_runs.';

-- They work on our tables, whatever the search path of whoever writes runs, and as their owner: the earlier system's role
-- knows nothing of them.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['agendad_run_ended()', 'agendad_run_rewritten()', 'agendad_runs_deleted()',
                                'agendad_forget_run(agenda_sync_runs, boolean)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', name, current_setting('search_path'));
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
END $$;

-- In this order at a run that is changed after it has ended: those of one event fire by their names.
CREATE TRIGGER agendad_runs_1_rewritten AFTER UPDATE ON agenda_sync_runs
    FOR EACH ROW WHEN (OLD.status <> 'running') EXECUTE FUNCTION agendad_run_rewritten();
CREATE TRIGGER agendad_runs_2_ended AFTER INSERT OR UPDATE ON agenda_sync_runs
    FOR EACH ROW WHEN (NEW.status <> 'running') EXECUTE FUNCTION agendad_run_ended();
CREATE TRIGGER agendad_runs_deleted AFTER DELETE ON agenda_sync_runs
    REFERENCING OLD TABLE AS old_runs FOR EACH STATEMENT EXECUTE FUNCTION agendad_runs_deleted();

-- What there is.
INSERT INTO agendad_run_sums
SELECT agendad_quarter(started_at), coalesce(usuario_id, 0) % 4, count(*),
       count(*) FILTER (WHERE status = 'success'), count(*) FILTER (WHERE status = 'partial'),
       count(*) FILTER (WHERE status = 'failed'), coalesce(sum(agendad_count(totals, 'inserted')), 0),
       coalesce(sum(agendad_count(totals, 'updated')), 0), coalesce(sum(agendad_count(totals, 'removed')), 0),
       coalesce(sum(requests), 0)
FROM agenda_sync_runs WHERE status <> 'running' AND started_at IS NOT NULL GROUP BY 1, 2;
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
