//! What actions have in common.

use strum::{IntoStaticStr, VariantArray};

use crate::ActionKind;

/// What an action is about. Its key is what the keys of its actions begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
pub enum ActionGroup {
    /// Who logged in.
    #[strum(serialize = "dashboard.")]
    Dashboard,
    /// People who log in, and candidates.
    #[strum(serialize = "people.")]
    People,
    /// Examiners' accounts.
    #[strum(serialize = "users.")]
    Users,
    /// Accounts, changed by API.
    #[strum(serialize = "config.")]
    Config,
    /// Readings asked for.
    #[strum(serialize = "sync")]
    Sync,
    /// CPFs shown.
    #[strum(serialize = "cpf.")]
    Cpf,
    /// Files of the agenda.
    #[strum(serialize = "agenda.")]
    Agenda,
    /// Addresses of sheets.
    #[strum(serialize = "sheet.")]
    Sheet,
    /// Addresses of calendars.
    #[strum(serialize = "calendar.")]
    Calendar,
    /// The vault's keys.
    #[strum(serialize = "vault.")]
    Vault,
    #[strum(serialize = "settings.")]
    Settings,
    #[strum(serialize = "webhook.")]
    Webhook,
    /// Alerts that were held back.
    #[strum(serialize = "alerts.")]
    Alerts,
    #[strum(serialize = "locks.")]
    Locks,
    /// Sessions at the portal.
    #[strum(serialize = "sessions.")]
    Sessions,
}

impl ActionGroup {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

impl ActionKind {
    /// What it is about.
    #[must_use]
    pub const fn group(self) -> ActionGroup {
        match self {
            Self::DashboardLogin => ActionGroup::Dashboard,
            Self::PeopleAdd
            | Self::PeoplePassword
            | Self::PeopleRole
            | Self::PeopleDisable
            | Self::PeopleEnable
            | Self::PeopleRemove
            | Self::PeopleLogOut
            | Self::PeopleExport
            | Self::PeopleErase => ActionGroup::People,
            Self::UsersAdd
            | Self::UsersEdit
            | Self::UsersImport
            | Self::UsersVerify
            | Self::UsersRemove
            | Self::UsersSetPassword
            | Self::UsersDays
            | Self::UsersEnable
            | Self::UsersDisable
            | Self::UsersPause
            | Self::UsersResume
            | Self::UsersResumeSamePassword
            | Self::UsersTomorrow
            | Self::UsersChanges => ActionGroup::Users,
            Self::ConfigChange => ActionGroup::Config,
            Self::Sync => ActionGroup::Sync,
            Self::CpfShow => ActionGroup::Cpf,
            Self::AgendaExport => ActionGroup::Agenda,
            Self::SheetMake | Self::SheetRevoke => ActionGroup::Sheet,
            Self::CalendarMake | Self::CalendarRevoke => ActionGroup::Calendar,
            Self::VaultRotate | Self::VaultSeal => ActionGroup::Vault,
            Self::SettingsChange => ActionGroup::Settings,
            Self::WebhookAdd
            | Self::WebhookRotate
            | Self::WebhookDisable
            | Self::WebhookEnable
            | Self::WebhookRemove
            | Self::WebhookReplay => ActionGroup::Webhook,
            Self::AlertsMute | Self::AlertsMaintenance | Self::AlertsUnmute => ActionGroup::Alerts,
            Self::LocksRelease => ActionGroup::Locks,
            Self::SessionsClear => ActionGroup::Sessions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_an_action_begins_with_that_of_its_group_and_of_no_other() {
        for kind in ActionKind::VARIANTS {
            let begins = |group: &&ActionGroup| kind.as_str().starts_with(group.as_str());
            let groups: Vec<_> = ActionGroup::ALL.iter().filter(begins).collect();
            assert_eq!(groups, [&kind.group()], "{kind:?}");
        }
    }
}
