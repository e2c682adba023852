//! People who log in with a name: who gets in, who may do what, and what is written down of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod access;
mod commands;
mod edit;
mod edit_units;
mod enrol;
mod import;
mod invitation;
mod login;
mod pages;
mod sessions;
mod verify;

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

use agendad::domain::{LoginName, Role};
use agendad::store::staff::{NewPerson, PersonChanged};

use crate::dashboard::browser::{Browser, Page};
use crate::support::World;

/// A password that is good enough.
pub(crate) const PASSWORD: &str = "chuva no telhado";

/// The same, reckoned with little: what it costs is tried elsewhere.
fn cheap_hash() -> String {
    let params = Params::new(8, 1, 1, None).unwrap();
    let salt = SaltString::encode_b64(b"synthetic salt").unwrap();
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon.hash_password(PASSWORD.as_bytes(), &salt).unwrap();
    hash.to_string()
}

/// Adds somebody; their number.
pub(crate) async fn add(world: &World, login: &str, role: Role, examiner: Option<i32>) -> i32 {
    let login = LoginName::parse(login).unwrap();
    let new = NewPerson {
        login: &login,
        nome: "FULANA DE TAL",
        role,
        usuario_id: examiner,
        password_hash: &cheap_hash(),
    };
    let added = world.database.store.add_person(&new, "test").await.unwrap();
    let PersonChanged::Done(id) = added else {
        panic!("{added:?}")
    };
    id
}

/// Sends name and password.
pub(crate) async fn enter(browser: &mut Browser, name: &str, password: &str) -> Page {
    let fields = [("nome", name), ("senha", password), ("para", "/")];
    browser.send("/entrar", &fields).await
}

/// A session as a login makes it; the cookie, and what its forms send along.
async fn session(world: &World, person: i32) -> (String, String) {
    let bytes: [u8; 32] = rand::random();
    let token = BASE64.encode(bytes);
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    sqlx::query(
        "INSERT INTO agendad_people_sessions (token_hash, person_id, address, agent) VALUES ($1, $2, '127.0.0.1', 'test')",
    )
    .bind(hash.as_slice())
    .bind(person)
    .execute(&world.database.pool)
    .await
    .unwrap();
    let form = Sha256::digest(format!("form:{token}").as_bytes());
    (format!("p1.{token}"), BASE64.encode(&form[..16]))
}
