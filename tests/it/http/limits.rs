//! Bounds: bodies, slow clients, guesses.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{ACCEPT, ALLOW};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::http::client::{ACCOUNT, Client, OPERATOR, SYNC, send, serving, world, world_with};

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_and_the_client_sees_why() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let huge = vec![b' '; 10_000_000];
        let request = client.request(Method::POST, SYNC).body(huge);
        send(request).await.expect(413, "too_large");
        let just_enough = format!("{:65534}{{}}", "");
        assert_eq!(just_enough.len(), 65_536);
        let request = client
            .request(Method::PUT, ACCOUNT)
            .body(just_enough.clone());
        assert_eq!(send(request).await.status, 200);
        let request = client.request(Method::PUT, ACCOUNT).body(just_enough + " ");
        send(request).await.expect(413, "too_large");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn slow_headers_and_slow_bodies_are_cut_off() {
    let world = world_with(1, |config| {
        config.http.request_timeout = Duration::from_millis(500);
        config.http.max_connections = 3;
    })
    .await;
    serving(&world, async |client: Client| {
        // As many as there are connections: everybody else waits until they are thrown out.
        let slow = (0..3).map(|_| drip(client.address, "GET /healthz HTTP/1.1\r\nHost: "));
        let started = Instant::now();
        let answers = futures::future::join_all(slow).await;
        assert!(started.elapsed() < Duration::from_secs(5), "{answers:?}");
        assert!(answers.iter().all(|answer| !answer.contains("200")), "{answers:?}");

        let head = format!(
            "POST {SYNC} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OPERATOR}\r\nContent-Length: 1000\r\n\r\n"
        );
        let answer = drip(client.address, &head).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("too_slow"), "{answer}");
        // Whoever looks at pages gets one.
        let head = "POST /entrar HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Length: 1000\r\n\r\n";
        let answer = drip(client.address, head).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("<h1>Demorou demais</h1>"), "{answer}");
        assert_eq!(client.get("/healthz").await.status, 200);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn whoever_looks_at_pages_gets_one_where_there_is_nothing_and_programs_get_json() {
    let world = world_with(1, |_| {}).await;
    serving(&world, async |client: Client| {
        for (path, status, code) in [
            ("/nada", 404, "not_found"),
            ("/peritos/1/senha", 405, "method_not_allowed"),
        ] {
            let ask = async |accept: &str| {
                let asked = client.request(Method::GET, path).header(ACCEPT, accept);
                let answer = send(asked).await;
                assert_eq!(answer.headers.contains_key(ALLOW), status == 405, "{path}");
                assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
                answer
            };
            let page = ask("text/html,*/*;q=0.8").await;
            assert_eq!(page.status, status, "{path}");
            let page = page.body.as_str().unwrap();
            assert!(page.contains("<h1>Não encontrado</h1>"), "{path}: {page}");
            ask("application/json").await.expect(status, code);
        }
        let asked = client.request(Method::GET, "/api/detran/nada");
        let answer = send(asked.header(ACCEPT, "text/html")).await;
        answer.expect(404, "not_found");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_thrown_out() {
    let world = world_with(1, |config| {
        config.http.request_timeout = Duration::from_millis(500);
        config.http.max_connections = 1;
    })
    .await;
    serving(&world, async |client: Client| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut deaf = socket.connect(client.address).await.unwrap();
        // Until the answers fill all that the system keeps for them, and the server gives up.
        let request = b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
        let asking = async { while deaf.write_all(request).await.is_ok() {} };
        let in_time = tokio::time::timeout(Duration::from_secs(60), asking).await;
        assert!(in_time.is_ok(), "the connection stays open");
        // The only place is free again.
        assert_eq!(client.get("/healthz").await.status, 200);
    })
    .await;
    world.close().await;
}

/// Sends a beginning, and then a byte now and then until the other end has had enough.
async fn drip(address: std::net::SocketAddr, beginning: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let mut answer = Vec::new();
    let dripping = async {
        while writing.write_all(b"x").await.is_ok() {
            // How slowly it comes is what is tried here.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::future::pending::<()>().await;
    };
    let closed = async {
        tokio::select! {
            () = dripping => {}
            read = reading.read_to_end(&mut answer) => { read.ok(); }
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), closed).await;
    assert!(in_time.is_ok(), "the connection stays open");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn guessing_tokens_is_made_slow_and_a_good_token_is_served_nevertheless() {
    let world = world_with(1, |config| config.http.max_failed_auth = 3).await;
    serving(&world, async |client: Client| {
        for _ in 0..3 {
            client.with("guess").get(ACCOUNT).await.expect(401, "token");
        }
        let refused = client.with("guess").get(ACCOUNT).await;
        refused.expect(429, "too_many_attempts");
        assert!(refused.headers.contains_key("retry-after"));
        // The neighbours of whoever guesses go on, and so does what needs no token.
        assert_eq!(client.operator().get("/api/detran/stats").await.status, 200);
        assert_eq!(client.get("/healthz").await.status, 200);
        // Another kind of token is counted by itself.
        client.with("a.b.c").get(ACCOUNT).await.expect(401, "token");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn expired_tokens_are_no_guesses_and_say_what_is_wrong() {
    let world = world_with(1, |config| config.http.max_failed_auth = 3).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        let exp = crate::http::client::in_an_hour();
        for (claims, says) in [
            (json!({ "userId": user, "exp": exp - 7200 }), "expirou"),
            (
                json!({ "userId": user, "exp": exp * 1000 }),
                "milissegundos",
            ),
            (json!({ "userId": user }), "userId"),
        ] {
            let forgotten = client.with(&crate::http::client::token(&claims));
            for _ in 0..10 {
                let refused = forgotten.get(ACCOUNT).await;
                refused.expect(401, "token");
                let error = refused.body["error"].as_str().unwrap_or_default();
                assert!(error.contains(says), "{refused:?}");
            }
        }
        assert_eq!(client.user(user).get(ACCOUNT).await.status, 200);
        assert_eq!(client.operator().get("/api/detran/stats").await.status, 200);
        // Nothing was counted: the first guess is answered as such.
        client.with("guess").get(ACCOUNT).await.expect(401, "token");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn behind_a_proxy_each_client_is_counted_by_itself() {
    let world = world_with(1, |config| {
        config.http.max_failed_auth = 1;
        config.http.behind_proxy = true;
    })
    .await;
    serving(&world, async |client: Client| {
        let from = async |address: &str, token: &str| {
            let request = client
                .with(token)
                .request(Method::GET, "/api/detran/stats")
                .header("x-forwarded-for", address);
            send(request).await.status.as_u16()
        };
        assert_eq!(from("192.0.2.1", "guess").await, 401);
        assert_eq!(from("192.0.2.1", "guess").await, 429);
        assert_eq!(from("192.0.2.1", OPERATOR).await, 200);
        assert_eq!(from("192.0.2.2", "guess").await, 401);
        // What the client itself writes in front changes nothing.
        assert_eq!(from("192.0.2.9, 192.0.2.1", "guess").await, 429);
    })
    .await;
    world.close().await;
}
