//! What people do by hand, as the audit records it.

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};

/// A kind of action. Its key, such as `users.resume`, stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
pub enum ActionKind {
    /// Logged in.
    #[strum(serialize = "dashboard.login")]
    DashboardLogin,
    /// Added a person.
    #[strum(serialize = "people.add")]
    PeopleAdd,
    /// Changed a login password.
    #[strum(serialize = "people.password")]
    PeoplePassword,
    /// Changed a role.
    #[strum(serialize = "people.role")]
    PeopleRole,
    /// Disabled a person.
    #[strum(serialize = "people.disable")]
    PeopleDisable,
    /// Enabled a person.
    #[strum(serialize = "people.enable")]
    PeopleEnable,
    /// Removed a person.
    #[strum(serialize = "people.remove")]
    PeopleRemove,
    /// Ended sessions.
    #[strum(serialize = "people.log-out")]
    PeopleLogOut,
    /// Exported a candidate's data.
    #[strum(serialize = "people.export")]
    PeopleExport,
    /// Erased a candidate's data.
    #[strum(serialize = "people.erase")]
    PeopleErase,
    /// Added an examiner.
    #[strum(serialize = "users.add")]
    UsersAdd,
    /// Changed an examiner.
    #[strum(serialize = "users.edit")]
    UsersEdit,
    /// Imported examiners from a file.
    #[strum(serialize = "users.import")]
    UsersImport,
    /// Verified the portal logins.
    #[strum(serialize = "users.verify")]
    UsersVerify,
    /// Removed an examiner.
    #[strum(serialize = "users.remove")]
    UsersRemove,
    /// Changed the portal password.
    #[strum(serialize = "users.set-password")]
    UsersSetPassword,
    /// Changed days or windows.
    #[strum(serialize = "users.days")]
    UsersDays,
    /// Switched the account on.
    #[strum(serialize = "users.enable")]
    UsersEnable,
    /// Switched the account off.
    #[strum(serialize = "users.disable")]
    UsersDisable,
    /// Paused the account.
    #[strum(serialize = "users.pause")]
    UsersPause,
    /// Resumed the account.
    #[strum(serialize = "users.resume")]
    UsersResume,
    /// Resumed the account with the same password.
    #[strum(serialize = "users.resume-same-password")]
    UsersResumeSamePassword,
    /// Asked for a reading.
    #[strum(serialize = "sync")]
    Sync,
    /// Saw the CPFs.
    #[strum(serialize = "cpf.show")]
    CpfShow,
    #[strum(serialize = "agenda.export")]
    AgendaExport,
    /// Made the address of a sheet.
    #[strum(serialize = "sheet.make")]
    SheetMake,
    /// Revoked the address of a sheet.
    #[strum(serialize = "sheet.revoke")]
    SheetRevoke,
    /// Changed the account by API.
    #[strum(serialize = "config.change")]
    ConfigChange,
    #[strum(serialize = "locks.release")]
    LocksRelease,
    /// Ended portal sessions.
    #[strum(serialize = "sessions.clear")]
    SessionsClear,
    /// Replaced the vault's key.
    #[strum(serialize = "vault.rotate")]
    VaultRotate,
    /// Sealed passwords.
    #[strum(serialize = "vault.seal")]
    VaultSeal,
    /// Made a calendar address.
    #[strum(serialize = "calendar.make")]
    CalendarMake,
    /// Revoked a calendar address.
    #[strum(serialize = "calendar.revoke")]
    CalendarRevoke,
    #[strum(serialize = "settings.change")]
    SettingsChange,
    /// Changed who gets tomorrow's agenda.
    #[strum(serialize = "users.tomorrow")]
    UsersTomorrow,
    /// Changed who is told of the day's changes.
    #[strum(serialize = "users.changes")]
    UsersChanges,
    #[strum(serialize = "webhook.add")]
    WebhookAdd,
    /// Rotated a webhook's secret.
    #[strum(serialize = "webhook.rotate")]
    WebhookRotate,
    #[strum(serialize = "webhook.disable")]
    WebhookDisable,
    #[strum(serialize = "webhook.enable")]
    WebhookEnable,
    #[strum(serialize = "webhook.remove")]
    WebhookRemove,
    /// Sent changes to a webhook again.
    #[strum(serialize = "webhook.replay")]
    WebhookReplay,
    /// Held messages back.
    #[strum(serialize = "alerts.mute")]
    AlertsMute,
    /// Announced a maintenance.
    #[strum(serialize = "alerts.maintenance")]
    AlertsMaintenance,
    /// Let messages come again.
    #[strum(serialize = "alerts.unmute")]
    AlertsUnmute,
}

/// An action as a record names it. A later version may have written one that this one does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedAction {
    /// One of ours.
    Known(ActionKind),
    /// One of another version.
    Other(String),
}

impl RecordedAction {
    /// The action of a key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        key.parse()
            .map_or_else(|_| Self::Other(key.to_owned()), Self::Known)
    }

    /// The stable text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(kind) => kind.as_str(),
            Self::Other(key) => key,
        }
    }
}

impl fmt::Display for RecordedAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
