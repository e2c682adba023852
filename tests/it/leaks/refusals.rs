//! Settings with which the program does not start, and what it says of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::cli::program::{Place, say};
use crate::leaks::canaries::Hoard;
use crate::leaks::secrets::{KEY_BYTES, OPERATOR, leaky};

/// Settings that cannot be, keys that do not fit: the sentences that say so.
pub(crate) async fn refusals_to_start(place: &Place, hoard: &mut Hoard) {
    let other_key = BASE64.encode([7_u8; 32]);
    let key = BASE64.encode(KEY_BYTES);
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
        (
            "AGENDAD_DATABASE__URL_FILE",
            "postgres://u:canary-database-password@127.0.0.1:9/x",
        ),
        ("AGENDAD_VAULT__KEY_FILE", key.as_str()),
        ("AGENDAD_HTTP__OPERATOR_TOKEN_FILE", OPERATOR),
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
            // A file counts only where the secret itself is not given.
            command.env_remove(name.trim_end_matches("_FILE"));
            command.env(name, value);
            let said = tokio::time::timeout(Duration::from_secs(20), say(command, "")).await;
            let said = said.unwrap_or_else(|_| panic!("{args:?} with {name} does not end"));
            let place = format!("{args:?} with a wrong {name}");
            hoard.trace(place, said.out + &said.err);
        }
    }
}
