//! `GET` and `PUT /api/detran/configuracao`: the examiner's account. The password goes in and never out.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::body::{Answer, answer};
use super::input::{Body, Params, not_an_object};
use super::openapi::Failures;
use super::whose::Whose;
use crate::clock::Clock;
use crate::credentials::{self, Changed, CredentialsError};
use crate::domain::causes::in_a_line;
use crate::domain::{Cpf, WorkingDays, secret_text};
use crate::store::audit::Action;
use crate::store::overview::OtherSessionSeen;
use crate::store::pauses::PauseReason;
use crate::store::settings::{Settings, SettingsChange};
use crate::store::units::UnitRecord;
use crate::web::caller::Caller;
use crate::web::errors::{ApiError, Code, ErrorBody};
use crate::web::state::Api;
use crate::words::{api as words, pause};

/// More is no password but an attack.
const LONGEST_PASSWORD: usize = 200;

/// An account, without its password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountBody {
    usuario_id: i32,
    /// CPF for the portal, masked.
    #[schema(example = "***.982.247-**")]
    cpf: String,
    /// Whether a password is stored.
    tem_senha: bool,
    /// Working days; null if what is stored cannot be understood.
    #[schema(example = json!(["terca", "quarta"]))]
    dias_trabalho: Option<Vec<String>>,
    /// Whether the schedule runs it.
    sincronizacao_automatica: bool,
    /// Whether the account is active.
    ativo: bool,
    /// The windows that apply to it; null: all.
    janelas: Option<Vec<String>>,
    /// Set while no login is attempted.
    pausa: Option<PauseBody>,
    /// Set while the examiner uses the portal, which allows one session a person: nothing is read meanwhile.
    perito_no_portal: Option<OtherSessionBody>,
    /// The units that the portal has offered, by code; empty before the first sync.
    unidades: Vec<UnitBody>,
    /// End of the last successful sync.
    ultima_sincronizacao: Option<DateTime<Utc>>,
}

/// The examiner's own session at the portal, which is left alone.
#[derive(Debug, Serialize, ToSchema)]
struct OtherSessionBody {
    /// Since when it has been met.
    desde: DateTime<Utc>,
    /// Until when it is left alone; null: until the examiner leaves.
    ate: Option<DateTime<Utc>>,
    /// The same in a sentence.
    #[schema(example = "O perito está usando o portal; o agendad espera até 14:45.")]
    mensagem: String,
}

/// A unit in which the examiner works, as the portal names it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UnitBody {
    /// As in `unidadeCode` of a slot.
    #[schema(example = "781")]
    codigo: String,
    #[schema(example = "POUPATEMPO CANINDE")]
    nome: String,
    /// Whether the portal offered it when it was last asked.
    oferecida: bool,
    /// When days of it were last read; null: never.
    ultima_leitura: Option<DateTime<Utc>>,
    /// Whether its last complete reading found any slot; null: not known yet.
    tem_horarios: Option<bool>,
}

/// A pause in force.
#[derive(Debug, Serialize, ToSchema)]
struct PauseBody {
    /// `refused`, `blocked`, `change_password`, `unexplained`, `captcha`, `duplicate_cpf` or `manual`.
    #[schema(example = "refused")]
    motivo: String,
    /// What it means and what can be done.
    mensagem: &'static str,
    desde: Option<DateTime<Utc>>,
    /// Null: until CPF or password change, or an operator resumes it.
    ate: Option<DateTime<Utc>>,
}

/// What is to change; what is absent stays. For a new account CPF and password are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    /// CPF for the portal, with or without punctuation.
    #[serde(default)]
    #[schema(
        example = "529.982.247-25",
        pattern = r"^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$"
    )]
    cpf: Option<String>,
    /// Password for the portal.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only, min_length = 1, max_length = 200)]
    senha: Option<SecretString>,
    /// Working days: segunda, terca, quarta, quinta, sexta, sabado, domingo; empty: all.
    #[serde(default)]
    dias_trabalho: Option<Vec<Day>>,
    /// Whether the schedule runs it.
    #[serde(default)]
    sincronizacao_automatica: Option<bool>,
    /// Whether the account is active.
    #[serde(default)]
    ativo: Option<bool>,
    /// Names of the windows that apply to it; null: all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, min_items = 1)]
    janelas: Option<Option<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Day {
    Segunda,
    Terca,
    Quarta,
    Quinta,
    Sexta,
    Sabado,
    Domingo,
}

/// Tells `null` from "not said".
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Vec<String>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The account of an examiner.
#[utoipa::path(get, path = "/api/detran/configuracao", tag = "detran", operation_id = "configuracao",
    params(Whose),
    responses(
        (status = 200, description = "The account, without its password", body = Answer<AccountBody>),
        (status = 404, description = "They have no account yet", body = ErrorBody),
        Failures))]
pub(crate) async fn show(
    State(api): State<Api>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let usuario_id = whose.examiner(caller)?;
    body(&api, usuario_id).await
}

/// Change the account of an examiner, or give them one.
///
/// A new CPF or password ends a pause after a refusal; the same password again does not.
#[utoipa::path(put, path = "/api/detran/configuracao", tag = "detran", operation_id = "configurar",
    params(Whose), request_body = Change,
    responses(
        (status = 200, description = "The account as it is now", body = Answer<AccountBody>),
        (status = 404, description = "No such examiner; or no account yet, and CPF or password are missing", body = ErrorBody),
        Failures))]
pub(crate) async fn change(
    State(api): State<Api>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Body(change): Body<Change>,
) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let usuario_id = whose.examiner(caller)?;
    let change = change.ok_or_else(not_an_object)?;
    let mut checked = Checked::of(change, &api.window_names())?;
    if api.store.settings(usuario_id).await?.is_none() {
        create(&api, usuario_id, &checked).await?;
        checked.active.get_or_insert(true);
    }
    let (store, vault) = (&api.store, &api.syncer.vault);
    let senha = checked.senha.as_ref();
    let changed =
        credentials::change_account(store, vault, usuario_id, &checked.settings(), senha).await;
    match changed.map_err(failed)? {
        Changed::Done | Changed::SamePassword | Changed::RefusedBefore(_) => {}
        Changed::NoAccount => return Err(ApiError::of(Code::NoAccount)),
    }
    let action = Action {
        actor: &caller.actor(),
        action: "config.change",
        usuario_id: Some(usuario_id),
        details: json!({ "fields": checked.fields() }),
    };
    store.record_action(&action).await?;
    body(&api, usuario_id).await
}

async fn body(api: &Api, usuario_id: i32) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let settings = api.store.settings(usuario_id).await?;
    let settings = settings.ok_or_else(|| ApiError::of(Code::NoAccount))?;
    let (units, other) = tokio::try_join!(
        api.store.units(usuario_id, ""),
        api.store.other_session(usuario_id)
    )?;
    let mut body = AccountBody::of(usuario_id, settings);
    body.unidades = units.into_iter().map(UnitBody::of).collect();
    body.perito_no_portal = other.map(|seen| OtherSessionBody::of(seen, &api.syncer.clock));
    Ok(answer(body))
}

async fn create(api: &Api, usuario_id: i32, checked: &Checked) -> Result<(), ApiError> {
    if !api.store.user_exists(usuario_id).await? {
        return Err(ApiError::of(Code::NotFound).because(words::NO_SUCH_EXAMINER));
    }
    let (Some(cpf), Some(_)) = (&checked.cpf, &checked.senha) else {
        return Err(ApiError::of(Code::NoAccount).because(words::NO_ACCOUNT_YET));
    };
    let days = WorkingDays::ALL.to_json();
    let days = checked.days.as_deref().unwrap_or(&days);
    api.store
        .add_user(Some(usuario_id), "", None, cpf, days)
        .await?;
    Ok(())
}

fn failed(error: CredentialsError) -> ApiError {
    match error {
        CredentialsError::Store(error) => error.into(),
        CredentialsError::Vault(_)
        | CredentialsError::NoKey { .. }
        | CredentialsError::WrongKey { .. } => {
            tracing::warn!(error = in_a_line(&error), "a password could not be stored");
            ApiError::of(Code::Vault)
        }
    }
}

fn without_marks(senha: SecretString) -> SecretString {
    secret_text::without_marks(senha.expose_secret().to_owned()).into()
}

/// A change whose values are good.
struct Checked {
    cpf: Option<Cpf>,
    senha: Option<SecretString>,
    days: Option<String>,
    automatic: Option<bool>,
    active: Option<bool>,
    windows: Option<Option<Vec<String>>>,
}

impl Checked {
    fn of(change: Change, windows: &[String]) -> Result<Self, ApiError> {
        let cpf = change.cpf.as_deref().map(cpf).transpose()?;
        let senha = change.senha.map(without_marks);
        if let Some(senha) = &senha
            && !(1..=LONGEST_PASSWORD).contains(&senha.expose_secret().chars().count())
        {
            return Err(ApiError::input(words::length_of_password(LONGEST_PASSWORD)));
        }
        if change
            .janelas
            .as_ref()
            .is_some_and(|names| names.as_deref() == Some(&[]))
        {
            return Err(ApiError::input(words::NO_WINDOWS));
        }
        if let Some(Some(names)) = &change.janelas
            && let Some(unknown) = names.iter().find(|name| !windows.contains(name))
        {
            let known = windows.join(", ");
            let unknown: String = unknown.chars().take(40).collect();
            return Err(ApiError::input(words::unknown_window(&unknown, &known)));
        }
        let days = change
            .dias_trabalho
            .map(|days| WorkingDays::parse(Some(&json!(days).to_string())))
            .transpose()
            .map_err(|_| ApiError::input(words::BAD_WORKING_DAYS))?;
        Ok(Self {
            cpf,
            senha,
            days: days.map(WorkingDays::to_json),
            automatic: change.sincronizacao_automatica,
            active: change.ativo,
            windows: change.janelas,
        })
    }

    fn settings(&self) -> SettingsChange<'_> {
        SettingsChange {
            cpf: self.cpf.as_ref(),
            working_days: self.days.as_deref(),
            automatic: self.automatic,
            active: self.active,
            windows: self.windows.as_ref().map(Option::as_deref),
            ..SettingsChange::default()
        }
    }

    /// What is to change, by name.
    fn fields(&self) -> Vec<&'static str> {
        [
            ("cpf", self.cpf.is_some()),
            ("senha", self.senha.is_some()),
            ("diasTrabalho", self.days.is_some()),
            ("sincronizacaoAutomatica", self.automatic.is_some()),
            ("ativo", self.active.is_some()),
            ("janelas", self.windows.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, changes)| changes.then_some(name))
        .collect()
    }
}

fn cpf(text: &str) -> Result<Cpf, ApiError> {
    Cpf::parse(text)
        .ok()
        .filter(Cpf::has_valid_check_digits)
        .ok_or_else(|| ApiError::input(words::BAD_CPF))
}

impl AccountBody {
    fn of(usuario_id: i32, settings: Settings) -> Self {
        let days = WorkingDays::parse(settings.working_days.as_deref()).ok();
        Self {
            usuario_id,
            cpf: Cpf::parse(&settings.cpf)
                .map_or_else(|_| words::INVALID.pt.to_owned(), |cpf| cpf.to_string()),
            tem_senha: settings.has_password,
            dias_trabalho: days.and_then(|days| serde_json::from_str(&days.to_json()).ok()),
            sincronizacao_automatica: settings.automatic,
            ativo: settings.active,
            janelas: settings.windows,
            pausa: settings.pause_reason.map(|motivo| PauseBody {
                mensagem: pause_message(&motivo),
                motivo,
                desde: settings.pause_since,
                ate: settings.pause_until,
            }),
            perito_no_portal: None,
            unidades: Vec::new(),
            ultima_sincronizacao: settings.last_success,
        }
    }
}

impl OtherSessionBody {
    fn of(seen: OtherSessionSeen, clock: &Clock) -> Self {
        let today = clock.today();
        let until = seen.until.map(|until| {
            let local = until.with_timezone(&clock.zone());
            let format = if local.date_naive() == today {
                "%H:%M"
            } else {
                "%d/%m %H:%M"
            };
            local.format(format).to_string()
        });
        Self {
            desde: seen.since,
            ate: seen.until,
            mensagem: words::examiner_at_portal(until.as_deref()).pt,
        }
    }
}

impl UnitBody {
    fn of(unit: UnitRecord) -> Self {
        Self {
            codigo: unit.code,
            nome: unit.name,
            oferecida: unit.offered,
            ultima_leitura: unit.last_read_at,
            tem_horarios: unit.had_slots,
        }
    }
}

/// One that this version does not know is told as an operator's own.
fn pause_message(reason: &str) -> &'static str {
    pause::in_account(PauseReason::named(reason).unwrap_or(PauseReason::Manual)).pt
}
