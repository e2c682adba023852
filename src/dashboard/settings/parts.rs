//! The parts of the page, each a form of its own.

use maud::{Markup, html};

use super::fields::{self, Field, Kind};
use super::{Wrong, reading};
use crate::backup::nightly::Plan;
use crate::config::Config;
use crate::config::kept::Edits;
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::domain::Channel;
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::pages::first_steps;
use crate::words::pages::settings as words;

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

const fn field(key: &'static str, kind: Kind) -> Field {
    Field { key, kind }
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
        const EMAIL: &[Field] = &[
            field("alerts.email.host", Kind::Text),
            field("alerts.email.port", Kind::Short),
            field("alerts.email.security", Kind::Choice(&words::SECURITIES)),
            field("alerts.email.username", Kind::Secret),
            field("alerts.email.password", Kind::Secret),
            field("alerts.email.from", Kind::Text),
            field("alerts.email.to", Kind::List),
        ];
        const SLACK: &[Field] = &[field("alerts.slack.webhook", Kind::Secret)];
        const NTFY: &[Field] = &[
            field("alerts.ntfy.url", Kind::Secret),
            field("alerts.ntfy.token", Kind::Secret),
        ];
        const TELEGRAM: &[Field] = &[
            field("alerts.telegram.token", Kind::Secret),
            field("alerts.telegram.chat", Kind::Text),
        ];
        const WEBHOOK: &[Field] = &[
            field("alerts.webhook.url", Kind::Secret),
            field("alerts.webhook.secret", Kind::Secret),
        ];
        const EXAMINERS: &[Field] = &[
            field("tomorrow.enabled", Kind::Choice(&words::YES_NO)),
            field("tomorrow.hour", Kind::Short),
            field("changes.enabled", Kind::Choice(&words::YES_NO)),
            field("changes.quiet_from", Kind::Short),
            field("changes.quiet_until", Kind::Short),
        ];
        const BACKUP: &[Field] = &[field("backup.at", Kind::Short)];
        const ADDRESS: &[Field] = &[field("http.public_url", Kind::Text)];
        match self {
            Self::Contact | Self::Reading => &[],
            Self::Email => EMAIL,
            Self::Slack => SLACK,
            Self::Ntfy => NTFY,
            Self::Telegram => TELEGRAM,
            Self::Webhook => WEBHOOK,
            Self::Examiners => EXAMINERS,
            Self::Backup => BACKUP,
            Self::Address => ADDRESS,
        }
    }

    /// The fields; as they were sent, if that was refused.
    pub(super) fn form(self, api: &Api, visitor: &Visitor, sent: Option<&Posted>) -> Markup {
        let config = api.config();
        match self {
            Self::Contact => contact(visitor, &config, sent),
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
            Self::Contact => contact_edits(config, posted),
            Self::Reading => reading::edits(config, posted),
            Self::Address => {
                stays_where_it_is(config, posted)?;
                fields::edits(config, self.fields(), posted)
            }
            Self::Email
            | Self::Slack
            | Self::Ntfy
            | Self::Telegram
            | Self::Webhook
            | Self::Examiners
            | Self::Backup => fields::edits(config, self.fields(), posted),
        }
    }

    /// How it stands.
    pub(super) fn state(self, api: &Api, visitor: &Visitor) -> Markup {
        let say = |sentence| visitor.language.say(sentence);
        let config = api.config();
        match self {
            Self::Backup => html! {
                p { strong { (say(first_steps::KEY)) } ". " (say(first_steps::KEY_COPY)) code { (api.syncer.vault.key_id()) } }
                p { (backup(api, visitor)) }
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

fn backup(api: &Api, visitor: &Visitor) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let Some(plan) = Plan::of(&api.config()) else {
        return html! { (say(first_steps::BACKUP_ELSEWHERE)) };
    };
    let now = api.syncer.clock.now();
    let kept = plan.shelf.list().unwrap_or_default();
    let newest = kept.iter().find(|kept| kept.is_dated(now));
    html! {
        @if let Some(newest) = newest { (say(words::LAST_BACKUP)) (visitor.times.ago(newest.made_at)) "." }
        @else { (say(first_steps::BACKUP_NONE)) code { "agendad backup" } }
    }
}

const AGENT: &str = "portal.user_agent";
/// What stands before the address of whoever asks the portal.
const MAIL: &str = "mailto:";

fn contact(visitor: &Visitor, config: &Config, sent: Option<&Posted>) -> Markup {
    let value = sent.map_or(known_contact(config), |sent| sent.text("contato"));
    let fixed = config.kept.fixed_by(AGENT);
    html! {
        label {
            (visitor.language.say(words::CONTACT_EMAIL))
            input type="text" inputmode="email" name="contato" value=(value) disabled[fixed.is_some()];
        }
        @if let Some(by) = fixed { (fields::fixed(visitor, by)) }
    }
}

fn contact_edits(config: &Config, posted: &Posted) -> Result<Edits, Wrong> {
    let email = posted.text("contato");
    let agent = &config.portal.user_agent;
    if known_contact(config) == email {
        return Ok(Edits::new());
    }
    if !crate::alerts::is_mail_address(email) || email.contains([' ', '<', '>', '(', ')', ';']) {
        return Err(words::BAD_EMAIL.into());
    }
    Ok([(AGENT, Some(with_contact(agent, email).into()))].into())
}

/// What stands in the field: the shipped address is nobody's.
fn known_contact(config: &Config) -> &str {
    contact_of(&config.portal.user_agent)
        .filter(|_| config.portal.names_a_contact())
        .unwrap_or_default()
}

/// The address that the portal is given.
fn contact_of(agent: &str) -> Option<&str> {
    let (_, rest) = agent.split_once(MAIL)?;
    rest.split([')', ' ', ';']).next()
}

fn with_contact(agent: &str, email: &str) -> String {
    match (agent.split_once(MAIL), contact_of(agent)) {
        (Some((before, rest)), Some(known)) => {
            format!("{before}{MAIL}{email}{}", &rest[known.len()..])
        }
        _ => format!("{agent} (+{MAIL}{email})"),
    }
}

/// Another path would lead away from this very page.
fn stays_where_it_is(config: &Config, posted: &Posted) -> Result<(), Wrong> {
    if !config.http.base_path.is_empty() {
        return Ok(());
    }
    let url = url::Url::parse(posted.text("http.public_url"));
    let path = url.map_or_else(|_| String::new(), |url| url.path().to_owned());
    if path.trim_end_matches('/') == config.http.base_path() {
        Ok(())
    } else {
        Err(words::OTHER_PATH.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contact_is_put_into_what_the_portal_is_told_and_the_rest_stays() {
        let shipped = "agendad/0.1 (agenda do perito; +mailto:operador@example.com)";
        assert_eq!(contact_of(shipped), Some("operador@example.com"));
        assert_eq!(
            with_contact(shipped, "clinica@example.com"),
            "agendad/0.1 (agenda do perito; +mailto:clinica@example.com)"
        );
        assert_eq!(contact_of("Mozilla/5.0"), None);
        assert_eq!(
            with_contact("Mozilla/5.0", "a@example.com"),
            "Mozilla/5.0 (+mailto:a@example.com)"
        );
    }
}
