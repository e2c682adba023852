//! Each endpoint, tried by each role. What is expected is written out here; which endpoints there are, the program says.

use std::collections::BTreeSet;
use std::path::Path;

use agendad::domain::Role;
use agendad::webhooks::NewAddress;
use reqwest::Method;

use super::{add, session};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, OPERATOR, serving, world};
use crate::support::World;

// What comes of it: `in`; `403`; `404`, as if there were nothing; `home`, led to where they begin.
// Columns: reception, operator, the examiner whom the address names, another examiner.
const ALL: [&str; 4] = ["in", "in", "in", "in"];
const STAFF_OR_SELF: [&str; 4] = ["in", "in", "in", "404"];
const OPERATOR_OR_SELF: [&str; 4] = ["403", "in", "in", "404"];
const OPERATORS: [&str; 4] = ["403", "in", "403", "403"];
const OVERVIEW: [&str; 4] = ["home", "in", "home", "home"];

/// What is expected of each.
const EXPECTED: &[(&str, &str, [&str; 4])] = &[
    ("POST", "/sair", ALL),
    ("GET", "/contato", ALL),
    ("GET", "/conta", ALL),
    ("POST", "/conta/senha", ALL),
    ("POST", "/conta/sessoes", ALL),
    ("GET", "/agenda", ALL),
    ("GET", "/agenda/planilha.csv", ALL),
    ("GET", "/agenda/planilha.xlsx", ALL),
    ("GET", "/peritos/{id}", STAFF_OR_SELF),
    ("POST", "/peritos/{id}/cpf", STAFF_OR_SELF),
    ("POST", "/peritos/{id}/sincronizar", STAFF_OR_SELF),
    ("GET", "/peritos/{id}/andamento/{run}", STAFF_OR_SELF),
    ("POST", "/peritos/{id}/calendario", OPERATOR_OR_SELF),
    ("POST", "/peritos/{id}/emails", OPERATOR_OR_SELF),
    ("POST", "/peritos/{id}/calendario/revogar", OPERATOR_OR_SELF),
    ("GET", "/novo-perito", OPERATORS),
    ("POST", "/novo-perito", OPERATORS),
    ("GET", "/verificar", OPERATORS),
    ("POST", "/verificar", OPERATORS),
    ("GET", "/importar", OPERATORS),
    ("POST", "/importar", OPERATORS),
    ("GET", "/importar/modelo.csv", OPERATORS),
    ("POST", "/importar/confirmar", OPERATORS),
    ("GET", "/peritos/{id}/editar", OPERATORS),
    ("POST", "/peritos/{id}/editar", OPERATORS),
    ("GET", "/peritos/{id}/remover", OPERATORS),
    ("POST", "/peritos/{id}/remover", OPERATORS),
    ("POST", "/peritos/{id}/senha", OPERATORS),
    ("POST", "/peritos/{id}/dias", OPERATORS),
    ("POST", "/peritos/{id}/ligar", OPERATORS),
    ("POST", "/peritos/{id}/desligar", OPERATORS),
    ("GET", "/comecar", OPERATORS),
    ("POST", "/comecar/teste", OPERATORS),
    ("POST", "/peritos/{id}/pausar", OPERATORS),
    ("GET", "/peritos/{id}/retomar", OPERATORS),
    ("POST", "/peritos/{id}/retomar", OPERATORS),
    ("POST", "/peritos/{id}/retomar/mesma-senha", OPERATORS),
    ("GET", "/", OVERVIEW),
    ("GET", "/execucoes/{id}", OPERATORS),
    ("GET", "/evidencias/{name}", OPERATORS),
    ("GET", "/leituras", OPERATORS),
    ("GET", "/alertas", OPERATORS),
    ("GET", "/historico", OPERATORS),
    ("GET", "/auditoria", OPERATORS),
    ("POST", "/alertas/reter", OPERATORS),
    ("POST", "/alertas/manutencao", OPERATORS),
    ("POST", "/alertas/soltar", OPERATORS),
    ("GET", "/webhooks", OPERATORS),
    ("POST", "/webhooks", OPERATORS),
    ("GET", "/webhooks/{id}", OPERATORS),
    ("POST", "/webhooks/{id}/segredo", OPERATORS),
    ("POST", "/webhooks/{id}/desligar", OPERATORS),
    ("POST", "/webhooks/{id}/ligar", OPERATORS),
    ("POST", "/webhooks/{id}/teste", OPERATORS),
    ("POST", "/webhooks/{id}/reenviar", OPERATORS),
    ("GET", "/webhooks/{id}/remover", OPERATORS),
    ("POST", "/webhooks/{id}/remover", OPERATORS),
    ("GET", "/ajustes", OPERATORS),
    ("POST", "/ajustes", OPERATORS),
    ("POST", "/ajustes/teste", OPERATORS),
    ("GET", "/pessoas", OPERATORS),
    ("POST", "/pessoas", OPERATORS),
    ("GET", "/pessoas/{id}", OPERATORS),
    ("POST", "/pessoas/{id}/papel", OPERATORS),
    ("POST", "/pessoas/{id}/senha", OPERATORS),
    ("POST", "/pessoas/{id}/desativar", OPERATORS),
    ("POST", "/pessoas/{id}/ativar", OPERATORS),
    ("POST", "/pessoas/{id}/sessoes", OPERATORS),
    ("GET", "/pessoas/{id}/remover", OPERATORS),
    ("POST", "/pessoas/{id}/remover", OPERATORS),
];

/// Where nobody has to log in, and why.
const OPEN: &[(&str, &str)] = &[
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/openapi.json"),
    ("GET", "/calendar/{file}"),
    ("GET", "/planilha/{file}"),
    ("GET", "/assets/{file}"),
    ("GET", "/entrar"),
    ("POST", "/entrar"),
    ("GET", "/primeiro-acesso"),
    ("POST", "/primeiro-acesso"),
];

/// What a path means here.
struct Scene {
    user: i32,
    run: i64,
    person: i32,
    webhook: i32,
}

impl Scene {
    fn path(&self, endpoint: &str) -> String {
        let id = match endpoint.split('/').nth(1) {
            Some("peritos") => self.user.to_string(),
            Some("execucoes") => self.run.to_string(),
            Some("pessoas") => self.person.to_string(),
            Some("webhooks") => self.webhook.to_string(),
            _ => String::new(),
        };
        endpoint
            .replace("{id}", &id)
            .replace("{run}", &self.run.to_string())
            .replace("{name}", "kept.html")
    }
}

/// Somewhere else, where nobody listens.
async fn webhook(world: &World) -> i32 {
    let new = NewAddress {
        url: "http://127.0.0.1:1/",
        label: "",
        usuario_ids: &[],
        kinds: &[],
        allow_private: true,
    };
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    // Those of before are of no use any more, and there may be only so many.
    world.execute("DELETE FROM agendad_webhooks").await;
    agendad::webhooks::add(store, vault, &new, "test")
        .await
        .unwrap()
        .0
}

fn told(page: &crate::dashboard::browser::Page) -> &'static str {
    match page.status.as_u16() {
        200 | 422 => "in",
        303 if page.leads_to().starts_with("/entrar?para") => "login",
        303 => "in",
        401 => "login",
        403 => "403",
        404 => "404",
        _ => "?",
    }
}

#[tokio::test]
async fn each_endpoint_admits_the_roles_that_are_written_here_and_no_other() {
    let world = world(2).await;
    for index in 0..2 {
        world.sync(index).await;
    }
    let evidence = world.state.path().join("evidence");
    std::fs::create_dir_all(&evidence).unwrap();
    std::fs::write(evidence.join("kept.html"), "kept").unwrap();
    let (mine, theirs) = (world.users[0], world.users[1]);
    let people = [
        add(&world, "recepcao.1", Role::Reception, None).await,
        add(&world, "operador.1", Role::Operator, None).await,
        add(&world, "perita.1", Role::Examiner, Some(mine)).await,
        add(&world, "perito.2", Role::Examiner, Some(theirs)).await,
    ];
    let run = "SELECT max(id) FROM agenda_sync_runs WHERE usuario_id = ";
    let run = world.count(&format!("{run}{mine}")).await;
    serving(&world, async |client: Client| {
        let mut wrong = Vec::new();
        for (method, endpoint, expected) in EXPECTED {
            for (person, expected) in people.into_iter().zip(expected) {
                // Somebody else, for whom nothing is lost.
                let somebody = format!(
                    "alguem.{}",
                    world.count("SELECT count(*) FROM agendad_audit").await
                );
                let scene = Scene {
                    user: mine,
                    run,
                    person: add(&world, &somebody, Role::Reception, None).await,
                    webhook: webhook(&world).await,
                };
                let path = scene.path(endpoint);
                let mut browser = Browser::of(&client);
                let (cookie, form) = session(&world, person).await;
                browser.cookies.insert("agendad".to_owned(), cookie);
                let page = if *method == "GET" {
                    browser.get(&path).await
                } else if *endpoint == "/importar" {
                    browser.upload(&path, &form, b"").await
                } else {
                    browser.send(&path, &[("token", &form)]).await
                };
                let is_home =
                    *endpoint == "/" && page.status == 303 && page.leads_to() != "/entrar";
                let came = if is_home { "home" } else { told(&page) };
                if came != *expected {
                    wrong.push(format!(
                        "{method} {path} by {person}: {came}, not {expected}: {page:?}"
                    ));
                }
                // Without the form's token nothing is done, whoever asks.
                if *method == "POST" && came == "in" {
                    let (cookie, _) = session(&world, person).await;
                    browser.cookies.insert("agendad".to_owned(), cookie);
                    let page = browser.send(&path, &[("token", "x")]).await;
                    if page.status != 403 {
                        wrong.push(format!("{method} {path} without a token: {}", page.status));
                    }
                }
            }
            let mut nobody = Browser::of(&client);
            let scene = Scene {
                user: mine,
                run,
                person: people[0],
                webhook: 0,
            };
            let path = scene.path(endpoint);
            let page = if *method == "GET" {
                nobody.get(&path).await
            } else {
                nobody.send(&path, &[]).await
            };
            if told(&page) != "login" {
                wrong.push(format!("{method} {path} by nobody: {page:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
    // What reception and examiners did, by what was written down.
    let acts: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT action FROM agendad_audit WHERE actor LIKE 'dashboard:recepcao%' OR actor LIKE 'dashboard:perit%' ORDER BY 1",
    )
    .fetch_all(&world.database.pool)
    .await
    .unwrap();
    let allowed = [
        "agenda.export",
        "calendar.make",
        "calendar.revoke",
        "cpf.show",
        "people.log-out",
        "sync",
    ];
    assert!(
        acts.iter().all(|act| allowed.contains(&act.as_str())),
        "{acts:?}"
    );
    assert!(acts.contains(&"cpf.show".to_owned()), "{acts:?}");
    world.close().await;
}

#[test]
fn what_is_expected_is_written_for_every_endpoint_there_is() {
    let mut endpoints = BTreeSet::new();
    for (method, path, who) in agendad::http::endpoints() {
        assert!(endpoints.insert((method, path)), "{method} {path} twice");
        let open = OPEN.contains(&(method, path));
        let by_token = path.starts_with("/api/detran/");
        let by_person = EXPECTED.iter().any(|(m, p, _)| (*m, *p) == (method, path));
        let known = match who.as_str() {
            "Everybody" => open,
            "Token" => by_token,
            _ => by_person,
        };
        assert!(known, "{method} {path} for {who}");
    }
    for (method, path, _) in EXPECTED {
        assert!(
            endpoints.contains(&(*method, *path)),
            "{method} {path} is no endpoint"
        );
    }
}

/// A route that is not in the table is for nobody; that is found here, and not by whoever misses it.
#[test]
fn every_route_is_in_the_table_of_endpoints() {
    let mut routes = BTreeSet::new();
    for room in ["src/api", "src/dashboard", "src/http"] {
        read(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(room),
            &mut routes,
        );
    }
    let endpoints: BTreeSet<(String, String)> = agendad::http::endpoints()
        .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(routes, endpoints);
}

/// Collects `.route("/x", get(…).post(…))` and `#[utoipa::path(get, path = "/x"`.
fn read(dir: &Path, routes: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, routes);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let quoted = |text: &str| text.split('"').nth(1).unwrap().to_owned();
        for part in text.split(".route(").skip(1) {
            let part = part.split(".route").next().unwrap();
            let part = part.split(".merge").next().unwrap();
            for method in ["get", "post", "put", "delete"] {
                if part.contains(&format!("{method}(")) {
                    routes.insert((method.to_uppercase(), quoted(part)));
                }
            }
        }
        for part in text.split("#[utoipa::path(").skip(1) {
            let (method, rest) = part.split_once(',').unwrap();
            let (_, rest) = rest.split_once("path = ").unwrap();
            // A secret address is described with its ending, and routed above without it.
            if !quoted(rest).contains("{token}.") {
                routes.insert((method.trim().to_uppercase(), quoted(rest)));
            }
        }
    }
}

#[tokio::test]
async fn an_examiner_sees_their_own_candidates_and_nobody_elses_by_whatever_address() {
    let world = world(2).await;
    for index in 0..2 {
        world.sync(index).await;
    }
    let (mine, theirs) = (world.users[0], world.users[1]);
    let perita = add(&world, "perita", Role::Examiner, Some(mine)).await;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let (cookie, _) = session(&world, perita).await;
        browser.cookies.insert("agendad".to_owned(), cookie);
        let field = |index: usize, n: usize| {
            let lines = world.truth(index);
            let fields = lines
                .iter()
                .map(move |line| line.split('|').nth(n).unwrap().to_owned());
            fields.collect::<BTreeSet<String>>()
        };
        let (own, others): (BTreeSet<_>, BTreeSet<_>) = (field(0, 3), field(1, 3));
        let days = "de=hoje&ate=2099-01-01";
        let name = world.truth(1)[0].split('|').nth(4).unwrap().to_owned();
        let search: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let mut seen = BTreeSet::new();
        for query in [
            days.to_owned(),
            format!("{days}&perito={theirs}"),
            format!("{days}&perito={mine}&perito={theirs}&ordem=perito"),
            format!("busca={search}"),
            format!("busca={search}&perito={theirs}"),
            format!("mudancas=1&perito={theirs}"),
            format!("{days}&imprimir=perito&perito={theirs}"),
        ] {
            let file = browser
                .get(&format!("/agenda/planilha.csv?cpf=1&{query}"))
                .await;
            // Of somebody whom they do not know there is no file; the page says why.
            let is_of_others = query.contains(&format!("perito={theirs}"));
            let status = if is_of_others { 303 } else { 200 };
            assert_eq!(file.status, status, "{query}");
            let page = browser.get(&format!("/agenda?{query}")).await;
            assert_eq!(page.status, 200, "{query}");
            for cpf in &others {
                assert!(!file.html.contains(cpf), "{query}");
            }
            let nome = world.simulator.examiners()[1].nome.clone();
            let shown = agendad::domain::text::title_case(&nome);
            assert!(!page.html.contains(&shown), "{query}: {}", page.html);
            seen.extend(own.iter().filter(|cpf| file.html.contains(*cpf)).cloned());
        }
        assert!(!seen.is_empty(), "their own are shown, CPF and all");
        // Not even whether there is somebody.
        let other = browser.get(&format!("/peritos/{theirs}")).await;
        let nobody = browser.get("/peritos/999999").await;
        assert_eq!(
            (other.status, nobody.status),
            (404.try_into().unwrap(), 404.try_into().unwrap())
        );
        let without_time = |html: &str| html.split("<footer>").next().unwrap().to_owned();
        let (a, b) = (without_time(&other.html), without_time(&nobody.html));
        assert_eq!(a, b);
        let page = browser.get(&format!("/peritos/{mine}")).await;
        assert_eq!(page.status, 200);
        for hidden in ["/execucoes/", "/leituras", "/pausar", "href=\"/pessoas"] {
            assert!(!page.html.contains(hidden), "{hidden}");
        }
        assert!(page.html.contains("/calendario"));
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_person_is_no_program_and_a_program_no_person() {
    let world = world(1).await;
    let operator = add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let (cookie, _) = session(&world, operator).await;
        browser.cookies.insert("agendad".to_owned(), cookie.clone());
        assert_eq!(browser.get("/api/detran/slots").await.status, 401);
        let token = cookie.strip_prefix("p1.").unwrap();
        client
            .with(token)
            .get("/api/detran/slots")
            .await
            .expect(401, "token");
        // The key goes on for programs, and opens no page.
        assert_eq!(client.operator().get("/api/detran/slots").await.status, 200);
        let mut other = Browser::of(&client);
        let bearer = other.request(Method::GET, "/agenda").bearer_auth(OPERATOR);
        let page = other.load(bearer).await;
        assert_eq!(told(&page), "login");
        for method in [
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::TRACE,
        ] {
            let request = browser.request(method.clone(), "/pessoas");
            assert_eq!(browser.load(request).await.status, 405, "{method}");
        }
        let head = browser.request(Method::HEAD, "/pessoas");
        assert_eq!(browser.load(head).await.status, 200);
    })
    .await;
    world.close().await;
}
