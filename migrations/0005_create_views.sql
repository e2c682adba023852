-- Answers to what people ask of the tables, for psql and for reports; the program does not use them. A
-- later migration that changes the type of a column they show must drop and create them again.

CREATE OR REPLACE VIEW v_agenda_last_runs AS
SELECT r.id, r.usuario_id, u.nome AS perito, r.window_name, r.window_start, r.window_end, r.tick, r.origin,
       r.status, r.started_at, r.finished_at, r.finished_at - r.started_at AS duration,
       (r.totals ->> 'inserted')::bigint AS inserted, (r.totals ->> 'updated')::bigint AS updated,
       (r.totals ->> 'unchanged')::bigint AS unchanged, (r.totals ->> 'removed')::bigint AS removed,
       (r.totals ->> 'held')::bigint AS held, (r.totals ->> 'skipped')::bigint AS skipped,
       r.error_details ->> 'kind' AS error_kind, r.error, r.requests, r.retries, r.logins, r.session_reused
FROM agenda_sync_runs r LEFT JOIN usuarios u ON u.id = r.usuario_id;
COMMENT ON VIEW v_agenda_last_runs IS 'Runs with their duration and counts. Ask with: WHERE usuario_id = … ORDER BY started_at DESC LIMIT 20.';
COMMENT ON COLUMN v_agenda_last_runs.perito IS 'Name of the examiner.';
COMMENT ON COLUMN v_agenda_last_runs.duration IS 'From start to end; null while running.';
COMMENT ON COLUMN v_agenda_last_runs.error_kind IS 'network, timeout, unavailable, session_expired, auth, captcha, layout, database, orphaned, …';

CREATE OR REPLACE VIEW v_agenda_available_slots AS
SELECT s.id, s.usuario_id, u.nome AS perito, s.unidade_code, s.data, s.hora, s.payload ->> 'nome' AS nome,
       s.payload ->> 'cpf' AS cpf, s.payload ->> 'telefone' AS telefone, s.payload ->> 'tipo_processo' AS tipo_processo,
       s.payload ->> 'categoria' AS categoria, s.first_seen_at, s.last_seen_at, s.missing_since, s.agendamento_id
FROM agenda_slots s LEFT JOIN usuarios u ON u.id = s.usuario_id
WHERE s.is_current AND s.status = 'available';
COMMENT ON VIEW v_agenda_available_slots IS 'Slots that the portal lists and that are still to be attended. Ask with: WHERE usuario_id = … AND data >= CURRENT_DATE ORDER BY data, hora.';
COMMENT ON COLUMN v_agenda_available_slots.perito IS 'Name of the examiner.';
COMMENT ON COLUMN v_agenda_available_slots.nome IS 'Candidate''s name.';
COMMENT ON COLUMN v_agenda_available_slots.missing_since IS 'Not seen since then, but held by the guard against mass removals.';

CREATE OR REPLACE VIEW v_agenda_removed_slots AS
SELECT s.id, s.usuario_id, u.nome AS perito, s.unidade_code, s.data, s.hora, s.payload ->> 'nome' AS nome,
       s.payload ->> 'cpf' AS cpf, s.first_seen_at, s.last_seen_at, s.removed_at, s.agendamento_id, s.agendamento_state
FROM agenda_slots s LEFT JOIN usuarios u ON u.id = s.usuario_id
WHERE s.status = 'removed' AND NOT s.is_current;
COMMENT ON VIEW v_agenda_removed_slots IS 'Slots that vanished from the portal. Ask with: WHERE usuario_id = … ORDER BY last_seen_at DESC.';
COMMENT ON COLUMN v_agenda_removed_slots.perito IS 'Name of the examiner.';
COMMENT ON COLUMN v_agenda_removed_slots.nome IS 'Candidate''s name.';

CREATE OR REPLACE VIEW v_agenda_daily_stats AS
SELECT (r.started_at AT TIME ZONE 'America/Sao_Paulo')::date AS dia, r.usuario_id, count(*) AS runs,
       count(*) FILTER (WHERE r.status = 'success') AS success,
       count(*) FILTER (WHERE r.status = 'partial') AS partial,
       count(*) FILTER (WHERE r.status = 'failed') AS failed,
       coalesce(sum((r.totals ->> 'inserted')::bigint), 0) AS inserted,
       coalesce(sum((r.totals ->> 'updated')::bigint), 0) AS updated,
       coalesce(sum((r.totals ->> 'removed')::bigint), 0) AS removed,
       avg(r.finished_at - r.started_at) AS mean_duration, max(r.finished_at - r.started_at) AS longest
FROM agenda_sync_runs r
GROUP BY 1, 2;
COMMENT ON VIEW v_agenda_daily_stats IS 'Runs and what they did, by day (São Paulo) and examiner, as far back as runs are kept.';
COMMENT ON COLUMN v_agenda_daily_stats.dia IS 'Day of the start, São Paulo time.';
COMMENT ON COLUMN v_agenda_daily_stats.mean_duration IS 'Of the runs that ended.';
