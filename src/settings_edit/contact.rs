//! The clinic's contact: an address within what the portal is told of who asks.

use super::Wrong;
use crate::config::Config;
use crate::config::saved_settings::Edits;
use crate::words::pages::settings as words;

/// The setting that it is a part of.
pub(crate) const KEY: &str = "portal.user_agent";
/// What stands before the address of whoever asks the portal.
const MAIL: &str = "mailto:";

/// The contact as it is; nothing while it is the example that is shipped, which is nobody's.
pub(crate) fn known(config: &Config) -> &str {
    contact_of(&config.portal.user_agent)
        .filter(|_| config.portal.names_a_contact())
        .unwrap_or_default()
}

/// What another one changes; an empty one takes back what was set here.
///
/// # Errors
/// [`Wrong`] if it is no address, or the example.
pub(crate) fn edits(config: &Config, email: &str) -> Result<Edits, Wrong> {
    let agent = &config.portal.user_agent;
    if known(config) == email {
        return Ok(Edits::new());
    }
    if email.is_empty() {
        return Ok([(KEY, None)].into());
    }
    if !crate::alerts::is_mail_address(email) || email.contains([' ', '<', '>', '(', ')', ';']) {
        return Err(words::BAD_EMAIL.into());
    }
    let mut portal = config.portal.clone();
    portal.user_agent = with_contact(agent, email);
    if !portal.names_a_contact() {
        return Err(words::EXAMPLE_EMAIL.into());
    }
    Ok([(KEY, Some(portal.user_agent.into()))].into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers;

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

    #[test]
    fn the_example_that_is_shipped_is_nobodys_contact() {
        let config = Config::from_layers(vec![layers::built_in().unwrap()]).unwrap();
        assert_eq!(known(&config), "");
        for refused in ["operador@example.com", "clinica", "a b@example.com"] {
            assert!(edits(&config, refused).is_err(), "{refused}");
        }
        assert_eq!(edits(&config, "clinica@example.com").unwrap().len(), 1);
        assert!(edits(&config, "").unwrap().is_empty());
        let mut known = config;
        known.portal.user_agent = with_contact(&known.portal.user_agent, "clinica@example.com");
        assert_eq!(edits(&known, "").unwrap(), [(KEY, None)].into());
    }
}
