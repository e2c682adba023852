//! `/webhooks`: addresses of other systems that are told of changes. The same as `agendad webhooks`, by the same functions.
//! `webhook` is the page of one of them.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::language::Language;
use super::lenient_query::LenientQuery;
use super::notice::{self, NoticeQuery, drawn};
use super::page::{Page, refused, token};
use super::problem::Problem;
use super::recognise::Posted;
use super::tone::Tone;
use super::visitor::Visitor;
use crate::clinic::meant;
use crate::domain::causes::in_a_line;
use crate::domain::{ChangeKind, DisabledBecause};
use crate::store::webhooks::Webhook;
use crate::web::state::Api;
use crate::webhooks::{self, EVENTS, ManageError, NewAddress, Secret};
use crate::words::cli::webhooks as list;
use crate::words::pages::webhooks::{self as words, WebhookNotice};
use crate::words::{Sentence, delivery};

pub(super) const PAGE: &str = "/webhooks";

/// What the address names.
pub(super) fn named(query: &NoticeQuery, language: Language) -> Markup {
    let notice = query.aviso.parse::<WebhookNotice>();
    html! { @if let Ok(notice) = notice { (drawn(language.say(notice.sentence()), !notice.is_good())) } }
}

pub(super) fn back(page: &str, notice: WebhookNotice) -> Response {
    notice::back(page, notice.into())
}

/// `GET /webhooks`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<NoticeQuery>,
) -> Result<Response, Problem> {
    page(&api, &visitor, &named(&query, visitor.language), None).await
}

/// The page; what was typed, if it was refused.
async fn page(
    api: &Api,
    visitor: &Visitor,
    above: &Markup,
    typed: Option<&Posted>,
) -> Result<Response, Problem> {
    let all = api.store.webhooks().await?;
    let say = |sentence| visitor.language.say(sentence);
    let text = |name: &str| Posted::typed(typed, name, "");
    let content = html! {
        p.crumbs { a href="/ajustes" { "‹ " (say(crate::words::pages::settings::SETTINGS)) } }
        h1 { (say(words::TITLE)) " " span.n { (all.len()) } }
        p.dim { (say(words::INTRODUCTION)) }
        @if !api.config().webhooks.enabled { p.notice.warn { (say(list::NOT_RUNNING)) } }
        (above)
        @if all.is_empty() { p.empty { (say(words::NONE)) } } @else { (table(visitor, &all)) }
        section {
            h2 { (say(words::ADD)) }
            form.filters method="post" action=(PAGE) {
                (token(visitor))
                label { (say(list::URL)) input type="text" inputmode="url" name="url" size="40" required value=(text("url")) placeholder="https://"; }
                label { (say(list::FOR)) input type="text" name="rotulo" value=(text("rotulo")); }
                label { (say(words::EXAMINERS)) input type="text" name="peritos" value=(text("peritos")); }
                fieldset.choice {
                    legend { (say(list::EVENTS)) }
                    @for (name, kind) in EVENTS {
                        label { input type="checkbox" name=(name) value="1" checked[!text(name).is_empty()]; " " (say(words::event(kind))) }
                    }
                }
                label { (say(words::PRIVATE)) input type="checkbox" name="local" value="1" checked[!text("local").is_empty()]; }
                button.primary { (say(words::ADD)) }
            }
            p.hint { (say(words::HINT)) }
        }
    };
    let shown = Page::of(visitor, say(words::TITLE)).section("/ajustes");
    Ok(shown.show(&content))
}

/// On, off, or gone.
pub(super) fn state(visitor: &Visitor, webhook: &Webhook) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    match (&webhook.disabled_at, webhook.disabled_because) {
        (None, _) => Tone::Good.badge(say(list::ON)),
        (Some(_), Some(DisabledBecause::Gone)) => Tone::Bad.badge(say(list::GONE)),
        (Some(_), Some(DisabledBecause::Operator) | None) => Tone::Off.badge(say(list::OFF)),
    }
}

fn table(visitor: &Visitor, all: &[Webhook]) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let times = visitor.times;
    html! {
        // At some widths it is wider than the screen: the keyboard must reach it.
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(list::ADDRESS)) }
                    th scope="col" { (say(list::URL)) }
                    th scope="col" { (say(list::STATE)) }
                    th scope="col" { (say(list::WAITING)) }
                    th scope="col" { (say(list::GIVEN_UP)) }
                    th scope="col" { (say(list::LAST_TAKEN)) }
                }
            }
            tbody {
                @for one in all {
                    tr {
                        th scope="row" { a href=(format!("{PAGE}/{}", one.id)) { (one.id) " " (one.label) } }
                        td { code { (one.url) } }
                        td { (state(visitor, one)) }
                        td { (one.waiting) @if let Some(since) = one.waiting_since { " · " (times.ago(since)) } }
                        td { (one.given_up) }
                        td { @if let Some(at) = one.last_success_at { (times.ago(at)) } @else { "–" } }
                    }
                }
            }
        }
    }
}

/// A secret that is new; it is shown this once.
pub(super) fn new_secret(visitor: &Visitor, id: i32, secret: &Secret) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        section.progress role="status" {
            p { strong { (visitor.language.say(words::secret_of(id))) } " " (say(list::KEEP_SECRET)) }
            code.secret { (secret.shown()) }
        }
    }
}

/// `POST /webhooks`
pub(super) async fn add(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    let again = async |wrong: Sentence, detail: &str| {
        let visitor = &posted.visitor;
        let above = html! {
            p.notice.bad role="alert" {
                (visitor.language.say(wrong))
                @if !detail.is_empty() { " " code { (detail) } }
            }
        };
        let page = page(&api, visitor, &above, Some(&posted)).await?;
        Ok(refused(page))
    };
    let names = api.store.names().await?;
    let mut usuario_ids = Vec::new();
    let wanted = posted.text("peritos").split(',').map(str::trim);
    for wanted in wanted.filter(|wanted| !wanted.is_empty()) {
        match meant(&names, wanted)[..] {
            [one] => usuario_ids.push(one.usuario_id),
            [..] => return again(words::NOBODY, wanted).await,
        }
    }
    let ticked = EVENTS
        .into_iter()
        .filter(|(name, _)| !posted.text(name).is_empty());
    let kinds: Vec<ChangeKind> = ticked.map(|(_, kind)| kind).collect();
    let new = NewAddress {
        url: posted.text("url"),
        label: posted.text("rotulo"),
        usuario_ids: &usuario_ids,
        kinds: &kinds,
        allow_private: !posted.text("local").is_empty(),
    };
    let actor = posted.visitor.actor();
    let (store, vault) = (&api.store, &api.syncer.vault);
    let made = match webhooks::just_added(store, vault, &new, &actor).await {
        Ok(Some(made)) => Ok(made),
        Ok(None) => webhooks::add(store, vault, &new, &actor).await,
        Err(error) => Err(error),
    };
    match made {
        Ok((id, secret)) => {
            let above = new_secret(&posted.visitor, id, &secret);
            page(&api, &posted.visitor, &above, None).await
        }
        Err(ManageError::Url(error)) => {
            let why = posted.visitor.language.say(delivery::url(error));
            again(words::BAD_URL, &why).await
        }
        Err(error @ ManageError::TooMany) => {
            let why = error.sentence().map(|why| posted.visitor.language.say(why));
            again(words::REFUSED, &why.unwrap_or_default()).await
        }
        Err(error) => Err(failed(error)),
    }
}

pub(super) fn failed(error: ManageError) -> Problem {
    match error {
        ManageError::Store(error) => error.into(),
        ManageError::Vault(error) => error.into(),
        ManageError::Url(_) | ManageError::TooMany | ManageError::Secret(_) => {
            tracing::error!(error = in_a_line(&error), "a webhook cannot be made");
            Problem::Internal
        }
    }
}
