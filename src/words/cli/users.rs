//! Words about accounts.

pub(crate) use super::list::{
    CPF, LAST_READ, LAST_SUCCESS, NAME, SLOTS, SLOTS_AHEAD, STATE, UNIT, USER,
};
use crate::domain::PauseReason;
use crate::domain::cpf::InvalidCpf;
use crate::words::{Sentence, both, pause};

pub(crate) const WORKING_DAYS: Sentence = both("dias", "days");
pub(crate) const ALL_DAYS: Sentence = both("todos", "all");
pub(crate) const OFF: Sentence = both("desligado", "off");
pub(crate) const MANUAL: Sentence = both("só a pedido", "manual");
pub(crate) const ON: Sentence = both("ligado", "on");
pub(crate) const NOT_OFFERED: Sentence = both("fora do portal", "no longer offered");
pub(crate) const YES: Sentence = both("sim", "yes");
pub(crate) const NONE: Sentence = both("nenhum", "none");
pub(crate) const NO_EXAMINERS: Sentence = both(
    "nenhum perito ainda; para acrescentar: agendad users add --name … --cpf …",
    "no examiners yet; add one with: agendad users add --name … --cpf …",
);

/// A pause; of a second account of a CPF, with the older one.
pub(crate) fn paused(
    reason: PauseReason,
    until: Option<&str>,
    older: Option<i32>,
) -> Sentence<String> {
    let title = pause::title(reason).pt.to_lowercase();
    match (until, older) {
        (Some(until), _) => sentence!(
            "pausado: {title}, até {until}",
            "paused: {reason}, until {until}"
        ),
        (None, Some(older)) => sentence!(
            "pausado: {title} (nº {older})",
            "paused: {reason} of user {older}"
        ),
        (None, None) => sentence!("pausado: {title}", "paused: {reason}"),
    }
}

/// The examiner uses the portal, which allows one session a person.
pub(crate) fn waits(until: Option<&str>) -> Sentence<String> {
    match until {
        Some(until) => sentence!(
            "ligado; espera o perito sair do portal, até {until}",
            "on, waits for the examiner at the portal until {until}"
        ),
        None => both(
            "ligado; espera o perito sair do portal",
            "on, waits until the examiner leaves the portal",
        )
        .owned(),
    }
}

pub(crate) const ASKED_AT_LOGIN: Sentence = both(
    "enquanto o agendad está no portal, o portal pergunta ao perito, quando ele entra, se encerra a outra sessão: \
     pode dizer que sim, o agendad volta quando o perito sair (para sair depois de cada leitura: session.logout_after_run)",
    "while agendad is logged in, the portal asks the examiner at their own login whether to end the other session: they may \
     say yes, agendad comes back when they have left (to log out after each run: session.logout_after_run)",
);
pub(crate) const ADDED: Sentence = both(
    "acrescentado; o agendad que está no ar o lê em segundos",
    "added; the running daemon synchronises them within seconds",
);
pub(crate) const ADDED_BUT_NOBODY_READS: Sentence = both(
    "acrescentado; nenhum agendad está no ar com este banco de dados, inicie-o: agendad run",
    "added; no daemon is running on this database, start it with: agendad run",
);
pub(crate) const ADDED_BUT_REFUSED: Sentence = both(
    "acrescentado, mas o portal já recusou esta senha com este CPF: a conta está pausada (para a senha certa: agendad users \
     set-password --user N; para deixar que esta seja tentada de novo: agendad users resume --user N --same-password)",
    "added, but the portal has refused this password with this CPF before: the account is paused (for the right password: \
     agendad users set-password --user N; to let this one be tried again: agendad users resume --user N --same-password)",
);
pub(crate) const ENABLED: Sentence = both("é lido", "is synchronised");
pub(crate) const DISABLED: Sentence = both("não é mais lido", "is no longer synchronised");
pub(crate) const PAUSED: Sentence = both("está pausado", "is paused");
pub(crate) const GOES_ON: Sentence = both("volta a ser lido", "goes on");
pub(crate) const NEW_PASSWORD: Sentence = both("tem uma senha nova", "has a new password");
/// `is_tried`: a daemon is there, and will.
pub(crate) fn try_it(user: i32, is_tried: bool) -> Sentence<String> {
    if is_tried {
        return sentence!(
            "o agendad que está no ar a experimenta em seguida; para ver: agendad sync --user {user}",
            "the agendad that is running tries it presently; to watch: agendad sync --user {user}"
        );
    }
    sentence!(
        "para experimentá-la já e ler a agenda: agendad sync --user {user}",
        "to try it at once and read the agenda: agendad sync --user {user}"
    )
}

pub(crate) const SAME_PASSWORD: Sentence = both(
    "já tem esta mesma senha: nada mudou (se o portal a recusou e é para tentar de novo: agendad users resume --user N --same-password)",
    "has this very password already: nothing changed (if the portal refused it and it shall be tried again: agendad users resume --user N --same-password)",
);
pub(crate) const REFUSED_BEFORE: Sentence = both(
    "tem agora esta senha, mas o portal já a recusou antes: a conta continua pausada (para deixar que seja tentada de novo: agendad users resume --user N --same-password)",
    "has this password now, but the portal has refused it before: the account stays paused (to let it be tried again: agendad users resume --user N --same-password)",
);
pub(crate) const PASSWORD_PROMPT: Sentence = both(
    "Senha do portal (não aparece): ",
    "Portal password (not shown): ",
);
pub(crate) const PASSWORD_EMPTY: Sentence = both(
    "a senha está vazia; digite-a, ou passe-a pela entrada padrão",
    "the password is empty; type it, or pipe it in",
);
pub(crate) const PASSWORD_NO_TEXT: Sentence = both(
    "a senha não é texto em UTF-8",
    "the password is not text in UTF-8",
);
pub(crate) const BAD_CHECK_DIGITS: Sentence = both(
    "--cpf: os dígitos verificadores não conferem; procure um erro de digitação",
    "--cpf: the check digits do not fit; look for a typing error",
);
pub(crate) const BAD_DAYS: Sentence = both(
    "--days recebe segunda, terca, quarta, quinta, sexta, sabado, domingo, separados por vírgulas",
    "--days takes segunda, terca, quarta, quinta, sexta, sabado, domingo, split by commas",
);

pub(crate) const BAD_NAME: Sentence = both(
    "--name: o nome está vazio, ou é longo demais",
    "--name: the name is empty, or too long",
);
pub(crate) const BAD_EMAIL: Sentence = both(
    "--email: um só endereço, como nome@exemplo.com.br; '' para tirar",
    "--email: a single address, such as name@example.com; '' takes it away",
);
pub(crate) const EDITED: Sentence = both("foi mudado", "is changed");
pub(crate) const NOTHING_TO_EDIT: Sentence = both(
    "já era assim: nada mudou",
    "was so already: nothing changed",
);

pub(crate) fn no_such_window(name: &str, known: &str) -> Sentence<String> {
    sentence!(
        "--windows: não há {name:?} em [[windows]]; há: {known}",
        "--windows: {name:?} is none of [[windows]]: {known}"
    )
}

pub(crate) fn no_such_unit(unit: &str, known: &str) -> Sentence<String> {
    sentence!(
        "--units: o portal não mostrou {unit:?} a este perito; mostrou: {known}",
        "--units: the portal has not shown {unit:?} to this examiner; it has shown: {known}"
    )
}

pub(crate) const WHAT_REMOVING_DOES: Sentence = both(
    "Vão embora: CPF e senha do portal, a sessão no portal, os horários de leitura, os endereços de calendário e de planilhas só deste perito, os e-mails que \
     o perito recebe e o acesso ao painel. Ficam: os horários já lidos, o histórico e a auditoria. Isto não se desfaz.",
    "Gone will be: CPF and portal password, the session at the portal, when it is read, the addresses of calendar and sheets of this examiner alone, the \
     e-mails that the examiner gets, and the dashboard login. Kept are: the slots that were read, the history and the audit. This cannot be undone.",
);

pub(crate) fn type_name(nome: &str) -> Sentence<String> {
    sentence!(
        "Para remover {nome}, digite o nome: ",
        "To remove {nome}, type the name: "
    )
}

pub(crate) const OTHER_NAME: Sentence = both(
    "este não é o nome; nada foi removido",
    "that is not the name; nothing was removed",
);
pub(crate) const BUSY: Sentence = both(
    "uma leitura deste perito está em andamento; nada foi removido. Espere ela terminar",
    "this examiner is being read; nothing was removed. Wait until that ends",
);

pub(crate) fn removed(user: i32, slots: i64, runs: i64) -> Sentence<String> {
    sentence!(
        "o perito nº {user} foi removido; ficaram no histórico {slots} horários e {runs} leituras",
        "user {user} is removed; {slots} slots and {runs} runs stay in the history"
    )
}

/// What became of an examiner.
pub(crate) fn of_user(user: i32, what: Sentence) -> Sentence<String> {
    let Sentence { pt, en } = what;
    sentence!("o perito nº {user} {pt}", "user {user} {en}")
}

pub(crate) fn not_in_table(user: i32) -> Sentence<String> {
    sentence!(
        "não há nº {user} em usuarios",
        "there is no user {user} in usuarios"
    )
}

pub(crate) fn has_account(user: i32) -> Sentence<String> {
    sentence!(
        "o nº {user} já tem conta; para uma senha nova: agendad users set-password --user {user}",
        "user {user} has an account; a new password: agendad users set-password --user {user}"
    )
}

pub(crate) fn no_cpf(error: InvalidCpf) -> Sentence<String> {
    let digits = error.digits;
    sentence!(
        "--cpf: um CPF tem 11 dígitos, e este tem {digits}",
        "--cpf: {error}"
    )
}

pub(crate) fn cpf_taken(user: i32, older: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {older} tem o mesmo CPF e já é lido; desligue um dos dois: agendad users disable --user {user}",
        "user {older} has the same CPF and is synchronised; switch one of the two off: agendad users disable --user {user}"
    )
}

pub(crate) fn password_condemned(user: i32, reason: PauseReason) -> Sentence<String> {
    let title = pause::title(reason).pt.to_lowercase();
    sentence!(
        "o perito nº {user} está pausado porque o portal não aceitou a senha ({title}): a mesma seria enviada de novo, e poucas senhas erradas \
         fazem o DETRAN bloquear a conta; grave uma senha nova: agendad users set-password --user {user}; ou, correndo esse risco: \
         agendad users resume --user {user} --same-password",
        "user {user} is paused because the portal did not accept the password ({reason}): the same one would be posted again, and a few wrong passwords make DETRAN block the account; \
         store a new password: agendad users set-password --user {user}; or, at that risk: agendad users resume --user {user} --same-password"
    )
}

pub(crate) const CALENDARS_OFF: Sentence = both(
    "calendar.enabled é false: nada seria mostrado",
    "calendar.enabled is false: nothing would be served",
);
pub(crate) const KEEP_SECRET: Sentence = both(
    "guarde em segredo; não é mostrado de novo, e o endereço anterior não vale mais",
    "keep it secret; it is not shown again, and an earlier address is good no more",
);

pub(crate) fn no_calendar(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não tem endereço de calendário",
        "user {user} has no calendar address"
    )
}

pub(crate) fn calendar_revoked(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não tem mais endereço de calendário",
        "user {user} has no calendar address any more"
    )
}
