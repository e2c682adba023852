//! Changing an examiner: only what differs is written, in one transaction, with the names of the fields in the audit.

use secrecy::SecretString;
use serde_json::json;

use crate::credentials::{self, Changed, CredentialsError};
use crate::domain::{ActionKind, Cpf, Detail, WorkingDays};
use crate::store::Store;
use crate::store::audit::Action;
use crate::store::settings::SettingsChange;
use crate::store::units::UnitRecord;
use crate::vault::Vault;

/// What is wished; `None` leaves a thing as it is. Everything has been looked at.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    pub(crate) nome: Option<String>,
    /// CPF; another one than before needs the password again.
    pub(crate) cpf: Option<Cpf>,
    /// Password for the portal.
    pub(crate) password: Option<SecretString>,
    /// E-mail; `Some(None)`: none.
    pub(crate) email: Option<Option<String>>,
    pub(crate) days: Option<WorkingDays>,
    /// Windows that are read; `Some(None)`: all.
    pub(crate) windows: Option<Option<Vec<String>>>,
    /// Units that are read, by code or name; `Some(None)`: all.
    pub(crate) units: Option<Option<Vec<String>>>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edited {
    Done,
    /// Done, but the portal has refused this password with this CPF before: the account stays paused.
    RefusedBefore,
    /// It was so already.
    Nothing,
    /// Nothing is done: another CPF is another login, and needs its password.
    NeedsPassword,
    /// Nothing is done: the portal has offered no unit of this name.
    NoSuchUnit(String),
    NoAccount,
}

/// Changes an examiner, all of it or nothing.
///
/// # Errors
/// [`CredentialsError`], `StoreError::CpfTaken` in it.
pub(crate) async fn edit(
    store: &Store,
    vault: &Vault,
    id: i32,
    wish: &Wish,
    actor: &str,
) -> Result<Edited, CredentialsError> {
    let (profile, settings, known) =
        tokio::try_join!(store.profile(id), store.settings(id), store.units(id, ""))?;
    let (Some(profile), Some(settings)) = (profile, settings) else {
        return Ok(Edited::NoAccount);
    };
    let cpf = wish.cpf.as_ref();
    let cpf = cpf.filter(|cpf| !cpf.is_written(&profile.cpf));
    if cpf.is_some() && wish.password.is_none() {
        return Ok(Edited::NeedsPassword);
    }
    // What cannot be read is written anew.
    let stored_days = settings.working_days.ok();
    let stored_units = profile.units.ok();
    let units = wish.units.as_ref();
    let units = units.filter(|units| Some(*units) != stored_units.as_ref());
    let unknown = units.and_then(|units| {
        units
            .iter()
            .flatten()
            .find(|unit| !is_known_unit(unit, &known))
    });
    if let Some(unknown) = unknown {
        return Ok(Edited::NoSuchUnit(unknown.clone()));
    }
    let units_json = units.map(|units| units.as_ref().map(|units| json!(units).to_string()));
    let email = wish.email.as_ref();
    let stored_email = profile.email.filter(|email| !email.is_empty());
    let change = SettingsChange {
        nome: wish.nome.as_deref().filter(|nome| *nome != profile.nome),
        email: email
            .filter(|email| **email != stored_email)
            .map(Option::as_deref),
        cpf,
        working_days: wish.days.filter(|days| Some(*days) != stored_days),
        windows: wish
            .windows
            .as_ref()
            .filter(|windows| **windows != settings.windows)
            .map(Option::as_deref),
        units: units_json.as_ref().map(Option::as_deref),
        ..SettingsChange::default()
    };
    let fields: Vec<&str> = [
        ("nome", change.nome.is_some()),
        ("cpf", change.cpf.is_some()),
        ("senha", wish.password.is_some()),
        ("email", change.email.is_some()),
        ("dias", change.working_days.is_some()),
        ("leituras", change.windows.is_some()),
        ("unidades", change.units.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_changed)| is_changed.then_some(name))
    .collect();
    if fields.is_empty() {
        return Ok(Edited::Nothing);
    }
    let action = Action {
        actor,
        action: ActionKind::UsersEdit,
        usuario_id: Some(id),
        details: [Detail::Fields.with(fields)].into(),
    };
    let change = SettingsChange {
        action: Some(&action),
        ..change
    };
    let changed =
        credentials::change_account(store, vault, id, &change, wish.password.as_ref()).await?;
    Ok(match changed {
        Changed::Done | Changed::SamePassword => Edited::Done,
        Changed::RefusedBefore(_) => Edited::RefusedBefore,
        Changed::NoAccount => Edited::NoAccount,
    })
}

/// By code or by name; before the first login nobody knows which there are.
pub(super) fn is_known_unit(unit: &str, known: &[UnitRecord]) -> bool {
    known.is_empty() || known.iter().any(|one| one.is_called(unit))
}
