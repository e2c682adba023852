//! Fills the tables with what years of service leave behind.

use super::fixture::{UNIT, first_day};
use super::server::Server;

/// Slots a day of a filled examiner.
const A_DAY: i64 = 40;

/// `slots` slots of `users` examiners, spread over the days before the measured ones and over those
/// themselves, each with its appointment and its change.
pub(crate) async fn fill(server: &Server, users: i64, slots: i64) {
    let days = (slots / users / A_DAY).max(1);
    let statements = [
        // Bulk loading: the triggers of the foreign keys would take longer than all the rest.
        "SET session_replication_role = replica".to_owned(),
        format!("INSERT INTO usuarios (nome) SELECT 'PERITO ' || i FROM generate_series(1, {users}) i"),
        format!(
            "INSERT INTO configuracoes_detran (usuario_id, cpf, senha)
             SELECT i, lpad(i::text, 11, '0'), 'x' FROM generate_series(1, {users}) i"
        ),
        format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, totals, started_at, finished_at)
             SELECT u, now(), now(), 'success', '{{\"inserted\": 1}}', now() - make_interval(hours => h), now()
             FROM generate_series(1, {users}) u, generate_series(1, 20) h"
        ),
        format!(
            "INSERT INTO agendamentos (usuario_id, nome, cpf, telefone_fixo, telefone_celular, email, data_agendamento,
                 contexto, tipo_transito, categoria_cnh, observacoes)
             SELECT u, 'MARIA APARECIDA DE SOUZA ' || i, '100.000.000-' || lpad(i::text, 2, '0'), '1123456789', '11987654321',
                 'maria.aparecida' || i || '@example.com', date '{first}' + 14 - d + time '08:00' + make_interval(mins => 15 * i),
                 'Trânsito', 'Segunda Via', 'B', 'Importado automaticamente do DETRAN em 01/01/2026 08:00'
             FROM generate_series(0, {days} - 1) d, generate_series(1, {users}) u, generate_series(0, {A_DAY} - 1) i",
            first = first_day()
        ),
        format!(
            "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, external_uid, uid_version, payload, content_hash,
                 first_seen_at, last_seen_at, agendamento_id, agendamento_state)
             SELECT u, '{UNIT}', date '{first}' + 14 - d, time '08:00' + make_interval(mins => 15 * i),
                 md5(concat_ws('|', u, d, i)) || '12345678', 1,
                 jsonb_build_object('hora', '08:00', 'cpf', '100.000.000-00', 'nome', 'MARIA APARECIDA DE SOUZA ' || i,
                     'telefone', '(11) 2345-6789 / (11) 98765-4321', 'email', 'maria.aparecida' || i || '@example.com',
                     'tipo_processo', 'Segunda Via', 'categoria', 'B', 'status_exame_medico', '',
                     'status_exame_psicologico', 'Não Realizado'),
                 md5(concat_ws('|', i, u, d)) || '12345678', now(), now(),
                 1 + (d * {users} + u - 1) * {A_DAY} + i, 'created'
             FROM generate_series(0, {days} - 1) d, generate_series(1, {users}) u, generate_series(0, {A_DAY} - 1) i",
            first = first_day()
        ),
        "INSERT INTO agenda_slot_changes (slot_id, kind, at) SELECT id, 'inserted', first_seen_at FROM agenda_slots".to_owned(),
        "SET session_replication_role = origin".to_owned(),
    ];
    let mut conn = server.pool.acquire().await.unwrap();
    for sql in statements {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
}
