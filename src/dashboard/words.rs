//! How an examiner is doing, in words on which the operator can act.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::Value;

use super::firewall;
use super::language::Language;
use super::time::Times;
use crate::domain::FailureKind;
use crate::store::overview::ExaminerGlance;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Warn,
    Bad,
    Off,
    Busy,
}

impl Tone {
    /// Its class in the style, and a sign for those who do not see colours.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Off => "off",
            Self::Busy => "busy",
        }
    }

    /// A short text with a sign before it.
    pub(super) fn badge(self, text: &str) -> Markup {
        html! { span class=(format!("badge {}", self.class())) { (text) } }
    }
}

/// How an examiner is doing.
pub(super) struct Condition {
    pub(super) tone: Tone,
    /// Two words.
    pub(super) title: &'static str,
    /// Why, and what to do; empty if there is nothing to say.
    pub(super) advice: String,
}

impl Condition {
    /// `firewall_until`: when a process that the portal's firewall turned away tries again.
    pub(super) fn of(
        examiner: &ExaminerGlance,
        times: Times,
        firewall_until: Option<DateTime<Utc>>,
    ) -> Self {
        Self::account(examiner, times)
            .or_else(|| Self::other_session(examiner, times))
            .or_else(|| Self::worst_run(examiner, times, firewall_until))
            .unwrap_or_else(|| Self::fresh(examiner, times.language))
    }

    pub(super) fn badge(&self) -> Markup {
        self.tone.badge(self.title)
    }

    /// The advice, with its command as such: a command stands at the end.
    pub(super) fn advice(&self) -> Markup {
        match self.advice.split_once(": agendad ") {
            Some((text, command)) => html! { (text) ": " code { "agendad " (command) } },
            None => html! { (self.advice) },
        }
    }

    /// What keeps the account as such from going on.
    fn account(examiner: &ExaminerGlance, times: Times) -> Option<Self> {
        let say = |pt, en| times.language.say(pt, en);
        let id = examiner.usuario_id;
        if !examiner.active {
            return Some(Self {
                tone: Tone::Off,
                title: say("Desligado", "Switched off"),
                advice: match times.language {
                    Language::Portuguese => format!(
                        "Conta ou usuário desligado: nada é lido. Para ligar: agendad users enable --user {id}"
                    ),
                    Language::English => format!(
                        "Account or user is switched off: nothing is read. To switch it on: agendad users enable --user {id}"
                    ),
                },
            });
        }
        if !examiner.has_password {
            return Some(Self {
                tone: Tone::Bad,
                title: say("Sem senha", "No password"),
                advice: match times.language {
                    Language::Portuguese => format!(
                        "Não há senha do portal guardada. Para gravar: agendad users set-password --user {id}"
                    ),
                    Language::English => format!(
                        "No portal password is stored. To store one: agendad users set-password --user {id}"
                    ),
                },
            });
        }
        if let Some(reason) = &examiner.pause_reason {
            return Some(Self::pause(reason, examiner, times));
        }
        (!examiner.automatic).then(|| Self {
            tone: Tone::Off,
            title: say("Só manual", "By hand only"),
            advice: say(
                "A sincronização automática está desligada na configuração do perito.",
                "Automatic synchronisation is switched off in the examiner's settings.",
            )
            .to_owned(),
        })
    }

    fn pause(reason: &str, examiner: &ExaminerGlance, times: Times) -> Self {
        let say = |pt, en| times.language.say(pt, en);
        let id = examiner.usuario_id;
        let until = examiner.pause_until.map(|until| {
            let local = times.hour(until);
            match times.language {
                Language::Portuguese => format!("Descansa até {local}. "),
                Language::English => format!("Rests until {local}. "),
            }
        });
        let (tone, title, advice) = match reason {
            "refused" => (
                Tone::Bad,
                say("Senha recusada", "Password refused"),
                match times.language {
                    Language::Portuguese => format!("O portal recusou CPF ou senha; nada mais é tentado, para não bloquear o acesso. Peça a senha nova ao perito e grave: agendad users set-password --user {id}"),
                    Language::English => format!("The portal refused CPF or password; nothing more is tried, so as not to lock the examiner out. Ask the examiner for the new password and store it: agendad users set-password --user {id}"),
                },
            ),
            "blocked" => (
                Tone::Bad,
                say("Acesso bloqueado", "Access blocked"),
                say(
                    "O portal bloqueou o acesso do perito, que precisa desbloqueá-lo no portal; depois, Retomar.",
                    "The portal has blocked the examiner's access. The examiner must have it unblocked at the portal; then Resume.",
                )
                .to_owned(),
            ),
            "change_password" => (
                Tone::Bad,
                say("Trocar a senha", "Password to be changed"),
                match times.language {
                    Language::Portuguese => format!("O portal exige uma senha nova; nada mais é tentado. O perito troca a senha no portal; depois grave a nova: agendad users set-password --user {id}"),
                    Language::English => format!("The portal wants a new password; nothing more is tried. The examiner changes it at the portal; then store the new one: agendad users set-password --user {id}"),
                },
            ),
            "unexplained" => (
                Tone::Bad,
                say("Resposta desconhecida", "Unexplained answer"),
                match times.language {
                    Language::Portuguese => format!("O portal respondeu à senha de um modo desconhecido, talvez uma recusa; nada mais é tentado, para não bloquear o acesso. Confira pelo navegador se o portal aceita a senha. Se mudou, grave a nova: agendad users set-password --user {id}"),
                    Language::English => format!("The portal answered the password in an unknown way, perhaps a refusal; nothing more is tried, so as not to lock the examiner out. Find out with a browser whether the portal takes the password. If it has changed, store the new one: agendad users set-password --user {id}"),
                },
            ),
            "duplicate_cpf" => (
                Tone::Warn,
                say("CPF repetido", "CPF twice"),
                match times.language {
                    Language::Portuguese => format!("Outra conta, mais antiga, já é sincronizada com este CPF. Corrija o CPF, ou desligue esta conta: agendad users disable --user {id}"),
                    Language::English => format!("Another, older account is synchronised with this CPF. Correct the CPF, or switch this account off: agendad users disable --user {id}"),
                },
            ),
            "captcha" => (
                Tone::Warn,
                say("CAPTCHA", "CAPTCHA"),
                until.unwrap_or_default()
                    + say(
                        "O portal pediu um CAPTCHA, que nunca é contornado. Se voltar, o perito deve entrar no portal pelo navegador.",
                        "The portal asked for a CAPTCHA, which is never bypassed. If it comes back, the examiner should log in to the portal with a browser.",
                    ),
            ),
            _ => (
                Tone::Off,
                say("Pausado", "Paused"),
                say("Pausado por um operador. Retomar quando quiser.", "Paused by an operator. Resume at any time.").to_owned(),
            ),
        };
        Self {
            tone,
            title,
            advice,
        }
    }

    /// The examiner works at the portal: no failure, and nothing to be done.
    fn other_session(examiner: &ExaminerGlance, times: Times) -> Option<Self> {
        let seen = examiner.other_session?;
        let until = seen.until.map(|until| times.hour(until));
        let advice = match (times.language, until) {
            (Language::Portuguese, Some(until)) => {
                format!("O perito está usando o portal; agendad espera até {until}.")
            }
            (Language::Portuguese, None) => {
                "O perito está usando o portal; agendad espera até que saia.".to_owned()
            }
            (Language::English, Some(until)) => {
                format!("The examiner is using the portal; agendad waits until {until}.")
            }
            (Language::English, None) => {
                "The examiner is using the portal; agendad waits until they leave.".to_owned()
            }
        };
        Some(Self {
            tone: if examiner.late { Tone::Bad } else { Tone::Warn },
            title: times
                .language
                .say("Perito no portal", "Examiner at the portal"),
            advice,
        })
    }

    /// What the worst of the windows ended with, if not well.
    fn worst_run(
        examiner: &ExaminerGlance,
        times: Times,
        firewall_until: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let language = times.language;
        let run = examiner.worst_run.as_ref()?;
        if run.status == "success" {
            return None;
        }
        let partial = run.status == "partial";
        let kind = run.kind.as_deref().and_then(FailureKind::named);
        let advice = match kind {
            Some(FailureKind::Layout) if partial => language.say(
                "Uma página ou uma linha da agenda não foi entendida; o resto foi gravado. A execução diz qual.",
                "A page or a row of the agenda was not understood; the rest was stored. The run says which.",
            ),
            Some(kind) => reason(kind, language),
            None if partial => language.say(
                "A guarda segurou remoções até outra leitura confirmar.",
                "The guard holds removals back until another reading confirms them.",
            ),
            None => language.say("A última execução falhou.", "The last run failed."),
        };
        Some(Self {
            tone: if examiner.late { Tone::Bad } else { Tone::Warn },
            title: if partial {
                language.say("Parcial", "Partial")
            } else {
                language.say("Falhou", "Failed")
            },
            advice: match (kind, firewall_until) {
                (Some(FailureKind::Firewall), Some(until)) => {
                    let advice = firewall::advice(language);
                    format!("{} {advice}", firewall::sentence(until, times))
                }
                _ => advice.to_owned(),
            },
        })
    }

    fn fresh(examiner: &ExaminerGlance, language: Language) -> Self {
        let say = |pt, en| language.say(pt, en);
        let (tone, title, advice) = if examiner.late {
            (
                Tone::Bad,
                say("Atrasado", "Late"),
                say(
                    "Faz tempo que nenhuma execução lê tudo. Veja acima se os daemons e a fila andam.",
                    "No run has read everything for long. See above whether daemons and queue go on.",
                ),
            )
        } else if examiner.last_success.iter().all(Option::is_none) {
            (
                Tone::Off,
                say("Novo", "New"),
                say("Ainda não foi lido.", "Not read yet."),
            )
        } else {
            (Tone::Good, say("Em dia", "Up to date"), "")
        };
        Self {
            tone,
            title,
            advice: advice.to_owned(),
        }
    }
}

/// What a failure means, and what can be done.
fn reason(kind: FailureKind, language: Language) -> &'static str {
    let say = |pt, en| language.say(pt, en);
    match kind {
        FailureKind::Network => say(
            "O portal não pôde ser alcançado; a próxima execução tenta de novo. Se durar, veja a rede desta máquina.",
            "The portal could not be reached; the next run tries again. If it lasts, look at this machine's network.",
        ),
        FailureKind::Timeout => say(
            "O portal demorou demais; a próxima execução tenta de novo.",
            "The portal took too long; the next run tries again.",
        ),
        FailureKind::Unavailable => say(
            "O portal está fora do ar ou em manutenção; a próxima execução tenta de novo.",
            "The portal is down or under maintenance; the next run tries again.",
        ),
        FailureKind::SessionExpired => say(
            "O portal encerrou a sessão várias vezes durante a execução. Outra pessoa usa o mesmo acesso?",
            "The portal ended the session several times during the run. Does somebody else use the same account?",
        ),
        FailureKind::Auth => say(
            "O portal não aceitou o acesso. Nada mais é tentado até que a senha mude ou alguém decida tentar de novo.",
            "The portal did not accept the login. Nothing more is tried until the password changes or somebody decides to try again.",
        ),
        FailureKind::Captcha => say(
            "O portal pediu um CAPTCHA; a conta descansa.",
            "The portal asked for a CAPTCHA; the account rests.",
        ),
        FailureKind::Firewall => say(
            "O firewall do portal recusa esta máquina; nada é pedido por um tempo, e depois se tenta de novo. Se durar: outra linha de internet, portal.proxy ou portal.user_agent (docs/portal.md).",
            "The portal's firewall turns this machine away; nothing is asked for a while, then it is tried again. If it lasts: another line, portal.proxy or portal.user_agent (docs/portal.md).",
        ),
        FailureKind::InUse => say(
            "O perito está usando o portal, que permite uma sessão por pessoa; o agendad espera e não o desconecta antes da hora.",
            "The examiner is using the portal, which allows one session a person; agendad waits and does not disconnect them before its time.",
        ),
        FailureKind::Layout => say(
            "Uma página do portal mudou e não foi entendida; nada foi alterado. Veja a página guardada e: agendad portal probe",
            "A page of the portal has changed and was not understood; nothing was changed. Look at the page that was kept, and: agendad portal probe",
        ),
        FailureKind::Database => say(
            "O banco de dados falhou durante a execução; a próxima tenta de novo.",
            "The database failed during the run; the next one tries again.",
        ),
        FailureKind::LockLost | FailureKind::Orphaned => say(
            "O processo que a executava morreu ou perdeu a conexão; a próxima execução continua.",
            "The process that ran it died or lost its connection; the next run goes on.",
        ),
        FailureKind::Cancelled => say(
            "O agendad foi parado durante a execução; ela volta quando ele volta.",
            "agendad was stopped during the run; it comes back with it.",
        ),
        FailureKind::Vault => say(
            "A senha guardada não pode ser aberta com a chave atual (agendad check diz mais); grave-a de novo.",
            "The stored password cannot be opened with the present key (agendad check says more); store it anew.",
        ),
        FailureKind::Panic => say(
            "Um defeito do agendad; os detalhes estão na execução. Avise quem o mantém.",
            "A bug of agendad; the details are with the run. Tell its maintainers.",
        ),
    }
}

/// Why a run ended as it did; of one in which only single rows could not be read, that.
pub(super) fn of_run(
    status: &str,
    details: Option<&Value>,
    language: Language,
) -> Option<&'static str> {
    let details = details?;
    let days = details["dates"].as_array().map_or(&[][..], Vec::as_slice);
    if status == "partial" && !days.is_empty() && days.iter().all(|day| day["row"].is_object()) {
        return Some(unread_rows(language));
    }
    let kind = details["kind"].as_str().and_then(FailureKind::named)?;
    Some(reason(kind, language))
}

/// Why a run is partial of which only single rows could not be read.
const fn unread_rows(language: Language) -> &'static str {
    language.say(
        "Uma ou mais linhas da agenda não puderam ser lidas; as outras foram gravadas, e os horários que poderiam ser essas linhas ficaram como estavam. Corrija-as no portal.",
        "One or more rows of the agenda could not be read; the others were stored, and slots that those rows could be stay as they were. Have them corrected at the portal.",
    )
}

/// A run's status.
pub(super) fn status(status: &str, language: Language) -> (Tone, &'static str) {
    match status {
        "success" => (Tone::Good, language.say("completa", "complete")),
        "partial" => (Tone::Warn, language.say("parcial", "partial")),
        "running" => (Tone::Busy, language.say("em andamento", "running")),
        _ => (Tone::Bad, language.say("falhou", "failed")),
    }
}
