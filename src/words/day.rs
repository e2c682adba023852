//! What is known of a day of an agenda: on the dashboard, in the API, in calendars, files and commands.

use chrono::{DateTime, Days, Utc};

use super::{Sentence, both, count};
use crate::domain::{DayState, FailureKind, PauseReason, UnreadReason, Zone};

/// What is known of a day, in one sentence without a full stop.
pub(crate) fn state(state: DayState, now: DateTime<Utc>, zone: Zone) -> Sentence<String> {
    match state {
        DayState::Listed { slots, read_at } => {
            let Sentence { pt: n_pt, en: n_en } = stored(slots);
            let Sentence { pt, en } = moment(read_at, now, zone);
            sentence!("{n_pt}, dia lido {pt}", "{n_en}, read {en}")
        }
        DayState::Empty { read_at } => {
            let Sentence { pt, en } = moment(read_at, now, zone);
            sentence!("vazio, lido {pt}", "empty, read {en}")
        }
        DayState::Unread {
            slots,
            read_at: Some(at),
            reason: Some(UnreadReason::Rows),
        } => {
            let Sentence { pt: n_pt, en: n_en } = stored(slots);
            let Sentence { pt, en } = moment(at, now, zone);
            let Sentence {
                pt: but_pt,
                en: but_en,
            } = reason(UnreadReason::Rows);
            sentence!(
                "{n_pt}, dia lido {pt}, mas {but_pt}",
                "{n_en}, read {en}, but {but_en}"
            )
        }
        DayState::Unread {
            slots,
            read_at,
            reason,
        } => unread(slots, read_at.map(|at| since(at, now, zone)), reason),
        DayState::DayOff => both("não é dia de trabalho", "not a working day").owned(),
        DayState::OutsideWindows => both(
            "fora dos dias que são lidos",
            "outside the days that are read",
        )
        .owned(),
    }
}

fn unread(
    slots: i64,
    since: Option<Sentence<String>>,
    reason: Option<UnreadReason>,
) -> Sentence<String> {
    if let (1.., None, None) = (slots, &since, reason) {
        // In the middle of the first reading, or stored by the earlier system.
        let Sentence { pt, en } = stored(slots);
        return sentence!(
            "{pt}, nenhuma leitura terminou ainda",
            "{en}, no reading has finished yet"
        );
    }
    if let (None, Some(UnreadReason::BeingRead)) = (&since, reason) {
        let Sentence { pt, en } = BEING_READ;
        let Sentence { pt: n_pt, en: n_en } = stored(slots);
        return match slots {
            0 => BEING_READ.owned(),
            _ => sentence!("{n_pt}, {pt}", "{n_en}, {en}"),
        };
    }
    let mut said = match since {
        Some(Sentence { pt, en }) => {
            sentence!("não lido desde {pt}", "not read since {en}")
        }
        None => both("ainda não lido", "not read yet").owned(),
    };
    if let Some(reason) = reason {
        let why = self::reason(reason);
        said.pt = format!("{}: {}", said.pt, why.pt);
        said.en = format!("{}: {}", said.en, why.en);
    }
    if slots == 0 {
        return said;
    }
    let Sentence { pt: n_pt, en: n_en } = stored(slots);
    let Sentence { pt, en } = said;
    sentence!("{n_pt} de antes, {pt}", "{n_en} from before, {en}")
}

const BEING_READ: Sentence = both("sendo lido agora", "being read just now");

fn stored(slots: i64) -> Sentence<String> {
    count(slots, both("horário", "slot"), both("horários", "slots"))
}

/// Why a day was not read, after a colon.
pub(crate) fn reason(reason: UnreadReason) -> Sentence {
    match reason {
        UnreadReason::Failed(kind) => failed(kind),
        UnreadReason::Paused(reason) => paused(reason),
        UnreadReason::SwitchedOff => both(
            "a leitura automática deste perito está desligada",
            "this examiner is not read automatically",
        ),
        UnreadReason::NewPassword => both(
            "a senha é nova, e com ela ainda não se leu",
            "the password is new, and nothing has been read with it yet",
        ),
        UnreadReason::BeingRead => BEING_READ,
        UnreadReason::Rows => both(
            "nem todas as linhas foram entendidas: pode faltar candidato",
            "not all rows were understood: candidates may be missing",
        ),
        UnreadReason::NoPassword => both(
            "falta a senha do portal deste perito",
            "this examiner's portal password is missing",
        ),
    }
}

const fn paused(reason: PauseReason) -> Sentence {
    match reason {
        PauseReason::Refused => both("senha recusada", "password refused"),
        PauseReason::Blocked => both("acesso bloqueado", "access blocked"),
        PauseReason::ChangePassword => {
            both("a senha tem de ser trocada", "the password must be changed")
        }
        PauseReason::Unexplained => both("resposta desconhecida", "unexplained answer"),
        PauseReason::DuplicateCpf => both("CPF repetido", "CPF twice"),
        PauseReason::Captcha => both("CAPTCHA", "CAPTCHA"),
        PauseReason::Manual => both("pausado", "paused"),
    }
}

const fn failed(kind: FailureKind) -> Sentence {
    match kind {
        FailureKind::Network => both(
            "o portal não pôde ser alcançado",
            "the portal could not be reached",
        ),
        FailureKind::Timeout => both("o portal demorou demais", "the portal took too long"),
        FailureKind::Unavailable => both(
            "o portal está fora do ar ou em manutenção",
            "the portal is down or under maintenance",
        ),
        FailureKind::SessionExpired => {
            both("o portal encerrou a sessão", "the portal ended the session")
        }
        FailureKind::Auth => both(
            "o portal não aceitou o acesso do perito",
            "the portal did not accept the examiner's login",
        ),
        FailureKind::Captcha => both(
            "o portal pediu um CAPTCHA",
            "the portal asked for a CAPTCHA",
        ),
        FailureKind::Firewall => both(
            "o portal recusa este computador",
            "the portal turns this machine away",
        ),
        FailureKind::InUse => both(
            "o perito está usando o portal",
            "the examiner is using the portal",
        ),
        FailureKind::Layout => both(
            "o portal mudou, e a página não foi entendida",
            "the portal has changed, and its page was not understood",
        ),
        FailureKind::Database => both("o banco de dados falhou", "the database failed"),
        FailureKind::LockLost | FailureKind::Orphaned => {
            both("a leitura foi interrompida", "the reading was interrupted")
        }
        FailureKind::Cancelled => both(
            "o agendad foi parado, ou a conta foi mudada",
            "agendad was stopped, or the account was changed",
        ),
        FailureKind::Vault => both(
            "a senha guardada não pode ser aberta",
            "the stored password cannot be opened",
        ),
        FailureKind::Panic => both("um defeito do agendad", "a bug of agendad"),
        FailureKind::Unknown => both("motivo desconhecido", "for an unknown reason"),
    }
}

/// "às 08:15", "ontem às 18:00", "em 20/11 às 18:00".
fn moment(at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Sentence<String> {
    let (hour, day) = (at.with_timezone(&zone).format("%H:%M"), day(at, now, zone));
    match day {
        Day::Today => sentence!("às {hour}", "at {hour}"),
        Day::Yesterday => sentence!("ontem às {hour}", "yesterday at {hour}"),
        Day::Earlier(day) => sentence!("em {day} às {hour}", "on {day} at {hour}"),
    }
}

/// "08:15", "ontem 18:00", "20/11 18:00".
fn since(at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Sentence<String> {
    let (hour, day) = (at.with_timezone(&zone).format("%H:%M"), day(at, now, zone));
    match day {
        Day::Today => sentence!("{hour}", "{hour}"),
        Day::Yesterday => sentence!("ontem {hour}", "yesterday {hour}"),
        Day::Earlier(day) => sentence!("{day} {hour}", "{day} {hour}"),
    }
}

enum Day {
    Today,
    Yesterday,
    /// As `20/11`.
    Earlier(String),
}

fn day(at: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Day {
    let (day, today) = (
        at.with_timezone(&zone).date_naive(),
        now.with_timezone(&zone).date_naive(),
    );
    if day == today {
        Day::Today
    } else if day + Days::new(1) == today {
        Day::Yesterday
    } else {
        Day::Earlier(day.format("%d/%m").to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn said(day: DayState) -> (String, String) {
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        let zone = chrono_tz::America::Sao_Paulo.into();
        let sentence = state(day, now, zone);
        (
            Language::Portuguese.say(sentence.clone()),
            Language::English.say(sentence),
        )
    }

    #[test]
    fn a_day_says_what_it_is_in_both_languages() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let this_morning = at("2026-11-28T11:15:00Z");
        let yesterday = at("2026-11-27T21:00:00Z");
        for (day, pt, en) in [
            (
                DayState::Empty {
                    read_at: this_morning,
                },
                "vazio, lido às 08:15",
                "empty, read at 08:15",
            ),
            (
                DayState::Listed {
                    slots: 1,
                    read_at: yesterday,
                },
                "1 horário, dia lido ontem às 18:00",
                "1 slot, read yesterday at 18:00",
            ),
            (
                DayState::Empty {
                    read_at: at("2026-11-20T21:00:00Z"),
                },
                "vazio, lido em 20/11 às 18:00",
                "empty, read on 20/11 at 18:00",
            ),
            (
                DayState::Unread {
                    slots: 0,
                    read_at: Some(yesterday),
                    reason: Some(UnreadReason::Failed(FailureKind::Layout)),
                },
                "não lido desde ontem 18:00: o portal mudou, e a página não foi entendida",
                "not read since yesterday 18:00: the portal has changed, and its page was not understood",
            ),
            (
                DayState::Unread {
                    slots: 12,
                    read_at: Some(at("2026-11-20T21:00:00Z")),
                    reason: Some(UnreadReason::Paused(PauseReason::Refused)),
                },
                "12 horários de antes, não lido desde 20/11 18:00: senha recusada",
                "12 slots from before, not read since 20/11 18:00: password refused",
            ),
            (
                DayState::Unread {
                    slots: 0,
                    read_at: None,
                    reason: None,
                },
                "ainda não lido",
                "not read yet",
            ),
            (
                DayState::Unread {
                    slots: 0,
                    read_at: None,
                    reason: Some(UnreadReason::BeingRead),
                },
                "sendo lido agora",
                "being read just now",
            ),
            (
                DayState::Unread {
                    slots: 1,
                    read_at: None,
                    reason: Some(UnreadReason::BeingRead),
                },
                "1 horário, sendo lido agora",
                "1 slot, being read just now",
            ),
            (
                DayState::Unread {
                    slots: 9,
                    read_at: None,
                    reason: None,
                },
                "9 horários, nenhuma leitura terminou ainda",
                "9 slots, no reading has finished yet",
            ),
            (
                DayState::Unread {
                    slots: 8,
                    read_at: Some(this_morning),
                    reason: Some(UnreadReason::Rows),
                },
                "8 horários, dia lido às 08:15, mas nem todas as linhas foram entendidas: pode faltar candidato",
                "8 slots, read at 08:15, but not all rows were understood: candidates may be missing",
            ),
            (
                DayState::DayOff,
                "não é dia de trabalho",
                "not a working day",
            ),
            (
                DayState::OutsideWindows,
                "fora dos dias que são lidos",
                "outside the days that are read",
            ),
        ] {
            assert_eq!(said(day), (pt.to_owned(), en.to_owned()));
        }
    }
}
