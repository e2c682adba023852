//! Messages held back for a while, from the page of alerts: muted, for a planned maintenance, and let go again. The same as
//! `agendad alerts mute`, `maintenance` and `unmute`.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::all_alerts;
use super::language::Language;
use super::page::{refused, token};
use super::problem::Problem;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::alerts::{is_silence, moment};
use crate::domain::Rule;
use crate::store::alerts::silences::NewSilence;
use crate::web::state::Api;
use crate::words::pages::silences::{self as words, SilenceNotice};
use crate::words::{rule, silence};

const PAGE: &str = "/alertas";

/// The query string.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SilenceQuery {
    #[serde(default)]
    aviso: String,
}

impl SilenceQuery {
    pub(super) fn show(&self, language: Language) -> Markup {
        let notice = self.aviso.parse::<SilenceNotice>().ok();
        notice.map_or_else(|| html! {}, |notice| shown(notice, language))
    }
}

/// A notice above the page.
pub(super) fn shown(notice: SilenceNotice, language: Language) -> Markup {
    html! { p.notice.bad[!notice.is_good()] role="status" { (language.say(notice.sentence())) } }
}

fn back(notice: SilenceNotice) -> Response {
    let code: &str = notice.into();
    Redirect::to(&format!("{PAGE}?aviso={code}")).into_response()
}

pub(super) fn end_button(visitor: &Visitor, id: i32) -> Markup {
    html! {
        form method="post" action="/alertas/soltar" {
            (token(visitor))
            input type="hidden" name="numero" value=(id);
            button.quiet aria-label=(format!("{} {id}", visitor.language.say(words::END))) { (visitor.language.say(words::END)) }
        }
    }
}

/// Both forms; `sent`: what was typed into one of them, if that was refused.
pub(super) fn forms(visitor: &Visitor, sent: Option<&Posted>) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    // For how long is chosen, and so always sent, in the first one only.
    let is_first = sent.is_some_and(|sent| !sent.text("tempo").is_empty());
    let (held, maintained) = if is_first { (sent, None) } else { (None, sent) };
    let of_held = |name: &str| Posted::typed(held, name, "");
    let of_maintained = |name: &str, known| Posted::typed(maintained, name, known);
    html! {
        section {
            h2 { (say(words::HOLD_BACK)) }
            form.filters method="post" action="/alertas/reter" {
                (token(visitor))
                label {
                    (say(silence::KIND))
                    select name="aviso" {
                        option value="" { (say(words::ALL)) }
                        @for one in Rule::ALL { option value=(one.key()) selected[of_held("aviso") == one.key()] { (say(rule::title(*one))) } }
                    }
                }
                label { (say(words::EXAMINER)) input type="text" inputmode="numeric" size="6" name="perito" value=(of_held("perito")); }
                label {
                    (say(words::FOR))
                    select name="tempo" { @for (value, name) in words::SPANS { option value=(value) selected[of_held("tempo") == value] { (visitor.language.say(name)) } } }
                }
                label { (say(silence::WHY)) input type="text" name="motivo" required maxlength="200" value=(of_held("motivo")); }
                button { (say(words::HOLD)) }
            }
            h2 { (say(words::MAINTENANCE)) }
            form.filters method="post" action="/alertas/manutencao" {
                (token(visitor))
                label { (say(silence::FROM)) input type="text" name="de" size="17" value=(of_maintained("de", say(words::NOW))); }
                label { (say(silence::UNTIL)) input type="text" name="ate" size="17" placeholder="23:30" required value=(of_maintained("ate", "")); }
                label { (say(silence::WHY)) input type="text" name="motivo" required maxlength="200" value=(of_maintained("motivo", "")); }
                button { (say(words::ANNOUNCE)) }
            }
            p.hint { (say(words::HINT)) }
        }
    }
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
            Ok(id) => Some(id),
            Err(_) => return again(&api, &posted, SilenceNotice::Examiner).await,
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
    api.store.add_silence(silence, &actor).await?;
    Ok(back(SilenceNotice::Held))
}

/// The page once more, with what was typed and what is wrong with it.
async fn again(api: &Api, posted: &Posted, wrong: SilenceNotice) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let above = shown(wrong, visitor.language);
    Ok(refused(
        all_alerts::page(api, visitor, &above, Some(posted)).await?,
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
