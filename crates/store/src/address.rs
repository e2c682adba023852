//! `database.url`, understood: one host or several, and nothing in it that would be ignored in silence.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use super::connect_error::ConnectError;

/// Parameters that are understood, besides `options[…]`.
const PARAMETERS: [&str; 20] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "connect_timeout",
    "target_session_attrs",
];
/// Of libpq's wishes those that a program which writes can have: they all mean the server that takes writes.
const WRITABLE: [&str; 4] = ["read-write", "primary", "any", "prefer-primary"];
/// Parameters that are ours to obey: the driver knows one host, and no others of these.
const OURS: [&str; 5] = [
    "host",
    "hostaddr",
    "port",
    "target_session_attrs",
    "connect_timeout",
];
/// How long one host may take to let us in, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How characters of a password are written that mean something else in an address.
const ENCODING: &str = "characters of user and password that mean something in an address are written by their \
                        code: # as %23, / as %2F, ? as %3F, @ as %40, : as %3A, % as %25, a blank as %20";

/// The hosts of an address, in its order.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) hosts: Vec<PgConnectOptions>,
    /// How long one host may take to let us in.
    pub(super) connect_timeout: Duration,
}

impl Address {
    /// Whether it leads through a socket of this machine, and nowhere else.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.hosts.as_slice(), [only] if only.get_socket().is_some())
    }
}

/// An address, cut where it may name several hosts.
struct Parts<'a> {
    /// Up to the hosts: scheme, user, password.
    before: String,
    hosts: Vec<&'a str>,
    /// `/database`.
    path: &'a str,
    parameters: Vec<(String, String)>,
}

impl Address {
    /// Understands an address. The application's name is set, statements are not logged, and nothing is asked
    /// for at the start of a session that poolers refuse.
    ///
    /// # Errors
    /// [`ConnectError::Address`] for what is no address, or says what would have no effect.
    pub(super) fn parse(url: &str, application: &str) -> Result<Self, ConnectError> {
        let parts = Parts::of(url)?;
        let hosts = parts.one_host_each()?;
        let hosts = hosts.iter().map(|url| {
            let options = PgConnectOptions::from_str(url)
                .map_err(|error| wrong(format!("{}; {ENCODING}", cause(&error))))?;
            Ok(options
                .application_name(application)
                // PgBouncer refuses parameters that it does not know; what it would give is the default since PostgreSQL 12.
                .extra_float_digits(None)
                .disable_statement_logging())
        });
        Ok(Self {
            hosts: hosts.collect::<Result<_, ConnectError>>()?,
            connect_timeout: parts.connect_timeout()?,
        })
    }
}

/// The driver's own words, without its introduction.
fn cause(error: &sqlx::Error) -> String {
    match error.source() {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

fn wrong(text: impl Into<String>) -> ConnectError {
    ConnectError::Address(sqlx::Error::Configuration(text.into().into()))
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Result<Self, ConnectError> {
        // The driver takes any scheme, and would look for a database of another kind on this machine.
        let Some((scheme, rest)) = url
            .split_once("://")
            .filter(|(scheme, _)| ["postgres", "postgresql"].contains(scheme))
        else {
            return Err(wrong("it does not begin with postgres://"));
        };
        if rest.contains('#') {
            return Err(wrong(format!("there is a # in it; {ENCODING}")));
        }
        let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (format!("{login}@"), hosts),
            // Something that looks like a login behind the first slash: the password holds the slash.
            None if tail.contains('@') => {
                return Err(wrong(format!(
                    "the host cannot be told from the password; {ENCODING}"
                )));
            }
            None => (String::new(), authority),
        };
        let decoded = url::form_urlencoded::parse(query.as_bytes());
        let parts = Self {
            before: format!("{scheme}://{login}"),
            hosts: hosts.split(',').collect(),
            path,
            parameters: decoded.into_owned().collect(),
        };
        parts.check()?;
        Ok(parts)
    }

    fn check(&self) -> Result<(), ConnectError> {
        for (key, value) in &self.parameters {
            let key = key.as_str();
            if !PARAMETERS.contains(&key) && !key.starts_with("options[") {
                return Err(wrong(format!(
                    "its parameter {key} is not understood, and would have no effect; understood are {}",
                    PARAMETERS.join(", ")
                )));
            }
            if key == "target_session_attrs" && !WRITABLE.contains(&value.as_str()) {
                return Err(wrong(format!(
                    "target_session_attrs={value} leads to a server that takes no writes; agendad writes: \
                     leave it out, or set it to read-write"
                )));
            }
        }
        Ok(())
    }

    fn connect_timeout(&self) -> Result<Duration, ConnectError> {
        let Some(value) = self
            .list("connect_timeout")
            .and_then(|values| values.first().copied())
        else {
            return Ok(CONNECT_TIMEOUT);
        };
        match value.parse::<u32>() {
            Ok(seconds) if (1..=60).contains(&seconds) => Ok(Duration::from_secs(seconds.into())),
            Ok(_) | Err(_) => Err(wrong(format!(
                "connect_timeout={value} is no number of seconds from 1 to 60"
            ))),
        }
    }

    /// The same address for each host by itself: the driver knows only one.
    fn one_host_each(&self) -> Result<Vec<String>, ConnectError> {
        let named = self.list("hostaddr").or_else(|| self.list("host"));
        let ports = self.list("port").unwrap_or_default();
        let count = named.as_ref().map_or(self.hosts.len(), Vec::len);
        if ports.len() > 1 && ports.len() != count {
            return Err(wrong(format!(
                "it names {count} hosts and {} ports",
                ports.len()
            )));
        }
        let urls = (0..count).map(|index| {
            let host = if named.is_some() {
                ""
            } else {
                self.hosts[index]
            };
            if self.hosts.len() > 1 && host.is_empty() {
                return Err(wrong("one of its hosts is empty"));
            }
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (key, value) in &self.parameters {
                if !OURS.contains(&key.as_str()) {
                    query.append_pair(key, value);
                }
            }
            if let Some(named) = &named {
                query.append_pair("host", named[index]);
            }
            if let Some(port) = ports.get(index).or(ports.first()) {
                query.append_pair("port", port);
            }
            let (before, path, query) = (&self.before, self.path, query.finish());
            // A login without a host is no URL; which host is said by the parameters.
            let host = if host.is_empty() && before.ends_with('@') {
                "localhost"
            } else {
                host
            };
            Ok(format!("{before}{host}{path}?{query}"))
        });
        urls.collect()
    }

    fn list(&self, key: &str) -> Option<Vec<&str>> {
        let (_, value) = self.parameters.iter().rfind(|(name, _)| name == key)?;
        Some(value.split(',').collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(url: &str) -> Vec<String> {
        let address = Address::parse(url, "test").unwrap_or_else(|error| panic!("{error:?}"));
        address
            .hosts
            .iter()
            .map(super::super::connect::place)
            .collect()
    }

    fn refusal(url: &str) -> String {
        let error = Address::parse(url, "test").unwrap_err();
        agendad_domain::causes::in_a_line(&error)
    }

    #[test]
    fn several_hosts_are_each_a_server_of_the_same_database() {
        for url in [
            "postgres://u:p@a:1,b:2/agenda?sslmode=disable",
            "postgres://u:p@/agenda?host=a,b&port=1,2",
            "postgresql:///agenda?user=u&host=a,b&port=1,2&target_session_attrs=read-write",
        ] {
            assert_eq!(places(url), ["a:1/agenda", "b:2/agenda"], "{url}");
        }
        // Whoever has it set means it.
        let port = std::env::var("PGPORT").unwrap_or_else(|_| "5432".to_owned());
        assert_eq!(
            places("postgres://a,b:7/agenda"),
            [format!("a:{port}/agenda"), "b:7/agenda".to_owned()]
        );
        assert_eq!(
            places("postgres://[::1]:1,[::2]:2/x"),
            ["[::1]:1/x", "[::2]:2/x"]
        );
        assert_eq!(
            places("postgres://u@%2Frun%2Fpg:5432/x?sslmode=disable"),
            ["/run/pg:5432/x"]
        );
        let socket = format!("/run/pg:{port}/x");
        assert_eq!(places("postgres:///x?host=/run/pg"), [socket]);
        let timed = places("postgres://a/x?connect_timeout=5");
        assert_eq!(timed, [format!("a:{port}/x")]);
    }

    #[test]
    fn what_would_be_ignored_is_refused_with_its_name() {
        for (url, said) in [
            (
                "postgres://a/x?target_session_attrs=standby",
                "takes no writes",
            ),
            (
                "postgres://a/x?target_session_attrs=read-only",
                "takes no writes",
            ),
            (
                "postgres://a/x?load_balance_hosts=random",
                "load_balance_hosts is not understood",
            ),
            ("postgres://a/x?sslmod=require", "sslmod is not understood"),
            ("postgres://a,b/x?port=1,2,3", "2 hosts and 3 ports"),
            ("postgres://a:1,/x", "one of its hosts is empty"),
            (
                "postgres://a/x?connect_timeout=soon",
                "no number of seconds",
            ),
            ("mysql://a/x", "does not begin with postgres://"),
        ] {
            let refusal = refusal(url);
            assert!(refusal.contains(said), "{url}: {refusal}");
        }
    }

    #[test]
    fn a_password_with_a_character_of_addresses_is_refused_with_the_way_to_write_it() {
        for password in ["zq#c", "zq/c", "zq?c"] {
            let refusal = refusal(&format!("postgres://u:{password}@host:5432/x"));
            assert!(
                refusal.contains("# as %23, / as %2F"),
                "{password}: {refusal}"
            );
            assert!(!refusal.contains("zq"), "no part of a password: {refusal}");
        }
        assert_eq!(
            places("postgres://u:a%23b%2Fc@host:5432/x"),
            ["host:5432/x"]
        );
    }
}
