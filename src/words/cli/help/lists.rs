//! What was read, what is being read, and what waits.

use super::command::{AT_MOST, Help, THIS_EXAMINER_ONLY, help};

const WHO: (&str, &str) = ("user", THIS_EXAMINER_ONLY);

pub(super) const HELP: &[Help] = &[
    Help {
        args: &[WHO, ("status", "Só com este resultado"), ("limit", AT_MOST)],
        after: "Exemplos:\n  agendad runs --user 3 --status failed\n  agendad runs --user souza --wide\n  \
            agendad runs --limit 1 --json",
        ..help("runs", "As últimas leituras")
    },
    Help {
        args: &[
            WHO,
            (
                "from",
                "A partir deste dia: 28/11, 28/11/2026, hoje, amanhã, seg, 2026-11-28 [padrão: hoje, sem --removed]",
            ),
            ("to", "Até este dia"),
            (
                "removed",
                "Os que saíram da agenda, primeiro os vistos por último",
            ),
            (
                "days",
                "Em vez disso, o que se sabe de cada dia de um perito: vazio não é o mesmo que não lido",
            ),
            ("limit", AT_MOST),
        ],
        after: "Exemplos:\n  agendad slots --user souza --from amanhã --to sex\n  \
            agendad slots --from 24/11 --to 28/11/2026\n  agendad slots --removed --limit 20\n  \
            agendad slots --user 3 --days        que dias estão vazios, e quais não foram lidos",
        ..help("slots", "Os horários da agenda, ou os que saíram dela")
    },
    Help {
        args: &[
            WHO,
            ("slot", "Só deste horário"),
            ("kind", "Só deste tipo"),
            (
                "since",
                "Desde o começo deste dia: 28/11, 28/11/2026, hoje, ontem, seg, 2026-11-28",
            ),
            ("limit", AT_MOST),
        ],
        after: "Exemplos:\n  agendad changes --user 3\n  agendad changes --kind removed --since ontem\n  \
            agendad changes --slot 1042          a história inteira de um horário",
        ..help(
            "changes",
            "O que mudou: horários novos, alterados, que saíram ou voltaram, com o antes e o depois",
        )
    },
    Help {
        args: &[WHO, ("days", "Quantos dias para trás, contando hoje")],
        after: "Exemplos:\n  agendad stats\n  agendad stats --user 3 --days 7\n  agendad stats --json | jq '.[0]'",
        ..help("stats", "Leituras e horários, somados por dia")
    },
    Help {
        args: &[WHO, ("state", "Só nesta situação"), ("limit", AT_MOST)],
        after: "Tarefas feitas ficam guardadas por algumas horas; a história está em `agendad runs`.\n\n\
            Exemplos:\n  agendad jobs --state running\n  agendad jobs --user 3 --state completed",
        ..help(
            "jobs",
            "A fila: as leituras marcadas, à espera ou em andamento",
        )
    },
    Help {
        args: &[
            (
                "release",
                "Libera a trava deste perito, encerrando a conexão de quem a tem: número, ou parte do nome",
            ),
            ("force", "Mesmo que quem a tem pareça estar vivo"),
        ],
        after: "Uma trava pertence a uma conexão com o banco de dados, e fica livre quando a conexão acaba. Quem a tem é dado \
            por morto quando a leitura, ou o silêncio, dura um minuto mais que scheduler.run_timeout: a máquina provavelmente \
            sumiu sem avisar, e --release encerra a conexão. Com ela vão todas as travas daquele programa.\n\n\
            Exemplos:\n  agendad locks\n  agendad locks --release 3\n  \
            agendad locks --release 3 --force    também de quem está vivo: as leituras dele terminam como falhas",
        ..help(
            "locks",
            "Quem está lendo quem; e libera a trava deixada por um programa que morreu",
        )
    },
    Help {
        after: "O portal permite uma sessão por pessoa. De quem ela é fica escrito no banco de dados, seja qual for \
            session.store. Uma sessão que o portal não aceita mais é trocada por outra, sozinha.",
        ..help(
            "sessions",
            "As sessões no portal que são guardadas entre uma leitura e outra",
        )
    },
    help(
        "sessions list",
        "De quem há sessão aberta, até quando, e onde se espera que o perito saia do portal",
    ),
    Help {
        args: &[WHO],
        after: "Com session.store = \"memory\", só o agendad no ar pode sair do portal: ele sai em um minuto.",
        ..help(
            "sessions clear",
            "Sai do portal e esquece a sessão: a próxima leitura entra de novo",
        )
    },
];
