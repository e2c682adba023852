//! The way of `portal probe` through the portal, without its database: what an operator is shown of each page.

use std::collections::BTreeSet;
use std::path::Path;

use agendad::portal::probe::{self, Notes, ProbeStep};
use agendad::portal::{Credentials, LoginAnswer, LoginWith, Portal, PortalError, PortalSession};
use agendad::words;
use chrono::NaiveDate;

/// What an operator would see, what would be saved, and whether the walk reached its end.
pub(crate) struct Walked {
    pub(crate) shown: String,
    pub(crate) saved: String,
    pub(crate) outcome: Result<(), PortalError>,
}

/// Logs in, ends another session, takes the first unit to choose, and reads the first day offered.
pub(crate) async fn walk(
    portal: &Portal,
    credentials: Credentials,
    today: NaiveDate,
    save_in: &Path,
) -> Walked {
    let notes = Notes::new(portal, &credentials);
    let mut session = portal.session(credentials, None, true).unwrap();
    notes.attach(&mut session);
    let outcome = go(&mut session, &notes, today).await;
    let (mut shown, mut saved) = (String::new(), String::new());
    for step in notes.take() {
        shown += &words::probe::step(&step).en;
        saved += &save(&step, save_in);
    }
    shown += &match &outcome {
        Ok(()) => "done\n".to_owned(),
        Err(error) => format!("failed to {error} ({})\n", error.failure_kind()),
    };
    Walked {
        shown,
        saved,
        outcome,
    }
}

async fn go(
    session: &mut PortalSession,
    notes: &Notes,
    today: NaiveDate,
) -> Result<(), PortalError> {
    notes.begin("the way in");
    session.begin_login().await?;
    let mut chosen: Option<String> = None;
    let mut force = false;
    loop {
        let with = LoginWith {
            force,
            unit: chosen.as_deref(),
        };
        match session.post_password(with).await? {
            LoginAnswer::In => break,
            LoginAnswer::Elsewhere if !force => force = true,
            LoginAnswer::Choice if chosen.is_none() => {
                chosen = Some(session.choices().await?[0].code.clone());
                force = false;
            }
            // The same question again: nothing more can be tried.
            LoginAnswer::Elsewhere | LoginAnswer::Choice => {
                session.abandon_login();
                return session
                    .post_password(LoginWith::default())
                    .await
                    .map(|_| ());
            }
        }
    }
    let wanted: Vec<NaiveDate> = today.iter_days().take(8).collect();
    let mut day = None;
    for unit in session.units() {
        notes.begin(format!("the dates of unit {} from {today}", unit.code));
        let listed = session
            .offered_dates(&unit, &wanted, &BTreeSet::new())
            .await?;
        let first = listed.to_read.first().copied();
        day = day.or(Some((unit.clone(), today)));
        if let Some(date) = first {
            day = Some((unit, date));
            break;
        }
    }
    let (unit, date) = day.unwrap();
    notes.begin(format!("the agenda of unit {} on {date}", unit.code));
    session.read_day(&unit, date).await?;
    Ok(())
}

fn save(step: &ProbeStep, dir: &Path) -> String {
    let path = probe::save(step, dir).unwrap();
    std::fs::read_to_string(path).unwrap()
}
