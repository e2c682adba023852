//! The calendar itself, as iCalendar (RFC 5545). The same slots give the same bytes, so that a phone that
//! has them is told so. An event keeps its UID over all changes; its SEQUENCE grows with each; one whose slot
//! vanished is cancelled and not left out at once, because a phone would keep what is only missing. Its title
//! says so too, and it takes no time, for programs that look at no STATUS.
//!
//! A UID says nothing of the candidate: the slot's own identity would, because their CPF is hashed in it.

use chrono::{DateTime, Days, TimeDelta, TimeZone, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::config::calendar::{CalendarConfig, CandidateShown};
use crate::domain::text::{is_particle, readable, title_case};
use crate::domain::{DayState, UnreadReason, Zone};
use crate::store::calendars::{CalendarOwner, CalendarSlot};
use crate::store::days::{DayWindow, DaysQuery, ExaminerDay};
use crate::store::{Store, StoreError};
use crate::words::calendar as words;
use crate::words::day as day_words;

/// More than that no phone shows.
const SLOTS: i64 = 5000;

/// Of so many days from today on its description says which are empty, and which were not read.
const DAYS_DESCRIBED: u64 = 14;

/// A calendar, and what tells it from another.
#[derive(Debug)]
pub struct Feed {
    /// iCalendar.
    pub text: String,
    /// For `ETag`, quotes included.
    pub etag: String,
}

/// The calendar of an examiner, today.
pub async fn feed(
    store: &Store,
    owner: &CalendarOwner,
    config: &CalendarConfig,
    windows: &[DayWindow],
    clock: &Clock,
) -> Result<Feed, StoreError> {
    let (today, zone) = (clock.today(), clock.zone());
    let from = today - Days::new(config.days_back.into());
    let days_back = config.days_back.into();
    let slots = store.calendar_slots(owner.usuario_id, from, days_back, SLOTS);
    let slots = slots.await?;
    let query = DaysQuery {
        usuario_ids: &[owner.usuario_id],
        from: today,
        to: today + Days::new(DAYS_DESCRIBED),
        today,
        windows,
    };
    let days = store.day_states(&query).await?;
    let text = write(&owner.nome, &slots, None, config, zone);
    let mut hash = Sha256::new_with_prefix(text.as_bytes());
    hash.update(kinds(&days));
    let hash = hex::encode(&hash.finalize()[..16]);
    // Written once more: what is said of the days changes with each reading, and is no reason to fetch all anew.
    let description = description(&days, clock.now(), zone);
    let text = write(&owner.nome, &slots, Some(&description), config, zone);
    Ok(Feed {
        text,
        etag: format!("\"{hash}\""),
    })
}

/// What must be told at once when it changes: which days are empty, and which are unread.
fn kinds(days: &[ExaminerDay]) -> String {
    let kinds = days.iter().map(|day| {
        let since = match day.state {
            DayState::Unread { read_at, .. } => read_at,
            DayState::Listed { .. }
            | DayState::Empty { .. }
            | DayState::DayOff
            | DayState::OutsideWindows => None,
        };
        let reason = day.state.reason().map(UnreadReason::as_str);
        let name = day.state.name().as_str();
        format!("{} {name} {since:?} {reason:?}\n", day.date)
    });
    kinds.collect()
}

/// The days of the next weeks on which nothing is listed, or that were not read.
fn description(days: &[ExaminerDay], now: DateTime<Utc>, zone: Zone) -> String {
    let lines = days.iter().filter_map(|day| {
        if matches!(day.state, DayState::Listed { .. }) {
            return None;
        }
        let state = day_words::state(day.state, now, zone).pt;
        Some(format!("{}: {state}", day.date.format("%d/%m")))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn write(
    owner: &str,
    slots: &[CalendarSlot],
    description: Option<&str>,
    config: &CalendarConfig,
    zone: Zone,
) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new(
            "PRODID",
            format!("-//agendad//{}//PT", words::PRODUCT.pt),
        ))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .timezone(zone.name())
        .ttl(&TimeDelta::from_std(config.refresh).unwrap_or(TimeDelta::hours(1)));
    let name = format!("DETRAN – {}", title_case(&readable(owner)));
    for key in ["NAME", "X-WR-CALNAME"] {
        calendar.append_property(text(key, &name));
    }
    if let Some(description) = description {
        for key in ["DESCRIPTION", "X-WR-CALDESC"] {
            calendar.append_property(text(key, description));
        }
    }
    for slot in slots {
        if let Some(event) = event(slot, config, zone) {
            calendar.push(event);
        }
    }
    calendar.to_string()
}

/// A property that icalendar may not know to be a text, and would write as it is: with line feeds and all.
fn text(key: &str, value: &str) -> Property {
    let mut property = Property::new(key, value);
    property.add_parameter("VALUE", "TEXT").done()
}

/// `None` for an hour that the clocks of the zone skip.
fn event(slot: &CalendarSlot, config: &CalendarConfig, zone: Zone) -> Option<Event> {
    let start = zone.from_local_datetime(&slot.data.and_time(slot.hora));
    let start = start.earliest()?.with_timezone(&Utc);
    let length = TimeDelta::from_std(config.event_duration).ok()?;
    let changed = slot.changed_at.unwrap_or(DateTime::UNIX_EPOCH);
    let status = if slot.removed {
        EventStatus::Cancelled
    } else {
        EventStatus::Confirmed
    };
    let mut event = Event::new();
    event
        .uid(&uid(slot))
        .sequence(u32::try_from(slot.changes).unwrap_or(u32::MAX))
        .timestamp(changed)
        .last_modified(changed)
        .starts(start)
        .ends(start + length)
        .summary(&summary(slot, config))
        .status(status)
        .add_property("CLASS", "PRIVATE")
        .add_property(
            "TRANSP",
            if slot.removed {
                "TRANSPARENT"
            } else {
                "OPAQUE"
            },
        );
    Some(event.done())
}

/// The slot's number, and the moment in which it was first seen: neither ever changes, and no two slots of
/// two installations have both in common.
fn uid(slot: &CalendarSlot) -> String {
    let seen = slot.first_seen_at.map_or(0, |at| at.timestamp_micros());
    format!("{}-{seen:x}@agendad", slot.id)
}

fn summary(slot: &CalendarSlot, config: &CalendarConfig) -> String {
    let name = slot.nome.as_deref().unwrap_or_default();
    let candidate = match config.candidate {
        CandidateShown::FirstName => name.split_whitespace().next().map(capitalised),
        CandidateShown::Initials => Some(initials(name)),
        CandidateShown::None => None,
    };
    let process = slot.process.clone().filter(|_| config.process);
    let parts: Vec<String> = [candidate, process]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    let what = if parts.is_empty() {
        words::EXAM.pt.to_owned()
    } else {
        parts.join(" · ")
    };
    if slot.removed {
        words::cancelled(&what).pt
    } else {
        what
    }
}

/// The portal shouts.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first
            .to_uppercase()
            .chain(letters.flat_map(char::to_lowercase))
            .collect(),
        None => String::new(),
    }
}

fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter(|word| !is_particle(word));
    let letters = words.filter_map(|word| word.chars().next());
    letters.map(|letter| format!("{letter}.")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn slot() -> CalendarSlot {
        CalendarSlot {
            id: 7,
            data: "2026-11-24".parse().unwrap(),
            hora: "08:10:00".parse().unwrap(),
            removed: false,
            nome: Some("ÂNGELA D'ÁVILA DE SOUZA".to_owned()),
            process: Some("Renovação; 2ª, via\nEND:VEVENT".to_owned()),
            first_seen_at: "2026-11-01T10:00:00Z".parse().ok(),
            changed_at: "2026-11-20T10:00:00Z".parse().ok(),
            changes: 2,
        }
    }

    #[test]
    fn an_event_says_no_more_than_it_should_and_nothing_breaks_out_of_it() {
        let config = Config::shipped().unwrap().calendar;
        let zone = chrono_tz::America::Sao_Paulo.into();
        let text = write("Ana", &[slot()], None, &config, zone);
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
        assert!(!text.contains("VILA"), "{text}");
        let mut gone = slot();
        gone.removed = true;
        let cancelled = write("Ana", &[gone], None, &config, zone);
        assert!(cancelled.contains("STATUS:CANCELLED"), "{cancelled}");
        assert!(cancelled.contains("UID:7-"), "{cancelled}");
        assert!(
            cancelled.contains("SUMMARY:CANCELADO: Ângela"),
            "{cancelled}"
        );
        assert!(cancelled.contains("TRANSP:TRANSPARENT"), "{cancelled}");
    }

    #[test]
    fn what_is_said_of_the_candidate_is_configured() {
        let mut config = Config::shipped().unwrap().calendar;
        config.process = false;
        let mut said = |shown| {
            config.candidate = shown;
            summary(&slot(), &config)
        };
        assert_eq!(said(CandidateShown::FirstName), "Ângela");
        assert_eq!(said(CandidateShown::Initials), "Â.D.S.");
        assert_eq!(said(CandidateShown::None), "Exame DETRAN");
    }

    #[test]
    fn a_short_name_has_an_initial_too_and_what_only_joins_names_has_none() {
        assert_eq!(initials("ANA EVA DA LUZ E SÁ"), "A.E.L.S.");
        assert_eq!(initials("Rui dos Reis das Dores"), "R.R.D.");
        assert_eq!(initials(" "), "");
    }
}
