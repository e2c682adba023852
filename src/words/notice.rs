//! What became of what an operator asked for on the dashboard.

use super::code::Code;
use super::{Sentence, both};
use crate::domain::Role;

pub(crate) const PAUSED: Sentence = both(
    "Pausado. Nenhum acesso ao portal até Retomar.",
    "Paused. No access to the portal until Resume.",
);
pub(crate) const RESUMED: Sentence = both(
    "Retomado. A próxima leitura já vale.",
    "Resumed. The next run counts.",
);
pub(crate) const PASSWORD_CHANGED: Sentence = both(
    "Senha do portal salva. Para experimentá-la já: Sincronizar agora. Senão, a próxima leitura a usa.",
    "The portal password is stored. To try it at once: Synchronise now. Otherwise the next run uses it.",
);
pub(crate) const PASSWORD_TRIED: Sentence = both(
    "Senha do portal salva. O agendad entra agora com ela, uma única vez, e lê a agenda.",
    "The portal password is stored. agendad now logs in with it, once, and reads the agenda.",
);
pub(crate) const PASSWORD_OF_ONE_OFF: Sentence = both(
    "Senha do portal salva. A conta está desligada, por isso nada é lido; ao ligá-la, a leitura começa.",
    "The portal password is stored. The account is switched off, so nothing is read; once switched on, reading begins.",
);
pub(crate) const SAME_PASSWORD: Sentence = both(
    "É a mesma senha que já estava salva: nada mudou.",
    "It is the password that was stored already: nothing changed.",
);
pub(crate) const REFUSED_BEFORE: Sentence = both(
    "Senha salva, mas o portal já a recusou antes: a conta continua pausada.",
    "The password is stored, but the portal has refused it before: the account stays paused.",
);
pub(crate) const BAD_PASSWORD: Sentence = both(
    "A senha do portal tem de 1 a 200 caracteres.",
    "A portal password has 1 to 200 characters.",
);
pub(crate) const DAYS_CHANGED: Sentence =
    both("Dias e períodos salvos.", "Days and windows are stored.");
pub(crate) const EDITED: Sentence = both("Salvo.", "Saved.");
pub(crate) const NOTHING_TO_EDIT: Sentence = both(
    "Já era assim: nada mudou.",
    "It was so already: nothing changed.",
);
pub(crate) const SWITCHED_ON: Sentence =
    both("A conta está ligada.", "The account is switched on.");
pub(crate) const SWITCHED_OFF: Sentence = both(
    "A conta está desligada: não é mais lida.",
    "The account is switched off: it is read no more.",
);
pub(crate) const MAILS_SAVED: Sentence = both("Preferências salvas.", "The preferences are saved.");
pub(crate) const BAD_EMAIL: Sentence = both(
    "Não é um endereço de e-mail como perito@example.com: nada mudou.",
    "This is no e-mail address such as perito@example.com: nothing changed.",
);
pub(crate) const NO_EMAIL: Sentence = both(
    "Falta o endereço de e-mail: nada mudou.",
    "The e-mail address is missing: nothing changed.",
);
pub(crate) const NOTHING_TICKED: Sentence = both(
    "Nada foi salvo: marque o que enviar a este endereço.",
    "Nothing was saved: tick what is to be sent to this address.",
);
pub(crate) const CALENDAR_REVOKED: Sentence = both(
    "O endereço do calendário não vale mais.",
    "The calendar address is good no more.",
);
/// Of a failure that has no sentence of its own.
pub(crate) const fn failed(reader: Role) -> Sentence {
    match reader {
        Role::Operator => both(
            "Não foi possível. Os detalhes estão no registro do agendad (journalctl -u agendad).",
            "That was not possible. Details are in agendad's log.",
        ),
        Role::Reception | Role::Examiner => both(
            "Não foi possível. Avise quem cuida do agendad.",
            "That was not possible. Tell whoever looks after agendad.",
        ),
    }
}

/// Why a sync did not begin. Examiners and reception see neither commands nor settings.
pub(crate) const fn not_begun(code: Code, reader: Role) -> Sentence {
    let plainly = !matches!(reader, Role::Operator);
    match code {
        Code::Busy => both(
            "Já há uma sincronização deste perito em andamento.",
            "Another sync of this examiner is running.",
        ),
        Code::Paused if plainly => both(
            "Está pausado: o portal não foi consultado. Avise quem cuida do agendad.",
            "Paused: the portal was not asked. Tell whoever looks after agendad.",
        ),
        Code::Paused => both(
            "Está pausado: o portal não foi consultado. Primeiro, Retomar.",
            "Paused: the portal was not asked. Resume first.",
        ),
        Code::Captcha => both(
            "A conta descansa por causa de um CAPTCHA: o portal não foi consultado.",
            "The account rests because of a CAPTCHA: the portal was not asked.",
        ),
        Code::Auth if plainly => both(
            "O portal recusou o acesso antes; nada é tentado até que CPF ou senha mudem. Avise quem cuida do agendad.",
            "The portal refused access before; nothing is tried until CPF or password change. Tell whoever looks after agendad.",
        ),
        Code::Auth => both(
            "O portal recusou o acesso antes; nada é tentado até que CPF ou senha mudem.",
            "The portal refused access before; nothing is tried until CPF or password change.",
        ),
        Code::DuplicateCpf if plainly => both(
            "Outra conta já é sincronizada com este CPF: o portal não foi consultado. Avise quem cuida do agendad.",
            "Another account is synchronised with this CPF: the portal was not asked. Tell whoever looks after agendad.",
        ),
        Code::DuplicateCpf => both(
            "Outra conta já é sincronizada com este CPF: o portal não foi consultado. Desligue uma das duas.",
            "Another account is synchronised with this CPF: the portal was not asked. Switch one of the two off.",
        ),
        Code::Inactive if plainly => both(
            "A conta está desligada ou tem um dado inválido. Avise quem cuida do agendad.",
            "The account is switched off or has an invalid value. Tell whoever looks after agendad.",
        ),
        Code::Inactive => both(
            "A conta está desligada ou tem um dado inválido.",
            "The account is switched off or has an invalid value.",
        ),
        Code::NoPassword if plainly => both(
            "Nenhuma senha do portal está guardada. Avise quem cuida do agendad.",
            "No portal password is stored. Tell whoever looks after agendad.",
        ),
        Code::NoPassword => both(
            "Nenhuma senha do portal está guardada.",
            "No portal password is stored.",
        ),
        Code::TooManySyncs if plainly => both(
            "Há sincronizações demais em andamento. Tente em instantes.",
            "Too many syncs are running. Try in a moment.",
        ),
        Code::TooManySyncs => both(
            "Há sincronizações demais em andamento (http.max_syncs). Tente em instantes.",
            "Too many syncs are running (http.max_syncs). Try in a moment.",
        ),
        Code::Cancelled => both("O agendad está parando.", "agendad is stopping."),
        Code::Input
        | Code::Token
        | Code::Forbidden
        | Code::NotFound
        | Code::NoAccount
        | Code::MethodNotAllowed
        | Code::TooSlow
        | Code::InUse
        | Code::TooLarge
        | Code::Layout
        | Code::TooManyAttempts
        | Code::Network
        | Code::Unavailable
        | Code::Firewall
        | Code::SessionExpired
        | Code::Database
        | Code::LockLost
        | Code::Orphaned
        | Code::Vault
        | Code::Timeout
        | Code::Panic
        | Code::Internal => failed(reader),
    }
}
