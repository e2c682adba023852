//! A command of root's, run as the service's own user. systemd keeps the state directory of a dynamic user below a directory
//! that nobody else passes, and PostgreSQL refuses root; so a command that runs a server of its own there is run by systemd,
//! as `deploy/systemd/agendad.service` is: the same user, state directory and credentials.

use std::path::Path;

use url::Url;

use super::quoted::quoted;

/// At a terminal it is one for the command too, elsewhere its streams are.
const AS_THE_SERVICE: &str = "systemd-run --pty --pipe --wait --collect --quiet -p DynamicUser=yes -p User=agendad \
    -p StateDirectory=agendad -p StateDirectoryMode=0700 -p UMask=0077 -p LoadCredential=agendad:/etc/agendad/credentials";

/// What says in which language it speaks.
const LANGUAGES: [&str; 4] = ["AGENDAD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

/// The line for what this process was asked.
pub(super) fn line() -> String {
    let program = std::env::current_exe();
    let program = program.unwrap_or_else(|_| "/usr/bin/agendad".into());
    let arguments = std::env::args_os().skip(1);
    let arguments: Vec<String> = arguments
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let is_set = |name: &&str| std::env::var_os(name).is_some();
    let languages: Vec<&str> = LANGUAGES.into_iter().filter(is_set).collect();
    let sudo = std::env::var_os("SUDO_UID").map_or("", |_| "sudo ");
    line_of(sudo, &program, &arguments, &languages)
}

fn line_of(sudo: &str, program: &Path, arguments: &[String], languages: &[&str]) -> String {
    let file = (0..arguments.len()).find(|at| is_given_file(*at, arguments));
    // Root opens it: the service's user may not be able to.
    let input = file.map(|at| format!("{sudo}cat {} | ", quoted(value_of(&arguments[at]).1)));
    let languages = languages.iter().map(|name| format!(" -E {name}"));
    let said = arguments.iter().enumerate().map(|(at, argument)| {
        let argument = if Some(at) == file {
            format!("{}-", value_of(argument).0)
        } else {
            shown(argument)
        };
        format!(" {argument}")
    });
    [
        input.unwrap_or_default(),
        format!("{sudo}{AS_THE_SERVICE}"),
        languages.collect(),
        format!(" {}", quoted(&program.to_string_lossy())),
        said.collect(),
    ]
    .concat()
}

/// Whether it is the file that the command reads, and takes from standard input as well.
fn is_given_file(at: usize, arguments: &[String]) -> bool {
    let before = at.checked_sub(1).map(|before| arguments[before].as_str());
    let (option, value) = value_of(&arguments[at]);
    let is_settings = before == Some("--config") || option == "--config=";
    !is_settings && !value.starts_with('-') && Path::new(value).is_file()
}

/// The option with its `=`, and the value; an argument that is no such option is all value.
fn value_of(argument: &str) -> (&str, &str) {
    match argument.find('=') {
        Some(at) if argument.starts_with("--") => argument.split_at(at + 1),
        Some(_) | None => ("", argument),
    }
}

/// For a shell; a password is left out.
fn shown(argument: &str) -> String {
    if let Some((name, value)) = argument.split_once('=')
        && name.starts_with("--")
    {
        return format!("{name}={}", shown(value));
    }
    let is_open = |url: Url| url.password().is_none() && url.query().is_none();
    if argument.contains("://") && !Url::parse(argument).is_ok_and(is_open) {
        return "…".to_owned();
    }
    quoted(argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let program = Path::new("/usr/bin/agendad");
        let line = line_of("", program, &arguments, &["LANG"]);
        line.replace(AS_THE_SERVICE, "AS")
    }

    #[test]
    fn what_was_asked_is_asked_again_with_the_file_opened_by_root_and_without_a_password() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let file = file.path().to_str().unwrap();
        for (arguments, expected) in [
            (
                &["restore", file, "--replace"][..],
                &*format!("cat {file} | AS -E LANG /usr/bin/agendad restore - --replace"),
            ),
            (
                &["database", "move", &*format!("--to-file={file}")],
                &format!("cat {file} | AS -E LANG /usr/bin/agendad database move --to-file=-"),
            ),
            (
                &[&*format!("--config={file}"), "backup", "verify", "-"],
                &format!("AS -E LANG /usr/bin/agendad --config={file} backup verify -"),
            ),
            (
                &["--config", file, "database", "upgrade", "--dry-run"],
                &format!("AS -E LANG /usr/bin/agendad --config {file} database upgrade --dry-run"),
            ),
            (
                &[
                    "database",
                    "move",
                    "--to",
                    "postgres://agendad@db.example.com/x",
                ],
                "AS -E LANG /usr/bin/agendad database move --to 'postgres://agendad@db.example.com/x'",
            ),
            (
                &["database", "move", "--to", "postgres://a:canary@h/x"],
                "AS -E LANG /usr/bin/agendad database move --to …",
            ),
            (
                &["database", "move", "--to=postgres://h/x?password=canary"],
                "AS -E LANG /usr/bin/agendad database move --to=…",
            ),
            (
                &["restore", "a file that is not there"],
                "AS -E LANG /usr/bin/agendad restore 'a file that is not there'",
            ),
        ] {
            assert_eq!(said(arguments), expected);
        }
    }

    #[test]
    fn the_unit_and_the_documents_have_the_same_properties() {
        let unit = include_str!("../../deploy/systemd/agendad.service");
        let documents = [
            include_str!("../../docs/operate.md"),
            include_str!("../../docs/pt/operar.md"),
        ];
        let properties = AS_THE_SERVICE.split(" -p ").skip(1);
        for property in properties {
            // The unit's user is called after the unit.
            let is_users = property == "User=agendad";
            assert!(
                is_users || unit.lines().any(|line| line == property),
                "{property}"
            );
            for document in documents {
                assert!(document.contains(&format!("-p {property}")), "{property}");
            }
        }
    }
}
