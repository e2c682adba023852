//! What a failure means, and what can be done; for operators. What the API says of one is in `code`.

use super::advice::Advice;
use super::{Sentence, both};
use crate::domain::FailureKind;

pub(crate) fn meaning(kind: FailureKind) -> Advice {
    let advice = in_full(kind);
    match plainly(kind) {
        Some(what) => advice.told(what),
        None => advice,
    }
}

/// What is so, where the advice is for operators alone.
const fn plainly(kind: FailureKind) -> Option<Sentence> {
    Some(match kind {
        FailureKind::Network => both(
            "O portal não pôde ser alcançado; a próxima leitura tenta de novo. Está demorando?",
            "The portal could not be reached; the next run tries again. Does it last?",
        ),
        FailureKind::Auth => both(
            "O portal não aceitou o acesso; nada mais é tentado.",
            "The portal did not accept the login; nothing more is tried.",
        ),
        FailureKind::Firewall => both(
            "O portal recusa o computador do agendad; mais tarde se tenta de novo.",
            "The portal turns agendad's machine away; it is tried again later.",
        ),
        FailureKind::Layout => both(
            "Uma página do portal mudou e não foi entendida; nada foi alterado.",
            "A page of the portal has changed and was not understood; nothing was changed.",
        ),
        FailureKind::Vault => both(
            "A senha guardada não pode ser aberta.",
            "The stored password cannot be opened.",
        ),
        FailureKind::Panic => both(
            "Um defeito do agendad interrompeu a leitura.",
            "A bug of agendad ended the run.",
        ),
        FailureKind::Unknown => both(
            "A leitura não chegou ao fim.",
            "The run did not come to its end.",
        ),
        FailureKind::Timeout
        | FailureKind::Unavailable
        | FailureKind::SessionExpired
        | FailureKind::Captcha
        | FailureKind::InUse
        | FailureKind::Database
        | FailureKind::LockLost
        | FailureKind::Orphaned
        | FailureKind::Cancelled => return None,
    })
}

fn in_full(kind: FailureKind) -> Advice {
    Advice::text(match kind {
        FailureKind::Network => both(
            "O portal não pôde ser alcançado; a próxima leitura tenta de novo. Se durar, veja a rede desta máquina.",
            "The portal could not be reached; the next run tries again. If it lasts, look at this machine's network.",
        ),
        FailureKind::Timeout => both(
            "O portal demorou demais; a próxima leitura tenta de novo.",
            "The portal took too long; the next run tries again.",
        ),
        FailureKind::Unavailable => both(
            "O portal está fora do ar ou em manutenção; a próxima leitura tenta de novo.",
            "The portal is down or under maintenance; the next run tries again.",
        ),
        FailureKind::SessionExpired => both(
            "O portal encerrou a sessão várias vezes durante a leitura. Outra pessoa usa o mesmo acesso?",
            "The portal ended the session several times during the run. Does somebody else use the same account?",
        ),
        FailureKind::Auth => both(
            "O portal não aceitou o acesso. Nada mais é tentado até que a senha mude ou alguém retome o perito.",
            "The portal did not accept the login. Nothing more is tried until the password changes or somebody resumes the examiner.",
        ),
        FailureKind::Captcha => both(
            "O portal pediu um CAPTCHA; a conta descansa.",
            "The portal asked for a CAPTCHA; the account rests.",
        ),
        FailureKind::Firewall => both(
            "O firewall do portal recusa esta máquina; nada é consultado por um tempo, e depois se tenta de novo. Se durar: outra linha de internet, portal.proxy ou portal.user_agent (/usr/share/doc/agendad/pt/portal.md).",
            "The portal's firewall turns this machine away; nothing is asked for a while, then it is tried again. If it lasts: another line, portal.proxy or portal.user_agent (/usr/share/doc/agendad/portal.md).",
        ),
        FailureKind::InUse => both(
            "O perito está usando o portal, que permite uma sessão por pessoa; o agendad espera e não o desconecta antes da hora.",
            "The examiner is using the portal, which allows one session a person; agendad waits and does not disconnect them before its time.",
        ),
        FailureKind::Layout => {
            return Advice::command(
                both(
                    "Uma página do portal mudou e não foi entendida; nada foi alterado. Veja a página guardada e",
                    "A page of the portal has changed and was not understood; nothing was changed. Look at the page that was kept, and",
                ),
                "agendad portal probe",
            );
        }
        FailureKind::Database => both(
            "O banco de dados falhou durante a leitura; a próxima tenta de novo.",
            "The database failed during the run; the next one tries again.",
        ),
        FailureKind::LockLost | FailureKind::Orphaned => both(
            "A leitura foi interrompida: o agendad parou de repente ou perdeu a conexão com o banco de dados; a próxima continua.",
            "The process that ran it died or lost its connection; the next run goes on.",
        ),
        FailureKind::Cancelled => both(
            "A leitura acabou antes: o agendad foi parado, ou a conta foi pausada, desligada ou mudada; ela volta quando puder.",
            "The run was cut short: agendad was stopped, or the account was paused, switched off or changed; it comes back when it can.",
        ),
        FailureKind::Vault => both(
            "A senha guardada não pode ser aberta com a chave atual (agendad check diz mais); grave-a de novo.",
            "The stored password cannot be opened with the present key (agendad check says more); store it anew.",
        ),
        FailureKind::Panic => both(
            "Um defeito do agendad; os detalhes estão na leitura. Avise quem o mantém.",
            "A bug of agendad; the details are with the run. Tell its maintainers.",
        ),
        FailureKind::Unknown => both(
            "O registro desta leitura é de outra versão do agendad; os detalhes estão na leitura.",
            "The record of this run is of another version of agendad; the details are with the run.",
        ),
    })
}

/// In two or three words, for a list of reasons. In English, kinds that are the
/// installation's own keep the name that commands and records have for them.
pub(crate) fn in_short(kind: FailureKind) -> Sentence {
    match kind {
        FailureKind::Network => both("rede", "network"),
        FailureKind::Timeout => both("tempo esgotado", "time-out"),
        FailureKind::Unavailable => both("portal indisponível", "portal unavailable"),
        FailureKind::SessionExpired => both("sessão expirada", "session expired"),
        FailureKind::Auth => both("acesso recusado", "access refused"),
        FailureKind::Captcha => both("CAPTCHA", "CAPTCHA"),
        FailureKind::Layout => both("página não reconhecida", "page not understood"),
        FailureKind::Firewall => both("recusadas pelo firewall", "turned away by the firewall"),
        FailureKind::InUse => both("perito no portal", kind.as_str()),
        FailureKind::Database => both("banco de dados", kind.as_str()),
        FailureKind::LockLost => both("conexão perdida", kind.as_str()),
        FailureKind::Orphaned => both("interrompida", kind.as_str()),
        FailureKind::Cancelled => both("leitura cancelada", kind.as_str()),
        FailureKind::Vault => both("senha guardada não abre", kind.as_str()),
        FailureKind::Panic => both("defeito do agendad", kind.as_str()),
        FailureKind::Unknown => both(
            "de outra versão do agendad",
            "of another version of agendad",
        ),
    }
}
