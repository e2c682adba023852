//! The way to the portal: TLS, the HTTP versions that it offers, one connection a session, and proxies of every kind.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod forward_proxy;
mod tls_front;

use std::net::SocketAddr;

use hyper::Version;

use self::forward_proxy::{ForwardProxy, Manners, Speaks};
use self::tls_front::{Authority, TlsFront};
use agendad::simulator::{Fault, FaultKind, Place};

use crate::support::{Program, Said, World};

/// A host that only a proxy knows.
const PORTAL: &str = "portal.example.com";

/// A simulator with one examiner behind TLS, and the program that trusts its certificate.
struct Way {
    world: World,
    front: TlsFront,
    authority: Authority,
    program: Program,
}

impl Way {
    async fn to(name: &str, offers: &[&str]) -> Self {
        let world = World::new(1).await;
        let authority = Authority::new();
        let trusted = world.state.path().join("authority.pem");
        authority.write(&trusted);
        let tls = authority.acceptor(name, offers);
        let front = TlsFront::before(&world.simulator.portal_url(), tls).await;
        let address = format!("https://{name}:{}", front.address.port());
        // The state directory was made for the simulator's own address.
        std::fs::remove_file(world.state.path().join("portal")).unwrap();
        let program = world
            .program()
            .env("SSL_CERT_FILE", trusted.display())
            .env("AGENDAD_PORTAL__BASE_URL", address)
            // In which a connection of HTTP/1.1 is given back before the next request wants one; 2 s as shipped.
            .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "100ms");
        Self {
            world,
            front,
            authority,
            program,
        }
    }

    async fn sync(&self, program: &Program) -> Said {
        let user = self.world.users[0].to_string();
        let today = self.world.app.syncer.clock.today().to_string();
        program
            .run(&["sync", "--user", &user, "--from", &today, "--json"])
            .await
    }

    /// A proxy to the front.
    async fn proxy(&self, speaks: Speaks, password: Option<&'static str>) -> ForwardProxy {
        let manners = Manners {
            speaks,
            password,
            tls: None,
            sticks_after: None,
        };
        ForwardProxy::to(self.front.address, manners).await
    }

    fn by_way_of(&self, scheme: &str, user: &str, proxy: SocketAddr) -> Program {
        let address = format!("{scheme}://{user}{proxy}");
        self.program.clone().env("AGENDAD_PORTAL__PROXY", address)
    }
}

/// Every request of a session came over one connection, in this version.
fn assert_one_connection(way: &Way, said: &Said, version: Version) {
    assert_eq!(said.code, Some(0), "{said:?}");
    let requests = said.json()["requests"].as_u64().unwrap();
    let seen = way.front.seen();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].len() as u64, requests, "{seen:?}");
    assert!(seen[0].iter().all(|came| *came == version), "{seen:?}");
}

#[tokio::test]
async fn where_http_2_is_offered_a_session_is_one_connection_of_it() {
    let way = Way::to("localhost", &["h2", "http/1.1"]).await;
    let said = way.sync(&way.program).await;
    assert_one_connection(&way, &said, Version::HTTP_2);
    way.world.assert_true(0).await;
    way.world.close().await;
}

#[tokio::test]
async fn where_only_http_1_is_offered_a_session_is_one_kept_alive_connection() {
    for offers in [&["http/1.1"][..], &[]] {
        let way = Way::to("localhost", offers).await;
        let said = way.sync(&way.program).await;
        assert_one_connection(&way, &said, Version::HTTP_11);
        way.world.assert_true(0).await;
        way.world.close().await;
    }
}

/// A server behind what ends TLS for it believes that it is asked in plain text.
#[tokio::test]
async fn a_redirect_to_plain_http_on_the_portals_host_goes_over_tls_all_the_same() {
    let way = Way::to("localhost", &["h2", "http/1.1"]).await;
    let entry = "gefor/SGU/login.do?method=iniciarLogin";
    for to in [
        format!("http://localhost/{entry}"),
        format!("http://localhost:{}/{entry}", way.front.address.port()),
    ] {
        let redirect = FaultKind::ForeignRedirect(to.clone());
        let simulator = &way.world.simulator;
        simulator.inject(Fault::next(redirect, 1).at(Place::Entry));
        let said = way.sync(&way.program).await;
        assert_eq!(said.code, Some(0), "{to}: {said:?}");
        let cleared = way.program.run(&["sessions", "clear"]).await;
        assert_eq!(cleared.code, Some(0), "{cleared:?}");
    }
    way.world.close().await;
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_password() {
    let way = Way::to("localhost", &["h2"]).await;
    Authority::new().write(&way.world.state.path().join("authority.pem"));
    let said = way.sync(&way.program).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.json()["error"]["kind"], "network");
    assert!(said.out.contains("certificate"), "{said:?}");
    assert_eq!(way.world.simulator.stats().passwords, 0);
    way.world.close().await;
}

#[tokio::test]
async fn every_kind_of_proxy_carries_everything_that_goes_to_the_portal() {
    // dHVubmVsOnBhc3M= is tunnel:pass.
    let table = [
        (Speaks::Http, "http", "", None),
        (
            Speaks::Http,
            "http",
            "tunnel:pass@",
            Some("Basic dHVubmVsOnBhc3M="),
        ),
        (Speaks::Socks5, "socks5h", "", None),
        (
            Speaks::Socks5,
            "socks5h",
            "tunnel:pass@",
            Some("tunnel:pass"),
        ),
    ];
    for (speaks, scheme, user, password) in table {
        let way = Way::to(PORTAL, &["h2", "http/1.1"]).await;
        let proxy = way.proxy(speaks, password).await;
        let program = way.by_way_of(scheme, user, proxy.address);
        let said = way.sync(&program).await;
        assert_one_connection(&way, &said, Version::HTTP_2);
        let portal = format!("{PORTAL}:{}", way.front.address.port());
        assert_eq!(proxy.asked(), [portal], "{scheme}");
        way.world.assert_true(0).await;
        let check = program.run(&["check"]).await;
        let line = check.out.lines().find(|line| line.contains("portal"));
        let line = line.unwrap_or_else(|| panic!("{check:?}"));
        assert!(line.contains(&proxy.address.to_string()), "{line}");
        assert!(!line.contains("pass"), "{line}");
        way.world.close().await;
    }
}

#[tokio::test]
async fn a_proxy_may_be_reached_over_tls_and_may_be_spoken_to_with_socks_of_either_name() {
    let way = Way::to("localhost", &["h2"]).await;
    let manners = Manners {
        speaks: Speaks::Http,
        password: None,
        tls: Some(way.authority.acceptor("localhost", &[])),
        sticks_after: None,
    };
    let over_tls = ForwardProxy::to(way.front.address, manners).await;
    let program = way.program.clone().env(
        "AGENDAD_PORTAL__PROXY",
        format!("https://localhost:{}", over_tls.address.port()),
    );
    let said = way.sync(&program).await;
    assert_one_connection(&way, &said, Version::HTTP_2);
    assert_eq!(over_tls.asked().len(), 1);
    let socks = way.proxy(Speaks::Socks5, None).await;
    let said = way.sync(&way.by_way_of("socks5", "", socks.address)).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(socks.asked().len(), 1);
    way.world.close().await;
}

#[tokio::test]
async fn a_connection_of_http_2_that_goes_dead_is_not_tried_again() {
    let way = Way::to("localhost", &["h2"]).await;
    // The password is known to be good, and the session is kept.
    let said = way.sync(&way.program).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let manners = Manners {
        speaks: Speaks::Http,
        password: None,
        tls: None,
        // The handshake takes less, and what follows it more.
        sticks_after: Some(3_000),
    };
    let proxy = ForwardProxy::to(way.front.address, manners).await;
    let program = way
        .by_way_of("http", "", proxy.address)
        .env("AGENDAD_PORTAL__REQUEST_TIMEOUT", "6s");
    let said = way.sync(&program).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(proxy.asked().len(), 2, "{said:?}");
    way.world.assert_true(0).await;
    way.world.close().await;
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_gone_is_named_and_its_password_is_not() {
    let way = Way::to(PORTAL, &["h2"]).await;
    let strict = way
        .proxy(Speaks::Http, Some("Basic b3RoZXI6b3RoZXI="))
        .await;
    let socks = way.proxy(Speaks::Socks5, Some("other:other")).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = gone.local_addr().unwrap();
    drop(gone);
    for (scheme, address) in [
        ("http", strict.address),
        ("socks5h", socks.address),
        ("http", nowhere),
        ("socks5h", nowhere),
    ] {
        let program = way.by_way_of(scheme, "tunnel:s3cretword@", address);
        let said = way.sync(&program).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        let error = &said.json()["error"];
        assert_eq!(error["kind"], "network", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("proxy"), "{scheme} {address}: {message}");
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.contains("s3cretword"), "{all}");
    }
    assert_eq!(way.world.simulator.stats().passwords, 0);
    way.world.close().await;
}
