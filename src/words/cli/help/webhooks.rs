//! `agendad webhooks`: other systems that are told.

use super::command::{Help, THESE_EXAMINERS_ONLY, THIS_EXAMINER_ONLY, help};

const ITS_NUMBER: (&str, &str) = ("id", "O número dele, como em `agendad webhooks list`");

pub(super) const HELP: &[Help] = &[
    Help {
        after: "Assinado conforme o Standard Webhooks (https://www.standardwebhooks.com); docs/pt/webhooks.md diz o que é enviado \
            e como conferir, e examples/webhook_receiver.py confere. Tudo o que se faz aqui fica na auditoria.",
        ..help(
            "webhooks",
            "Outros sistemas que são avisados do que muda: endereços, entregas, reenvios",
        )
    },
    Help {
        args: &[
            ("url", "Para onde as mudanças são enviadas"),
            ("label", "Para que serve"),
            ("user", THESE_EXAMINERS_ONLY),
            ("event", "Só estes eventos"),
            (
                "allow_private",
                "Permite um endereço da rede local, e HTTP sem cifra",
            ),
        ],
        after: "Os eventos trazem nome e processo do candidato, e o CPF com parte escondida: quem recebe trata dados pessoais \
            (LGPD).\n\n\
            Exemplos:\n  agendad webhooks add --url https://sistema.example.com/agendad --label agenda\n  \
            agendad webhooks add --url http://127.0.0.1:9000/ --allow-private --label local --user 3 --event slot.created",
        ..help(
            "webhooks add",
            "Cria um webhook, que é avisado do que mudar daqui em diante; o segredo é mostrado uma só vez",
        )
    },
    help(
        "webhooks list",
        "Os webhooks, quanto cada um está atrasado, e o seu último problema",
    ),
    Help {
        args: &[
            ITS_NUMBER,
            ("keep", "Por quanto tempo o segredo anterior também assina"),
        ],
        ..help(
            "webhooks rotate",
            "Troca o segredo; o anterior também assina por um tempo",
        )
    },
    Help {
        args: &[ITS_NUMBER],
        ..help("webhooks disable", "Deixa de enviar; o que mudar espera")
    },
    Help {
        args: &[ITS_NUMBER],
        ..help("webhooks enable", "Volta a enviar, de onde parou")
    },
    Help {
        args: &[ITS_NUMBER],
        ..help("webhooks remove", "Remove um webhook")
    },
    Help {
        args: &[("id", "Só deste webhook")],
        ..help(
            "webhooks deliveries",
            "O que espera e por quê, e o que se desistiu de enviar",
        )
    },
    Help {
        args: &[
            ITS_NUMBER,
            (
                "since",
                "Desde o começo deste dia, ou deste momento: 28/11, ontem, 2026-11-28, 2026-11-28T14:00:00-03:00",
            ),
            (
                "change",
                "Desde esta mudança, com o número que tem em `agendad changes --json`",
            ),
            ("user", THIS_EXAMINER_ONLY),
        ],
        after: "O webhook-id de uma mudança é o mesmo da primeira vez: quem recebe e os guarda passa por cima do que já tem.\n\n\
            Exemplos:\n  agendad webhooks replay 1 --since ontem\n  agendad webhooks replay 1 --change 48210 --user 3",
        ..help(
            "webhooks replay",
            "Envia mudanças de novo, desde um dia ou uma mudança",
        )
    },
    Help {
        args: &[ITS_NUMBER],
        ..help(
            "webhooks test",
            "Envia um evento que não avisa de nada (agendad.test), e mostra o que o endereço responde",
        )
    },
];
