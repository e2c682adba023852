//! The control address, and the simulator's own life.

use std::net::SocketAddr;
use std::time::Duration;

use agendad_domain::clock::Clock;
use agendad_simulator::{Booking, Simulator, SimulatorConfig};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stranger::{ENTRY, Stranger, browser, config, start};

async fn ask(simulator: &Simulator, method: Method, path: &str, body: Value) -> (u16, Value) {
    let url = simulator.control_url().join(path).unwrap();
    let mut request = browser(false).request(method, url);
    if !body.is_null() {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn get(simulator: &Simulator, path: &str) -> Value {
    let (status, answer) = ask(simulator, Method::GET, path, Value::Null).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

async fn post(simulator: &Simulator, path: &str, body: Value) -> Value {
    let (status, answer) = ask(simulator, Method::POST, path, body).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn truth_over_http_is_the_truth() {
    let simulator = start(config()).await;
    let examiners = get(&simulator, "/examiners").await;
    let second = &simulator.examiners()[1];
    assert_eq!(examiners[1]["cpf"], second.cpf);
    assert_eq!(examiners[1]["senha"], second.senha);
    assert_eq!(examiners[1]["units"][0]["code"], simulator.units(1)[0].code);

    let read = |value: &Value| serde_json::from_value::<Vec<Booking>>(value.clone()).unwrap();
    assert_eq!(
        read(&get(&simulator, "/agenda/1").await),
        simulator.agenda(1)
    );
    let days = "from=2026-11-25&to=2026-11-27";
    let [from, to] = ["2026-11-25", "2026-11-27"].map(|day| day.parse().unwrap());
    let some = get(&simulator, &format!("/agenda/1?{days}")).await;
    assert_eq!(read(&some), simulator.agenda_between(1, from, to));
    let all = get(&simulator, &format!("/agenda?{days}")).await;
    assert_eq!(all.as_array().unwrap().len(), 10);
    for (index, one) in all.as_array().unwrap().iter().enumerate() {
        assert_eq!(one["index"], index);
        assert_eq!(
            read(&one["bookings"]),
            simulator.agenda_between(index, from, to)
        );
    }
}

#[tokio::test]
async fn a_day_can_be_set_over_http() {
    let simulator = start(config()).await;
    let unit = simulator.units(0)[0].code;
    let path = format!("/agenda/0/{unit}/2026-11-30");
    let day = json!([{"nome": "A B", "hour": "10:00"}, {"hour": "09:00"}]);
    let (status, set) = ask(&simulator, Method::PUT, &path, day).await;
    assert_eq!(
        (status, &set[0]["nome"], &set[1]["hour"]),
        (200, &json!("A B"), &json!("09:00"))
    );
    let date = "2026-11-30".parse().unwrap();
    assert_eq!(simulator.agenda_between(0, date, date).len(), 2);
}

#[tokio::test]
async fn mistakes_are_answered_with_a_sentence() {
    let simulator = start(config()).await;
    for (method, path, body, status, sentence) in [
        (
            Method::GET,
            "/agenda/99",
            Value::Null,
            404,
            "there is no examiner 99",
        ),
        (
            Method::PUT,
            "/agenda/0/7/2026-11-25",
            json!([]),
            404,
            "does not work in unit \"7\"",
        ),
        (
            Method::PUT,
            "/agenda/0/7/2026-11-25",
            json!([{"hour": "10h"}]),
            422,
            "is not an hour",
        ),
        (
            Method::PUT,
            "/examiners/0/senha",
            json!({}),
            422,
            "missing field `senha`",
        ),
        (
            Method::POST,
            "/faults",
            json!({"faults": "explode"}),
            422,
            "unknown kind",
        ),
        (
            Method::POST,
            "/faults",
            json!({"faults": "reset@moon"}),
            422,
            "unknown place",
        ),
        (
            Method::PUT,
            "/examiners/99/senha",
            json!({"senha": "x"}),
            404,
            "no examiner 99",
        ),
    ] {
        let (answered, answer) = ask(&simulator, method, path, body).await;
        assert_eq!(answered, status, "{path}: {answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(sentence),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn faults_are_levers_too() {
    let simulator = start(config()).await;
    let answer = post(
        &simulator,
        "/faults",
        json!({"faults": "500:5%,captcha@login#3:1"}),
    )
    .await;
    assert_eq!(answer, json!({"ids": [1, 2]}));
    assert_eq!(
        get(&simulator, "/faults").await,
        json!([
            {"id": 1, "fault": "500:5%", "struck": 0},
            {"id": 2, "fault": "captcha@login#3:1", "struck": 0}
        ])
    );
    ask(&simulator, Method::DELETE, "/faults", Value::Null).await;
    assert_eq!(get(&simulator, "/faults").await, json!([]));
}

#[tokio::test]
async fn sessions_passwords_and_counts_are_reached_over_http() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[2];
    let person = Stranger::at(&simulator);
    person.log_in(examiner).await;
    let sessions = get(&simulator, "/sessions").await;
    let unit = simulator.units(2)[0].code;
    assert_eq!(
        (
            &sessions[0]["examiner"],
            &sessions[0]["by"],
            &sessions[0]["unit"]
        ),
        (&json!(2), &json!("client"), &json!(unit))
    );
    let nobody = json!({"examiner": 1});
    assert_eq!(
        post(&simulator, "/sessions/expire", nobody).await,
        json!({"expired": 0})
    );
    assert_eq!(get(&simulator, "/stats").await["sessions_alive"], 1);
    assert_eq!(
        post(&simulator, "/sessions/expire", Value::Null).await,
        json!({"expired": 1})
    );
    let new = json!({"senha": "Nova-3"});
    let (status, _) = ask(&simulator, Method::PUT, "/examiners/2/senha", new).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let person = Stranger::at(&simulator);
    assert!(
        !person
            .try_log_in(&examiner.cpf, &examiner.senha)
            .await
            .errors()
            .is_empty()
    );
    assert!(person.try_log_in(&examiner.cpf, "Nova-3").await.is_in());
    let stats = get(&simulator, "/stats").await;
    assert_eq!(stats["by_kind"]["login"], 3);
    assert_eq!(
        stats["examiners"]["2"],
        json!({"requests": 3, "passwords": 3, "logins": 2, "forced": 0, "in_use": 0,
               "login_refusals": 1, "requests_max": 1})
    );
}

#[tokio::test]
async fn churn_lives_until_it_is_held() {
    let mut config = config();
    config.churn = Some(Duration::from_millis(1));
    let simulator = start(config).await;
    let mut events = simulator.subscribe();
    for _ in 0..20 {
        events.recv().await.unwrap();
    }
    simulator.quiesce();
    let (held, before) = (simulator.stats().agenda_events, simulator.agenda(0));
    for _ in 0..20 {
        assert_eq!(get(&simulator, "/stats").await["agenda_events"], held);
    }
    assert_eq!(simulator.agenda(0), before);

    let mut events = simulator.subscribe();
    simulator.set_churn(Duration::from_millis(2));
    events.recv().await.unwrap();
}

#[tokio::test]
async fn stopping_closes_every_connection_and_frees_the_addresses() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    person.get(ENTRY).await;
    get(&simulator, "/stats").await;
    let address = |url: url::Url| -> SocketAddr {
        format!("127.0.0.1:{}", url.port().unwrap())
            .parse()
            .unwrap()
    };
    let (portal, control) = (
        address(simulator.portal_url()),
        address(simulator.control_url()),
    );
    simulator.stop().await;
    assert!(person.try_get(ENTRY).await.is_err());
    Simulator::start(config(), portal, control).await.unwrap();
}

#[tokio::test]
async fn dropping_stops_too() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    drop(simulator);
    while person.try_get(ENTRY).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_impossible_configuration_is_refused_in_a_sentence() {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let clock = || Clock::system(chrono_tz::America::Sao_Paulo);
    for (config, sentence) in [
        (
            SimulatorConfig {
                examiners: 0,
                ..SimulatorConfig::new(clock())
            },
            "at least 1",
        ),
        (
            SimulatorConfig {
                slots_per_day: (5, 4),
                ..SimulatorConfig::new(clock())
            },
            "5 to 4",
        ),
        (
            SimulatorConfig {
                empty_day_ratio: 1.5,
                ..SimulatorConfig::new(clock())
            },
            "between 0 and 1",
        ),
        (
            SimulatorConfig {
                units: 0,
                ..SimulatorConfig::new(clock())
            },
            "units must be",
        ),
    ] {
        let error = Simulator::start(config, any, any).await.err().unwrap();
        assert!(error.to_string().contains(sentence), "{error}");
    }
}

#[tokio::test]
async fn ten_thousand_examiners_start_at_once_and_cost_little_until_asked_for() {
    let mut config = config();
    config.examiners = 10_000;
    let simulator = start(config).await;
    let last = &simulator.examiners()[9_999];
    let person = Stranger::at(&simulator);
    person.log_in(last).await;
    let unit = simulator.units(9_999)[0].code;
    let day = simulator.agenda(9_999)[0].date;
    assert!(person.result(last, unit, day).await.contains("Resultado"));
    let all = get(&simulator, "/agenda?from=2026-11-24&to=2026-11-24").await;
    assert_eq!(all.as_array().unwrap().len(), 10_000);
}
