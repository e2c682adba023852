//! `/importar`: examiners from a file, in two steps: what would change, and then just that. The file comes back sealed with
//! the second one; nobody keeps it in between. The same as `agendad users import`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use secrecy::{ExposeSecret, SecretString};

use super::page::{Page, token};
use super::problem::Problem;
use super::recognise::{Posted, Uploaded};
use super::tone::Tone;
use super::visitor::Visitor;
use crate::credentials::CredentialsError;
use crate::domain::import::{BadFile, Counts, Verdict};
use crate::domain::text::title_case;
use crate::examiners::import::{self, Imported, Line, Plan};
use crate::store::StoreError;
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::command::here;
use crate::words::pages::{enrol, import as words};

/// Sealed and sent as a form it is half as large again, and must stay within `http.max_body_bytes`.
const LARGEST: usize = 40_000;

/// `GET /importar`
pub(super) async fn show(visitor: Visitor) -> Response {
    choose(&visitor, None)
}

/// `GET /importar/modelo.csv`
pub(super) async fn template(_: Visitor) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"peritos.csv\""),
    ];
    (headers, import::TEMPLATE).into_response()
}

fn choose(visitor: &Visitor, wrong: Option<&Markup>) -> Response {
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::TITLE);
    let content = html! {
        section.panel {
            h1 { (title) }
            @if let Some(wrong) = wrong { p.notice.bad role="alert" { (wrong) } }
            p { (say(words::INTRODUCTION)) }
            p { a href="/importar/modelo.csv" download { (say(words::TEMPLATE)) } }
            form method="post" action="/importar" enctype="multipart/form-data" {
                (token(visitor))
                label for="arquivo" { (say(words::FILE)) }
                input id="arquivo" name="arquivo" type="file" required accept=".csv,.txt,text/csv";
                button.primary { (say(words::LOOK)) }
            }
            p.hint { (say(words::DELETE_FILE)) }
        }
    };
    Page::of(visitor, title).show(&content)
}

fn refused(visitor: &Visitor, wrong: &Markup) -> Response {
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        choose(visitor, Some(wrong)),
    )
        .into_response()
}

fn bad_file(visitor: &Visitor, bad: BadFile) -> Response {
    refused(
        visitor,
        &html! { (visitor.language.say(words::bad_file(bad))) },
    )
}

/// `POST /importar`: what a file would do.
pub(super) async fn look(State(api): State<Api>, uploaded: Uploaded) -> Result<Response, Problem> {
    let Uploaded { visitor, file } = uploaded;
    let file = match import::text(&file) {
        Ok(file) if file.expose_secret().len() > LARGEST => {
            let wrong = html! { (visitor.language.say(words::TOO_LARGE)) code { (here("agendad users import")) } };
            return Ok(refused(&visitor, &wrong));
        }
        Ok(file) => file,
        Err(bad) => return Ok(bad_file(&visitor, bad)),
    };
    preview(&api, &visitor, &file, words::NOTHING_YET).await
}

/// `POST /importar/confirmar`: just what was shown; else what would change by now is shown.
pub(super) async fn confirm(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let vault = &api.syncer.vault;
    let (actor, now) = (visitor.actor(), api.syncer.clock.now());
    let Some((file, digest)) = import::open(vault, posted.text("arquivo"), &actor, now) else {
        let wrong = html! { (visitor.language.say(words::TOO_LATE)) };
        return Ok(refused(visitor, &wrong));
    };
    let plan = match import::look(&api.store, vault, &file, &api.window_names()).await? {
        Ok(plan) => plan,
        Err(bad) => return Ok(bad_file(visitor, bad)),
    };
    if plan.digest() != digest {
        return preview(&api, visitor, &file, words::CHANGED_MEANWHILE).await;
    }
    match import::carry_out(&api.store, vault, &plan, &actor).await {
        Ok(Imported::Done(counts)) => Ok(done(visitor, counts)),
        Ok(Imported::ChangedMeanwhile) => {
            preview(&api, visitor, &file, words::CHANGED_MEANWHILE).await
        }
        Err(CredentialsError::Store(StoreError::UserRefused { by })) => {
            let wrong = html! { (visitor.language.say(enrol::user_refused(&by))) };
            Ok(refused(visitor, &wrong))
        }
        Err(error) => Err(error.into()),
    }
}

async fn preview(
    api: &Api,
    visitor: &Visitor,
    file: &SecretString,
    what: Sentence,
) -> Result<Response, Problem> {
    let vault = &api.syncer.vault;
    let plan = match import::look(&api.store, vault, file, &api.window_names()).await? {
        Ok(plan) => plan,
        Err(bad) => return Ok(bad_file(visitor, bad)),
    };
    let sealed = if plan.is_good() {
        let now = api.syncer.clock.now();
        Some(import::seal(vault, file, &plan, &visitor.actor(), now)?)
    } else {
        None
    };
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::PREVIEW);
    let content = html! {
        h1 { (title) }
        p role="status" { strong { (say(what)) } " " (visitor.language.say(words::counts(plan.counts()))) "." }
        @if !plan.ignored.is_empty() { p.dim { (visitor.language.say(words::ignored(&plan.ignored.join(", ")))) } }
        (table(visitor, &plan))
        @if let Some(sealed) = &sealed {
            form method="post" action="/importar/confirmar" {
                (token(visitor))
                input type="hidden" name="arquivo" value=(sealed);
                button.primary { (say(words::DO_IT)) }
            }
        } @else {
            p { strong { (say(if plan.counts().refused > 0 { words::CORRECT_IT } else { words::ALL_THE_SAME })) } }
        }
        p { a href="/importar" { (say(words::OTHER_FILE)) } }
    };
    Ok(Page::of(visitor, title).show(&content))
}

fn table(visitor: &Visitor, plan: &Plan) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(words::LINE)) }
                    th scope="col" { (say(words::NAME)) }
                    th scope="col" { "CPF" }
                    th scope="col" { (say(words::WHAT)) }
                }
            }
            tbody { @for line in &plan.lines { (row(visitor, line)) } }
        }
    }
}

fn row(visitor: &Visitor, line: &Line) -> Markup {
    let tone = match line.verdict {
        Verdict::New { .. } | Verdict::Changed(_) => Tone::Good,
        Verdict::Same => Tone::Off,
        Verdict::Refused(_) => Tone::Bad,
    };
    let said = visitor.language.say(words::verdict(&line.verdict));
    html! {
        tr {
            td { (line.number) }
            td { (title_case(&line.nome)) }
            td { (line.cpf) }
            td {
                (tone.badge(&said))
                @if !matches!(line.verdict, Verdict::Same | Verdict::Refused(_)) {
                    " " span.dim { (days(visitor, &line.days)) @if let Some(email) = &line.email { " " (email) } }
                }
            }
        }
    }
}

/// As people write them.
fn days(visitor: &Visitor, stored: &[&str]) -> String {
    let named = enrol::WEEKDAYS
        .iter()
        .filter(|(name, _)| stored.iter().any(|day| day == name));
    let named: Vec<&str> = named.map(|(_, day)| visitor.language.say(*day)).collect();
    named.join(", ")
}

fn done(visitor: &Visitor, counts: Counts) -> Response {
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        section.panel {
            h1 { (say(words::DONE)) }
            p role="status" { (visitor.language.say(words::counts(counts))) "." }
            p { (say(words::DELETE_FILE)) }
            p { a.button href="/" { (say(enrol::TO_OVERVIEW)) } }
        }
    };
    Page::of(visitor, say(words::DONE)).show(&content)
}
