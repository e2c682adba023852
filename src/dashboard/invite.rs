//! `/primeiro-acesso`: whoever was invited (`agendad people invite` says where) becomes an operator.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::language::Language;
use super::lenient_query::LenientQuery;
use super::page::{Page, refused};
use super::people::{hashed, shown, told};
use super::problem::Problem;
use crate::domain::{LoginName, Role, secret_text};
use crate::staff::Hashed;
use crate::store::staff::{NewPerson, PersonChanged};
use crate::vault::Token;
use crate::web::state::Api;
use crate::words::command::here;
use crate::words::pages::login_page;
use crate::words::pages::people::{self as words, PersonNotice};

/// Who acts, for the audit table: nobody has a name yet.
const ACTOR: &str = "dashboard:setup";
const PAGE: &str = "/primeiro-acesso";

#[derive(Default, Deserialize)]
pub(super) struct InviteQuery {
    #[serde(default)]
    codigo: String,
}

#[derive(Default, Deserialize)]
pub(super) struct InviteForm {
    #[serde(default)]
    codigo: String,
    #[serde(default)]
    acesso: String,
    #[serde(default)]
    nome: String,
    #[serde(default)]
    senha: secrecy::SecretString,
}

/// `GET /primeiro-acesso`
pub(super) async fn show(
    State(api): State<Api>,
    language: Language,
    LenientQuery(query): LenientQuery<InviteQuery>,
) -> Result<Response, Problem> {
    let token = Token::read(&query.codigo);
    let is_good = match &token {
        Some(token) => api.store.is_invited(&token.hash()).await?,
        None => false,
    };
    let content = if is_good {
        let sent = InviteForm {
            codigo: query.codigo,
            ..InviteForm::default()
        };
        form(language, &sent, None)
    } else {
        html! {
            section.panel {
                h1 { (language.say(words::INVITED)) }
                p { (language.say(words::INVITATION_OVER)) code { (here("agendad people invite")) } "." }
                p { a href="/entrar" { (language.say(login_page::LOG_IN)) } }
            }
        }
    };
    Ok(page(language, &content))
}

/// Without the code: the link to the other language would take it along.
fn page(language: Language, content: &Markup) -> Response {
    Page::open(language, language.say(words::INVITED), PAGE).show(content)
}

/// `sent`: what was typed, if that was refused, and why.
fn form(language: Language, sent: &InviteForm, wrong: Option<PersonNotice>) -> Markup {
    let say = |sentence| language.say(sentence);
    html! {
        section.panel {
            h1 { (say(words::INVITED)) }
            p { (say(words::INVITED_TO)) }
            @if let Some(wrong) = wrong { (shown(wrong, language)) }
            form method="post" action=(PAGE) {
                input type="hidden" name="codigo" value=(sent.codigo);
                label for="nome" { (say(words::NAME)) }
                input id="nome" name="nome" type="text" required value=(sent.nome) autocomplete="name";
                label for="acesso" { (say(words::LOGIN)) }
                input id="acesso" name="acesso" type="text" required value=(sent.acesso) autocomplete="username" autocapitalize="none" spellcheck="false";
                p.hint { (say(words::LOGIN_HINT)) }
                label for="senha" { (say(words::PASSWORD)) }
                input id="senha" name="senha" type="password" required autocomplete="new-password" minlength="10";
                p.hint { (language.say(words::password_hint())) }
                button.primary { (say(words::ADD)) }
            }
        }
    }
}

/// `POST /primeiro-acesso`
pub(super) async fn accept(
    State(api): State<Api>,
    language: Language,
    form: Result<Form<InviteForm>, axum::extract::rejection::FormRejection>,
) -> Result<Response, Problem> {
    let Ok(Form(form)) = form else {
        return Err(Problem::Form);
    };
    let Some(token) = Token::read(&form.codigo) else {
        return Ok(Redirect::to(PAGE).into_response());
    };
    // Before a password is hashed for whoever comes.
    if !api.store.is_invited(&token.hash()).await? {
        return Ok(Redirect::to(PAGE).into_response());
    }
    let Ok(login) = LoginName::parse(&form.acesso) else {
        return Ok(again(language, &form, PersonNotice::BadLogin));
    };
    let nome = form.nome.trim();
    if nome.is_empty() {
        return Ok(again(language, &form, PersonNotice::NoName));
    }
    let password = secrecy::ExposeSecret::expose_secret(&form.senha).to_owned();
    let password = secret_text::without_marks(password).into();
    let Hashed(password_hash) = match hashed(&login, password).await {
        Ok(hashed) => hashed,
        Err(notice) => return Ok(again(language, &form, notice)),
    };
    let new = NewPerson {
        login: &login,
        nome,
        role: Role::Operator,
        usuario_id: None,
        password_hash: &password_hash,
    };
    let accepted = api
        .store
        .accept_invitation(&token.hash(), &new, ACTOR)
        .await?;
    match accepted {
        PersonChanged::Done(_) => Ok(Redirect::to("/entrar?para=/comecar&novo=1").into_response()),
        PersonChanged::Invitation => Ok(Redirect::to(PAGE).into_response()),
        other @ (PersonChanged::Nobody
        | PersonChanged::LoginTaken
        | PersonChanged::Examiner
        | PersonChanged::LastOperator) => {
            Ok(again(language, &form, told(other, PersonNotice::Failed)))
        }
    }
}

/// The form once more, with what was wrong.
fn again(language: Language, sent: &InviteForm, wrong: PersonNotice) -> Response {
    refused(page(language, &form(language, sent, Some(wrong))))
}
