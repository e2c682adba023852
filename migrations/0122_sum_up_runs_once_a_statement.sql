-- Runs that have ended are added up once a statement instead of once a run, and in a part of the connection's own: those
-- that end at once waited for each other for a row that four of them shared, and very many in one statement for ever longer.
-- What is in agendad_run_sums stays: only the sum over all parts of a quarter means something.
-- Serves: as 0120.
SET LOCAL lock_timeout = '15s';

DROP TRIGGER agendad_runs_1_rewritten ON agenda_sync_runs;
DROP TRIGGER agendad_runs_2_ended ON agenda_sync_runs;
DROP TRIGGER agendad_runs_deleted ON agenda_sync_runs;
DROP FUNCTION agendad_run_rewritten();
DROP FUNCTION agendad_run_ended();
DROP FUNCTION agendad_runs_deleted();
DROP FUNCTION agendad_forget_run(agenda_sync_runs, boolean);

COMMENT ON COLUMN agendad_run_sums.part IS 'By whom written: a connection has a part to itself, as a rule, so that runs that end at once need not wait for each other. Only the sum over all parts means something.';

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
