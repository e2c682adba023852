//! Where secrets may stand, and that nothing shows them.

use secrecy::ExposeSecret;

use super::super::layers::{self, Layer};
use super::super::{Config, Place};
use super::{load, refusal};

#[test]
fn a_secret_that_is_given_as_the_name_of_its_file_is_not_shown() {
    const KEY: &str = "/anaryQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert_eq!(KEY.len(), 44);
    for (name, value) in [
        ("AGENDAD_DATABASE__URL_FILE", "postgres://u:canary@h/d"),
        ("AGENDAD_VAULT__KEY_FILE", KEY),
        ("AGENDAD_VAULT__KEY_FILE", &format!("{KEY} {KEY}")),
        ("AGENDAD_HTTP__OPERATOR_TOKEN_FILE", "canary"),
        ("AGENDAD_ALERTS__NTFY__URL_FILE", "/canary://x"),
    ] {
        let text = refusal("", &[(name, value)]);
        assert!(!text.contains("anary"), "{text}");
        assert!(
            text.contains("_file names a file that cannot be read"),
            "{text}"
        );
    }
    for path in ["/nowhere/key", "./nowhere/key", "../nowhere", "~/nowhere"] {
        let text = refusal("", &[("AGENDAD_VAULT__KEY_FILE", path)]);
        assert!(
            text.contains(&format!("the file {path} cannot be read")),
            "{text}"
        );
    }
}

#[test]
fn a_secret_never_stands_in_a_refusal_or_in_debug_output() {
    let text = refusal("[vault]\nkey = 20261124", &[]);
    assert!(!text.contains("20261124"), "{text}");
    let config = load("", &[("AGENDAD_DATABASE__URL", "postgres://u:canary@h/d")]).unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn an_address_that_is_shown_has_no_login_and_its_refusal_does_not_repeat_it() {
    for (section, name) in [
        ("portal", "base_url"),
        ("http", "public_url"),
        ("alerts.email", "host"),
    ] {
        for address in [
            "https://user:canary@example.com/",
            "http://canary@example.com/",
            "https:user:canary@example.com",
            "https://user:ca#nary@example.com:x/",
            "https://user:canary@",
            "user:canary@example.com",
            "ftp://user:canary@example.com",
        ] {
            let text = refusal(&format!("[{section}]\n{name} = {address:?}"), &[]);
            assert!(text.contains(&format!("{section}.{name}")), "{text}");
            assert!(text.contains("has a login"), "{text}");
            assert!(
                !text.contains("canary") && !text.contains("nary@"),
                "{text}"
            );
        }
    }
    let text = refusal("", &[("AGENDAD_PORTAL__BASE_URL", "https://u:canary@h/")]);
    assert!(
        text.contains("environment") && !text.contains("canary"),
        "{text}"
    );
}

/// The fuzzer put a list where a section belongs, which was even taken where only secrets belong.
#[test]
fn a_secret_whose_name_was_forgotten_is_not_shown_either() {
    for file in [
        "vault = \"canary\"",
        "database = [\"canary\"]",
        "vault = [\"canary\"]",
        "alerts.slack = \"canary\"",
        "[[redis]]\nurl = \"canary\"",
        "[vault.key]\nx = \"canary\"",
    ] {
        let text = refusal(file, &[]);
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn a_key_that_seals_nothing_is_refused_and_not_shown() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for good in [
        key.to_owned(),
        format!("{key} {key}"),
        format!(" {key}\n{key}\n"),
    ] {
        assert!(load("", &[("AGENDAD_VAULT__KEY", &good)]).is_ok(), "{good}");
    }
    for wrong in [
        " ",
        "canary",
        &key[..43],
        &key[4..],
        &key.replace("8=", "9="),
        &key.replace('A', "-"),
        &format!("{key} canary"),
        &format!("{key},{key}"),
    ] {
        let text = refusal("", &[("AGENDAD_VAULT__KEY", wrong)]);
        assert!(
            text.contains("environment") && text.contains("vault.key"),
            "{text}"
        );
        assert!(text.contains("not base64 of 32 bytes"), "{text}");
        assert!(!text.contains("canary") && !text.contains("AAEC"), "{text}");
    }
    let text = refusal("[vault]\nkey = \"canary\"", &[]);
    assert!(
        text.contains("test.toml") && !text.contains("canary"),
        "{text}"
    );
}

#[test]
fn a_secret_may_stand_in_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "postgres://u:p@h/d\n").unwrap();
    let path = file.path().to_str().unwrap();
    let config = load("", &[("AGENDAD_DATABASE__URL_FILE", path)]).unwrap();
    assert_eq!(
        config.secrets.database_url.unwrap().expose_secret(),
        "postgres://u:p@h/d"
    );
    assert!(refusal("", &[("AGENDAD_VAULT__KEY_FILE", "/nonexistent")]).contains("/nonexistent"));
}

#[test]
fn an_empty_text_beside_the_name_of_a_file_is_not_set() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a token\n").unwrap();
    let path = file.path().to_str().unwrap();
    let shipped = format!("[http]\noperator_token = \"\"\noperator_token_file = {path:?}");
    let env = |direct| {
        [
            ("AGENDAD_HTTP__OPERATOR_TOKEN", direct),
            ("AGENDAD_HTTP__OPERATOR_TOKEN_FILE", path),
        ]
    };
    for config in [load(&shipped, &[]), load("", &env(""))] {
        let token = config.unwrap().secrets.http_operator_token.unwrap();
        assert_eq!(token.expose_secret(), "a token");
    }
    let both = refusal("", &env("another"));
    assert!(both.contains("both") && !both.contains("another"), "{both}");
}

/// It would count as "not set", and the daemon make a database or a key of its own.
#[test]
fn an_empty_file_of_a_secret_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("database.url");
    for empty in ["", " \n", "\u{feff}"] {
        std::fs::write(&path, empty).unwrap();
        let named = refusal(
            "",
            &[("AGENDAD_DATABASE__URL_FILE", path.to_str().unwrap())],
        );
        let credential = layers::credentials(Some(directory.path())).unwrap_err();
        for said in [named, credential.to_string()] {
            let is_told = said.contains("database.url the file /") && said.contains("is empty");
            assert!(is_told, "{said}");
        }
    }
}

/// `$(cat token)` in a unit's file, or a text of several lines in `config.toml`: nobody types that line break.
#[test]
fn a_secret_that_is_given_directly_ends_where_that_of_a_file_does() {
    let of = |config: Config| config.secrets.http_operator_token.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), " a token \r\n").unwrap();
    let path = file.path().to_str().unwrap();
    for config in [
        load("", &[("AGENDAD_HTTP__OPERATOR_TOKEN_FILE", path)]).unwrap(),
        load("", &[("AGENDAD_HTTP__OPERATOR_TOKEN", " a token \r\n")]).unwrap(),
        load("[http]\noperator_token = \"\"\"\na token\n\"\"\"", &[]).unwrap(),
    ] {
        assert_eq!(of(config).expose_secret(), "a token");
    }
    let digest = format!("sha256:{}\n", "0".repeat(64));
    assert!(load("", &[("AGENDAD_HTTP__OPERATOR_TOKEN", &digest)]).is_ok());
}

#[test]
fn a_byte_order_mark_is_never_part_of_a_secret() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "\u{feff}postgres://u:p@h/d\r\n").unwrap();
    let path = file.path().to_str().unwrap();
    let credentials = tempfile::tempdir().unwrap();
    std::fs::write(
        credentials.path().join("database.url"),
        "\u{feff}postgres://u:p@h/d",
    )
    .unwrap();
    let of_credentials = {
        let mut all = vec![layers::built_in().unwrap()];
        all.extend(layers::credentials(Some(credentials.path())).unwrap());
        Config::from_layers(all).unwrap()
    };
    for config in [
        load("", &[("AGENDAD_DATABASE__URL_FILE", path)]).unwrap(),
        load(
            "",
            &[("AGENDAD_DATABASE__URL", "\u{feff}postgres://u:p@h/d")],
        )
        .unwrap(),
        load(
            "\u{feff}[database]\nurl = \"\u{feff}postgres://u:p@h/d\"",
            &[],
        )
        .unwrap(),
        of_credentials,
    ] {
        let url = config.secrets.database_url.unwrap();
        assert_eq!(url.expose_secret(), "postgres://u:p@h/d");
    }
}

#[test]
fn a_credential_of_systemd_lies_between_file_and_environment() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("database.url"),
        "postgres://u:p@credential/d\n",
    )
    .unwrap();
    std::fs::write(dir.path().join("unrelated"), "x").unwrap();
    let load = |env: &[(&str, &str)]| {
        let mut all = vec![layers::built_in().unwrap()];
        all.push(Layer {
            place: Place::File("test.toml".into()),
            table: "[database]\nurl = \"postgres://u:p@file/d\""
                .parse()
                .unwrap(),
        });
        all.extend(layers::credentials(Some(dir.path())).unwrap());
        let variables = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        all.push(layers::environment(variables, &all[0].table).unwrap());
        let config = Config::from_layers(all).unwrap();
        config.secrets.database_url.unwrap()
    };
    assert_eq!(load(&[]).expose_secret(), "postgres://u:p@credential/d");
    let env = [("AGENDAD_DATABASE__URL", "postgres://u:p@environment/d")];
    assert_eq!(load(&env).expose_secret(), "postgres://u:p@environment/d");

    // As systemd calls the files of a whole directory.
    let whole = dir.path().join("agendad_database.url");
    std::fs::rename(dir.path().join("database.url"), whole).unwrap();
    assert_eq!(load(&[]).expose_secret(), "postgres://u:p@credential/d");
}
