//! How a login ended, and how a run came by its session, as metrics name it.

use strum::{IntoStaticStr, VariantArray};

/// How a posted password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum LoginResult {
    /// The portal let us in.
    Accepted,
    /// Another session of the examiner is open.
    InUse,
    /// The portal asks which unit.
    Choice,
    /// The password was refused.
    Refused,
    /// The access is blocked.
    Blocked,
    /// The password has to be changed at the portal.
    ChangePassword,
    /// Refused without a reason that is known.
    Unexplained,
    /// It did not come to an answer.
    Failed,
}

impl LoginResult {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// How a run came by its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum SessionOpening {
    /// One that was kept.
    Reused,
    Login,
    /// Not at all.
    Failed,
}

impl SessionOpening {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}
