//! The earlier system's database, built as it may be found.

use agendad::domain::slot::sha1_hex;
use sqlx::{AssertSqlSafe, PgPool};

use crate::store::bench::{CPFS, TOMORROW};

/// The tables as the plan of the earlier system has them, with rows of the application's own columns.
pub(super) const AS_PLANNED: &str = "
    CREATE TABLE usuarios (id SERIAL PRIMARY KEY, nome VARCHAR(255) NOT NULL, email VARCHAR(255) NOT NULL UNIQUE,
        senha_hash TEXT NOT NULL, perfil VARCHAR(20) NOT NULL DEFAULT 'usuario', ativo BOOLEAN DEFAULT TRUE);
    CREATE TABLE agendamentos (id SERIAL PRIMARY KEY, usuario_id INTEGER NOT NULL REFERENCES usuarios (id) ON DELETE CASCADE,
        nome VARCHAR(255) NOT NULL, cpf VARCHAR(14), telefone_fixo VARCHAR(20), telefone_celular VARCHAR(20),
        email VARCHAR(255), data_agendamento TIMESTAMP NOT NULL, contexto VARCHAR(100) NOT NULL,
        tipo_transito VARCHAR(100), categoria_cnh VARCHAR(20), observacoes TEXT,
        status VARCHAR(50) NOT NULL DEFAULT 'agendado', convertido_em_paciente BOOLEAN DEFAULT FALSE,
        paciente_id INTEGER, lembrete_enviado BOOLEAN NOT NULL DEFAULT FALSE,
        created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE configuracoes_detran (id SERIAL PRIMARY KEY, usuario_id INTEGER NOT NULL UNIQUE REFERENCES usuarios (id),
        cpf VARCHAR(14) NOT NULL, senha TEXT NOT NULL, dias_trabalho TEXT, sincronizacao_automatica BOOLEAN DEFAULT TRUE,
        ativo BOOLEAN DEFAULT TRUE, ultima_sincronizacao TIMESTAMP);
    CREATE TABLE pacientes (id SERIAL PRIMARY KEY, nome TEXT NOT NULL);
    CREATE TABLE agenda_slots (id BIGSERIAL PRIMARY KEY, source TEXT NOT NULL DEFAULT 'DETRAN',
        unidade_code TEXT NOT NULL DEFAULT 'DEFAULT', servico_code TEXT NOT NULL DEFAULT 'PERITO', data DATE NOT NULL,
        hora TIME NOT NULL, status TEXT NOT NULL DEFAULT 'available', is_current BOOLEAN NOT NULL DEFAULT TRUE,
        external_uid TEXT NOT NULL, payload JSONB, content_hash TEXT, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ,
        usuario_id INTEGER REFERENCES usuarios (id), agendamento_id INTEGER REFERENCES agendamentos (id),
        UNIQUE (source, external_uid));
    CREATE TABLE agenda_sync_runs (id BIGSERIAL PRIMARY KEY, source TEXT NOT NULL DEFAULT 'DETRAN',
        usuario_id INTEGER REFERENCES usuarios (id), window_start DATE NOT NULL, window_end DATE NOT NULL,
        status TEXT NOT NULL, totals JSONB, error TEXT, error_details JSONB, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ);
    INSERT INTO pacientes (nome) VALUES ('ALGUÉM')";

/// An older shape of them: serial ids, narrow texts, and much that came later is missing.
pub(super) const OLDER: &str = "
    CREATE TABLE usuarios (id SERIAL PRIMARY KEY, nome VARCHAR(255) NOT NULL, email VARCHAR(255) NOT NULL,
        senha_hash TEXT NOT NULL);
    CREATE TABLE agendamentos (id SERIAL PRIMARY KEY, usuario_id INTEGER REFERENCES usuarios (id),
        nome VARCHAR(255) NOT NULL, cpf VARCHAR(14), telefone_celular VARCHAR(20), data_agendamento TIMESTAMP NOT NULL,
        contexto VARCHAR(100), observacoes TEXT, status VARCHAR(50) DEFAULT 'agendado');
    CREATE TABLE configuracoes_detran (id SERIAL PRIMARY KEY, usuario_id INTEGER NOT NULL UNIQUE REFERENCES usuarios (id),
        cpf VARCHAR(14) NOT NULL, senha VARCHAR(255) NOT NULL, dias_trabalho TEXT);
    CREATE TABLE agenda_slots (id SERIAL PRIMARY KEY, source VARCHAR(20) NOT NULL DEFAULT 'DETRAN', data DATE NOT NULL,
        hora TIME NOT NULL, status VARCHAR(20) NOT NULL DEFAULT 'available', external_uid VARCHAR(64) NOT NULL,
        payload JSONB, agendamento_id INTEGER);
    CREATE TABLE agenda_sync_runs (id SERIAL PRIMARY KEY, usuario_id INTEGER, status VARCHAR(20) NOT NULL,
        started_at TIMESTAMPTZ)";

/// How the earlier system may have computed a uid; the daemon must not care.
pub(super) fn legacy_uid(formula: usize, unit: &str, time: &str, cpf: &str) -> String {
    let digits: String = cpf.chars().filter(char::is_ascii_digit).collect();
    sha1_hex(&match formula {
        0 => format!("{unit}|PERITO|{TOMORROW}|{time}|{digits}"),
        1 => format!("{unit}|PERITO|{TOMORROW}|{time}:00|{cpf}"),
        _ => format!("DETRAN-{TOMORROW}-{time}-{digits}"),
    })
}

/// Users 1 and 2 with accounts, in whatever shape the tables have.
pub(super) async fn users(pool: &PgPool) {
    let sql = format!(
        "INSERT INTO usuarios (nome, email, senha_hash) VALUES ('UM', 'um@example.com', 'x'), ('DOIS', 'dois@example.com', 'x');
         INSERT INTO configuracoes_detran (usuario_id, cpf, senha, dias_trabalho)
         VALUES (1, '{}', 'segredo1', '[\"terca\",\"quarta\"]'), (2, '{}', 'segredo2', NULL)",
        CPFS[3], CPFS[4]
    );
    run(pool, &sql).await;
}

/// A slot in the shape `AS_PLANNED`.
pub(super) struct Slot<'a> {
    pub(super) usuario_id: Option<i32>,
    pub(super) unit: &'a str,
    pub(super) time: &'a str,
    pub(super) candidate: usize,
    pub(super) nome: &'a str,
    pub(super) uid: String,
    pub(super) last_seen: &'a str,
    pub(super) status: &'a str,
    pub(super) agendamento: Option<i32>,
}

impl<'a> Slot<'a> {
    pub(super) fn new(usuario_id: i32, time: &'a str, candidate: usize, nome: &'a str) -> Self {
        Self {
            usuario_id: Some(usuario_id),
            unit: "7",
            time,
            candidate,
            nome,
            uid: legacy_uid(0, "7", time, CPFS[candidate]),
            last_seen: "2025-11-20 10:00-03",
            status: "available",
            agendamento: None,
        }
    }

    pub(super) async fn insert(&self, pool: &PgPool) {
        let payload = serde_json::json!({
            "hora": self.time, "cpf": CPFS[self.candidate], "nome": self.nome, "telefone": "",
            "status_exame_psicologico": "",
        });
        sqlx::query(
            "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, status, is_current, external_uid, payload,
                 content_hash, first_seen_at, last_seen_at, agendamento_id)
             VALUES ($1, $2, $3::date, $4::time, $5, $5 <> 'removed', $6, $7, 'with a timestamp',
                 '2025-11-01 10:00-03', $8::timestamptz, $9)",
        )
        .bind(self.usuario_id)
        .bind(self.unit)
        .bind(TOMORROW.parse::<chrono::NaiveDate>().unwrap())
        .bind(chrono::NaiveTime::parse_from_str(self.time, "%H:%M").unwrap())
        .bind(self.status)
        .bind(&self.uid)
        .bind(payload)
        .bind(chrono::DateTime::parse_from_str(&format!("{}00", self.last_seen), "%Y-%m-%d %H:%M%z").unwrap())
        .bind(self.agendamento)
        .execute(pool)
        .await
        .unwrap();
    }
}

pub(super) async fn run(pool: &PgPool, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(pool)
        .await
        .unwrap();
}

/// Everything in the public schema: rows, columns, constraints, indexes and sequences.
pub(super) async fn digest(pool: &PgPool) -> String {
    sqlx::query_scalar(
        "SELECT concat_ws(' ',
             md5(schema_to_xml('public', TRUE, TRUE, '')::text),
             (SELECT md5(string_agg(c::text, ',' ORDER BY table_name, column_name))
              FROM information_schema.columns c WHERE table_schema = 'public'),
             (SELECT md5(string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY oid)) FROM pg_constraint),
             (SELECT md5(string_agg(indexdef, ',' ORDER BY indexname)) FROM pg_indexes WHERE schemaname = 'public'),
             (SELECT md5(string_agg(sequencename || coalesce(last_value, 0), ',' ORDER BY sequencename))
              FROM pg_sequences WHERE schemaname = 'public'),
             (SELECT count(*) FROM pg_namespace))",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}
