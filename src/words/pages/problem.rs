//! Words about pages that are not what was asked for.

use crate::words::{Sentence, both};

pub(crate) const GO_TO_OVERVIEW: Sentence = both("Ir à visão geral", "Go to the overview");

pub(crate) const TOO_LARGE: Sentence = both("Grande demais", "Too large");
pub(crate) const SPLIT_IT: Sentence = both(
    "Nada foi gravado. Divida o arquivo em partes de até 40 mil caracteres, cada uma com a linha do cabeçalho, e envie uma \
     de cada vez. Ou importe-o inteiro no terminal do servidor: ",
    "Nothing was written. Split the file into parts of up to 40,000 characters, each with the line of the head, and send \
     them one by one. Or import it whole at the server's terminal: ",
);
pub(crate) const A_FILE: Sentence = both("ARQUIVO", "FILE");
pub(crate) const TOO_SLOW: Sentence = both("Demorou demais", "It took too long");

/// What took too long: what was sent, or the answer to it.
pub(crate) fn too_slow(is_sending: bool) -> Sentence {
    if is_sending {
        return both(
            "O que foi enviado não chegou inteiro a tempo, e nada foi feito. Volte e envie de novo; se a conexão é lenta, tente de mais perto.",
            "What was sent did not arrive whole in time, and nothing was done. Go back and send it again; over a slow connection, from nearer.",
        );
    }
    both(
        "A página não ficou pronta a tempo. Tente de novo em um minuto; se acontecer outra vez, quem cuida da máquina vê a causa com: agendad check",
        "The page was not ready in time. Try again in a minute; if it happens again, whoever looks after the machine finds the cause by: agendad check",
    )
}

pub(crate) const SHORTEN_IT: Sentence = both(
    "Nada foi feito. Volte, encurte o que escreveu e envie de novo.",
    "Nothing was done. Go back, shorten what you wrote, and send it again.",
);

/// How large something was, and how large it may be, in bytes.
pub(crate) fn sizes(size: usize, limit: usize) -> Sentence<String> {
    let grouped = |n: usize, mark: char| {
        let digits = n.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        grouped
    };
    let (size_pt, limit_pt) = (grouped(size, '.'), grouped(limit, '.'));
    let (size_en, limit_en) = (grouped(size, ','), grouped(limit, ','));
    sentence!(
        "O envio tem {size_pt} bytes, e o limite é de {limit_pt} (http.max_body_bytes).",
        "What was sent has {size_en} bytes, and the limit is {limit_en} (http.max_body_bytes)."
    )
}

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
