//! An account, as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Clock;
use crate::domain::{Cpf, PauseReason};
use crate::store::overview::OtherSessionSeen;
use crate::store::settings::Settings;
use crate::store::units::UnitRecord;
use crate::words::{api as words, pause};

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
    dias_trabalho: Option<Vec<&'static str>>,
    /// Whether the schedule runs it.
    sincronizacao_automatica: bool,
    /// Whether the account is active.
    ativo: bool,
    /// The windows that apply to it; null: all.
    janelas: Option<Vec<String>>,
    /// Set while no login is attempted.
    pausa: Option<PauseBody>,
    /// Set while the examiner uses the portal, which allows one session a person: nothing is read meanwhile.
    pub(super) perito_no_portal: Option<OtherSessionBody>,
    /// The units that the portal has offered, by code; empty before the first sync.
    pub(super) unidades: Vec<UnitBody>,
    /// End of the last successful sync.
    ultima_sincronizacao: Option<DateTime<Utc>>,
}

/// The examiner's own session at the portal, which is left alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OtherSessionBody {
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
pub(crate) struct UnitBody {
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
    #[schema(value_type = String, example = "refused")]
    motivo: PauseReason,
    /// What it means and what can be done.
    mensagem: &'static str,
    desde: Option<DateTime<Utc>>,
    /// Null: until CPF or password change, or an operator resumes it.
    ate: Option<DateTime<Utc>>,
}

impl AccountBody {
    pub(super) fn of(usuario_id: i32, settings: Settings) -> Self {
        let days = settings.working_days.ok();
        Self {
            usuario_id,
            cpf: Cpf::parse(&settings.cpf)
                .map_or_else(|_| words::INVALID.pt.to_owned(), |cpf| cpf.to_string()),
            tem_senha: settings.has_password,
            dias_trabalho: days.map(|days| days.names().collect()),
            sincronizacao_automatica: settings.automatic,
            ativo: settings.active,
            janelas: settings.windows,
            pausa: settings.pause_reason.map(|motivo| PauseBody {
                mensagem: pause::in_account(motivo).pt,
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
    pub(super) fn of(seen: OtherSessionSeen, clock: &Clock) -> Self {
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
    pub(super) fn of(unit: UnitRecord) -> Self {
        Self {
            codigo: unit.code,
            nome: unit.name,
            oferecida: unit.offered,
            ultima_leitura: unit.last_read_at,
            tem_horarios: unit.had_slots,
        }
    }
}
