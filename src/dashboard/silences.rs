//! Messages held back for a while, from the page of alerts: muted, for a planned maintenance, and let go again. The same as
//! `agendad alerts mute`, `maintenance` and `unmute`.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::all_alerts::{self, PAGE};
use super::notice;
use super::page::refused;
use super::problem::Problem;
use super::recognise::Posted;
use crate::alerts::{is_silence, moment};
use crate::domain::{RecordedRule, Rule};
use crate::store::alerts::silences::{NewSilence, Silence};
use crate::web::state::Api;
use crate::words::pages::silences::SilenceNotice;

fn back(notice: SilenceNotice) -> Response {
    notice::back(PAGE, notice.into())
}

/// `POST /alertas/reter`
pub(super) async fn mute(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    let rule = match posted.text("aviso") {
        "" => None,
        key => match Rule::of(key) {
            Some(rule) => Some(rule),
            None => return again(&api, &posted, SilenceNotice::Failed).await,
        },
    };
    let usuario_id = match posted.text("perito").trim_start_matches('#') {
        "" => None,
        number => match number.parse() {
            Ok(id) if api.store.user_exists(id).await? => Some(id),
            Ok(_) | Err(_) => return again(&api, &posted, SilenceNotice::Examiner).await,
        },
    };
    let lasts = posted.text("tempo").parse().map(Duration::from_secs).ok();
    let Some(lasts) = lasts.filter(|lasts| is_silence(*lasts)) else {
        return again(&api, &posted, SilenceNotice::Span).await;
    };
    let silence = NewSilence {
        is_maintenance: false,
        rule,
        usuario_id,
        from: None,
        lasts,
        reason: posted.text("motivo"),
    };
    held(&api, &posted, &silence).await
}

/// `POST /alertas/manutencao`
pub(super) async fn maintain(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    let (zone, now) = (api.syncer.clock.zone(), api.syncer.clock.now());
    let Some(from) = moment(posted.text("de"), now, zone) else {
        return again(&api, &posted, SilenceNotice::Time).await;
    };
    let Some(to) = moment(posted.text("ate"), from, zone) else {
        return again(&api, &posted, SilenceNotice::Time).await;
    };
    let lasts = (to - from).to_std().ok();
    let Some(lasts) = lasts.filter(|lasts| is_silence(*lasts)) else {
        return again(&api, &posted, SilenceNotice::Span).await;
    };
    let silence = NewSilence {
        is_maintenance: true,
        rule: None,
        usuario_id: None,
        from: Some(from),
        lasts,
        reason: posted.text("motivo"),
    };
    held(&api, &posted, &silence).await
}

async fn held(api: &Api, posted: &Posted, silence: &NewSilence<'_>) -> Result<Response, Problem> {
    if silence.reason.is_empty() {
        return again(api, posted, SilenceNotice::Why).await;
    }
    let actor = posted.visitor.actor();
    let now = api.store.now().await?;
    let open = api.store.silences().await?;
    // A form that was sent twice is one wish.
    if !open.iter().any(|held| is_same(held, silence, &actor, now)) {
        api.store.add_silence(silence, &actor).await?;
    }
    Ok(back(SilenceNotice::Held))
}

/// Whether the same person has made the very same, as of now to a minute.
fn is_same(held: &Silence, silence: &NewSilence<'_>, actor: &str, now: DateTime<Utc>) -> bool {
    let from = silence.from.unwrap_or(now);
    let is_near = |a: DateTime<Utc>, b: DateTime<Utc>| (a - b).abs() < TimeDelta::minutes(1);
    let rule = held.rule.as_ref().map(RecordedRule::as_str);
    held.is_maintenance == silence.is_maintenance
        && rule == silence.rule.map(Rule::key)
        && held.usuario_id == silence.usuario_id
        && held.reason == silence.reason
        && held.created_by == actor
        && is_near(held.from_at, from)
        && is_near(held.until_at, from + silence.lasts)
}

/// The page once more, with what was typed and what is wrong with it.
async fn again(api: &Api, posted: &Posted, wrong: SilenceNotice) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let above = all_alerts::notice(wrong, visitor.language);
    Ok(refused(
        all_alerts::page(api, visitor, &above, 1, Some(posted)).await?,
    ))
}

/// `POST /alertas/soltar`
pub(super) async fn end(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    let Ok(id) = posted.text("numero").parse() else {
        return Ok(back(SilenceNotice::Failed));
    };
    let ended = api.store.end_silence(id, &posted.visitor.actor()).await?;
    Ok(back(if ended {
        SilenceNotice::Ended
    } else {
        SilenceNotice::Failed
    }))
}
