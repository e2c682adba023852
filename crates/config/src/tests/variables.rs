//! What the environment may say, and what it may not.

use super::super::{layers, secrets};
use super::{load, refusal};

/// They are put into each container of a namespace with a service of our name, or one that begins as ours does: what the
/// charts of databases call theirs.
#[test]
fn what_kubernetes_says_of_services_is_no_setting() {
    for service in ["", "POSTGRESQL_", "POSTGRESQL_HL_", "REDIS_MASTER_"] {
        for (name, value) in [
            ("SERVICE_HOST", "10.0.0.1"),
            ("SERVICE_PORT", "5432"),
            ("SERVICE_PORT_HTTP", "5432"),
            ("SERVICE_PORT_TCP_POSTGRESQL", "5432"),
            ("PORT", "tcp://10.0.0.1:5432"),
            ("PORT_5432_TCP", "tcp://10.0.0.1:5432"),
            ("PORT_5432_TCP_ADDR", "10.0.0.1"),
            ("PORT_5432_TCP_PORT", "5432"),
            ("PORT_53_UDP_PROTO", "udp"),
        ] {
            let name = format!("AGENDAD_{service}{name}");
            assert!(load("", &[(&name, value)]).is_ok(), "{name}");
        }
    }
    for (name, value) in [
        ("AGENDAD_PORTS", "1"),
        ("AGENDAD_PORT", "8787"),
        ("AGENDAD_HTTP_PORT", "8787"),
        ("AGENDAD_HTTP_LISTEN", "tcp://10.0.0.1:5432"),
        ("AGENDAD_SERVICE", "1"),
        ("AGENDAD_HTTP__SERVICE_PORT", "1"),
    ] {
        assert!(load("", &[(name, value)]).is_err(), "{name}");
    }
}

/// A setting that was called so would be passed over.
#[test]
fn no_setting_is_called_like_a_variable_of_a_service() {
    let built_in = layers::built_in().unwrap();
    let top = built_in.table.keys().map(String::as_str);
    for key in top.chain(secrets::KEYS) {
        for value in ["1", "tcp://10.0.0.1:5432"] {
            let name = layers::environment_name(key);
            let variables = std::iter::once((name.clone(), value.to_owned()));
            let layer = layers::environment(variables, &built_in.table);
            assert!(layer.is_err() || !layer.unwrap().table.is_empty(), "{name}");
        }
    }
}

/// An operator who follows the portal may have nothing but variables.
#[test]
fn a_header_of_a_column_is_a_text_or_a_list_whatever_the_default_is() {
    const COLUMNS: &str = "AGENDAD_PORTAL__PROFILE__COLUMNS";
    let headers = |variables: &[(&str, &str)], key: &str| {
        let config = load("", variables).unwrap_or_else(|error| panic!("{error}"));
        config.portal.profile.columns[key].all().to_vec()
    };
    let hora = format!("{COLUMNS}__HORA");
    assert_eq!(headers(&[(&hora, "Horário")], "hora"), ["Horário"]);
    assert_eq!(
        headers(&[(&hora, r#"["Hora", "Horário"]"#)], "hora"),
        ["Hora", "Horário"]
    );
    let email = format!("{COLUMNS}__EMAIL");
    assert_eq!(headers(&[(&email, "Correio")], "email"), ["Correio"]);
    assert_eq!(
        headers(&[(&email, "[sic] Correio")], "email"),
        ["[sic] Correio"]
    );
    let new = format!("{COLUMNS}__OBSERVACAO");
    assert_eq!(headers(&[(&new, "007")], "observacao"), ["007"]);

    let table = r#"{ hora = "Horário", email = ["Correio"] }"#;
    for variables in [&[(COLUMNS, table)][..], &[(COLUMNS, table), (&new, "x")]] {
        assert_eq!(headers(variables, "hora"), ["Horário"]);
        assert_eq!(headers(variables, "email"), ["Correio"]);
        assert_eq!(headers(variables, "cpf"), ["CPF"], "the others stay");
    }
    for variables in [
        [(COLUMNS, table), (hora.as_str(), "Às")],
        [(hora.as_str(), "Às"), (COLUMNS, table)],
    ] {
        assert_eq!(
            headers(&variables, "hora"),
            ["Às"],
            "the more exact one counts"
        );
    }
    for wrong in [
        "Horário",
        r#"{ hora = 7 }"#,
        "{ hora = ",
        r#"{ }
        x = 1"#,
    ] {
        assert!(load("", &[(COLUMNS, wrong)]).is_err(), "{wrong}");
    }
    assert!(load("", &[(&hora, "[7]")]).is_err());
    assert!(load("", &[(&hora, "")]).is_err(), "it is required");
}

#[test]
fn a_section_as_one_variable_is_what_it_is_in_a_file() {
    let config = load("", &[("AGENDAD_SCHEDULER", "{ workers = 3 }")]).unwrap();
    assert_eq!(config.scheduler.workers, 3);
    let text = refusal("", &[("AGENDAD_SCHEDULER", "{ wrokers = 3 }")]);
    assert!(text.contains("wrokers"), "{text}");
    let text = refusal("", &[("AGENDAD_VAULT", "{ key = [\"canary\"] }")]);
    assert!(
        text.contains("vault.key") && !text.contains("canary"),
        "{text}"
    );
    let text = refusal("", &[("AGENDAD_VAULT", "canary")]);
    assert!(
        text.contains("is a section") && !text.contains("canary"),
        "{text}"
    );
}

/// Each would be taken literally: a directory of that name, wherever the program was started.
#[test]
fn a_state_directory_that_cannot_be_meant_is_refused() {
    for wrong in [
        "",
        " ",
        "\"/srv/agendad\"",
        "'/srv/agendad'",
        "“/srv/agendad”",
        "/srv\n",
        "/srv\t/x",
        "\u{0}",
    ] {
        let text = refusal("", &[("AGENDAD_STATE_DIR", wrong)]);
        assert!(
            text.contains("state_dir is")
                && text.contains("/var/lib/agendad")
                && !text.contains(char::is_control),
            "{text}"
        );
    }
    for good in [
        "/srv/agendad",
        "state",
        "./x",
        "/srv/dados da clínica",
        "/srv/d'água",
    ] {
        assert!(load("", &[("AGENDAD_STATE_DIR", good)]).is_ok(), "{good}");
    }
}
