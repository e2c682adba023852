//! The search itself.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::domain::FailureKind;
use agendad::simulator::parse_faults;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Mutex;

use crate::canaries::{Canaries, Hoard};
use crate::daemon::Daemon;
use crate::program::{Place, say};
use crate::support::{clock, eventually};

const OPERATOR: &str = "canary-operator-token-5f1d0c";
const SECRET: &str = "canary-jwt-secret-8a7b6c5d4e3f2a1b";
const DATABASE_PASSWORD: &str = "canary-database-password";
const REDIS_PASSWORD: &str = "canary-redis-password";
const WEBHOOK_TOKEN: &str = "canary-webhook-token-0b3e";
const MAIL_USER: &str = "canary-mail-user";
const MAIL_PASSWORD: &str = "canary-mail-password";
const KEY_BYTES: [u8; 32] = *b"canary-vault-key-canary-vault-ke";

/// Every way in which the simulator can misbehave.
const FAULTS: [&str; 27] = [
    "500",
    "503=1",
    "429=1",
    "404",
    "latency=2s",
    "truncated",
    "cut",
    "slow=200",
    "reset",
    "expired",
    "wrong-password",
    "blocked",
    "captcha@login",
    "captcha@result",
    "maintenance",
    "layout",
    "layout@result",
    "layout@login",
    "empty-table",
    "wrong-date",
    "duplicate-rows",
    "malformed-rows",
    "redirect-loop",
    "foreign-redirect",
    "meta-refresh",
    "oversized=300000",
    "gzip-bomb=300000",
];

/// Fast windows, short patience.
const CONFIG: &str = r#"
windows = [
    { name = "near", from_day = 0, to_day = 3, cron = "*/30 * * * * *" },
    { name = "far", from_day = 4, to_day = 8, cron = "*/30 * * * * *" },
]
[scheduler]
splay = "0s"
busy_delay = "200ms"
[retry]
max_retries = 1
min_delay = "10ms"
max_delay = "20ms"
[portal]
request_timeout = "400ms"
max_body_bytes = 200_000
[portal.breaker]
failures = 0
[portal.evidence]
max_files = 1000
"#;

#[tokio::test]
async fn nothing_that_leaves_the_program_betrays_a_secret_or_a_person() {
    let place = Place::new(3).await;
    let mut canaries = Canaries::default();
    for index in 0..3 {
        // With signs that every encoding writes differently.
        let senha = format!("canary senha/{index}&ç=%+\"'");
        place.simulator.set_password(index, &senha).unwrap();
        canaries.secret("a portal password", &senha);
    }
    know(&place, &mut canaries);
    std::fs::write(place.state.path().join("config.toml"), CONFIG).unwrap();

    let mut hoard = Hoard::default();
    let users = add(&place, &mut hoard).await;
    let calendar = calendar_address(&place, users[1], &mut canaries, &mut hoard).await;
    for format in ["json", "pretty"] {
        let mut command = leaky(&place, &["run"]);
        command.env("AGENDAD_LOG__FORMAT", format);
        let daemon = Daemon::start(command).await;
        let client = Client::new(&daemon.address, &mut canaries, users[0]);
        if format == "json" {
            client.everything(&place, &users, &mut hoard).await;
            client.calendar(&calendar, &mut hoard).await;
            commands(&place, &users, &mut hoard).await;
        } else {
            client.some(&users, &mut hoard).await;
        }
        hoard.trace(format!("the daemon's {format} log"), daemon.stop().await);
    }
    refusals_to_start(&place, &mut hoard).await;
    kept(&place, &mut hoard).await;

    there_was_something_to_find(&hoard);
    let found = canaries.found(&hoard);
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
    place.close().await;
}

/// All that must not be said.
fn know(place: &Place, canaries: &mut Canaries) {
    canaries.secret("the operator token", OPERATOR);
    canaries.secret("the JWT secret", SECRET);
    canaries.secret("the database's password", DATABASE_PASSWORD);
    canaries.secret("the password of Redis", REDIS_PASSWORD);
    canaries.secret("the webhook's or the heartbeat's address", WEBHOOK_TOKEN);
    canaries.secret("the mail server's user", MAIL_USER);
    canaries.secret("the mail server's password", MAIL_PASSWORD);
    canaries.secret("the vault's key", std::str::from_utf8(&KEY_BYTES).unwrap());
    canaries.secret("a session cookie", ".gefor1");
    for (index, examiner) in place.simulator.examiners().iter().enumerate() {
        canaries.cpf("an examiner's CPF", &examiner.cpf);
        for booking in place.simulator.agenda(index) {
            canaries.cpf("a candidate's CPF", &booking.cpf);
            canaries.personal("a candidate's name", &booking.nome);
            canaries.personal("a candidate's e-mail", &booking.email);
            for phone in booking.telefone.split('/') {
                canaries.personal("a candidate's telephone", phone.trim());
            }
        }
    }
}

/// A command whose every secret is a canary, at trace level.
fn leaky(place: &Place, args: &[&str]) -> Command {
    let mut command = place.command(args);
    let url = place
        .database
        .url
        .replace("agendad@", &format!("agendad:{DATABASE_PASSWORD}@"));
    assert!(url.contains(DATABASE_PASSWORD), "{url}");
    command
        .env("AGENDAD_DATABASE__URL", url)
        .env("AGENDAD_VAULT__KEY", BASE64.encode(KEY_BYTES))
        .env("AGENDAD_HTTP__LISTEN", "127.0.0.1:0")
        .env("AGENDAD_HTTP__OPERATOR_TOKEN", OPERATOR)
        .env("AGENDAD_HTTP__JWT_SECRET", SECRET)
        .env("AGENDAD_HTTP__MAX_FAILED_AUTH", "0")
        .env(
            "AGENDAD_REDIS__URL",
            format!("redis://:{REDIS_PASSWORD}@127.0.0.1:9/0"),
        )
        .env("AGENDAD_LOG__LEVEL", "trace")
        .env("RUST_BACKTRACE", "full");
    tell_nobody(&mut command);
    command
}

/// Alerts that are told often, to those who are not there.
fn tell_nobody(command: &mut Command) {
    command
        .env("AGENDAD_ALERTS__INTERVAL", "1s")
        .env(
            "AGENDAD_ALERTS__SLACK__WEBHOOK",
            format!("http://127.0.0.1:9/{WEBHOOK_TOKEN}"),
        )
        .env(
            "AGENDAD_ALERTS__HEARTBEAT__URL",
            format!("http://127.0.0.1:9/{WEBHOOK_TOKEN}"),
        )
        .env("AGENDAD_ALERTS__EMAIL__HOST", "127.0.0.1")
        .env("AGENDAD_ALERTS__EMAIL__PORT", "9")
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "none")
        .env("AGENDAD_ALERTS__EMAIL__FROM", "agendad@example.com")
        .env("AGENDAD_ALERTS__EMAIL__TO", r#"["operador@example.com"]"#)
        .env("AGENDAD_ALERTS__EMAIL__USERNAME", MAIL_USER)
        .env("AGENDAD_ALERTS__EMAIL__PASSWORD", MAIL_PASSWORD);
}

/// Runs a command and keeps what it says; its errors may show nothing of a candidate.
async fn tell(place: &Place, args: &[&str], input: &str, hoard: &mut Hoard) -> String {
    let said = say(leaky(place, args), input).await;
    hoard.list(format!("output of {args:?}"), &said.out);
    hoard.trace(format!("errors and log of {args:?}"), &said.err);
    said.out
}

async fn add(place: &Place, hoard: &mut Hoard) -> Vec<i32> {
    let mut users = Vec::new();
    for examiner in place.simulator.examiners() {
        let args = [
            "users",
            "add",
            "--name",
            &examiner.nome,
            "--cpf",
            &examiner.cpf,
            "--json",
        ];
        let said = tell(place, &args, &examiner.senha, hoard).await;
        let added: Value = serde_json::from_str(&said).unwrap();
        users.push(added["usuario_id"].as_i64().unwrap().try_into().unwrap());
    }
    users
}

/// The one word of the program that says it.
async fn calendar_address(
    place: &Place,
    user: i32,
    canaries: &mut Canaries,
    hoard: &mut Hoard,
) -> String {
    let user = user.to_string();
    let made = say(
        leaky(place, &["users", "calendar", "--user", &user, "--json"]),
        "",
    )
    .await;
    hoard.trace("log of users calendar", &made.err);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let address = made["address"].as_str().unwrap();
    let path = &address[address.find("/calendar/").unwrap()..];
    let token = path
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics");
    canaries.secret("a calendar address", token);
    path.to_owned()
}

struct Client {
    http: reqwest::Client,
    address: String,
    jwt: String,
}

impl Client {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no portal client"
    )]
    fn new(address: &str, canaries: &mut Canaries, user: i32) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let claims = json!({ "userId": user, "exp": clock().now().timestamp() + 3600 });
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(mac.chain_update(&message).finalize().into_bytes());
        canaries.secret("a JWT's signature", &signature);
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            address: address.to_owned(),
            jwt: format!("{message}.{signature}"),
        }
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
        hoard: &mut Hoard,
    ) -> String {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("http://{}{path}", self.address);
        let request = self.http.request(method.clone(), url).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let text = format!("{} {:?}\n", response.status(), response.headers())
            + &response.text().await.unwrap();
        let place = format!("answer to {method} {path}");
        if path.contains("/slots") {
            hoard.list(place, &text);
        } else {
            hoard.trace(place, &text);
        }
        text
    }

    /// Asks as the operator until the answer is as wanted; every answer is kept.
    async fn ask_until(
        &self,
        method: &str,
        path: &str,
        hoard: &mut Hoard,
        wanted: impl Fn(&str) -> bool,
    ) {
        let hoard = Mutex::new(hoard);
        let look = || async {
            let mut hoard = hoard.lock().await;
            let answer = self.ask(method, path, OPERATOR, None, &mut hoard).await;
            wanted(&answer).then_some(())
        };
        eventually("the answer that is wanted", Duration::from_secs(30), look).await;
    }

    /// A good address and bad ones. What the calendar says of candidates is its purpose.
    async fn calendar(&self, path: &str, hoard: &mut Hoard) {
        let url = format!("http://{}{path}", self.address);
        let answer = self.http.get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        hoard.list("the calendar", answer.text().await.unwrap());
        for wrong in [&path[..path.len() - 1], &path.replace(".ics", "A.ics")] {
            self.ask("GET", wrong, OPERATOR, None, hoard).await;
        }
    }

    /// A sync with each fault, and every question.
    async fn everything(&self, place: &Place, users: &[i32], hoard: &mut Hoard) {
        self.some(users, hoard).await;
        for (fault, user) in FAULTS.into_iter().zip(users.iter().cycle()) {
            place.simulator.expire_sessions(None);
            for fault in parse_faults(fault).unwrap() {
                place.simulator.inject(fault);
            }
            let sync = format!("/api/detran/sincronizar?usuarioId={user}");
            // A scheduled run may be at it; it meets the fault as well.
            self.ask_until("POST", &sync, hoard, |answer| !answer.contains("\"busy\""))
                .await;
            place.simulator.clear_faults();
            place
                .sql("UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL")
                .await;
        }
        // A wrong password, sent and stored over the API, and the database cut while a run goes on.
        let wrong = json!({ "senha": "canary senha/0&ç=%+\"' wrong" });
        self.ask(
            "PUT",
            "/api/detran/configuracao",
            &self.jwt,
            Some(wrong),
            hoard,
        )
        .await;
        self.ask("POST", "/api/detran/sincronizar", &self.jwt, None, hoard)
            .await;
        place
            .simulator
            .inject(parse_faults("latency=100ms").unwrap().remove(0));
        let sync = format!("/api/detran/sincronizar?async=true&usuarioId={}", users[1]);
        self.ask("POST", &sync, OPERATOR, None, hoard).await;
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            .execute(&place.database.pool)
            .await
            .unwrap();
        place.simulator.clear_faults();
        self.ask_until("GET", "/readyz", hoard, |answer| answer.starts_with("200"))
            .await;
        self.some(users, hoard).await;
    }

    /// Every question, rightly and wrongly put.
    async fn some(&self, users: &[i32], hoard: &mut Hoard) {
        for token in [
            OPERATOR,
            &self.jwt,
            "canary-operator-token-5f1d0",
            &self.jwt[..self.jwt.len() - 1],
        ] {
            for path in [
                "/api/detran/runs?limit=200",
                "/api/detran/runs/1",
                "/api/detran/runs/2",
                "/api/detran/stats",
                "/api/detran/slots",
                "/api/detran/slots?removed=true",
                "/api/openapi.json",
                "/metrics",
                "/healthz",
                "/readyz",
                "/",
                "/nada",
            ] {
                self.ask("GET", path, token, None, hoard).await;
            }
            let account = format!("/api/detran/configuracao?usuarioId={}", users[0]);
            self.ask("GET", &account, token, None, hoard).await;
            for body in [
                json!({ "senha": "canary senha/0&ç=%+\"'" }),
                json!({ "senha": ["canary senha/0&ç=%+\"'"] }),
                json!({ "cpf": 1, "senha": "canary senha/0&ç=%+\"'" }),
                json!({ "canary senha/0&ç=%+\"'": 1 }),
            ] {
                self.ask("PUT", &account, token, Some(body), hoard).await;
            }
        }
    }
}

/// What operators look at while and after all this.
async fn commands(place: &Place, users: &[i32], hoard: &mut Hoard) {
    let user = users[2].to_string();
    for args in [
        &["check"][..],
        &["check", "--json"],
        &["config", "show"],
        &["users", "list"],
        &["users", "list", "--json"],
        &["runs", "--limit", "1000"],
        &["runs", "--json", "--limit", "1000"],
        &["slots"],
        &["slots", "--json"],
        &["slots", "--removed"],
        &["changes"],
        &["changes", "--json"],
        &["stats"],
        &["jobs"],
        &["jobs", "--state", "completed", "--json"],
        &["locks"],
        &["locks", "--json"],
        &["alerts", "list", "--all"],
        &["alerts", "list", "--json"],
        &["alerts", "test"],
        &["sessions", "list"],
        &["vault", "rotate"],
        &["vault", "seal"],
        &["sync", "--user", &user],
        &["sync", "--user", &user, "--json"],
        &["sync", "--user", "999"],
        &["users", "pause", "--user", &user],
        &["sync", "--user", &user],
        &["users", "resume", "--user", &user],
    ] {
        tell(place, args, "", hoard).await;
    }
    tell(
        place,
        &["users", "set-password", "--user", &user],
        "canary senha/2&ç=%+\"'",
        hoard,
    )
    .await;
    tell(
        place,
        &["users", "set-password", "--user", "999"],
        "canary senha/2&ç=%+\"'",
        hoard,
    )
    .await;
}

/// Settings that cannot be, keys that do not fit: the sentences that say so.
async fn refusals_to_start(place: &Place, hoard: &mut Hoard) {
    let other_key = BASE64.encode([7_u8; 32]);
    for (name, value) in [
        ("AGENDAD_DATABASE__URL", "canary-database-password"),
        (
            "AGENDAD_DATABASE__URL",
            "postgres://u:canary-database-password@127.0.0.1:9/x",
        ),
        (
            "AGENDAD_DATABASE__URL",
            "postgres://u:canary-database-password@[nowhere/x",
        ),
        ("AGENDAD_DATABASE__URL_FILE", "/nonexistent"),
        ("AGENDAD_VAULT__KEY", "canary-vault-key-canary-vault-ke"),
        ("AGENDAD_VAULT__KEY", other_key.as_str()),
        (
            "AGENDAD_HTTP__OPERATOR_TOKEN",
            "sha256:canary-operator-token-5f1d0c",
        ),
        ("AGENDAD_PORTAL__BASE_URL", "http://elsewhere.example.com/"),
        (
            "AGENDAD_ALERTS__SLACK__WEBHOOK",
            "http://elsewhere.example.com/canary-webhook-token-0b3e",
        ),
    ] {
        for args in [&["run"][..], &["check"], &["config", "show"]] {
            if args == ["run"] && name == "AGENDAD_VAULT__KEY" && value == other_key {
                sqlx::query("UPDATE configuracoes_detran SET senha = NULL")
                    .execute(&place.database.pool)
                    .await
                    .unwrap();
            }
            let mut command = leaky(place, args);
            command.env(name, value);
            let said = tokio::time::timeout(Duration::from_secs(20), say(command, "")).await;
            let said = said.unwrap_or_else(|_| panic!("{args:?} with {name} does not end"));
            let place = format!("{args:?} with a wrong {name}");
            hoard.trace(place, said.out + &said.err);
        }
    }
}

/// What is left behind: records, the queue, files.
async fn kept(place: &Place, hoard: &mut Hoard) {
    for table in [
        "agenda_sync_runs",
        "agendad_audit",
        "agendad_calendars",
        "agendad_logouts",
        "sync_schedules",
        "river.river_job",
    ] {
        let sql = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .fetch_one(&place.database.pool)
            .await
            .unwrap();
        hoard.trace(format!("table {table}"), rows);
    }
    let accounts: String = sqlx::query_scalar("SELECT string_agg(concat_ws(' ', senha, senha_cifrada, pausa_motivo), E'\\n') FROM configuracoes_detran")
        .fetch_one(&place.database.pool)
        .await
        .unwrap();
    hoard.trace("passwords at rest", accounts);
    for entry in std::fs::read_dir(place.state.path().join("evidence")).unwrap() {
        let path = entry.unwrap().path();
        hoard.trace(
            format!("evidence {}", path.display()),
            std::fs::read_to_string(&path).unwrap(),
        );
    }
    for entry in std::fs::read_dir(place.state.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            hoard.trace(
                format!("file {}", path.display()),
                std::fs::read_to_string(&path).unwrap(),
            );
        }
    }
}

/// A search through nothing finds nothing.
fn there_was_something_to_find(hoard: &Hoard) {
    let log = hoard.text_of("the daemon's json log");
    assert!(
        log.contains("\"level\":\"DEBUG\""),
        "the log shows no details"
    );
    let runs = hoard.text_of("table agenda_sync_runs");
    let answers = hoard.text_of("answer to POST");
    let kinds = [
        FailureKind::Network,
        FailureKind::Timeout,
        FailureKind::Unavailable,
        FailureKind::Auth,
        FailureKind::Captcha,
        FailureKind::Layout,
    ];
    for kind in kinds {
        assert!(runs.contains(kind.as_str()), "no run failed for {kind}");
        assert!(
            answers.contains(&format!("\"code\":\"{kind}\"")),
            "no answer says {kind}"
        );
    }
    let metrics = hoard.text_of("answer to GET /metrics");
    for metric in [
        "agendad_runs_total{",
        "agendad_portal_requests_total{",
        "agendad_accounts_paused{",
    ] {
        assert!(metrics.contains(metric), "{metric} is not shown");
    }
    let tells_users_apart = ["usuario", "user=", "user_id", "perito"];
    for label in tells_users_apart {
        assert!(!metrics.contains(label), "metrics have {label}");
    }
    assert!(
        hoard.text_of("evidence").len() > 10_000,
        "no evidence was kept"
    );
    assert!(hoard.text_of("passwords at rest").contains("v1."));
    assert!(
        hoard
            .text_of("[\"run\"] with a wrong AGENDAD_VAULT__KEY")
            .contains("the key at hand is")
    );
}
