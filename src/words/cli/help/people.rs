//! `agendad people`: who enters the dashboard, and what is stored of a candidate.

use super::command::{Help, help};

const LOGIN: (&str, &str) = ("login", "Nome de acesso");
const ROLE: (&str, &str) = (
    "role",
    "O que pode fazer: ver o dia da clínica, tudo, ver a própria agenda",
);
const EXAMINER: (&str, &str) = (
    "examiner",
    "Com o papel perito: que perito é, pelo número ou por parte do nome",
);
const CANDIDATE: (&str, &str) = ("cpf", "CPF do candidato, com ou sem pontuação");

pub(super) const HELP: &[Help] = &[
    help(
        "people",
        "Quem entra no painel, e o que pode fazer; o que está guardado de um candidato (LGPD)",
    ),
    help(
        "people list",
        "Quem entra no painel: nome, papel, última vez",
    ),
    Help {
        args: &[
            (
                "login",
                "Nome de acesso: letras minúsculas sem acento, algarismos, . - _ @",
            ),
            ("name", "Nome, como as pessoas o leem"),
            ROLE,
            EXAMINER,
        ],
        after: "Papéis: recepcao (o dia da clínica), operador (tudo), perito (a própria agenda).\n\
            Exemplo: agendad people add --login maria.silva --name 'Maria Silva' --role recepcao\n\
            Num script: printf %s \"$SENHA\" | agendad people add --login … --name … --role …",
        ..help(
            "people add",
            "Acrescenta alguém que entra no painel; pergunta a senha",
        )
    },
    Help {
        args: &[LOGIN],
        ..help(
            "people password",
            "Grava outra senha de alguém; encerra as suas sessões, e o bloqueio por senhas erradas",
        )
    },
    Help {
        args: &[LOGIN, ROLE, EXAMINER],
        ..help(
            "people role",
            "Dá outro papel a alguém; encerra as suas sessões",
        )
    },
    Help {
        args: &[LOGIN],
        ..help(
            "people disable",
            "Não deixa mais alguém entrar; encerra as suas sessões",
        )
    },
    Help {
        args: &[LOGIN],
        ..help("people enable", "Deixa alguém entrar de novo")
    },
    Help {
        args: &[LOGIN],
        ..help(
            "people remove",
            "Remove alguém que entra no painel; o que fez fica na auditoria",
        )
    },
    Help {
        args: &[("login", "Só desta pessoa")],
        ..help("people sessions", "Quem está com o painel aberto, e onde")
    },
    Help {
        args: &[
            LOGIN,
            (
                "session",
                "Só esta sessão, pelo número que tem em `agendad people sessions`",
            ),
        ],
        ..help("people log-out", "Encerra as sessões de alguém")
    },
    help(
        "people invite",
        "Imprime um endereço em que se pode criar um operador; vale uma vez, por 4 horas",
    ),
    Help {
        args: &[CANDIDATE],
        after: "Linhas de horários, mudanças e agendamentos, inteiras, e os nomes das páginas guardadas que o mencionam.\n\
            Fica na auditoria. Exemplo: agendad people export --cpf 529.982.247-25 > candidato.json",
        ..help(
            "people export",
            "Tudo o que está guardado de um candidato, em JSON",
        )
    },
    Help {
        args: &[
            CANDIDATE,
            (
                "appointments",
                "Apaga também nos agendamentos do sistema da clínica",
            ),
            ("yes", "Não pergunta"),
        ],
        after: "Nos horários e no histórico de mudanças; contagens, dias e horas ficam. Os resumos que identificam cada linha \
            passam a ser aleatórios, porque uma busca por todos os CPFs os desvendaria. As páginas guardadas em state_dir desta \
            máquina que o mencionam são apagadas (repita em cada máquina em que o agendad está no ar). Os agendamentos são do \
            sistema da clínica e ficam com ele, a não ser com --appointments. Horários que o portal ainda mostra voltam na próxima \
            leitura. Dos backups do banco de dados cuide você. Fica na auditoria.",
        ..help(
            "people erase",
            "Apaga de vez nome, CPF, telefones e e-mail de um candidato",
        )
    },
];
