//! The promises of `config.toml`: complete, checked, and refused with a sentence that helps.

mod files;
mod numbers;
mod secrets;
mod variables;

use super::layers::{self, Layer};
use super::{Config, ConfigError, Place};
use secrecy::ExposeSecret;

fn load(file: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut all = vec![layers::built_in()?];
    all.push(Layer {
        place: Place::File("test.toml".into()),
        table: file.parse().unwrap(),
    });
    let variables = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    let environment = layers::environment(variables, &all[0].table)?;
    all.push(environment);
    Config::from_layers(all)
}

fn refusal(file: &str, env: &[(&str, &str)]) -> String {
    load(file, env).unwrap_err().to_string()
}

#[test]
fn the_shipped_file_is_complete_and_valid() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.windows.len(), 2);
    assert_eq!(config.retry.max_retries, 3);
    assert!(
        config.secrets.database_url.is_none(),
        "an empty text means not set"
    );
}

#[test]
fn every_key_of_the_shipped_file_has_an_explanation() {
    let mut explained = false;
    for line in layers::BUILT_IN.lines() {
        let is_key = line
            .split_once(" = ")
            .is_some_and(|(key, _)| !key.starts_with('#'));
        assert!(!is_key || explained, "no comment above: {line}");
        explained = line.starts_with('#') || (is_key && explained);
        if line.starts_with("[[windows]]") {
            explained = true;
        }
    }
}

#[test]
fn the_environment_wins_over_the_file_and_texts_stay_texts() {
    let env = [
        ("AGENDAD_SCHEDULER__WORKERS", "3"),
        ("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s"),
        ("AGENDAD_PORTAL__PROFILE__LOGIN_USER_FIELD", "007"),
        ("AGENDAD_GUARD__MAX_REMOVED_RATIO", "1"),
        ("AGENDAD_DATABASE__URL", "postgres://u:p@h/d"),
    ];
    let config = load("[scheduler]\nworkers = 5\nsplay = \"5s\"", &env).unwrap();
    assert_eq!(config.scheduler.workers, 3);
    assert_eq!(config.scheduler.splay, std::time::Duration::from_secs(5));
    assert!(config.portal.pause_between_requests.is_zero());
    assert_eq!(config.portal.profile.login_user_field, "007");
    assert_eq!(
        config.secrets.database_url.unwrap().expose_secret(),
        "postgres://u:p@h/d"
    );
}

#[test]
fn refusals_name_place_key_and_what_is_allowed() {
    insta::assert_snapshot!(
        [
            refusal("[scheduler]\nwrokers = 5", &[]),
            refusal("[scheduler]\nworkers = 0", &[]),
            refusal("[retry]\nmin_delay = \"soon\"", &[]),
            refusal("[session]\nttl = 45", &[]),
            refusal("[session]\nttl = \"45M\"", &[]),
            refusal("[retry]\nmax_retries = \"3\"", &[]),
            refusal("[retry]\nmax_retries = -1", &[]),
            refusal("[retry]\njitter = \"sim\"", &[]),
            refusal("[guard]\nmax_removed_ratio = \"50%\"", &[]),
            refusal("[alerts.email]\nto = \"a@example.com\"", &[]),
            refusal("[log]\nlevel = \"warning\"", &[]),
            refusal("[portal]\ndates = \"sometimes\"", &[]),
            refusal("[portal]\nbase_url = \"http://portal.example.com/\"", &[]),
            refusal("", &[("AGENDAD_SCHEDULER__WORKERS", "many")]),
            refusal("", &[("AGENDAD_SHEDULER__WORKERS", "3")]),
            refusal("timezone = \"Brazil/Nowhere\"", &[]),
            refusal(
                "[[windows]]\nname = \"x\"\nfrom_day = 3\nto_day = 1\ncron = \"* * *\"",
                &[]
            ),
            refusal("[http]\nlisten = \"8787\"", &[]),
            refusal("[session]\nstore = \"redis\"", &[]),
            refusal("", &[("AGENDAD_REDIS__URL", "cache.example:6379")]),
        ]
        .join("\n---\n")
    );
}

#[test]
fn what_only_a_shell_expands_is_no_directory() {
    for given in ["~/agendad", "$HOME/agendad", "/srv/${PLACE}"] {
        for file in [
            format!("state_dir = {given:?}"),
            format!("[backup]\ndirectory = {given:?}"),
        ] {
            let said = refusal(&file, &[]);
            let is_told = said.contains(given) && said.contains("are not expanded here");
            assert!(is_told, "{file}: {said}");
        }
    }
    load("state_dir = \"/srv/agendad~1\"", &[]).unwrap();
}

/// `warning` is how others write it, and as the name of a module it would silence everything.
#[test]
fn a_log_level_is_a_level_or_a_filter_and_never_the_name_of_a_module_by_mistake() {
    for good in [
        "info",
        "DEBUG",
        "off",
        "info,agendad_portal=debug",
        "warn,hyper=off",
        "info,[run{id=1}]=trace",
    ] {
        assert!(load("", &[("AGENDAD_LOG__LEVEL", good)]).is_ok(), "{good}");
    }
    for wrong in [
        "warning",
        "verbose",
        "",
        "info debug",
        "agendad:debug",
        "info,verbose",
        "agendad=verbose",
    ] {
        assert!(
            load("", &[("AGENDAD_LOG__LEVEL", wrong)]).is_err(),
            "{wrong}"
        );
    }
}

/// `M` are months to the library, and minutes to whoever writes it.
#[test]
fn a_capital_m_is_no_unit_of_time() {
    for (key, value) in [
        ("SESSION__TTL", "45M"),
        ("PORTAL__OTHER_SESSION_PATIENCE", "45M"),
        ("SCHEDULER__RUN_TIMEOUT", "1h 5M"),
    ] {
        let name = format!("AGENDAD_{key}");
        assert!(load("", &[(&name, value)]).is_err(), "{key}");
        assert!(load("", &[(&name, &value.to_lowercase())]).is_ok(), "{key}");
    }
}

/// Larger ones end in a panic of whatever reckons with them.
#[test]
fn numbers_that_cannot_be_reckoned_with_are_refused() {
    for file in [
        "[http]\nmax_connections = 9223372036854775807",
        "[portal]\nmax_connections = 9223372036854775807",
        "[portal]\nmax_requests_per_second = 4294967295",
        "[scheduler]\nsplay = \"584542046090years\"",
        "[session]\nttl = \"300000years\"",
        "[portal.profile]\ncaptcha_pause = \"101years\"",
    ] {
        assert!(load(file, &[]).is_err(), "{file}");
    }
    assert!(load("[retention]\nruns = \"100years\"", &[]).is_ok());
}

#[test]
fn a_format_that_spells_no_date_is_refused() {
    let refused = refusal("[portal.profile]\ndate_format = \"%d/%Q\"", &[]);
    assert!(refused.contains("portal.profile.date_format"), "{refused}");
    assert!(load("[portal.profile]\nreference_format = \"%H\"", &[]).is_err());
}

#[test]
fn a_window_that_would_never_fire_is_refused() {
    let window = |cron: &str| {
        format!("[[windows]]\nname = \"near\"\nfrom_day = 0\nto_day = 3\ncron = \"{cron}\"")
    };
    for cron in ["0 0 2 30 2 *", "0 0 2 31 4,6,9,11 *"] {
        let text = refusal(&window(cron), &[]);
        assert!(
            text.contains("never fires") && text.contains(cron),
            "{text}"
        );
    }
    for cron in ["0 0 2 29 2 *", "0 0 2 31 * *", "0 */15 6-20 * * MON-FRI"] {
        assert!(load(&window(cron), &[]).is_ok(), "{cron}");
    }
}

#[test]
fn an_area_code_is_one_of_brazils() {
    let config = load("", &[("AGENDAD_APPOINTMENTS__AREA_CODE", "11")]).unwrap();
    assert_eq!(config.appointments.area_code, "11");
    for code in ["20", "011", "1", "xx"] {
        let text = refusal(&format!("[appointments]\narea_code = \"{code}\""), &[]);
        assert!(text.contains("appointments.area_code"), "{text}");
    }
}

#[test]
fn each_recipient_is_one_address() {
    let mail = |to: &str| {
        let file = format!(
            "[alerts.email]\nhost = \"mail.example.com\"\nfrom = \"agendad <a@example.com>\"\nto = [\"ok@example.com\", {to:?}]"
        );
        load(&file, &[]).map_err(|error| error.to_string())
    };
    for good in [
        "b@example.com",
        " b@example.com ",
        "Silva, Ana <b@example.com>",
    ] {
        assert!(mail(good).is_ok(), "{good}");
    }
    for wrong in [
        "a@example.com, b@example.com",
        "a@example.com;b@example.com",
        "a@example.com b@example.com",
        "<a@example.com>, <b@example.com>, ana",
        "a@b@example.com",
        "a b@example.com",
        "example.com",
        "<a@example.com",
    ] {
        let text = mail(wrong).unwrap_err();
        assert!(
            text.contains("test.toml") && text.contains("alerts.email.to"),
            "{text}"
        );
    }
}

#[test]
fn an_authority_that_is_not_there_is_named() {
    let mail = |more: &str| {
        format!(
            "[alerts.email]\nhost = \"127.0.0.1\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\n\
             trusted_ca = \"/nowhere/ca.pem\"\n{more}"
        )
    };
    let text = refusal(&mail(""), &[]);
    assert!(
        text.contains("alerts.email.trusted_ca names the file /nowhere/ca.pem"),
        "{text}"
    );
    assert!(
        load(&mail("security = \"none\""), &[]).is_ok(),
        "it is not used"
    );
}

#[test]
fn a_line_that_is_no_toml_is_named_by_its_number() {
    for (text, line) in [
        ("[scheduler\n", 1),
        ("a = 1\na = 2\n", 2),
        ("\n\n[http]\nx = =\n", 4),
    ] {
        let refused = layers::parse("config.toml", text).unwrap_err();
        assert!(
            matches!(refused, ConfigError::Syntax { line: found, .. } if found == line),
            "{text:?}: {refused:?}"
        );
    }
}

#[test]
fn a_base_path_is_plain_and_none_of_our_own_addresses() {
    let base = |file: &str| load(file, &[]).map(|config| config.http.base_path()).ok();
    for (file, expected) in [
        ("", Some("")),
        ("[http]\nbase_path = \"/agenda/\"", Some("/agenda")),
        ("[http]\npublic_url = \"https://e.org/a/b/\"", Some("/a/b")),
        ("[http]\npublic_url = \"https://e.org/\"", Some("")),
        (
            "[http]\npublic_url = \"https://e.org/a\"\nbase_path = \"/a\"",
            Some("/a"),
        ),
        (
            "[http]\npublic_url = \"https://e.org/a\"\nbase_path = \"/b\"",
            None,
        ),
        ("[http]\nbase_path = \"agenda\"", None),
        ("[http]\nbase_path = \"/../x\"", None),
        ("[http]\nbase_path = \"/a\\\"b\"", None),
        ("[http]\nbase_path = \"/api\"", None),
        ("[http]\nbase_path = \"/planilha\"", None),
        ("[http]\nbase_path = \"/calendar/x\"", None),
    ] {
        assert_eq!(base(file).as_deref(), expected, "{file}");
    }
}

#[test]
fn a_mail_server_is_greeted_by_a_name_with_a_domain() {
    let mail = |helo: &str| {
        format!(
            "[alerts.email]\nhost = \"mail.example.com\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\nhelo_name = \"{helo}\""
        )
    };
    for helo in ["clinica.example.com", "[203.0.113.4]"] {
        assert!(load(&mail(helo), &[]).is_ok(), "{helo}");
    }
    for helo in ["clinica", "a b.example.com", "a..b", "[clinica.org]"] {
        assert!(refusal(&mail(helo), &[]).contains("helo_name"), "{helo}");
    }
}
