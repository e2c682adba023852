//! The service, its first steps, and the look at whether all is well.

use super::command::{Help, ONE_EXAMINER, help};

pub(super) const HELP: &[Help] = &[
    Help {
        args: &[
            (
                "no_schedule",
                "Faz as leituras que estão na fila, mas não marca novas",
            ),
            (
                "no_work",
                "Marca leituras, mas não as faz; junto com --no-schedule, só atende o painel e a API",
            ),
        ],
        ..help(
            "run",
            "Põe o agendad no ar: lê as agendas dos peritos nos horários marcados, até ser encerrado",
        )
    },
    Help {
        args: &[
            ("examiners", "Quantos peritos"),
            (
                "seconds",
                "Termina sozinho depois de tantos segundos [padrão: até Ctrl-C]",
            ),
            (
                "keep",
                "Guarda nesta pasta o banco de dados e os arquivos, em vez de apagar tudo no fim",
            ),
        ],
        ..help(
            "demo",
            "Para experimentar: banco de dados próprio, portal simulado e peritos inventados, sem preparar nada",
        )
    },
    Help {
        after: "Os mesmos passos da primeira página do painel: um operador, o contato da clínica, o primeiro perito com um \
            teste do acesso, quando a agenda é lida, quem é avisado, com uma mensagem de teste, chave e backup, o endereço. Pode ser interrompido e retomado.",
        ..help(
            "setup",
            "Configura o que falta, uma pergunta depois da outra, no terminal",
        )
    },
    Help {
        args: &[
            ("user", ONE_EXAMINER),
            (
                "from",
                "Primeiro dia: 28/11, 28/11/2026, hoje, amanhã, seg, 2026-11-28 [padrão com --to: hoje]",
            ),
            (
                "to",
                "Último dia [padrão com --from: 14 dias depois de hoje]",
            ),
            ("window", "Só este período da configuração"),
        ],
        after: "Exemplos:\n  agendad sync --user 3\n  agendad sync --user 3 --window near\n  \
            agendad sync --user souza --from hoje --to sex\n  \
            agendad sync --user 3 --from 2026-11-24 --to 2026-12-08 --json",
        ..help("sync", "Lê a agenda de um perito agora")
    },
    Help {
        args: &[(
            "all",
            "Todos os peritos: cada senha é enviada ao portal uma vez",
        )],
        after: "Um acesso por perito, como o de uma leitura; nada da agenda é lido. Quem está pausado, ou tem uma senha que o \
            portal já recusou, não é testado. Se o portal não responde, o teste para. Código de saída 3: nem todos os acessos \
            foram aceitos.",
        ..help(
            "verify",
            "Testa o acesso ao portal de todos os peritos, um depois do outro, sem ler nada",
        )
    },
    Help {
        args: &[(
            "offline",
            "Só o que dispensa rede e banco de dados: configuração, pasta do agendad, chave",
        )],
        after: "Código de saída 0 se nada está marcado com ERRO, 2 se nenhum banco de dados está configurado e não há um próprio; \
            o que está marcado com veja merece um olhar.\n\
            Exemplos:\n  agendad check\n  agendad check --offline     antes de a rede estar no ar\n  \
            agendad check --json | jq '.[] | select(.state != \"ok\")'",
        ..help(
            "check",
            "Examina tudo o que tem de estar certo: uma linha para cada coisa, com o que fazer",
        )
    },
    Help {
        args: &[("alive", "Só se o programa responde")],
        after: "Pergunta em http.listen da mesma configuração. Código de saída 0 se o agendad está pronto: banco de dados, \
            tabelas, tarefas internas.\nExemplo, num Dockerfile:\n  HEALTHCHECK CMD [\"agendad\", \"health\"]",
        ..help(
            "health",
            "Pergunta ao agendad no ar nesta máquina se está pronto; para contêineres e scripts",
        )
    },
];
