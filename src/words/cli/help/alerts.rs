//! `agendad alerts`.

use super::command::{AT_MOST, Help, help};

const WHY: &str = "Por quê; aparece no painel, ao lado dos alertas";

pub(super) const HELP: &[Help] = &[
    help(
        "alerts",
        "O que está errado, quem foi avisado, e se as mensagens chegam",
    ),
    Help {
        args: &[("all", "Também os que já acabaram"), ("limit", AT_MOST)],
        after: "docs/pt/alertas.md diz o que cada alerta significa e o que fazer.\n\n\
            Exemplos:\n  agendad alerts list\n  agendad alerts list --all --limit 50\n  \
            agendad alerts list --json | jq '.undelivered'",
        ..help(
            "alerts list",
            "Os alertas abertos, e as mensagens que não foram entregues",
        )
    },
    Help {
        args: &[("channel", "Só por este canal")],
        after: "Código de saída 0 se todos aceitaram, 3 se alguns aceitaram, 1 se nenhum.\n\n\
            Exemplo: agendad alerts test --channel email",
        ..help(
            "alerts test",
            "Envia uma mensagem que só diz que é um teste, e mostra o que o outro lado responde",
        )
    },
    Help {
        args: &[
            (
                "rule",
                "Um alerta, como docs/pt/alertas.md os lista, ou all para todos",
            ),
            ("user", "Só sobre este perito: número, ou parte do nome"),
            ("lasts", "Por quanto tempo: 30m, 2h, 1d"),
            ("why", WHY),
        ],
        after: "Os alertas continuam a ser procurados e listados; só as mensagens esperam. O que ainda durar no fim é avisado \
            então.\n\n\
            Exemplos:\n  agendad alerts mute stale --user prado --for 8h --why 'férias'\n  \
            agendad alerts mute all --for 30m --why teste",
        ..help(
            "alerts mute",
            "Segura por um tempo as mensagens de um alerta, ou de todos",
        )
    },
    Help {
        args: &[
            (
                "from",
                "Começo: now (agora), 22:00 (as próximas), 29/11/2026 22:00, 2026-11-29T22:00",
            ),
            (
                "to",
                "Fim, do mesmo jeito; 06:00 são as que vêm depois do começo",
            ),
            ("why", WHY),
        ],
        after: "Todas as mensagens esperam; depois, uma só resume o que se notou nesse tempo.\n\n\
            Exemplos:\n  agendad alerts maintenance --from 22:00 --to 23:30 --why 'troca do servidor'\n  \
            agendad alerts maintenance --to 2026-11-29T06:00 --why 'queda de energia anunciada'",
        ..help(
            "alerts maintenance",
            "Anuncia uma manutenção: todas as mensagens esperam, e no fim vêm resumidas",
        )
    },
    help(
        "alerts silences",
        "O que está sendo segurado agora, ou vai ser",
    ),
    Help {
        args: &[("id", "O número dele, como em `agendad alerts silences`")],
        ..help("alerts unmute", "Encerra um destes silêncios antes da hora")
    },
];
