//! A change of an account: what is absent stays, what is there must be good.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::{Cpf, WorkingDays, secret_text};
use crate::store::settings::SettingsChange;
use crate::web::errors::ApiError;
use crate::words::api as words;

/// More is no password but an attack.
const LONGEST_PASSWORD: usize = 200;

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
    /// Working days: segunda, terca, quarta, quinta, sexta, sabado, domingo; empty: all. `dias_trabalho` is understood too.
    #[serde(default, alias = "dias_trabalho")]
    dias_trabalho: Option<Vec<Day>>,
    /// Whether the schedule runs it. `sincronizacao_automatica` is understood too.
    #[serde(default, alias = "sincronizacao_automatica")]
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

fn without_marks(password: SecretString) -> SecretString {
    secret_text::without_marks(password.expose_secret().to_owned()).into()
}

/// A change whose values are good.
pub(super) struct Checked {
    pub(super) cpf: Option<Cpf>,
    pub(super) password: Option<SecretString>,
    pub(super) days: Option<WorkingDays>,
    pub(super) automatic: Option<bool>,
    pub(super) active: Option<bool>,
    pub(super) windows: Option<Option<Vec<String>>>,
}

impl Checked {
    pub(super) fn of(change: Change, windows: &[String]) -> Result<Self, ApiError> {
        let cpf = change.cpf.as_deref().map(cpf).transpose()?;
        let password = change.senha.map(without_marks);
        if let Some(password) = &password
            && !(1..=LONGEST_PASSWORD).contains(&password.expose_secret().chars().count())
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
            password,
            days,
            automatic: change.sincronizacao_automatica,
            active: change.ativo,
            windows: change.janelas,
        })
    }

    pub(super) fn settings(&self) -> SettingsChange<'_> {
        SettingsChange {
            cpf: self.cpf.as_ref(),
            working_days: self.days,
            automatic: self.automatic,
            active: self.active,
            windows: self.windows.as_ref().map(Option::as_deref),
            ..SettingsChange::default()
        }
    }

    /// What is to change, by name.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        [
            ("cpf", self.cpf.is_some()),
            ("senha", self.password.is_some()),
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
