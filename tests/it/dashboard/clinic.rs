//! The clinic's day, as somebody who receives the candidates uses it.

use agendad::simulator::{BookingRequest, Fault, FaultKind, Place};
use chrono::Datelike;

use super::{WHOLE_CPF, guarded};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world, world_with};
use crate::support::World;

/// Somebody who comes today, to the first examiner.
async fn comes_today(world: &World) -> String {
    let mut request = BookingRequest::on(world.app.syncer.clock.today());
    request.nome = Some("MARIA DAS DORES D'ÁVILA E SILVA".to_owned());
    let booking = world.simulator.book(0, request).unwrap();
    let sql = "UPDATE agenda_slots SET payload = payload || '{\"telefone\": \"2345-6789 / (19) 98765--4321\",
               \"email\": \"maria@example.com\"}' WHERE payload ->> 'nome' LIKE 'MARIA DAS DORES%'";
    world.sync(0).await;
    world.sync(1).await;
    assert_eq!(world.execute(sql).await, 1);
    booking.cpf
}

#[tokio::test]
async fn the_page_shows_who_comes_today_over_all_examiners_with_what_is_needed_to_reach_them() {
    let world = world_with(2, |config| config.appointments.area_code = "11".to_owned()).await;
    let cpf = comes_today(&world).await;
    let today = world.app.syncer.clock.today();
    let slots = format!("SELECT count(*) FROM agenda_slots WHERE is_current AND data = '{today}'");
    let slots = world.count(&slots).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = browser.get("/agenda").await;
        assert_eq!(page.status, 200);
        guarded(&page);
        for part in [
            "Agenda do dia",
            "Maria das Dores D'Ávila e Silva",
            r#"<a href="tel:+5519987654321">(19) 98765-4321</a> <a href="tel:+551123456789">(11) 2345-6789</a>"#,
            r#"href="mailto:maria@example.com""#,
            &format!("{slots} horário"),
        ] {
            assert!(page.html.contains(part), "{part}: {}", page.html);
        }
        assert!(!WHOLE_CPF(&page.html), "{}", page.html);
        assert!(page.html.len() < 60_000, "{}", page.html.len());
        assert_eq!(page.html.matches("<th scope=\"row\">").count(), usize::try_from(slots).unwrap().min(40));

        let (typed, part) = page.html.split_once(&format!(r#"<div id="day" data-refresh="15" data-until="{today}">"#)).unwrap();
        assert!(part.contains("Maria das Dores") && !part.contains("<form"), "{part}");
        assert!(typed.contains("name=\"busca\""), "{typed}");
        for still in ["?busca=silva", "?mudancas=1", "?imprimir=lista"] {
            let html = browser.get(&format!("/agenda{still}")).await.html;
            assert!(!html.contains("data-refresh"), "{still}: {html}");
        }

        let digits: String = cpf.chars().filter(char::is_ascii_digit).collect();
        for search in ["silva+maria", "D%C3%81VILA", &digits, "19+98765-4321"] {
            for query in [format!("busca={search}"), format!("busca={search}&imprimir=lista")] {
                let page = browser.get(&format!("/agenda?{query}")).await;
                assert!(page.html.contains("Maria das Dores"), "{query}: {}", page.html);
            }
        }
        let nobody = browser.get("/agenda?busca=zzzz").await.html;
        assert!(nobody.contains("Nenhum candidato assim"), "{nobody}");
        let little = browser.get("/agenda?busca=z").await.html;
        assert!(little.contains("ao menos duas letras"), "{little}");
        let of_other = browser.get(&format!("/agenda?perito={}", world.users[1])).await.html;
        assert!(!of_other.contains("Maria das Dores"), "{of_other}");
        let mut changed = String::new();
        for page in 1..=5 {
            let html = browser.get(&format!("/agenda?mudancas=1&pagina={page}")).await.html;
            assert!(html.contains("desde ontem") && html.len() < 60_000, "{html}");
            changed += &html;
        }
        assert!(changed.contains("Maria das Dores"), "{changed}");
        for odd in ["?de=x&ate=%00&pagina=-1&perito=%27&ordem=zz", "?de=2026-01-01&ate=9999-01-01", "?imprimir=lista&pagina=99"] {
            let page = browser.get(&format!("/agenda{odd}")).await;
            assert_eq!(page.status, 200, "{odd}");
        }
    })
    .await;
    world.close().await;
}

/// What an address says in vain.
const DOUBT: &str = "<p class=\"notice bad\" role=\"alert\">";

#[tokio::test]
async fn who_is_looked_for_by_common_words_is_shown_of_the_latest_days_and_then_of_all() {
    let world = world(1).await;
    // On so many days that they are not looked through at first.
    let sql = "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
        SELECT 1, date '2090-12-31' - 4 * n, '08:00', n, jsonb_build_object('nome',
               CASE WHEN n IN (0, 4000) THEN 'ANA LIMA' WHEN n % 2 = 0 THEN 'ANA REIS' ELSE 'RUI LIMA' END), 1
        FROM generate_series(0, 4000) n";
    assert_eq!(world.execute(sql).await, 4_001);
    // What was just written is else looked through by each look.
    world.execute("VACUUM agenda_slots").await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let at_first = browser.get("/agenda?busca=ana+lima").await.html;
        assert!(at_first.contains("Procurado de "), "{at_first}");
        assert_eq!(at_first.matches("Ana Lima").count(), 1, "{at_first}");
        let link = "/agenda?busca=ana+lima&amp;tudo=1";
        assert!(at_first.contains(&format!("href=\"{link}\"")), "{at_first}");
        let all = browser.get(&link.replace("&amp;", "&")).await.html;
        assert_eq!(all.matches("Ana Lima").count(), 2, "{all}");
        assert!(!all.contains("Procurado de "), "{all}");
        let nobody = browser.get("/agenda?busca=ana+rui").await.html;
        assert!(
            nobody.contains("Ninguém com estas palavras inteiras de "),
            "{nobody}"
        );
        assert!(nobody.contains("busca=ana+rui&amp;tudo=1"), "{nobody}");
        let second = browser.get("/agenda?busca=ana+lima&pagina=2").await.html;
        assert!(
            second.contains("Ver do começo") && !second.contains("Ninguém"),
            "{second}"
        );
        let nobody = browser.get("/agenda?busca=ana+rui&tudo=1").await.html;
        assert!(
            nobody.contains("Nenhum candidato assim foi lido"),
            "{nobody}"
        );
        let file = browser
            .get("/agenda/planilha.csv?busca=ana+lima")
            .await
            .html;
        assert_eq!(
            file.matches("Ana Lima").count(),
            2,
            "a file has all: {file}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn what_is_not_understood_of_an_address_is_said_and_no_file_is_made_of_it() {
    let world = world(2).await;
    comes_today(&world).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for (query, said) in [
            ("de=31/11", "“31/11” não é um dia"),
            ("de=hoje&ate=2026-02-30", "“2026-02-30” não é um dia"),
            ("mudancas=1&desde=nunca", "“nunca” não é um dia"),
            ("perito=zzz", "Nenhum perito tem o nome ou o número “zzz”"),
            ("perito=1,99999", "“99999”"),
            ("busca=maria&perito=zzz", "“zzz”"),
        ] {
            let is_of_days = !query.contains("mudancas") && !query.contains("busca");
            let prints = if is_of_days {
                &["", "&imprimir=lista"][..]
            } else {
                &[""]
            };
            for print in prints {
                let html = browser.get(&format!("/agenda?{query}{print}")).await.html;
                assert!(
                    html.matches(DOUBT).count() == 1 && html.contains(said),
                    "{query}{print}: {html}"
                );
            }
            let file = browser.get(&format!("/agenda/planilha.csv?{query}")).await;
            let to = file.headers["location"].to_str().unwrap();
            assert!(
                file.status == 303 && to.starts_with("/agenda?"),
                "{query}: {to}"
            );
            assert!(browser.get(to).await.html.contains(said), "{to}");
        }
        let nobody = browser.get("/agenda?perito=zzz").await.html;
        assert!(!nobody.contains("Nenhum horário"), "{nobody}");
        let exports = "SELECT count(*) FROM agendad_audit WHERE action = 'agenda.export'";
        assert_eq!(world.count(exports).await, 0);

        let (long, last) = ("de=2026-11-01&ate=2027-03-01", "aqui, até 01/01/2027");
        for address in [
            "/agenda?",
            "/agenda?imprimir=lista&",
            "/agenda/planilha.csv?",
        ] {
            let html = browser.get(&format!("{address}{long}")).await.html;
            assert!(html.contains(last), "{address}: {html}");
        }
        let known = browser
            .get(&format!(
                "/agenda?de=amanh%C3%A3&perito=%23{}",
                world.users[0]
            ))
            .await
            .html;
        assert!(!known.contains(DOUBT), "{known}");
        let late = browser.get("/agenda?pagina=99").await.html;
        assert!(
            !late.contains("Nenhum horário") && late.contains("Ver do começo"),
            "{late}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn what_changed_is_shown_since_any_evening_with_old_and_new_and_the_way_to_the_telephones() {
    let world = world(1).await;
    world.sync(0).await;
    let today = world.app.syncer.clock.today();
    let [older, friday] = [9, 3].map(|days| today - chrono::Days::new(days));
    let aged =
        |day: chrono::NaiveDate| format!("UPDATE agenda_slot_changes SET at = '{day} 23:00Z'");
    world.execute(&aged(older)).await;
    world
        .execute(&format!(
            "UPDATE agenda_slot_changes SET at = '{friday} 23:30Z', kind = 'changed',
             fields = '{{\"tipo_processo\": {{\"old\": \"Renovação\", \"new\": \"Adição\"}}}}'
             WHERE id = (SELECT min(id) FROM agenda_slot_changes)"
        ))
        .await;
    let changes = world
        .count("SELECT count(*) FROM agenda_slot_changes")
        .await;
    let changes = usize::try_from(changes).unwrap();
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let rows = |html: &str| html.matches("<td class=\"who\">").count();
        let since_yesterday = browser.get("/agenda?mudancas=1").await.html;
        assert!(
            since_yesterday.contains("O que mudou desde ontem às 18:00"),
            "{since_yesterday}"
        );
        assert_eq!(rows(&since_yesterday), 0);
        let html = browser
            .get(&format!("/agenda?mudancas=1&desde={friday}"))
            .await
            .html;
        let year = if friday.year() == today.year() {
            ""
        } else {
            "/%Y"
        };
        let title = friday.format(&format!("%d/%m{year} às 18:00")).to_string();
        assert!(html.contains(&title), "{title}: {html}");
        assert_eq!(rows(&html), 1);
        assert!(
            html.contains("<del>Renovação</del>") && html.contains("href=\"/agenda?busca="),
            "{html}"
        );
        let html = browser
            .get(&format!("/agenda?mudancas=1&desde={older}"))
            .await
            .html;
        assert_eq!(rows(&html), changes.min(100));
        // Of a day that is still to come nothing can have changed since.
        let html = browser
            .get("/agenda?mudancas=1&desde=amanh%C3%A3")
            .await
            .html;
        assert!(html.contains("desde ontem às 18:00"), "{html}");
        let csv = browser
            .get(&format!("/agenda/planilha.csv?mudancas=1&desde={friday}"))
            .await
            .html;
        assert_eq!(csv.lines().count(), 2, "{csv}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_day_without_slots_says_whether_it_is_empty_or_unread() {
    let world = world(2).await;
    world.sync(0).await;
    world.sync(1).await;
    let layout = Fault::always(FaultKind::Layout).at(Place::Result);
    world.simulator.inject(layout);
    world.sync(1).await;
    let today = world.app.syncer.clock.today();
    let to = today + chrono::Days::new(14);
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let html = browser
            .get(&format!("/agenda?de={today}&ate={to}"))
            .await
            .html;
        for words in ["vazio, lido às", "não lido desde", "o portal mudou"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(html.len() < 60_000, "{}", html.len());
        for (user, words) in [
            (world.users[0], "vazio, lido às"),
            (world.users[1], "o portal mudou"),
        ] {
            let html = browser.get(&format!("/peritos/{user}")).await.html;
            assert!(html.contains(words), "{words}: {html}");
        }
        // A file says it too.
        let csv = browser
            .get(&format!(
                "/agenda/planilha.csv?de={today}&ate={to}&csv=plain"
            ))
            .await
            .html;
        assert!(
            csv.contains("\"vazio, lido às") && csv.contains("o portal mudou"),
            "{csv}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn who_was_not_read_is_said_above_every_page_of_the_list_and_on_their_own_sheet() {
    let world = world(2).await;
    world.sync(0).await;
    world.sync(1).await;
    let layout = Fault::always(FaultKind::Layout).at(Place::Result);
    world.simulator.inject(layout);
    world.sync(1).await;
    let today = world.app.syncer.clock.today();
    let [read, unread] = [world.users[0], world.users[1]];
    for (user, slots) in [(read, 60), (unread, 1)] {
        let sql = format!(
            "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
             SELECT {user}, '{today}', '23:00', '{user}|' || n, '{{\"nome\": \"RUI LIMA\"}}', 1
             FROM generate_series(1, {slots}) n"
        );
        world.execute(&sql).await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for page in ["", "?pagina=2"] {
            let html = browser.get(&format!("/agenda{page}")).await.html;
            let (above, list) = html.split_once("<table").unwrap();
            for part in ["Não lidos: a lista pode estar errada", "o portal mudou"] {
                assert!(above.contains(part), "{page}: {part}: {above}");
                assert!(!list.contains(part), "{page}: {part}: {list}");
            }
            let is_own = above.contains(&format!("href=\"/peritos/{unread}\""));
            let of_other = above.contains(&format!("href=\"/peritos/{read}\""));
            assert!(is_own && !of_other, "{above}");
            assert!(html.len() < 60_000, "{}", html.len());
        }
        // On paper the head of each sheet says it.
        let heads = |html: &str| {
            let sheets = html.split("<section class=\"paper\">").skip(1);
            let heads = sheets.filter_map(|sheet| Some(sheet.split_once("<table")?.0.to_owned()));
            heads.collect::<Vec<_>>()
        };
        let each = heads(&browser.get("/agenda?imprimir=perito").await.html);
        assert_eq!(each.len(), 2, "{each:?}");
        let said = |words: &str| each.iter().filter(|head| head.contains(words)).count();
        assert_eq!(
            (said("dia lido às"), said("o portal mudou")),
            (1, 1),
            "{each:?}"
        );
        let list = heads(&browser.get("/agenda?imprimir=lista").await.html);
        assert!(
            list.len() == 1 && list[0].contains("o portal mudou"),
            "{list:?}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn every_view_is_a_file_too_and_each_file_is_recorded() {
    let world = world_with(2, |config| config.appointments.area_code = "11".to_owned()).await;
    let cpf = comes_today(&world).await;
    serving(&world, async |client: Client| {
        assert_eq!(Browser::of(&client).get("/agenda/planilha.csv").await.status, 303, "for operators");
        let mut browser = Browser::inside(&client).await;
        let csv = browser.get("/agenda/planilha.csv").await;
        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
        let name = csv.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"agenda-2"), "{name}");
        let (head, rows) = csv.html.trim_start_matches('\u{feff}').split_once("\r\n").unwrap();
        assert!(head.starts_with("Data;Hora;Candidato;Telefones;E-mail;Processo;"), "{head}");
        assert!(rows.contains(";Maria das Dores D'Ávila e Silva;(19) 98765-4321 / (11) 2345-6789;maria@example.com;"), "{rows}");
        assert!(!WHOLE_CPF(&csv.html));
        let with = browser.get("/agenda/planilha.csv?cpf=1&csv=plain&busca=silva+dores").await.html;
        assert!(with.contains(&cpf), "{with}");
        let changes = browser.get("/agenda/planilha.csv?mudancas=1").await.html;
        assert!(changes.contains("Maria das Dores"), "{changes}");
        let request = browser.request(reqwest::Method::GET, "/agenda/planilha.xlsx");
        let response = request.send().await.unwrap();
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(b"PK"), "a ZIP file");
        let recorded = "SELECT count(*) FROM agendad_audit WHERE action = 'agenda.export' AND actor = 'dashboard:operator'";
        assert_eq!(world.count(recorded).await, 4);
        let cpfs = format!("{recorded} AND details @> '{{\"cpfs\": true}}'");
        assert_eq!(world.count(&cpfs).await, 1);
        let looked_for = "SELECT count(*) FROM agendad_audit WHERE details::text LIKE '%silva%'";
        assert_eq!(world.count(looked_for).await, 0, "who is looked for is not written down");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn for_paper_there_is_a_page_for_each_day_and_examiner_with_the_moment_of_printing() {
    let world = world(2).await;
    comes_today(&world).await;
    let today = world.app.syncer.clock.today();
    let groups = format!(
        "SELECT count(DISTINCT usuario_id) FROM agenda_slots WHERE is_current AND data = '{today}'"
    );
    let groups = usize::try_from(world.count(&groups).await).unwrap();
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let list = browser.get("/agenda?imprimir=lista").await.html;
        let each = browser.get("/agenda?imprimir=perito").await.html;
        let sheets =
            |html: &str| html.matches("<h2>").count() - html.matches("<h2>Dias sem").count();
        assert_eq!((sheets(&list), sheets(&each)), (1, groups), "{each}");
        for html in [&list, &each] {
            let printed = today.format("impresso em %d/%m/%Y").to_string();
            assert!(html.contains(&printed) && html.len() < 60_000, "{html}");
            assert!(html.contains("Maria das Dores"), "{html}");
            let year = format!(" {}", today.year());
            let head = html
                .split("<h2>")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap();
            assert_eq!(head.matches(&year).count(), 1, "{head}");
        }
        // What the screen marks, paper marks.
        let of_others = "UPDATE agenda_slots SET data = '2199-12-31', ";
        for (change, mark) in [
            ("missing_since = now()", "(sumiu do portal, a confirmar)"),
            ("missing_since = NULL, status = 'booked'", "(realizado)"),
        ] {
            world
                .execute(&format!(
                    "{of_others} {change} WHERE payload ->> 'nome' LIKE 'MARIA DAS DORES%'"
                ))
                .await;
            let html = browser
                .get("/agenda?imprimir=lista&de=31/12/2199")
                .await
                .html;
            assert!(
                html.contains("Maria das Dores") && html.contains(mark),
                "{html}"
            );
            let head = html
                .split("<h2>")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap();
            assert_eq!(head.matches("2199").count(), 1, "{head}");
        }
    })
    .await;
    world.close().await;
}
