//! All that can go wrong while the daemon runs: every fault of the portal, a wrong password, the database cut.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::simulator::parse_faults;
use agendad_test_support::eventually;
use serde_json::json;
use tokio::sync::Mutex;

use crate::cli::program::Place;
use crate::leaks::canaries::Hoard;
use crate::leaks::questions::Client;
use crate::leaks::secrets::OPERATOR;

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

impl Client {
    /// A sync with each fault, and every question.
    pub(crate) async fn everything(&self, place: &Place, users: &[i32], hoard: &mut Hoard) {
        self.some(users, hoard).await;
        for (fault, user) in FAULTS.into_iter().zip(users.iter().cycle()) {
            for fault in parse_faults(fault).unwrap() {
                place.simulator.inject(fault);
            }
            let sync = format!("/api/detran/sincronizar?usuarioId={user}");
            // A scheduled run may be at it; it meets the fault as well. Its resets and those of the run that is asked for
            // may together be taken for the firewall's. Then scheduled runs rest, and the next one asked for is alone.
            // Or it has just logged in, or its password was refused by the fault before: that is forgotten each time.
            let is_met = |answer: &str| {
                let is_met = match fault {
                    "reset" => answer.contains("\"network\""),
                    _ if fault.starts_with("captcha") => answer.contains("\"captcha\""),
                    _ => true,
                };
                is_met && !answer.contains("\"busy\"")
            };
            let hoard = Mutex::new(&mut *hoard);
            let look = || async {
                place.simulator.expire_sessions(None);
                forget(place).await;
                let mut hoard = hoard.lock().await;
                let answer = self.ask("POST", &sync, OPERATOR, None, &mut hoard);
                is_met(&answer.await).then_some(())
            };
            eventually(fault, Duration::from_secs(30), look).await;
            place.simulator.clear_faults();
        }
        forget(place).await;
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
}

/// Neither pauses nor refused passwords of the fault before.
async fn forget(place: &Place) {
    place
        .sql("UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL")
        .await;
    place
        .sql("UPDATE portal_refusals SET released_at = now() WHERE released_at IS NULL")
        .await;
}
