//! Why an account is paused: to operators on the dashboard and at the command line, to the application over the API, in
//! an alert.

use chrono::{DateTime, Utc};

use super::advice::Advice;
use super::code::Code;
use super::{Sentence, both};
use crate::domain::{PauseOf, PauseReason};

/// Two words.
pub(crate) const fn title(reason: PauseReason) -> Sentence {
    match reason {
        PauseReason::Refused => both("Senha recusada", "Password refused"),
        PauseReason::Blocked => both("Acesso bloqueado", "Access blocked"),
        PauseReason::ChangePassword => both("Trocar a senha", "Password to be changed"),
        PauseReason::Unexplained => both("Resposta desconhecida", "Unexplained answer"),
        PauseReason::DuplicateCpf => both("CPF repetido", "CPF twice"),
        PauseReason::Captcha => both("CAPTCHA", "CAPTCHA"),
        PauseReason::Manual => both("Pausado", "Paused"),
    }
}

/// What to do, for operators. `until`: when the pause ends by itself.
pub(crate) fn advice(reason: PauseReason, usuario_id: i32, until: Option<&str>) -> Advice {
    match reason {
        PauseReason::Refused => Advice::text(both(
            "O portal recusou CPF ou senha; nada mais é tentado, para não bloquear o acesso. Peça a senha nova ao perito, grave-a na página dele, em Conta no portal: ela é testada na hora.",
            "The portal refused CPF or password; nothing more is tried, so as not to lock the examiner out. Ask the examiner for the new password, store it on their page, under Portal account: it is tried at once.",
        ))
        .told(both(
            "O portal recusou CPF ou senha; nada mais é tentado, para não bloquear o acesso.",
            "The portal refused CPF or password; nothing more is tried, so as not to lock the examiner out.",
        )),
        PauseReason::Blocked => Advice::text(both(
            "O portal bloqueou o acesso do perito, que precisa desbloqueá-lo no portal; depois, Retomar.",
            "The portal has blocked the examiner's access. The examiner must have it unblocked at the portal; then Resume.",
        ))
        .told(both(
            "O portal bloqueou o acesso do perito. Só o perito pode desbloqueá-lo, no portal; depois, a leitura tem de ser retomada.",
            "The portal has blocked the examiner's access. Only the examiner can have it unblocked, at the portal; then it must be resumed.",
        )),
        PauseReason::ChangePassword => Advice::text(both(
            "O portal exige uma senha nova; nada mais é tentado. O perito troca a senha no portal; depois grave a nova na página dele, em Conta no portal.",
            "The portal wants a new password; nothing more is tried. The examiner changes it at the portal; then store the new one on their page, under Portal account.",
        ))
        .told(both(
            "O portal exige uma senha nova; nada mais é tentado. O perito troca a senha no portal, e depois a clínica grava a nova.",
            "The portal wants a new password; nothing more is tried. The examiner changes it at the portal, then the clinic stores the new one.",
        )),
        PauseReason::Unexplained => Advice::text(both(
            "O portal não respondeu à senha, ou respondeu de um modo desconhecido, talvez uma recusa; nada mais é tentado, para não bloquear o acesso. Confira pelo navegador se o portal aceita a senha. Se mudou, grave a nova na página do perito, em Conta no portal.",
            "The portal did not answer the password, or in an unknown way, perhaps a refusal; nothing more is tried, so as not to lock the examiner out. Find out with a browser whether the portal takes the password. If it has changed, store the new one on the examiner's page, under Portal account.",
        ))
        .told(both(
            "O portal não respondeu à senha, ou respondeu de um modo desconhecido, talvez uma recusa; nada mais é tentado, para não bloquear o acesso.",
            "The portal did not answer the password, or in an unknown way, perhaps a refusal; nothing more is tried, so as not to lock the examiner out.",
        )),
        PauseReason::DuplicateCpf => Advice::command(
            both(
                "Outra conta, mais antiga, já é sincronizada com este CPF. Corrija o CPF, ou desligue esta conta",
                "Another, older account is synchronised with this CPF. Correct the CPF, or switch this account off",
            ),
            format!("agendad users disable --user {usuario_id}"),
        )
        .told(both(
            "Outra conta, mais antiga, já é sincronizada com este CPF.",
            "Another, older account is synchronised with this CPF.",
        )),
        PauseReason::Captcha => {
            let Sentence { pt, en } = CAPTCHA;
            Advice::text(match until {
                Some(until) => sentence!("Descansa até {until}. {pt}", "Rests until {until}. {en}"),
                None => CAPTCHA.owned(),
            })
        }
        PauseReason::Manual => Advice::text(both(
            "Pausado por um operador. Retomar quando quiser.",
            "Paused by an operator. Resume at any time.",
        ))
        .told(both(
            "Pausado por um operador, que pode retomar quando quiser.",
            "Paused by an operator, who can resume at any time.",
        )),
    }
}

const CAPTCHA: Sentence = both(
    "O portal pediu um CAPTCHA, que nunca é contornado. Se voltar, o perito deve entrar no portal pelo navegador.",
    "The portal asked for a CAPTCHA, which is never bypassed. If it comes back, the examiner should log in to the portal with a browser.",
);

/// What the application tells of a pause that is in force.
pub(crate) const fn in_account(reason: PauseReason) -> Sentence {
    match reason {
        PauseReason::Refused => Code::Auth.message(),
        PauseReason::Blocked => both(
            "O portal do DETRAN bloqueou o acesso. Desbloqueie-o no portal e avise o operador; até lá nenhuma nova tentativa é feita.",
            "DETRAN's portal has blocked the access. Have it unblocked at the portal and tell the operator; until then nothing more is tried.",
        ),
        PauseReason::ChangePassword => both(
            "O portal do DETRAN exige uma senha nova. Troque a senha no portal; depois grave a nova na página do perito no painel, em Conta no portal, ou com agendad users set-password.",
            "DETRAN's portal wants a new password. Change it at the portal; then store the new one on the examiner's page of the dashboard, under Portal account, or with agendad users set-password.",
        ),
        PauseReason::Unexplained => both(
            "O portal do DETRAN não respondeu à senha, ou respondeu de um modo desconhecido, talvez uma recusa. Confira pelo navegador se o portal a aceita; se mudou, grave a nova na página do perito no painel, em Conta no portal, ou com agendad users set-password. Até lá nenhuma nova tentativa é feita.",
            "DETRAN's portal did not answer the password, or in an unknown way, perhaps a refusal. Find out with a browser whether the portal takes it; if it has changed, store the new one on the examiner's page of the dashboard, under Portal account, or with agendad users set-password. Until then nothing more is tried.",
        ),
        PauseReason::Captcha => Code::Captcha.message(),
        PauseReason::DuplicateCpf => Code::DuplicateCpf.message(),
        PauseReason::Manual => Code::Paused.message(),
    }
}

/// What the application tells of a sync that was refused because of a pause, and its code.
pub(crate) const fn in_refused_sync(reason: PauseReason) -> (Code, Sentence) {
    match reason {
        PauseReason::Refused => (Code::Auth, Code::Auth.message()),
        PauseReason::Blocked => (
            Code::Auth,
            both(
                "O portal do DETRAN bloqueou este acesso. Desbloqueie-o no portal e depois peça ao operador para retomar.",
                "DETRAN's portal has blocked this access. Have it unblocked at the portal, then ask the operator to resume it.",
            ),
        ),
        PauseReason::ChangePassword => (
            Code::Auth,
            both(
                "O portal do DETRAN exige uma senha nova. Troque-a no portal; depois grave a nova na página do perito no painel, em Conta no portal, ou com agendad users set-password.",
                "DETRAN's portal wants a new password. Change it at the portal; then store the new one on the examiner's page of the dashboard, under Portal account, or with agendad users set-password.",
            ),
        ),
        PauseReason::Unexplained => (
            Code::Auth,
            both(
                "O portal do DETRAN não respondeu ao acesso, ou respondeu de um modo desconhecido. Confira no portal, pelo navegador, se a senha é aceita; até lá nada é tentado, para não bloquear a conta.",
                "DETRAN's portal did not answer the login, or in an unknown way. Find out at the portal, with a browser, whether the password is taken; until then nothing is tried, so as not to block the account.",
            ),
        ),
        PauseReason::Captcha => (Code::Captcha, Code::Captcha.message()),
        PauseReason::DuplicateCpf => (Code::DuplicateCpf, Code::DuplicateCpf.message()),
        PauseReason::Manual => (Code::Paused, Code::Paused.message()),
    }
}

/// What ends the pause that keeps a user from being read, for operators at the command line.
pub(crate) fn cure(user: i32, reason: PauseReason, pause_of: PauseOf) -> Sentence<String> {
    match pause_of {
        PauseOf::Itself(until) => end(user, reason, until),
        PauseOf::Twin { usuario_id, until } => {
            let Sentence { pt, en } = end(usuario_id, reason, until);
            sentence!(
                "a pausa é do perito nº {usuario_id}, que tem o mesmo CPF; {pt}",
                "it is the pause of user {usuario_id}, who has the same CPF; {en}"
            )
        }
        PauseOf::Older(older) => sentence!(
            "o perito nº {older} tem o mesmo CPF e é lido automaticamente; desligue um dos dois com: agendad users disable --user {user}",
            "user {older} has the same CPF and is synchronised; switch one of them off with: agendad users disable --user {user}"
        ),
    }
}

fn end(user: i32, reason: PauseReason, until: Option<DateTime<Utc>>) -> Sentence<String> {
    if let Some(until) = until {
        let (br, iso) = (
            until.format("%d/%m/%Y %H:%M"),
            until.format("%Y-%m-%d %H:%M"),
        );
        return sentence!("continua depois de {br} UTC", "it goes on after {iso} UTC");
    }
    let Sentence { pt, en } = sentence!(
        "na página do perito no painel, em Conta no portal, ou com: agendad users set-password --user {user}",
        "on the examiner's page of the dashboard, or with: agendad users set-password --user {user}"
    );
    let resume = format!("agendad users resume --user {user}");
    match reason {
        PauseReason::Refused => {
            sentence!("grave a senha certa {pt}", "set the right password {en}")
        }
        PauseReason::ChangePassword => sentence!(
            "o perito tem de trocar a senha no portal; depois grave a nova {pt}",
            "the examiner has to change the password at the portal; then store it {en}"
        ),
        PauseReason::Blocked => sentence!(
            "o perito tem de desbloquear o acesso no portal; depois: {resume} --same-password",
            "the examiner has to have the access unblocked at the portal; then: {resume} --same-password"
        ),
        PauseReason::Unexplained => sentence!(
            "confira pelo navegador se o portal aceita a senha; se mudou, grave a nova {pt}; a mesma mais uma vez, o que pode bloquear o acesso: {resume} --same-password",
            "find out with a browser whether the portal takes the password; store a new one {en}; the same once more, which may block the account: {resume} --same-password"
        ),
        PauseReason::Captcha | PauseReason::DuplicateCpf | PauseReason::Manual => sentence!(
            "quando estiver tudo bem: {resume}",
            "when all is well: {resume}"
        ),
    }
}

/// What the portal said of a password that it did not accept, as a note of an alert.
pub(crate) const fn in_alert(reason: PauseReason) -> Sentence {
    match reason {
        PauseReason::Blocked => both("conta bloqueada", "account blocked"),
        PauseReason::ChangePassword => both(
            "o portal exige uma senha nova",
            "the portal wants a new password",
        ),
        PauseReason::Unexplained => both(
            "o portal não respondeu à senha, ou respondeu de um modo desconhecido",
            "the portal did not answer the password, or in an unknown way",
        ),
        PauseReason::Refused
        | PauseReason::Captcha
        | PauseReason::DuplicateCpf
        | PauseReason::Manual => both("senha recusada", "password refused"),
    }
}

/// The same before somebody resumes with that password.
pub(crate) const fn before_resuming(reason: PauseReason) -> Sentence {
    match reason {
        PauseReason::Blocked => both(
            "O portal disse que o acesso deste perito está bloqueado.",
            "The portal said that this examiner's access is blocked.",
        ),
        PauseReason::ChangePassword => both(
            "O portal exige que a senha seja trocada.",
            "The portal wants the password to be changed.",
        ),
        PauseReason::Unexplained => both(
            "O portal não respondeu à senha, ou respondeu de um modo que ninguém entende; pode ser uma recusa.",
            "The portal did not answer the password, or in a way that nobody understands; it may be a refusal.",
        ),
        PauseReason::Refused
        | PauseReason::Captcha
        | PauseReason::DuplicateCpf
        | PauseReason::Manual => both(
            "O portal recusou o CPF ou a senha deste perito.",
            "The portal refused this examiner's CPF or password.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_account_is_told_whose_pause_it_is_and_what_ends_it_in_both_languages() {
        let until = DateTime::from_timestamp(1_796_040_000, 0);
        for &reason in PauseReason::ALL {
            let twin = |until| PauseOf::Twin {
                usuario_id: 7,
                until,
            };
            let Sentence { pt, en } = cure(8, reason, twin(None));
            for (said, whose) in [(&pt, "perito nº 7,"), (&en, "user 7,")] {
                assert!(said.contains(whose) && said.contains("--user 7"), "{said}");
            }
            let Sentence { pt, en } = cure(8, reason, PauseOf::Itself(None));
            assert!(pt.contains("--user 8") && en.contains("--user 8"), "{en}");
            let Sentence { pt, en } = cure(8, reason, twin(until));
            assert!(pt.ends_with("depois de 30/11/2026 12:00 UTC"), "{pt}");
            assert!(en.ends_with("after 2026-11-30 12:00 UTC"), "{en}");
        }
    }
}
