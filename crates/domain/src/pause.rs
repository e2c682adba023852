//! Why an account is paused.

use chrono::{DateTime, Utc};
use serde::Serialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Why no login is attempted: `configuracoes_detran.pausa_motivo`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PauseReason {
    /// CPF or password refused.
    Refused,
    /// The portal says that the account is blocked.
    Blocked,
    /// The portal wants the password to be changed first.
    ChangePassword,
    /// The portal answered the password with something that nobody understands.
    Unexplained,
    /// A CAPTCHA was shown.
    Captcha,
    /// Another scheduled account has the same CPF.
    DuplicateCpf,
    /// An operator wants it so.
    Manual,
}

/// Whose pause it is that keeps an account from being read, and what ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseOf {
    /// Its own, until then; `None`: until somebody acts.
    Itself(Option<DateTime<Utc>>),
    /// That of another user with the same CPF.
    Twin {
        /// The other user.
        usuario_id: i32,
        /// Until when; `None`: until somebody acts.
        until: Option<DateTime<Utc>>,
    },
    /// Nobody's: this older user has the same CPF and is synchronised.
    Older(i32),
}

impl PauseReason {
    /// All reasons.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Whether it means that the portal did not accept the password: the same one is not posted again before
    /// somebody has asked for just that.
    #[must_use]
    pub const fn condemns_password(self) -> bool {
        match self {
            Self::Refused | Self::Blocked | Self::ChangePassword | Self::Unexplained => true,
            Self::Captcha | Self::DuplicateCpf | Self::Manual => false,
        }
    }

    /// The reasons that condemn a password, as a statement is given them.
    #[must_use]
    pub fn condemning() -> Vec<Self> {
        let reasons = Self::ALL.iter().copied();
        reasons
            .filter(|reason| reason.condemns_password())
            .collect()
    }
}
