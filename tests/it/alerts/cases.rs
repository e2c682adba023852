//! For each rule a trouble that it tells of.

use crate::alerts::scene::run;

/// A run that read everything but two rows.
const UNREAD_ROWS: &str = r#"{"kind": "layout", "message": "2026-11-24: row 3: ...", "dates": [
    {"date": "2026-11-24", "unidade": "7", "kind": "layout", "row": {"number": 3, "problem": "cpf", "digits": 12}},
    {"date": "2026-11-25", "unidade": "7", "kind": "layout", "row": {"number": 1, "problem": "hour", "written": "9h"}}]}"#;

/// What brings a trouble about, what keeps it up, and what ends it.
pub(super) struct Case {
    pub(super) rule: &'static str,
    pub(super) title: &'static str,
    /// What the message says of it.
    pub(super) says: &'static str,
    pub(super) trouble: String,
    pub(super) cure: String,
}

pub(super) fn failed(kind: &str) -> String {
    run(1, "failed", &format!(r#"{{"kind": "{kind}"}}"#), "{}")
}

pub(super) fn success() -> String {
    run(1, "success", "{}", r#"{"held": 0, "removed": 0}"#)
}

pub(super) const REFUSED: &str =
    "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_ate = NULL,
    pausa_desde = coalesce(pausa_desde, now()) WHERE usuario_id = 1";
const RESUMED: &str =
    "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL";
pub(super) const SUCCEEDED: &str =
    "INSERT INTO sync_schedules (usuario_id, window_name, last_success)
    SELECT 1, name, now() FROM unnest('{near,far}'::text[]) AS w (name)
    ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_success = now()";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            rule: "failure_rate",
            title: "Muitas sincronizações falham",
            says: "4 de 4 sincronizações falharam em 1h (banco de dados: 2, tempo esgotado: 2)",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &(failed("database") + &failed("timeout")).repeat(2),
            cure: success().repeat(20),
        },
        Case {
            rule: "portal_down",
            title: "Portal fora do ar",
            says: "5 das últimas 5 sincronizações não chegaram ao portal",
            trouble: failed("network").repeat(5),
            cure: success().repeat(2),
        },
        Case {
            rule: "portal_down",
            title: "Portal fora do ar",
            says: "sem acesso a partir de maquina2",
            trouble: "INSERT INTO agendad_alert_reports (instance) VALUES ('maquina2/99')
                ON CONFLICT (instance) DO UPDATE SET reported_at = now()"
                .to_owned(),
            cure: "DELETE FROM agendad_alert_reports;".to_owned() + &success(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): senha recusada, desde ",
            trouble: REFUSED.to_owned(),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): conta bloqueada, desde ",
            trouble: REFUSED.replace("'refused'", "'blocked'"),
            cure: "UPDATE configuracoes_detran SET senha = 'another' WHERE usuario_id = 1"
                .to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): o portal exige uma senha nova, desde ",
            trouble: REFUSED.replace("'refused'", "'change_password'"),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): o portal não respondeu à senha, ou respondeu de um modo desconhecido, desde ",
            trouble: REFUSED.replace("'refused'", "'unexplained'"),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "firewall",
            title: "O firewall do portal recusa esta máquina",
            says: "maquina2 não pede nada ao portal até ",
            trouble:
                "INSERT INTO agendad_alert_reports (instance, firewall_until) VALUES ('maquina2/99', now() + interval '1 hour')
                ON CONFLICT (instance) DO UPDATE SET reported_at = now(), firewall_until = now() + interval '1 hour'"
                    .to_owned(),
            cure: "DELETE FROM agendad_alert_reports;".to_owned() + &success(),
        },
        Case {
            rule: "firewall",
            title: "O firewall do portal recusa esta máquina",
            says: "2 sincronizações recusadas",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &success()
                + &failed("firewall").repeat(2),
            // Whoever was let in, or met the examiner there, was let through.
            cure: failed("network") + &failed("in_use"),
        },
        Case {
            rule: "duplicate_cpf",
            title: "Duas contas com o mesmo CPF: Perito 2",
            says: "• Perito 2 (nº 2): mesmo CPF da conta nº 1, desde ",
            trouble: "INSERT INTO usuarios (id, nome) VALUES (2, 'Perito 2') ON CONFLICT DO NOTHING;
                UPDATE configuracoes_detran SET sincronizacao_automatica = TRUE;
                INSERT INTO configuracoes_detran (usuario_id, cpf, senha, sincronizacao_automatica)
                SELECT 2, left(cpf, 3) || '.' || substr(cpf, 4), senha, TRUE FROM configuracoes_detran
                WHERE usuario_id = 1 ON CONFLICT DO NOTHING;
                UPDATE configuracoes_detran SET pausa_motivo = 'duplicate_cpf', pausa_desde = coalesce(pausa_desde, now())
                WHERE usuario_id = 2"
                .to_owned(),
            cure: "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, ativo = FALSE WHERE usuario_id = 2;
                UPDATE configuracoes_detran SET ativo = TRUE, pausa_motivo = NULL WHERE usuario_id = 2"
                .to_owned(),
        },
        Case {
            rule: "captcha",
            title: "O portal pediu CAPTCHA: Perito 1",
            says: "• Perito 1 (nº 1): conta em descanso até ",
            trouble:
                "UPDATE configuracoes_detran SET pausa_motivo = 'captcha', pausa_desde = now(),
                pausa_ate = now() + interval '6 hours' WHERE usuario_id = 1"
                    .to_owned(),
            cure: SUCCEEDED.to_owned(),
        },
        Case {
            rule: "layout",
            title: "Página do portal não reconhecida: Perito 1",
            says: "• Perito 1 (nº 1): páginas não reconhecidas (hoje + 3 dias), desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned() + &failed("layout"),
            cure: success(),
        },
        Case {
            rule: "layout",
            title: "Página do portal não reconhecida: Perito 1",
            says: "• Perito 1 (nº 1): páginas não reconhecidas (hoje + 3 dias), desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(
                    1,
                    "partial",
                    r#"{"kind": "network", "dates": [{"kind": "timeout"}, {"kind": "layout"}]}"#,
                    "{}",
                ),
            cure: run(
                1,
                "partial",
                r#"{"kind": "network", "dates": [{"kind": "timeout"}]}"#,
                "{}",
            ),
        },
        Case {
            rule: "unread_rows",
            title: "Linha da agenda ilegível: Perito 1",
            says: "• Perito 1 (nº 1): 24/11/2026, linha 3: o CPF tem 12 dígitos em vez de 11; e mais 1 linha, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "partial", UNREAD_ROWS, "{}"),
            cure: success(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): sem sucesso nos períodos dias 4 a 14, hoje + 3 dias, desde ",
            trouble: SUCCEEDED.replace("now()", "now() - interval '2 days'"),
            cure: SUCCEEDED.to_owned(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): nada é lido: a conta só tem períodos que não existem na configuração (manha), desde ",
            trouble: SUCCEEDED.to_owned() + "; UPDATE configuracoes_detran SET janelas = '{manha}' WHERE usuario_id = 1",
            cure: "UPDATE configuracoes_detran SET janelas = '{manha,near}' WHERE usuario_id = 1".to_owned(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): nada é lido: nenhum período está marcado na conta, desde ",
            trouble: SUCCEEDED.to_owned() + "; UPDATE configuracoes_detran SET janelas = '{}' WHERE usuario_id = 1",
            cure: "UPDATE configuracoes_detran SET janelas = NULL WHERE usuario_id = 1".to_owned(),
        },
        Case {
            rule: "held_removals",
            title: "Remoções retidas: Perito 1",
            says: "• Perito 1 (nº 1): 6 remoções retidas, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "partial", "{}", r#"{"held": 6}"#),
            cure: run(1, "success", "{}", r#"{"held": 0, "removed": 6}"#),
        },
        Case {
            rule: "many_removed",
            title: "Muitos horários removidos: Perito 1",
            says: "• Perito 1 (nº 1): 25 horários removidos, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "success", "{}", r#"{"removed": 12}"#)
                + &run(1, "success", "{}", r#"{"removed": 13}"#),
            cure: "UPDATE agenda_sync_runs SET started_at = started_at - interval '2 hours'"
                .to_owned(),
        },
    ]
}
