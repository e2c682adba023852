//! The calendar of an examiner, read by a parser of another make than the one that writes it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::BTreeMap;

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use reqwest::Method;
use serde_json::json;

use crate::dashboard::browser::Browser;
use crate::http::client::{Answer, Client, send, serving, world, world_with};

const CALENDAR: &str = "/api/detran/calendario";

/// An event as a phone sees it: UID → (start, status, sequence, summary).
type Events = BTreeMap<String, (i64, String, i64, String)>;

fn events(text: &str) -> Events {
    let calendar = ICalendar::parse(text).unwrap();
    let found = calendar.components.iter();
    found
        .filter(|component| component.component_type == ICalendarComponentType::VEvent)
        .map(|event| {
            let value = |property| &event.property(&property).unwrap().values[0];
            let start = value(ICalendarProperty::Dtstart)
                .as_partial_date_time()
                .unwrap();
            let start = start.to_date_time().unwrap();
            assert_eq!(start.offset.map(|o| o.local_minus_utc()), Some(0), "UTC");
            let told = (
                start.date_time.and_utc().timestamp(),
                format!("{:?}", event.status().unwrap()),
                value(ICalendarProperty::Sequence).as_integer().unwrap(),
                value(ICalendarProperty::Summary)
                    .as_text()
                    .unwrap()
                    .to_owned(),
            );
            (event.uid().unwrap().to_owned(), told)
        })
        .collect()
}

/// Where the calendar is found, by its whole address.
fn path(address: &str) -> String {
    address[address.find("/calendar/").unwrap()..].to_owned()
}

async fn make(client: &Client) -> String {
    let made = client.post(CALENDAR, &json!({})).await;
    assert_eq!(made.status, 201, "{made:?}");
    path(made.body["data"]["endereco"].as_str().unwrap())
}

async fn read(client: &Client, path: &str) -> Answer {
    client.get(path).await
}

async fn read_events(client: &Client, path: &str) -> Events {
    let answer = read(client, path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.headers["content-type"],
        "text/calendar; charset=utf-8"
    );
    events(answer.body.as_str().unwrap())
}

#[tokio::test]
async fn the_calendar_is_the_agenda_and_follows_it() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let path = make(&client.user(world.users[0])).await;
        let first = read_events(&client, &path).await;
        assert_eq!(first.len(), world.truth(0).len());
        let hours = "SELECT sum(extract(epoch FROM (data + hora) AT TIME ZONE 'America/Sao_Paulo'))::bigint FROM agenda_slots";
        let sum: i64 = first.values().map(|event| event.0).sum();
        assert_eq!(sum, world.count(hours).await);
        assert!(first.values().all(|event| event.1 == "Confirmed" && event.2 == 0));

        // A change keeps the UID, a removal cancels, and both raise the sequence.
        let today = world.app.syncer.clock.today();
        let bookings = world.simulator.agenda_between(0, today, today + chrono::Days::new(14));
        let key = bookings[0].key();
        world.simulator.cancel(0, &key).unwrap();
        world.sync(0).await;
        let second = read_events(&client, &path).await;
        assert!(first.keys().eq(second.keys()), "an event is missing or new");
        let changed: Vec<_> = second.iter().filter(|(uid, event)| first[*uid] != **event).collect();
        assert_eq!(changed.len(), 1, "{changed:?}");
        assert_eq!((changed[0].1.1.as_str(), changed[0].1.2), ("Cancelled", 1));
        assert!(changed[0].1.3.starts_with("CANCELADO: "), "{changed:?}");
        let text = read(&client, &path).await.body.as_str().unwrap().to_owned();
        assert_eq!(text.matches("TRANSP:TRANSPARENT").count(), 1, "{text}");
        // It leaves the calendar `calendar.days_back` after its removal.
        world.execute("UPDATE agenda_slots SET removed_at = now() - interval '29 days' WHERE NOT is_current").await;
        assert_eq!(read_events(&client, &path).await.len(), first.len());
        world.execute("UPDATE agenda_slots SET removed_at = now() - interval '31 days' WHERE NOT is_current").await;
        assert_eq!(read_events(&client, &path).await.len(), first.len() - 1);
        world.execute("UPDATE agenda_slots SET is_current = TRUE, status = 'available', removed_at = NULL WHERE NOT is_current").await;
        world.execute("INSERT INTO agenda_slot_changes (slot_id, kind) SELECT slot_id, 'reappeared' FROM agenda_slot_changes WHERE kind = 'removed'").await;
        let third = read_events(&client, &path).await;
        let back = &third[changed[0].0];
        assert_eq!((back.1.as_str(), back.2), ("Confirmed", 2));
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn whatever_a_name_holds_and_however_many_days_are_bare_each_line_is_a_line() {
    let world = world(1).await;
    let user = world.users[0];
    world
        .execute(&format!(
            "UPDATE usuarios SET nome = E'Dra. Ana; CRM 1, SP\\r\\nX-BAD:1\\\\' WHERE id = {user}"
        ))
        .await;
    serving(&world, async |client: Client| {
        let path = make(&client.user(user)).await;
        let body = read(&client, &path).await.body;
        let text = body.as_str().unwrap();
        let calendar = ICalendar::parse(text).unwrap();
        let texts = &calendar.components[0].entries;
        let said = |name: &str| -> Vec<&str> {
            let mine = texts.iter().filter(|entry| entry.name.as_str() == name);
            let values = mine.flat_map(|entry| &entry.values);
            values.filter_map(|value| value.as_text()).collect()
        };
        for name in ["NAME", "X-WR-CALNAME"] {
            assert_eq!(
                said(name),
                ["DETRAN – Dra. Ana; CRM 1, SP X-BAD:1\\"],
                "{text}"
            );
        }
        let days = said("X-WR-CALDESC");
        assert_eq!(days, said("DESCRIPTION"));
        assert!(days[0].lines().count() > 1, "{text}");
        let is_property = |line: &str| {
            let name = line.split([':', ';']).next().unwrap();
            name.len() < line.len() && name.chars().all(|c| c.is_ascii_uppercase() || c == '-')
        };
        for line in text.replace("\r\n ", "").split_terminator("\r\n") {
            assert!(is_property(line), "{line:?} in {text}");
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_calendar_says_first_names_and_processes_and_nothing_more() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let path = make(&client.user(world.users[0])).await;
        let text = read(&client, &path)
            .await
            .body
            .as_str()
            .unwrap()
            .replace("\r\n ", "");
        for line in world.truth(0) {
            let parts: Vec<&str> = line.split('|').collect();
            let digits: String = parts[3].chars().filter(char::is_ascii_digit).collect();
            let (first, surnames) = parts[4].split_once(' ').unwrap();
            for secret in [parts[3], &digits, surnames, parts[6]] {
                assert!(secret.is_empty() || !text.contains(secret), "{secret}");
            }
            assert!(text.to_uppercase().contains(&first.to_uppercase()));
            assert!(text.contains(parts[7]), "{}", parts[7]);
        }
        for uid in sqlx::query_scalar::<_, String>("SELECT external_uid FROM agenda_slots")
            .fetch_all(&world.database.pool)
            .await
            .unwrap()
        {
            assert!(!text.contains(&uid), "a CPF is hashed in it");
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_address_is_good_until_it_is_replaced_or_revoked() {
    let world = world(2).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let (mine, theirs) = (client.user(world.users[0]), client.user(world.users[1]));
        assert_eq!(mine.get(CALENDAR).await.body["data"]["ativo"], false);
        let old = make(&mine).await;
        assert_eq!(read(&client, &old).await.status, 200);
        let new = make(&mine).await;
        assert_eq!(read(&client, &old).await.status, 404);
        let shown = mine.get(CALENDAR).await.body;
        assert_eq!((&shown["data"]["ativo"], &shown["data"]["lidoEm"]), (&json!(true), &json!(null)));
        assert_eq!(read(&client, &new).await.status, 200);
        assert!(mine.get(CALENDAR).await.body["data"]["lidoEm"].is_string());
        let secret = new.trim_start_matches("/calendar/").trim_end_matches(".ics");
        assert!(!shown.to_string().contains(secret));
        let kept = "SELECT count(*) FROM agendad_calendars WHERE token_hash::text ~ 'x'";
        assert_eq!(world.count(kept).await, 1);

        // Not another's affair, and an address of nobody opens nothing.
        let named = format!("{CALENDAR}?usuarioId={}", world.users[0]);
        theirs.get(&named).await.expect(403, "forbidden");
        theirs.post(&named, &json!({})).await.expect(403, "forbidden");
        send(theirs.request(Method::DELETE, &named)).await.expect(403, "forbidden");
        for wrong in ["/calendar/x.ics", "/calendar/.ics", &new[..new.len() - 4], &new.replace(".ics", "A.ics"), "/calendar/..%2f..%2fetc%2fpasswd"] {
            assert_eq!(read(&client, wrong).await.status, 404, "{wrong}");
        }
        world.execute(&format!("UPDATE usuarios SET ativo = FALSE WHERE id = {}", world.users[0])).await;
        assert_eq!(read(&client, &new).await.status, 404);
        world.execute("UPDATE usuarios SET ativo = TRUE").await;

        let revoked = send(mine.request(Method::DELETE, CALENDAR)).await;
        assert_eq!(revoked.status, 204);
        assert_eq!(read(&client, &new).await.status, 404);
        send(mine.request(Method::DELETE, CALENDAR)).await.expect(404, "not_found");
        let audited = "SELECT count(*) FROM agendad_audit WHERE action IN ('calendar.make', 'calendar.revoke')";
        assert_eq!(world.count(audited).await, 3);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_phone_that_has_it_is_told_so() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let path = make(&client.user(world.users[0])).await;
        let first = read(&client, &path).await;
        assert_eq!(first.headers["cache-control"], "private, no-cache");
        let ask = || {
            client
                .request(Method::GET, &path)
                .header("if-none-match", &first.headers["etag"])
        };
        assert_eq!(send(ask()).await.status, 304);
        // A reading that changes nothing changes no byte.
        world.sync(0).await;
        assert_eq!(send(ask()).await.status, 304);
        world
            .execute("UPDATE agenda_slots SET hora = '23:59' WHERE id = 1")
            .await;
        assert_eq!(send(ask()).await.status, 200);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn calendars_can_be_switched_off() {
    let world = world_with(1, |config| config.calendar.enabled = false).await;
    serving(&world, async |client: Client| {
        let user = client.user(world.users[0]);
        user.post(CALENDAR, &json!({}))
            .await
            .expect(404, "not_found");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_dashboard_makes_shows_once_and_revokes() {
    let world = world_with(1, |config| {
        config.http.public_url = "https://agenda.example.org/".to_owned();
    })
    .await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let page = browser.press(user, "calendario").await;
        let (_, rest) = page
            .html
            .split_once("https://agenda.example.org/calendar/")
            .unwrap();
        let path = format!("/calendar/{}", rest.split('<').next().unwrap());
        assert_eq!(read(&client, &path).await.status, 200);
        let page = browser.get(&format!("/peritos/{user}")).await;
        assert!(!page.html.contains("/calendar/") && page.html.contains("Trocar endereço"));
        let page = browser.press(user, "calendario/revogar").await;
        assert_eq!(
            page.leads_to(),
            format!("/peritos/{user}?aviso=calendario-revogado")
        );
        assert_eq!(read(&client, &path).await.status, 404);
    })
    .await;
    world.close().await;
}
