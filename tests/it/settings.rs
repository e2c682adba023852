//! Settings made in the browser and by command: in force at once, kept, checked, written down under a name.

mod secrets;

use std::time::Duration;

use agendad::config::saved_settings::Sources;
use agendad::config::{Config, layers};
use agendad::domain::{Role, Window};

use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world, world_with};
use crate::staff::{PASSWORD, add, enter};
use crate::support::{World, eventually};

const LONG: Duration = Duration::from_secs(40);

/// What the form of a part of the page would send as it is.
pub(crate) fn form(html: &str, part: &str) -> Vec<(String, String)> {
    let start = format!("<section id=\"{part}\"");
    let (_, rest) = html.split_once(&start).unwrap();
    let rest = rest.split("</section>").next().unwrap();
    let form = rest.split("<form").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(
            rest.split('"')
                .next()?
                .replace("&quot;", "\"")
                .replace("&amp;", "&"),
        )
    };
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        if tag.starts_with("input")
            && !tag.contains("type=\"checkbox\"")
            && !tag.contains(" disabled")
        {
            let value = attribute(tag, "value").unwrap_or_default();
            fields.push((attribute(tag, "name").unwrap(), value));
        } else if tag.starts_with("select") && !tag.contains(" disabled") {
            fields.push((attribute(tag, "name").unwrap(), String::new()));
        } else if tag.starts_with("option") && tag.ends_with(" selected") {
            fields.last_mut().unwrap().1 = attribute(tag, "value").unwrap();
        }
    }
    fields
}

/// Sends a part with some fields changed.
pub(crate) async fn save(browser: &mut Browser, part: &str, changes: &[(&str, &str)]) -> Page {
    let page = browser.get("/ajustes").await;
    send(browser, &page, part, changes).await
}

/// The same from a page that was loaded before.
async fn send(browser: &mut Browser, page: &Page, part: &str, changes: &[(&str, &str)]) -> Page {
    let mut fields = form(&page.html, part);
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    browser.send("/ajustes", &fields).await
}

pub(crate) async fn ana(world: &World, client: &Client) -> Browser {
    if world.count("SELECT count(*) FROM agendad_people").await == 0 {
        add(world, "ana", Role::Operator, None).await;
    }
    let mut browser = Browser::of(client);
    enter(&mut browser, "ana", PASSWORD).await;
    browser
}

#[tokio::test]
async fn what_an_operator_sets_is_in_force_at_once_kept_and_written_down_under_their_name() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let page = browser.get("/ajustes").await;
        assert_eq!(page.status, 200);
        assert!(
            page.html
                .contains("hoje e os próximos 3 dias: a cada 15 minutos"),
            "{}",
            page.html
        );
        // As it is, nothing would change, whatever the part.
        for part in [
            "contato", "leitura", "email", "slack", "ntfy", "telegram", "webhook", "peritos",
            "backup", "endereco",
        ] {
            let same = save(&mut browser, part, &[]).await;
            assert_eq!(
                same.leads_to(),
                format!("/ajustes?aviso=nothing&parte={part}#{part}"),
                "{}",
                same.html
            );
        }
        for (part, changes) in [
            (
                "peritos",
                vec![("tomorrow.hour", "18:15"), ("changes.enabled", "false")],
            ),
            ("contato", vec![("contato", "clinica@example.com")]),
            ("backup", vec![("backup.at", "01:45")]),
            (
                "endereco",
                vec![("http.public_url", "https://agenda.example.org")],
            ),
            (
                "leitura",
                vec![
                    ("j0.ritmo", "10m"),
                    ("j0.das", "6"),
                    ("j0.as", "20"),
                    ("j1.tirar", "1"),
                    ("j2.de", "4"),
                    ("j2.ate", "9"),
                    ("j2.ritmo", "dia"),
                    ("j2.hora", "06:30"),
                ],
            ),
        ] {
            let saved = save(&mut browser, part, &changes).await;
            assert_eq!(
                saved.leads_to(),
                format!("/ajustes?aviso=saved&parte={part}#{part}"),
                "{}",
                saved.html
            );
        }
        let page = browser.get("/ajustes?aviso=saved").await.html;
        for shown in [
            "Salvo, e já vale.",
            "hoje e os próximos 3 dias: a cada 10 minutos, das 06:00 às 20:59",
            "do 4º ao 9º dia depois de hoje: uma vez por dia, às 06:30",
            "clinica@example.com",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        // What became of a part is told beside it.
        let page = browser.get("/ajustes?aviso=saved&parte=backup").await.html;
        let place = |part: &str| page.find(&format!("<section id=\"{part}\"")).unwrap();
        let told = page.find("Salvo, e já vale.").unwrap();
        assert!(
            (place("backup")..place("endereco")).contains(&told),
            "{page}"
        );
    })
    .await;
    let config = world.app.config();
    assert_eq!(config.tomorrow.hour, "18:15");
    assert!(!config.changes.enabled);
    assert_eq!(config.backup.at, "01:45");
    assert_eq!(config.http.public_url, "https://agenda.example.org");
    assert!(
        config
            .portal
            .user_agent
            .contains("+mailto:clinica@example.com)")
    );
    let crons: Vec<&str> = config
        .windows
        .iter()
        .map(|window| window.cron.as_str())
        .collect();
    assert_eq!(crons, ["0 */10 6-20 * * *", "0 30 6 * * *"]);
    assert_eq!(config.http.listen, "127.0.0.1:0", "the rest is as it was");
    // After a restart too.
    let again = Config::from_sources(config.sources.clone()).unwrap();
    assert_eq!(
        (again.tomorrow.hour.as_str(), again.windows.len()),
        ("18:15", 2)
    );
    let noted = "SELECT count(*) FROM agendad_audit WHERE actor = 'dashboard:ana' AND action = 'settings.change'";
    assert_eq!(world.count(noted).await, 5);
    world.close().await;
}

#[tokio::test]
async fn a_wrong_value_is_refused_with_the_sentence_of_the_check_and_changes_nothing() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let many: Vec<(String, String)> = (0..2)
            .flat_map(|at| [(format!("j{at}.tirar"), "1".to_owned())])
            .collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        for (part, changes, said) in [
            (
                "peritos",
                vec![("tomorrow.hour", "25h")],
                "<code>tomorrow.hour</code> é &quot;25h&quot;; dê uma hora como &quot;19:00&quot;",
            ),
            (
                "email",
                vec![("alerts.email.host", "mail.example.com")],
                "está vazio, embora alerts.email.host esteja configurado",
            ),
            (
                "email",
                vec![("alerts.email.port", "many")],
                "<code>alerts.email.port</code> tem de ser um número inteiro",
            ),
            (
                "slack",
                vec![("alerts.slack.webhook", "http://example.com/canary")],
                "tem de começar com https://",
            ),
            (
                "ntfy",
                vec![("alerts.ntfy.url", "https://ntfy.example.com/")],
                "<code>alerts.ntfy.url</code> não indica um tópico",
            ),
            (
                "webhook",
                vec![
                    ("alerts.webhook.url", "https://example.com/canary"),
                    ("alerts.webhook.secret", "canary"),
                ],
                "<code>alerts.webhook.secret</code> não é um segredo de assinatura",
            ),
            (
                "webhook",
                vec![("alerts.webhook.url", "https://example.com/canary")],
                "andam juntos",
            ),
            (
                "contato",
                vec![("contato", "clínica")],
                "Não é um endereço de e-mail",
            ),
            (
                "endereco",
                vec![("http.public_url", "https://example.org/outro")],
                "mudariam de lugar",
            ),
            ("leitura", vec![("j0.de", "hoje")], "Dias são números"),
            (
                "leitura",
                vec![("j0.das", "20"), ("j0.as", "6")],
                "As horas não se entendem",
            ),
            (
                "leitura",
                vec![("j0.de", "9")],
                "não são um período dentro de um ano",
            ),
            ("leitura", many, "nada seria lido"),
        ] {
            let page = save(&mut browser, part, &changes).await;
            assert_eq!(page.status, 422, "{part}: {page:?}");
            assert!(page.html.contains(said), "{said}: {}", page.html);
            assert!(!page.html.contains("canary"), "{}", page.html);
        }
        // What was typed stays, to be mended.
        let page = save(&mut browser, "backup", &[("backup.at", "às três")]).await;
        assert!(page.html.contains("value=\"às três\""), "{}", page.html);
        let page = browser
            .send(
                "/ajustes",
                &[("token", &page.token()), ("parte", "state_dir")],
            )
            .await;
        assert_eq!(page.leads_to(), "/ajustes", "no such part");
    })
    .await;
    assert!(!world.state.path().join("settings.toml").exists());
    assert_eq!(world.app.config().tomorrow.hour, "19:00");
    world.close().await;
}

#[tokio::test]
async fn windows_that_the_form_could_not_have_made_are_kept() {
    let many = 14;
    let world = world_with(1, |config| {
        let window = config.windows.remove(0);
        let windows = (0..many).map(|at| Window {
            name: format!("w{at}"),
            from_day: at,
            to_day: at,
            ..window.clone()
        });
        config.windows = windows.collect();
    })
    .await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let same = save(&mut browser, "leitura", &[]).await;
        assert!(same.leads_to().contains("nothing"), "{}", same.html);
        let saved = save(&mut browser, "leitura", &[("j13.ritmo", "10m")]).await;
        assert!(saved.leads_to().contains("saved"), "{}", saved.html);
    })
    .await;
    let windows = world.app.config().windows.clone();
    assert_eq!(windows.len(), usize::from(many));
    assert_eq!(windows[13].cron, "0 */10 * * * *");
    world.close().await;
}

/// As if the environment set that; what follows from it in other settings, the caller copies.
fn fix(config: &mut Config, variable: &str, value: &str) -> Config {
    let mut all = config.sources.layers().unwrap();
    let variable = (variable.to_owned(), value.to_owned());
    let environment = layers::environment([variable].into_iter(), &all[0].table);
    all.push(environment.unwrap());
    let fixed = Config::from_sources(Sources::Given(all)).unwrap();
    (config.saved, config.sources) = (fixed.saved.clone(), fixed.sources.clone());
    fixed
}

#[tokio::test]
async fn what_the_environment_fixes_is_shown_with_its_name_and_stays() {
    let world = world_with(1, |config| {
        let fixed = fix(config, "AGENDAD_TOMORROW__HOUR", "20:00");
        config.tomorrow.hour.clone_from(&fixed.tomorrow.hour);
    })
    .await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let page = browser.get("/ajustes").await.html;
        assert!(
            page.contains("fixado por <code>AGENDAD_TOMORROW__HOUR</code>"),
            "{page}"
        );
        assert!(
            form(&page, "peritos")
                .iter()
                .all(|(name, _)| name != "tomorrow.hour")
        );
        let changes = [("tomorrow.hour", "18:00"), ("changes.quiet_from", "20:30")];
        let saved = save(&mut browser, "peritos", &changes).await;
        assert!(saved.leads_to().contains("saved"), "{}", saved.html);
    })
    .await;
    let config = world.app.config();
    assert_eq!(config.tomorrow.hour, "20:00");
    assert_eq!(config.changes.quiet_from, "20:30");
    world.close().await;
}

#[tokio::test]
async fn two_operators_with_the_page_open_lose_nothing() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let old = browser.get("/ajustes").await;
        save(&mut browser, "backup", &[("backup.at", "01:45")]).await;
        let page = send(&mut browser, &old, "peritos", &[("tomorrow.hour", "18:15")]).await;
        assert_eq!(page.status, 422);
        assert!(
            page.html.contains("Alguém mudou os ajustes"),
            "{}",
            page.html
        );
        save(&mut browser, "peritos", &[("tomorrow.hour", "18:15")]).await;
    })
    .await;
    let config = world.app.config();
    assert_eq!(
        (config.backup.at.as_str(), config.tomorrow.hour.as_str()),
        ("01:45", "18:15")
    );
    world.close().await;
}

#[tokio::test]
async fn a_running_daemon_takes_up_what_a_command_sets_and_damage_is_said() {
    let world = World::new(1).await;
    let program = world.program();
    let run = async |args: &[&str]| program.run(args).await;
    let mut daemon = program.start(&["run"]);
    let ready = async || program.log().contains("agendad").then_some(());
    eventually("a daemon", LONG, ready).await;

    let set = run(&["config", "set", "tomorrow.hour", "18:15"]).await;
    assert_eq!(set.code, Some(0), "{set:?}");
    let to = run(&[
        "config",
        "set",
        "alerts.email.to",
        "a@example.com, b@example.com",
    ])
    .await;
    assert_eq!(to.code, Some(0), "{to:?}");
    let canary = "https://hooks.example.com/canary";
    let secret = program
        .run_with_input(&["config", "set", "alerts.slack.webhook"], canary)
        .await;
    assert_eq!(secret.code, Some(0), "{secret:?}");
    let taken = async || {
        let log = program.log();
        let times = log
            .matches("settings made in the browser or by command are in force")
            .count();
        (times >= 1 && log.contains("alerts.slack.webhook")).then_some(())
    };
    eventually("settings in force", LONG, taken).await;

    for (args, said) in [
        (
            vec!["config", "set", "tomorrow.hour", "25h"],
            "give a time such as",
        ),
        (
            vec!["config", "set", "state_dir", "/x"],
            "is not set by this command",
        ),
        (
            vec!["config", "set", "alerts.slack.webhook", canary],
            "is a secret",
        ),
        (
            vec!["config", "set", "http.public_url"],
            "the value is missing",
        ),
    ] {
        let refused = run(&args).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(
            refused.err.contains(said) && !refused.err.contains("canary"),
            "{refused:?}"
        );
    }
    let shown = run(&["config", "show", "--json"]).await.json();
    assert_eq!(shown["tomorrow.hour"]["value"], "\"18:15\"");
    assert!(
        shown["tomorrow.hour"]["from"]
            .as_str()
            .unwrap()
            .ends_with("settings.toml")
    );
    assert_eq!(shown["alerts.slack.webhook"]["value"], "(hidden)");

    let fixing = program.clone().env("AGENDAD_TOMORROW__HOUR", "20:00");
    let refused = fixing
        .run(&["config", "set", "tomorrow.hour", "18:00"])
        .await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("fixed by AGENDAD_TOMORROW__HOUR"),
        "{refused:?}"
    );

    let unset = run(&["config", "unset", "tomorrow.hour"]).await;
    assert_eq!(unset.code, Some(0), "{unset:?}");
    let shown = run(&["config", "show", "--json"]).await.json();
    assert_eq!(shown["tomorrow.hour"]["from"], "built-in defaults");
    let noted = "SELECT count(*) FROM agendad_audit WHERE actor LIKE 'cli:%' AND action = 'settings.change'";
    assert_eq!(world.count(noted).await, 4);
    let checked = run(&["check", "--offline"]).await;
    assert!(checked.out.contains("settings.toml"), "{checked:?}");

    daemon.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    assert!(!program.log().contains("canary"));
    let file = world.state.path().join("settings.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() - 5]).unwrap();
    let refused = run(&["run"]).await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("is damaged or was edited by hand"),
        "{refused:?}"
    );
    world.close().await;
}
