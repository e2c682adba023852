//! The secrets that are planted, and the program that is told all of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::process::Command;

use crate::cli::program::Place;
use crate::leaks::canaries::Canaries;

pub(crate) const OPERATOR: &str = "canary-operator-token-5f1d0c";
pub(crate) const SECRET: &str = "canary-jwt-secret-8a7b6c5d4e3f2a1b";
pub(crate) const DATABASE_PASSWORD: &str = "canary-database-password";
pub(crate) const REDIS_PASSWORD: &str = "canary-redis-password";
pub(crate) const WEBHOOK_TOKEN: &str = "canary-webhook-token-0b3e";
pub(crate) const MAIL_USER: &str = "canary-mail-user";
pub(crate) const MAIL_PASSWORD: &str = "canary-mail-password";
pub(crate) const KEY_BYTES: [u8; 32] = *b"canary-vault-key-canary-vault-ke";

/// All that must not be said.
pub(crate) fn know(place: &Place, canaries: &mut Canaries) {
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
            // The portal's words for what it does not have are nobody's.
            if booking.email.contains('@') {
                canaries.personal("a candidate's e-mail", &booking.email);
            }
            // So are zeros, which are what a blanked number is shown as.
            let numbers = booking.telefone.split('/');
            for phone in numbers.filter(|phone| phone.contains(|c| ('1'..='9').contains(&c))) {
                canaries.personal("a candidate's telephone", phone.trim());
            }
        }
    }
}

/// A command whose every secret is a canary, at trace level.
pub(crate) fn leaky(place: &Place, args: &[&str]) -> Command {
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
