//! The parts of the page, each a form of its own.

use maud::{Markup, html};

use super::{fields, reading};
use crate::config::Config;
use crate::config::saved_settings::Edits;
use crate::dashboard::recognise::Posted;
use crate::dashboard::tone::Tone;
use crate::dashboard::visitor::Visitor;
use crate::domain::Channel;
use crate::first_steps::Backup;
use crate::settings_edit::fields::{self as edit_fields, Field};
use crate::settings_edit::{Wrong, contact};
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::command::here;
use crate::words::pages::settings as words;
use crate::words::pages::{first_steps, installation};

/// A part.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray, strum::EnumString, strum::IntoStaticStr,
)]
pub(super) enum Part {
    #[strum(serialize = "contato")]
    Contact,
    #[strum(serialize = "leitura")]
    Reading,
    #[strum(serialize = "email")]
    Email,
    #[strum(serialize = "slack")]
    Slack,
    #[strum(serialize = "ntfy")]
    Ntfy,
    #[strum(serialize = "telegram")]
    Telegram,
    #[strum(serialize = "webhook")]
    Webhook,
    #[strum(serialize = "peritos")]
    Examiners,
    #[strum(serialize = "backup")]
    Backup,
    #[strum(serialize = "endereco")]
    Address,
}

impl Part {
    pub(super) const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// As forms and addresses name it.
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    pub(super) fn title(self) -> Sentence {
        match self {
            Self::Contact => words::CONTACT,
            Self::Reading => words::READING,
            Self::Email => words::EMAIL,
            Self::Slack => words::SLACK,
            Self::Ntfy => words::NTFY,
            Self::Telegram => words::TELEGRAM,
            Self::Webhook => words::WEBHOOK,
            Self::Examiners => words::FOR_EXAMINERS,
            Self::Backup => words::BACKUP,
            Self::Address => first_steps::ADDRESS,
        }
    }

    pub(super) fn hint(self) -> Option<Sentence> {
        match self {
            Self::Contact => Some(words::CONTACT_HINT),
            Self::Reading => Some(words::READING_HINT),
            Self::Email => Some(words::EMAIL_HINT),
            Self::Webhook => Some(words::WEBHOOK_HINT),
            Self::Examiners => Some(words::EXAMINERS_HINT),
            Self::Address => Some(words::ADDRESS_HINT),
            Self::Slack | Self::Ntfy | Self::Telegram | Self::Backup => None,
        }
    }

    /// The channel of alerts that it is about.
    pub(super) fn channel(self) -> Option<Channel> {
        match self {
            Self::Email => Some(Channel::Email),
            Self::Slack => Some(Channel::Slack),
            Self::Ntfy => Some(Channel::Ntfy),
            Self::Telegram => Some(Channel::Telegram),
            Self::Webhook => Some(Channel::Webhook),
            Self::Contact | Self::Reading | Self::Examiners | Self::Backup | Self::Address => None,
        }
    }

    fn fields(self) -> &'static [Field] {
        match self {
            Self::Contact | Self::Reading => &[],
            Self::Email => edit_fields::of_channel(Channel::Email),
            Self::Slack => edit_fields::of_channel(Channel::Slack),
            Self::Ntfy => edit_fields::of_channel(Channel::Ntfy),
            Self::Telegram => edit_fields::of_channel(Channel::Telegram),
            Self::Webhook => edit_fields::of_channel(Channel::Webhook),
            Self::Examiners => edit_fields::EXAMINERS,
            Self::Backup => edit_fields::BACKUP,
            Self::Address => edit_fields::ADDRESS,
        }
    }

    /// The fields; as they were sent, if that was refused.
    pub(super) fn form(self, api: &Api, visitor: &Visitor, sent: Option<&Posted>) -> Markup {
        let config = api.config();
        match self {
            Self::Contact => contact_form(visitor, &config, sent),
            Self::Reading => reading::form(visitor, &config, sent),
            Self::Email
            | Self::Slack
            | Self::Ntfy
            | Self::Telegram
            | Self::Webhook
            | Self::Examiners
            | Self::Backup
            | Self::Address => fields::form(visitor, &config, self.fields(), sent),
        }
    }

    /// What the form would change.
    pub(super) fn edits(self, config: &Config, posted: &mut Posted) -> Result<Edits, Wrong> {
        match self {
            Self::Contact => contact::edits(config, posted.text("contato")),
            Self::Reading => reading::edits(config, posted),
            Self::Email
            | Self::Slack
            | Self::Ntfy
            | Self::Telegram
            | Self::Webhook
            | Self::Examiners
            | Self::Backup
            | Self::Address => fields::edits(config, self.fields(), posted),
        }
    }

    /// How it stands.
    pub(super) fn state(self, api: &Api, visitor: &Visitor, stand: &Backup) -> Markup {
        let say = |sentence| visitor.language.say(sentence);
        let config = api.config();
        match self {
            Self::Backup => html! {
                p { strong { (say(first_steps::KEY)) } ". " (say(first_steps::KEY_COPY)) code { (api.syncer.vault.key_id()) } }
                p { (backup(visitor, stand)) }
            },
            Self::Address => html! { p { code { (config.http.public_address()) } } },
            Self::Contact
            | Self::Reading
            | Self::Email
            | Self::Slack
            | Self::Ntfy
            | Self::Telegram
            | Self::Webhook
            | Self::Examiners => html! {},
        }
    }
}

fn backup(visitor: &Visitor, stand: &Backup) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        @match stand {
            Backup::Elsewhere => (say(first_steps::BACKUP_ELSEWHERE)),
            Backup::Off => (say(first_steps::BACKUP_OFF)),
            Backup::None(at) => { (visitor.language.say(first_steps::backup_none(*at))) code { (here("agendad backup")) } }
            Backup::Away(said) => { (Tone::Bad.badge(say(installation::NO_DIRECTORY))) " " (visitor.language.say(said.clone())) }
            Backup::Made(at) => { (say(words::LAST_BACKUP)) (visitor.times.ago(*at)) "." }
        }
    }
}

fn contact_form(visitor: &Visitor, config: &Config, sent: Option<&Posted>) -> Markup {
    let value = sent.map_or(contact::known(config), |sent| sent.text("contato"));
    let fixed = config.saved.fixed_by(contact::KEY);
    html! {
        label {
            (visitor.language.say(words::CONTACT_EMAIL))
            input type="text" inputmode="email" size="40" name="contato" value=(value) disabled[fixed.is_some()];
        }
        @if let Some(by) = fixed { (fields::fixed(visitor, by)) }
    }
}
