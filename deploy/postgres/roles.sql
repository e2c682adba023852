-- The role as which the daemon runs: no table is its own, it can create nothing, and of the application's
-- tables it may touch only the columns that it needs. See README.md beside this file.
--
-- Run by the owner of the tables (or a superuser), after every `agendad migrate`, which that owner runs too:
--   psql -v ON_ERROR_STOP=1 -d agenda -f roles.sql
--   psql -d agenda -c '\password agendad'          (once)
-- Another name for the role:  -v role=name. Can be run again at any time.
\set ON_ERROR_STOP on
\if :{?role} \else \set role agendad \endif

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role') \gexec

-- The schemas of our tables and of the application's, as the search path finds them.
SELECT (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'agendad_alerts'::regclass) AS ours,
       (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'usuarios'::regclass) AS application \gset

BEGIN;
-- What an earlier version of this file granted and this one does not is taken back.
REVOKE ALL ON ALL TABLES IN SCHEMA :ours, :application FROM :"role";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA :ours, :application FROM :"role";
GRANT USAGE ON SCHEMA :ours, :application TO :"role";

-- The application's tables.
GRANT SELECT (id, nome, email, ativo, perfil) ON usuarios TO :"role";
GRANT SELECT (id, usuario_id, nome, cpf, telefone_fixo, telefone_celular, email, data_agendamento,
              tipo_transito, categoria_cnh, status, convertido_em_paciente),
      INSERT (usuario_id, nome, cpf, telefone_fixo, telefone_celular, email, data_agendamento, contexto,
              tipo_transito, categoria_cnh, observacoes, status),
      UPDATE (nome, telefone_fixo, telefone_celular, email, tipo_transito, categoria_cnh, status)
      ON agendamentos TO :"role";
GRANT SELECT (usuario_id, cpf, senha, dias_trabalho, sincronizacao_automatica, ativo, ultima_sincronizacao,
              senha_cifrada, credencial_mudada_em, credencial_aceita_em, pausa_motivo, pausa_desde, pausa_ate,
              janelas, unidades),
      INSERT (usuario_id, cpf, senha_cifrada, dias_trabalho, sincronizacao_automatica, ativo, janelas, unidades),
      UPDATE (cpf, senha, senha_cifrada, dias_trabalho, sincronizacao_automatica, ativo, ultima_sincronizacao,
              credencial_aceita_em, pausa_motivo, pausa_desde, pausa_ate, janelas, unidades)
      ON configuracoes_detran TO :"role";

-- The daemon's own. Slots, their history and the audit are never deleted; the audit is never changed.
GRANT SELECT, INSERT, UPDATE ON agenda_slots, sync_schedules TO :"role";
GRANT SELECT, INSERT, UPDATE ON portal_sessions, portal_refusals TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON portal_units, portal_unit_readings TO :"role";
GRANT SELECT, INSERT ON agenda_slot_changes, agendad_audit TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON agenda_sync_runs TO :"role";
-- What later migrations add for the daemon alone bears its name: alerts and the like.
SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', oid::regclass, :'role')
FROM pg_class
WHERE relnamespace = :'ours'::regnamespace AND relkind IN ('r', 'p')
  AND relname LIKE 'agendad\_%' AND relname <> 'agendad_audit' \gexec
SELECT format('GRANT SELECT ON %s TO %I', oid::regclass, :'role')
FROM pg_class
WHERE relnamespace = :'ours'::regnamespace
  AND (relname = '_sqlx_migrations' OR (relkind = 'v' AND relname LIKE 'v\_agenda\_%')) \gexec

-- Sequences of the tables into which it inserts.
SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, :'role')
FROM pg_class s
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid
WHERE s.relkind = 'S' AND t.relnamespace IN (:'ours'::regnamespace, :'application'::regnamespace)
  AND has_any_column_privilege(:'role', t.oid, 'INSERT') \gexec

-- The queue: its rows, not its shape.
GRANT USAGE ON SCHEMA river TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA river TO :"role";
REVOKE INSERT, UPDATE, DELETE ON river.river_migration FROM :"role";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA river TO :"role";
COMMIT;
