//! An address of a database, as PostgreSQL's own programs take it: without its password, which would stand in the list
//! of processes, and in the words of libpq.

use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use tokio::process::Command;

use super::layout::{NAME, PORT};

/// Parameters that only our driver knows.
const NOT_LIBPQ: [&str; 1] = ["statement-cache-capacity"];
/// What our driver also calls them, and libpq's names.
const NAMES: [(&str, &str); 5] = [
    ("ssl-mode", "sslmode"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("ssl-cert", "sslcert"),
    ("ssl-key", "sslkey"),
];

/// Where systems keep the authorities that they trust.
const AUTHORITIES: [&str; 2] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

/// An address in two parts.
#[derive(Clone)]
pub(super) struct Address {
    /// For the command line.
    shown: String,
    password: Option<String>,
}

impl Address {
    pub(super) fn of(url: &str) -> Self {
        Self::trusting(url, authorities)
    }

    /// The same, with the `authorities` of the system where the address names none.
    fn trusting(url: &str, authorities: impl FnOnce() -> Option<PathBuf>) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, mut password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(percent_decoded(password))),
            None => (login, None),
        };
        let mut parameters = Vec::new();
        let mut options = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Of a parameter, as our driver reads it and libpq does not.
            let (key, value) = (key.replace('+', "%20"), value.replace('+', "%20"));
            let key = percent_decoded(&key);
            if key == "password" {
                password = Some(percent_decoded(&value));
            } else if let Some(name) = key.strip_prefix("options[") {
                options.push(format!(
                    "-c {}={}",
                    name.trim_end_matches(']'),
                    percent_decoded(&value)
                ));
            } else if key == "options" {
                options.push(percent_decoded(&value));
            } else if !NOT_LIBPQ.contains(&key.as_str()) {
                let known = NAMES.iter().find(|(ours, _)| *ours == key);
                let name = known.map_or(key.as_str(), |(_, theirs)| theirs);
                parameters.push(format!("{name}={value}"));
            }
        }
        // Without a file libpq looks for one of the user's own alone.
        let is_set = |name: &str| parameters.iter().any(|set| set.starts_with(name));
        if is_set("sslmode=verify-")
            && !is_set("sslrootcert=")
            && let Some(file) = authorities()
        {
            let file = percent_encode(file.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
            parameters.push(format!("sslrootcert={file}"));
        }
        if !options.is_empty() {
            let options = options.join(" ");
            let options = percent_encode(options.as_bytes(), NON_ALPHANUMERIC);
            parameters.push(format!("options={options}"));
        }
        let at = if user.is_empty() { "" } else { "@" };
        let query = parameters.join("&");
        Self {
            shown: format!("{scheme}://{user}{at}{hosts}{path}?{query}"),
            password,
        }
    }

    /// Tells a program where to connect.
    pub(super) fn give(&self, command: &mut Command) {
        command.arg(format!("--dbname={}", self.shown));
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
    }
}

/// What our driver trusts: that of the environment, else the system's.
fn authorities() -> Option<PathBuf> {
    let given = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let all = given.into_iter().chain(AUTHORITIES.map(PathBuf::from));
    all.into_iter().find(|file| file.exists())
}

/// The same address with options for the server, beside those that it has.
pub(super) fn with_options(url: &str, options: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let options = percent_encode(options.as_bytes(), NON_ALPHANUMERIC);
    format!("{url}{separator}options={options}")
}

/// The address of a database of the private server.
pub(super) fn url(socket: &Path, database: &str) -> String {
    let host = percent_encode(socket.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
    let database = percent_encode(database.as_bytes(), NON_ALPHANUMERIC);
    format!("postgres://{NAME}@{host}:{PORT}/{database}?sslmode=disable")
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgConnectOptions;

    use super::*;

    #[test]
    fn the_password_is_kept_off_the_command_line() {
        for url in [
            "postgres://u:s%23cret@h:5/x?sslmode=require",
            "postgres://u@h:5/x?password=s%23cret&ssl-mode=require&statement-cache-capacity=0",
        ] {
            let address = Address::of(url);
            assert_eq!(address.shown, "postgres://u@h:5/x?sslmode=require");
            assert_eq!(address.password.as_deref(), Some("s#cret"));
        }
        let private = "postgres://agendad@%2Frun%2Fs:5432/agendad?sslmode=disable";
        assert_eq!(Address::of(private).shown, private);
        let path = Address::of("postgres://h/x?options[search_path]=a,b").shown;
        assert_eq!(path, "postgres://h/x?options=%2Dc%20search%5Fpath%3Da%2Cb");
    }

    #[test]
    fn a_plus_is_a_plus_in_a_login_and_a_blank_in_a_parameter_as_it_is_to_our_driver() {
        for (url, password) in [
            ("postgres://u+v:a+b%2Bc%20d@h:5/x+y", "a+b+c d"),
            ("postgres://u+v@h:5/x+y?password=a%2Bb%2Bc+d", "a+b+c d"),
        ] {
            let address = Address::of(url);
            assert_eq!(address.password.as_deref(), Some(password), "{url}");
            assert_eq!(address.shown, "postgres://u+v@h:5/x+y?");
            let driver: PgConnectOptions = url.parse().unwrap();
            assert_eq!(driver.get_username(), "u+v");
            assert_eq!(driver.get_database(), Some("x+y"));
            let bare = PgConnectOptions::new_without_pgpass()
                .username("u+v")
                .password(password);
            assert_eq!(password_of(&driver), password_of(&bare), "{url}");
        }
        let named = Address::of("postgres://h/x?application_name=a+b&options=-c+x%3Dy").shown;
        assert_eq!(
            named,
            "postgres://h/x?application_name=a%20b&options=%2Dc%20x%3Dy"
        );
    }

    #[test]
    fn a_certificate_is_verified_by_the_systems_authorities_unless_the_address_names_others() {
        let shown = |query: &str| {
            let url = format!("postgres://h/x?{query}");
            let address = Address::trusting(&url, || Some("/etc/ca s.crt".into()));
            address.shown.split_once('?').unwrap().1.to_owned()
        };
        let system = "sslrootcert=%2Fetc%2Fca%20s%2Ecrt";
        for mode in ["verify-ca", "verify-full"] {
            let ours = shown(&format!("ssl-mode={mode}"));
            assert_eq!(ours, format!("sslmode={mode}&{system}"));
            let theirs = shown(&format!("sslmode={mode}&ssl-ca=/ca"));
            assert_eq!(theirs, format!("sslmode={mode}&sslrootcert=/ca"));
        }
        assert_eq!(shown("sslmode=require"), "sslmode=require");
    }

    #[test]
    fn options_are_added_to_those_that_an_address_has() {
        for (url, shown) in [
            ("postgres://h/x", "options=%2Dc%20a%3Don"),
            (
                "postgres://h/x?options=-c+search_path%3Dy",
                "options=%2Dc%20search%5Fpath%3Dy%20%2Dc%20a%3Don",
            ),
        ] {
            let shown = format!("postgres://h/x?{shown}");
            assert_eq!(Address::of(&with_options(url, "-c a=on")).shown, shown);
        }
    }

    fn password_of(options: &PgConnectOptions) -> Option<String> {
        let url = sqlx::ConnectOptions::to_url_lossy(options);
        url.password().map(str::to_owned)
    }

    #[test]
    fn the_url_names_socket_user_port_and_database_for_sqlx() {
        let options: PgConnectOptions = url(Path::new("/run/a-b/socket"), "a b").parse().unwrap();
        assert_eq!(
            options.get_socket().unwrap().to_str(),
            Some("/run/a-b/socket")
        );
        assert_eq!(options.get_port(), PORT);
        assert_eq!(options.get_username(), NAME);
        assert_eq!(options.get_database(), Some("a b"));
    }
}
