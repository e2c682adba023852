//! `agendad setup` on a terminal, which is that of `script`.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::cli::program::{Place, Said, say};

const PASSWORD: &str = "tres gatos e um cao";

/// On a terminal, with everything typed ahead: it is the terminal that echoes it, passwords included.
async fn at_terminal(place: &Place, typed: &str) -> Said {
    say(on_terminal(place), typed).await
}

fn on_terminal(place: &Place) -> Command {
    let plain = place.command(&["setup"]);
    let mut command = Command::new("script");
    let line = format!("exec {} setup", env!("CARGO_BIN_EXE_agendad"));
    command
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .env_clear();
    for (name, value) in plain.as_std().get_envs() {
        command.env(name, value.unwrap());
    }
    command
        .env("LANG", "pt_BR.UTF-8")
        .env("NO_COLOR", "1")
        .current_dir(place.state.path());
    command
}

/// Wherever a line of the terminal ended.
fn flat(out: &str) -> String {
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn without_a_terminal_it_names_the_commands_that_do_the_same() {
    let place = Place::new(1).await;
    for (lang, words) in [
        ("pt_BR.UTF-8", "pergunta num terminal"),
        ("C", "asks at a terminal"),
    ] {
        let mut command = place.command(&["setup"]);
        command.env("LANG", lang);
        let said = say(command, "").await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(
            said.err.contains(words) && said.err.contains("agendad users add"),
            "{said:?}"
        );
        for setting in [
            "portal.user_agent",
            "windows",
            "alerts.email.host",
            "http.public_url",
        ] {
            let command = format!("agendad config set {setting}");
            assert!(said.err.contains(&command), "{command}: {said:?}");
        }
    }
    place.close().await;
}

#[tokio::test]
async fn it_asks_step_after_step_tests_the_login_and_asks_nothing_twice() {
    let place = Place::new(1).await;
    let examiner = place.simulator.examiners()[0].clone();
    // An operator whose first password is too short; then the end of what is typed: the rest is for later.
    let typed = format!("Ana Souza\nana\nAna Souza\ncurta\ncurta\n{PASSWORD}\n{PASSWORD}\n\n");
    let said = at_terminal(&place, &typed).await;
    assert_eq!(said.code, 0, "{said:?}");
    for words in [
        "Não serve",
        "de 10 letras ou mais",
        "menos de",
        "ana: acrescentado",
        "Fica para depois",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    // The examiner, with a slip, and their login tried at once.
    let typed = format!(
        "\nPerita Um\n111.111.111-12\n{}\n\nterca quarta\n{}\n\n",
        examiner.cpf, examiner.senha
    );
    let said = at_terminal(&place, &typed).await;
    assert_eq!(said.code, 0, "{said:?}");
    for words in [
        "O CPF não está certo",
        "o portal aceitou",
        "hoje e os próximos 3 dias: a cada 15 minutos",
        "Por onde avisar?",
        "vault.key",
        "Endereço para outras máquinas: opcional",
        "Faltam 2 passos.",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let said = at_terminal(&place, "").await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("1 perito") && !said.out.contains("CPF:"),
        "{}",
        said.out
    );
    for (count, n) in [
        (
            "SELECT count(*) FROM agendad_people WHERE role = 'operador' AND login = 'ana'",
            1,
        ),
        (
            "SELECT count(*) FROM configuracoes_detran WHERE dias_trabalho = '[\"terca\",\"quarta\"]' AND credencial_aceita_em IS NOT NULL",
            1,
        ),
        (
            "SELECT count(*) FROM agendad_audit WHERE action IN ('people.add', 'users.add') AND actor LIKE 'cli:%'",
            2,
        ),
    ] {
        assert_eq!(place.sql_count(count).await, n, "{count}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_login_that_was_declined_is_not_tried() {
    // In words, and by the end of what is typed.
    for declined in ["NÃO\n", ""] {
        let place = Place::new(1).await;
        let examiner = place.simulator.examiners()[0].clone();
        // Neither operator nor contact.
        let typed = format!(
            "\n\nPerita Um\n{}\n\nterca\n{}\n{declined}",
            examiner.cpf, examiner.senha
        );
        let said = at_terminal(&place, &typed).await;
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("Testar agora?"), "{}", said.out);
        assert_eq!(place.simulator.stats().passwords, 0, "{declined:?}");
        place.close().await;
    }
}

/// Reads until it says this.
async fn until_said(said: &mut (impl AsyncRead + Unpin), words: &str) {
    let mut all = Vec::new();
    while !String::from_utf8_lossy(&all).contains(words) {
        let read = said.read_buf(&mut all).await.unwrap();
        assert_ne!(read, 0, "{words}: {}", String::from_utf8_lossy(&all));
    }
}

#[tokio::test]
async fn the_first_interrupt_ends_it_at_a_question_and_what_is_done_stays() {
    // In the place of a name, and in that of a password, which the terminal does not show.
    for (typed, question) in [
        ("", "maria.silva): "),
        ("ana\nAna Souza\n", "não aparece): "),
    ] {
        let place = Place::new(1).await;
        let mut command = on_terminal(&place);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut setup = command.kill_on_drop(true).spawn().unwrap();
        let (mut stdin, mut stdout) = (setup.stdin.take().unwrap(), setup.stdout.take().unwrap());
        stdin.write_all(typed.as_bytes()).await.unwrap();
        until_said(&mut stdout, question).await;
        stdin.write_all(b"\x03").await.unwrap();
        until_said(&mut stdout, "Interrompido. O que já está pronto fica").await;
        assert_eq!(setup.wait().await.unwrap().code(), Some(3), "{question}");
        place.close().await;
    }
}

#[tokio::test]
async fn contact_readings_alerts_and_address_are_asked_and_kept_as_the_browser_keeps_them() {
    let place = Place::new(1).await;
    // Neither operator nor examiner; the contact of the example first; every ten minutes of the day, and another window
    // once a day; a mail server that is not there, and then no other; an address with a path that would move the pages.
    let typed = "\noperador@example.com\nclinica@example.com\n\n\
                 s\n\n10m\n6-20\n4-9\n06:30\n\n\
                 1\n127.0.0.1\n9\nnone\n\n\nagendad@example.com\nana@example.com\nn\n\
                 https://agenda.example.org/outro\nhttps://agenda.example.org\n";
    let said = at_terminal(&place, typed).await;
    assert_eq!(said.code, 0, "{said:?}");
    for words in [
        "é o do exemplo que vem com o programa",
        "não recebeu a mensagem",
        "Corrigir e tentar de novo?",
        "Este endereço tem outro caminho",
        "Contato da clínica: pronto",
        "Quem é avisado: falta",
        "a última mensagem não chegou: a conexão foi recusada (detalhe: ",
        "Endereço para outras máquinas: pronto",
        "Operador com nome próprio: falta",
        "Faltam 3 passos.",
    ] {
        assert!(flat(&said.out).contains(words), "{words}: {}", said.out);
    }
    let kept = place.json(&["config", "show"]).await;
    for (key, value) in [
        ("portal.user_agent", "mailto:clinica@example.com"),
        ("windows", "0 */10 6-20 * * *"),
        ("windows", "0 30 6 * * *"),
        ("alerts.email.to", "ana@example.com"),
        ("http.public_url", "https://agenda.example.org"),
    ] {
        let shown = kept[key]["value"].to_string();
        assert!(shown.contains(value), "{key}: {shown}");
    }
    assert_eq!(
        place
            .sql_count("SELECT count(*) FROM agendad_audit WHERE action = 'settings.change' AND actor LIKE 'cli:%'")
            .await,
        4
    );
    // It is shown, and not asked again; nothing changes.
    let again = at_terminal(&place, "").await;
    assert_eq!(again.code, 0, "{again:?}");
    for words in [
        "clinica@example.com",
        "a cada 10 minutos, das 06:00 às 20:59",
        "uma vez por dia, às 06:30",
        "Mudar? [s/N]",
        "Enviar uma mensagem de teste?",
        // Known by whoever looks later, too.
        "e-mail para ana@example.com: a última mensagem não chegou: ",
    ] {
        assert!(flat(&again.out).contains(words), "{words}: {}", again.out);
    }
    for nothing in ["E-mail da clínica:", "INFO"] {
        assert!(!again.out.contains(nothing), "{nothing}: {}", again.out);
    }
    place.close().await;
}

#[tokio::test]
async fn what_is_typed_wrong_is_asked_for_again_and_what_is_set_can_be_taken_away() {
    let place = Place::new(1).await;
    // No operator, no contact, no examiner, the same readings; a mail server with a port that is none and a protection
    // that is none, and a login; no message corrected; no address.
    let typed = "\n\n\n\n\
                 1\n127.0.0.1\nmuitas\n\n9\nproteger\nNenhuma\nana\nsegredo\nagendad@example.com\nana@example.com\nn\n\n";
    let said = at_terminal(&place, typed).await;
    assert_eq!(said.code, 0, "{said:?}");
    for words in [
        "do que está pronto só se pergunta se muda",
        "  3  nenhuma (só nesta máquina)",
        "Um número da lista.",
        "um hífen (-) tira o que há",
        "Proteção [STARTTLS (de costume)]",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(!said.out.contains("Porta [muitas]"), "{}", said.out);
    let later = said.out.split("Contato da clínica: falta").nth(1).unwrap();
    let later = later.split("Peritos: falta").next().unwrap();
    assert!(later.contains("Fica para depois"), "{later}");
    let shown = async || {
        let kept = place.json(&["config", "show"]).await;
        ["security", "port", "username", "password"].map(|key| {
            let value = &kept[&format!("alerts.email.{key}")]["value"];
            value.to_string().replace(['"', '\\'], "")
        })
    };
    assert_eq!(shown().await, ["none", "9", "(hidden)", "(hidden)"]);

    let typed = "\n\n\n\ns\n1\n\n\n1\n-\n-\n\n\nn\n\n";
    let said = at_terminal(&place, typed).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("Proteção [nenhuma (só nesta máquina)]"),
        "{}",
        said.out
    );
    assert_eq!(shown().await, ["starttls", "9", "(not set)", "(not set)"]);
    place.close().await;
}
