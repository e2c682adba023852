//! `agendad users list`: all examiners with an account, and their units.

use crate::cli::{Exit, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;
use crate::store::units::UnitRecord;
use crate::store::users::UserListed;

pub(super) async fn list(store: &Store, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let today = Clock::system(config.timezone).today();
    let users = store.list_users(today).await?;
    if json {
        output::json(&users)?;
        return Ok(Exit::Done);
    }
    let units = unit_rows(&users, config);
    let rows = users
        .into_iter()
        .map(|user| {
            let state = state(&user, config);
            vec![
                user.usuario_id.to_string(),
                user.nome,
                user.cpf,
                state,
                user.working_days.unwrap_or_else(|| "all".to_owned()),
                user.current_slots.to_string(),
                output::local(user.last_success, config.timezone),
            ]
        })
        .collect();
    let header = [
        "user",
        "name",
        "CPF",
        "state",
        "days",
        "slots ahead",
        "last success",
    ];
    output::table(
        &header,
        rows,
        "no examiners yet; add one with: agendad users add --name … --cpf …",
    );
    if !units.is_empty() {
        output::line("");
        output::table(&["user", "unit", "name", "last read", "slots"], units, "");
    }
    Ok(Exit::Done)
}

fn state(user: &UserListed, config: &Config) -> String {
    let older = user
        .duplicate_of
        .map_or_else(String::new, |older| format!(" of user {older}"));
    match (user.pause_reason, user.active, user.scheduled) {
        (Some(reason), _, _) => match user.pause_until {
            Some(until) => format!(
                "paused: {reason}, until {}",
                output::local(Some(until), config.timezone)
            ),
            None => format!("paused: {reason}{older}"),
        },
        (None, false, _) => "off".to_owned(),
        (None, true, false) => "manual".to_owned(),
        (None, true, true) => match user.other_session {
            Some(seen) => at_the_portal(seen.until, config),
            None => "on".to_owned(),
        },
    }
}

/// The examiner uses the portal, which allows one session a person.
fn at_the_portal(until: Option<chrono::DateTime<chrono::Utc>>, config: &Config) -> String {
    match until {
        Some(until) => format!(
            "on, waits for the examiner at the portal until {}",
            output::local(Some(until), config.timezone)
        ),
        None => "on, waits until the examiner leaves the portal".to_owned(),
    }
}

/// The units of those who have several, or have lost one.
fn unit_rows(users: &[UserListed], config: &Config) -> Vec<Vec<String>> {
    let with_several = users.iter().filter(|user| user.units.len() > 1);
    let row = |user: &UserListed, unit: &UnitRecord| {
        let slots = match (unit.offered, unit.had_slots) {
            (false, _) => "no longer offered",
            (true, Some(true)) => "yes",
            (true, Some(false)) => "none",
            (true, None) => "-",
        };
        vec![
            user.usuario_id.to_string(),
            unit.code.clone(),
            unit.name.clone(),
            output::local(unit.last_read_at, config.timezone),
            slots.to_owned(),
        ]
    };
    with_several
        .flat_map(|user| user.units.iter().map(move |unit| row(user, unit)))
        .collect()
}
