//! What the API says of a value that it does not take, beside the sentences of the codes. What is said of a sync that
//! took place is here too.

use std::fmt::Display;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::{Sentence, both, count};
use crate::domain::Totals;

pub(crate) const DESCRIPTION: Sentence = both(
    "Agendas de peritos do DETRAN: sincronizar, configurar, consultar. Mensagens em português; `code` é estável.",
    "Agendas of DETRAN examiners: synchronise, configure, look. Messages in Portuguese; `code` is stable.",
);
pub(crate) const FOR_APPLICATION: Sentence = both(
    "Para a aplicação e para operadores",
    "For the application and for operators",
);
pub(crate) const FOR_INFRASTRUCTURE: Sentence =
    both("Para a infraestrutura", "For the infrastructure");

pub(crate) const AT_SECRET_ADDRESSES: Sentence = both(
    "Em endereços secretos: quem tem o endereço lê, sem token",
    "At secret addresses: whoever has the address reads, without a token",
);

/// At a secret address, in a browser or a program for calendars or sheets.
pub(crate) const NO_SUCH_ADDRESS: Sentence = both(
    "Este endereço não existe, ou não vale mais.",
    "There is no such address, or it is good no longer.",
);
pub(crate) const TRY_LATER: Sentence = both(
    "Não foi possível responder agora. Tente novamente mais tarde.",
    "This could not be answered now. Try again later.",
);
pub(crate) const TOO_OFTEN: Sentence = both(
    "Muitas consultas em pouco tempo. Tente novamente mais tarde.",
    "Too many requests in a short time. Try again later.",
);

pub(crate) const BAD_QUERY: Sentence = both(
    "Os parâmetros do endereço não são válidos, ou um deles aparece duas vezes.",
    "The parameters of the address are not valid, or one of them is there twice.",
);
pub(crate) const ID_IS_NO_NUMBER: Sentence = both(
    "O identificador deve ser um número.",
    "The identifier must be a number.",
);
pub(crate) const BODY_UNREADABLE: Sentence =
    both("O corpo não pôde ser lido.", "The body could not be read.");
pub(crate) const BODY_IS_NO_OBJECT: Sentence = both(
    "O corpo deve ser um objeto JSON.",
    "The body must be a JSON object.",
);
pub(crate) const ORDER_OF_DAYS: Sentence = both(
    "windowStart deve ser anterior ou igual a windowEnd.",
    "windowStart must not lie after windowEnd.",
);
pub(crate) const NOT_IMPROVED: Sentence = both(
    "useImproved=false não existe mais: há uma única forma de sincronizar. Remova o parâmetro.",
    "useImproved=false is no more: there is one way to synchronise. Remove the parameter.",
);
pub(crate) const WHICH_EXAMINER: Sentence = both(
    "Informe usuarioId: de qual perito se trata?",
    "Give usuarioId: which examiner is meant?",
);
pub(crate) const NO_SUCH_EXAMINER: Sentence =
    both("Este perito não existe.", "There is no such examiner.");
pub(crate) const NO_ACCOUNT_YET: Sentence = both(
    "Este perito ainda não tem conta: informe cpf e senha.",
    "This examiner has no account yet: give cpf and senha.",
);
pub(crate) const NO_WINDOWS: Sentence = both(
    "janelas não pode ser vazia; para todas as janelas, envie null.",
    "janelas must not be empty; for all windows, send null.",
);
pub(crate) const BAD_WORKING_DAYS: Sentence = both(
    "diasTrabalho não é uma lista de dias da semana.",
    "diasTrabalho is no list of days of the week.",
);
pub(crate) const BAD_CPF: Sentence = both("cpf não é um CPF válido.", "cpf is no valid CPF.");
/// In place of a stored CPF that is none.
pub(crate) const INVALID: Sentence = both("inválido", "invalid");
pub(crate) const CALENDARS_ARE_OFF: Sentence = both(
    "Os calendários estão desligados.",
    "Calendars are switched off.",
);
pub(crate) const NO_CALENDAR: Sentence = both(
    "Este perito não tem endereço de calendário.",
    "This examiner has no calendar address.",
);
pub(crate) const BAD_ACCOUNT: Sentence = both(
    "O cadastro do DETRAN deste usuário tem um dado inválido. Corrija CPF, dias de trabalho e unidades.",
    "The DETRAN account of this user has an invalid value. Correct CPF, working days and units.",
);
pub(crate) const UNREADABLE_VALUE: Sentence = both(
    "Um valor guardado para este perito não pode ser lido. Avise o operador.",
    "A value that is stored for this examiner cannot be read. Tell the operator.",
);
pub(crate) const USER_IS_OFF: Sentence = both(
    "Este usuário está desativado.",
    "This user is switched off.",
);

pub(crate) const TOKEN_IS_NOT_OURS: Sentence = both(
    "O token não é desta aplicação.",
    "The token is not this application's.",
);
pub(crate) const TOKEN_EXPIRED: Sentence = both(
    "O token expirou. Entre de novo na aplicação.",
    "The token has expired. Log in to the application again.",
);
pub(crate) const TOKEN_NOT_YET: Sentence = both(
    "O token ainda não vale (nbf). O relógio de um dos lados está errado?",
    "The token is not valid yet (nbf). Is the clock of one side wrong?",
);
pub(crate) const TOKEN_IN_MILLISECONDS: Sentence = both(
    "A validade do token (`exp`) está em milissegundos, e devia estar em segundos.",
    "The expiry of the token (`exp`) is in milliseconds, and should be in seconds.",
);
pub(crate) const TOKEN_CLAIMS: Sentence = both(
    "O token não diz quem é: faltam `userId` ou `exp`, ou não se entendem.",
    "The token does not say who it is: `userId` or `exp` are missing, or are not understood.",
);

/// Of a run of the earlier system, which recorded no kind.
pub(crate) const SYNC_FAILED: Sentence =
    both("Esta sincronização falhou.", "This synchronisation failed.");
pub(crate) const SYNC_BEGUN: Sentence =
    both("Sincronização iniciada.", "The synchronisation has begun.");

pub(crate) fn not_this_json(line: usize, column: usize) -> Sentence<String> {
    sentence!(
        "O corpo não é o JSON esperado (linha {line}, coluna {column}).",
        "The body is not the JSON that is expected (line {line}, column {column})."
    )
}

/// A field that is unknown, or whose value is none of its own.
pub(crate) fn wrong_field(name: &str, line: usize, column: usize) -> Sentence<String> {
    sentence!(
        "O campo {name:?} não existe ou tem um valor inválido (linha {line}, coluna {column}).",
        "The field {name:?} does not exist or has an invalid value (line {line}, column {column})."
    )
}

pub(crate) fn not_a_flag(name: &str) -> Sentence<String> {
    sentence!(
        "{name} deve ser true ou false.",
        "{name} must be true or false."
    )
}

pub(crate) fn not_in_range(name: &str, range: &RangeInclusive<impl Display>) -> Sentence<String> {
    let (least, most) = (range.start(), range.end());
    sentence!(
        "{name} deve ser um número inteiro de {least} a {most}.",
        "{name} must be a whole number from {least} to {most}."
    )
}

pub(crate) fn not_a_date(name: &str) -> Sentence<String> {
    sentence!(
        "{name} deve ser uma data no formato AAAA-MM-DD.",
        "{name} must be a date, YYYY-MM-DD."
    )
}

pub(crate) fn not_one_of(name: &str, known: &str) -> Sentence<String> {
    sentence!(
        "{name} deve ser um destes: {known}.",
        "{name} must be one of these: {known}."
    )
}

pub(crate) fn days_in_wrong_order(start: NaiveDate, end: NaiveDate) -> Sentence<String> {
    sentence!(
        "windowStart ({start}) deve ser anterior ou igual a windowEnd ({end}).",
        "windowStart ({start}) must not lie after windowEnd ({end})."
    )
}

pub(crate) fn too_many_days(days: i64, most: u16) -> Sentence<String> {
    sentence!(
        "O período tem {days} dias; o máximo é {most}.",
        "The period has {days} days; at most {most} are allowed."
    )
}

pub(crate) fn length_of_password(longest: usize) -> Sentence<String> {
    sentence!(
        "senha deve ter de 1 a {longest} caracteres.",
        "senha must have 1 to {longest} characters."
    )
}

pub(crate) fn unknown_window(name: &str, known: &str) -> Sentence<String> {
    sentence!(
        "A janela {name:?} não existe; as configuradas são: {known}.",
        "There is no window {name:?}; configured are: {known}."
    )
}

pub(crate) fn cpf_taken(usuario_id: i32) -> Sentence<String> {
    sentence!(
        "Este CPF já é sincronizado pela conta do usuário {usuario_id}. Desative uma das duas contas.",
        "This CPF is synchronised by the account of user {usuario_id} already. Switch one of the two off."
    )
}

/// The examiner uses the portal. `until`: when agendad waits no longer.
pub(crate) fn examiner_at_portal(until: Option<&str>) -> Sentence<String> {
    Sentence {
        pt: format!(
            "O perito está usando o portal; o agendad espera até {}.",
            until.unwrap_or("que o perito saia")
        ),
        en: format!(
            "The examiner is using the portal; agendad waits until {}.",
            until.unwrap_or("the examiner leaves")
        ),
    }
}

pub(crate) fn sync_done(totals: &Totals) -> Sentence<String> {
    let Sentence { pt, en } = counts(totals);
    sentence!(
        "Sincronização concluída: {pt}",
        "Synchronisation done: {en}"
    )
}

pub(crate) fn sync_partly_done(totals: &Totals) -> Sentence<String> {
    let (skipped, held) = (totals.skipped, totals.held);
    let why = if skipped > 0 {
        count(
            skipped,
            both("dia não pôde ser lido", "day could not be read"),
            both("dias não puderam ser lidos", "days could not be read"),
        )
    } else if held > 0 {
        count(
            held,
            both(
                "remoção aguarda confirmação",
                "removal waits for confirmation",
            ),
            both(
                "remoções aguardam confirmação",
                "removals wait for confirmation",
            ),
        )
    } else {
        both(
            "há linhas que não puderam ser lidas",
            "there are rows that could not be read",
        )
        .owned()
    };
    let counts = counts(totals);
    let say =
        |verb: &str, counts: &dyn Display, why: &dyn Display| format!("{verb}: {counts}; {why}");
    Sentence {
        pt: say("Sincronização parcial", &counts.pt, &why.pt),
        en: say("Synchronisation partly done", &counts.en, &why.en),
    }
}

fn counts(totals: &Totals) -> Sentence<String> {
    let (inserted, updated, removed) = (totals.inserted, totals.updated, totals.removed);
    sentence!(
        "{inserted} inseridos, {updated} atualizados, {removed} removidos",
        "{inserted} inserted, {updated} updated, {removed} removed"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_and_one_removal_are_no_several() {
        let said = |skipped, held| {
            let totals = Totals {
                skipped,
                held,
                ..Totals::default()
            };
            let Sentence { pt, en } = sync_partly_done(&totals);
            let after = |said: String| said.split_once("; ").unwrap().1.to_owned();
            (after(pt), after(en))
        };
        for (skipped, held, pt, en) in [
            (1, 0, "1 dia não pôde ser lido", "1 day could not be read"),
            (
                2,
                1,
                "2 dias não puderam ser lidos",
                "2 days could not be read",
            ),
            (
                0,
                1,
                "1 remoção aguarda confirmação",
                "1 removal waits for confirmation",
            ),
            (
                0,
                7,
                "7 remoções aguardam confirmação",
                "7 removals wait for confirmation",
            ),
        ] {
            assert_eq!(said(skipped, held), (pt.to_owned(), en.to_owned()));
        }
    }
}
