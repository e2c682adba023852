//! Words about pages that are not what was asked for.

use crate::words::{Sentence, both};

pub(crate) const GO_TO_OVERVIEW: Sentence = both("Ir à visão geral", "Go to the overview");

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No such examiner, run or page.
    NotFound,
    /// A form that is not of this session, or cannot be read.
    Form,
    /// They may not see or do this.
    Forbidden,
    /// The database does not answer.
    Database,
    /// The database's role may not do this.
    Rights,
    /// Something else.
    Internal,
}

pub(crate) const fn title(problem: Problem) -> Sentence {
    match problem {
        Problem::NotFound => both("Não encontrado", "Not found"),
        Problem::Form => both("Nada foi feito", "Nothing was done"),
        Problem::Forbidden => both("Sem permissão", "Not for you"),
        Problem::Database => both(
            "O banco de dados não responde",
            "The database does not answer",
        ),
        Problem::Rights => both(
            "Falta uma permissão no banco de dados",
            "A right is missing in the database",
        ),
        Problem::Internal => both("Erro interno", "Internal error"),
    }
}

pub(crate) const fn advice(problem: Problem) -> Sentence {
    match problem {
        Problem::NotFound => both(
            "Não há nada neste endereço. Leituras antigas são apagadas depois de algum tempo (retention.runs).",
            "There is nothing at this address. Old runs are deleted after some time (retention.runs).",
        ),
        Problem::Form => both(
            "O formulário não veio de uma página aberta por você nesta sessão. Abra a página de novo e repita.",
            "The request did not come from a page that you opened in this session. Open the page again and repeat it.",
        ),
        Problem::Forbidden => both(
            "O papel com que você entrou não inclui isto. Quem pode mudar isso é um operador, em Pessoas.",
            "This is not part of the role with which you have logged in. An operator can change that, under People.",
        ),
        Problem::Database => both(
            "Sem ele o agendad espera e nada se perde. Veja se o PostgreSQL está no ar (agendad check diz o que falta).",
            "Without it agendad waits and nothing is lost. See whether PostgreSQL is up (agendad check says what is missing).",
        ),
        Problem::Rights => both(
            "Nada mudou: o papel com que o agendad usa o banco de dados não pode fazer isto. Quem é dono das tabelas pode, com o comando do mesmo nome \
             (agendad users).",
            "Nothing changed: the role with which agendad uses the database may not do this. The owner of the tables can, by the command of the same name \
             (agendad users).",
        ),
        Problem::Internal => both(
            "O ocorrido está no registro do agendad (journalctl -u agendad).",
            "What happened is in agendad's log.",
        ),
    }
}
