//! `/peritos/{id}/editar`: everything of an examiner on one form. The same as `agendad users edit`, by the same function.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::enrol;
use super::notice::Notice;
use super::page::{Page, refused, token};
use super::problem::{Id, Problem};
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::credentials::CredentialsError;
use crate::domain::text::title_case;
use crate::domain::{Cpf, WorkingDays};
use crate::examiners::{self, Edited, Wish};
use crate::store::StoreError;
use crate::store::units::UnitRecord;
use crate::web::state::Api;
use crate::words::pages::enrol as words;
use crate::words::{Sentence, window};

/// What the form shows.
struct Form {
    nome: String,
    email: String,
    /// Masked.
    cpf: String,
    /// Another one, as it is typed.
    new_cpf: String,
    days: Vec<&'static str>,
    windows: Option<Vec<String>>,
    units: Vec<UnitRecord>,
    chosen: Option<Vec<String>>,
    /// Of what is stored, to find out whether somebody has changed it since it was shown.
    seen: String,
}

impl Form {
    /// As it is stored.
    async fn load(api: &Api, id: i32) -> Result<Self, Problem> {
        let (profile, settings, units) = tokio::try_join!(
            api.store.profile(id),
            api.store.settings(id),
            api.store.units(id, ""),
        )?;
        let (profile, settings) = profile.zip(settings).ok_or(Problem::NotFound)?;
        let days = settings.working_days.unwrap_or(WorkingDays::ALL);
        let mut form = Self {
            nome: profile.nome,
            email: profile.email.unwrap_or_default(),
            cpf: Cpf::parse(&profile.cpf)
                .map(|cpf| cpf.to_string())
                .unwrap_or_default(),
            new_cpf: String::new(),
            days: days.names().collect(),
            windows: settings.windows,
            chosen: profile.units.unwrap_or_default(),
            units,
            seen: String::new(),
        };
        form.seen = form.digest();
        Ok(form)
    }

    /// Of the CPF no more than the page shows: whoever has the digest could find out the rest.
    fn digest(&self) -> String {
        let units: Vec<&str> = self.units.iter().map(|unit| unit.code.as_str()).collect();
        let stored = json!([
            self.nome,
            self.email,
            self.cpf,
            self.days,
            self.windows,
            self.chosen,
            units
        ]);
        hex::encode(&Sha256::digest(stored.to_string())[..16])
    }

    fn has_chosen(&self, unit: &UnitRecord) -> bool {
        self.chosen
            .as_ref()
            .is_none_or(|chosen| chosen.iter().any(|chosen| unit.is_called(chosen)))
    }

    fn page(&self, api: &Api, visitor: &Visitor, id: i32, wrong: Option<Sentence>) -> Response {
        let say = |sentence| visitor.language.say(sentence);
        let config = api.config();
        let labels: Vec<(&str, String)> = config
            .windows
            .iter()
            .map(|one| {
                (
                    one.name.as_str(),
                    say(window::named(&config.windows, &one.name)),
                )
            })
            .collect();
        let windows: Vec<(&str, &str)> = labels
            .iter()
            .map(|(name, label)| (*name, label.as_str()))
            .collect();
        let is_read = |name: &str| {
            let chosen = self.windows.as_ref();
            chosen.is_none_or(|names| names.iter().any(|known| known == name))
        };
        let title = visitor.language.say(words::EDIT_TITLE);
        let content = html! {
            section.panel {
                p.crumbs { a href=(format!("/peritos/{id}")) { "‹ " (title_case(&self.nome)) } }
                h1 { (title) }
                @if let Some(wrong) = wrong { p.notice.bad role="alert" { (visitor.language.say(wrong)) } }
                form method="post" action=(format!("/peritos/{id}/editar")) autocomplete="off" {
                    (token(visitor))
                    input type="hidden" name="visto" value=(self.seen);
                    label for="nome" { (visitor.language.say(words::NAME)) }
                    input id="nome" name="nome" type="text" required value=(self.nome);
                    label for="email" { (visitor.language.say(words::EMAIL)) }
                    input id="email" name="email" type="text" inputmode="email" value=(self.email);
                    p.hint { (visitor.language.say(words::PRESENT_CPF)) (self.cpf) }
                    label for="cpf" { (visitor.language.say(words::NEW_CPF)) }
                    input id="cpf" name="cpf" type="text" inputmode="numeric" autocomplete="off" value=(self.new_cpf);
                    p.hint { (visitor.language.say(words::NEW_CPF_HINT)) }
                    label for="senha" { (visitor.language.say(words::PASSWORD_IF_NEW)) }
                    input id="senha" name="senha" type="password" autocomplete="new-password";
                    (enrol::days(visitor, &self.days))
                    (enrol::windows(visitor, &windows, is_read))
                    (self.units(visitor))
                    button.primary { (visitor.language.say(words::SAVE)) }
                }
                p { a href=(format!("/peritos/{id}")) { (visitor.language.say(words::BACK)) } }
            }
        };
        Page::of(visitor, title).show(&content)
    }

    fn units(&self, visitor: &Visitor) -> Markup {
        let say = |sentence| visitor.language.say(sentence);
        html! {
            @if self.units.len() < 2 {
                p.hint { (say(words::UNITS_LATER)) }
            } @else {
                fieldset.choice {
                    legend { (say(words::UNITS)) }
                    @for unit in &self.units {
                        label { input type="checkbox" name=(field(unit)) value="1" checked[self.has_chosen(unit)]; " " (unit.name) }
                    }
                }
            }
        }
    }
}

fn field(unit: &UnitRecord) -> String {
    format!("unidade-{}", unit.code)
}

/// The units that are ticked; all of them, or none, are all. `None`: the form has no choice of them.
fn ticked_units(posted: &Posted, known: &[UnitRecord]) -> Option<Option<Vec<String>>> {
    if known.len() < 2 {
        return None;
    }
    let ticked = known
        .iter()
        .filter(|unit| !posted.text(&field(unit)).is_empty());
    let ticked: Vec<String> = ticked.map(|unit| unit.code.clone()).collect();
    let is_all = ticked.is_empty() || ticked.len() == known.len();
    Some((!is_all).then_some(ticked))
}

/// `GET /peritos/{id}/editar`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    Ok(Form::load(&api, id).await?.page(&api, &visitor, id, None))
}

/// `POST /peritos/{id}/editar`
pub(super) async fn change(
    State(api): State<Api>,
    id: Id,
    mut posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let password = posted.secret("senha");
    let (nome, email) = (
        posted.text("nome").to_owned(),
        posted.text("email").to_owned(),
    );
    let stored = Form::load(&api, id).await?;
    let typed = Form {
        nome: nome.clone(),
        email: email.clone(),
        days: enrol::ticked(&posted),
        windows: enrol::ticked_windows(&api, &posted),
        chosen: ticked_units(&posted, &stored.units).unwrap_or(stored.chosen),
        cpf: stored.cpf,
        new_cpf: posted.text("cpf").to_owned(),
        units: stored.units,
        seen: stored.seen,
    };
    let is_stale = posted.given("visto").is_some_and(|seen| seen != typed.seen);
    // Sent twice it changes nothing of anybody's.
    if is_stale && typed.digest() != typed.seen {
        let stored = Form::load(&api, id).await?;
        let page = stored.page(&api, &posted.visitor, id, Some(words::CHANGED_MEANWHILE));
        return Ok(refused(page));
    }
    let visitor = &posted.visitor;
    let again = |wrong| {
        let page = typed.page(&api, visitor, id, Some(wrong));
        Ok(refused(page))
    };
    if !examiners::is_name(&nome) {
        return again(words::NO_NAME);
    }
    if !email.is_empty() && !examiners::is_email(&email) {
        return again(words::BAD_EMAIL);
    }
    let cpf = match posted.text("cpf") {
        "" => None,
        text => match examiners::cpf(text) {
            Some(cpf) => Some(cpf),
            None => return again(words::BAD_CPF),
        },
    };
    let has_password = !password.expose_secret().is_empty();
    if has_password && !examiners::is_password(&password) {
        return again(words::BAD_PASSWORD);
    }
    let wish = Wish {
        nome: Some(nome),
        cpf,
        password: has_password.then_some(password),
        email: Some(Some(email).filter(|email| !email.is_empty())),
        days: Some(examiners::days(&typed.days).ok_or(Problem::Form)?),
        windows: Some(typed.windows.clone()),
        // Also where there is no choice: what is stored may not be readable.
        units: Some(typed.chosen.clone()),
    };
    let vault = &api.syncer.vault;
    match examiners::edit(&api.store, vault, id, &wish, &visitor.actor()).await {
        Ok(Edited::Done) if has_password => enrol::try_password(&api, visitor, id).await,
        Ok(Edited::Done) => Ok(Notice::Edited.redirect(id)),
        Ok(Edited::Nothing) => Ok(Notice::NothingToEdit.redirect(id)),
        Ok(Edited::RefusedBefore) => Ok(Notice::RefusedBefore.redirect(id)),
        Ok(Edited::NeedsPassword) => again(words::NEEDS_PASSWORD),
        Ok(Edited::NoSuchUnit(_)) => again(words::NO_SUCH_UNIT),
        Ok(Edited::NoAccount) => Err(Problem::NotFound),
        Err(CredentialsError::Store(StoreError::CpfTaken { .. })) => again(words::CPF_TAKEN),
        Err(error) => Err(error.into()),
    }
}
