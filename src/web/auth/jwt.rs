//! The application's JWTs: HS256 and nothing else, an expiry and a `userId` required. jsonwebtoken judges;
//! its one algorithm is given to it here, so that RSA and elliptic curves need not be built in.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

/// What a valid token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) usuario_id: i32,
    /// Whether the token calls them an administrator.
    pub(crate) administrator: bool,
}

/// Judges tokens. Cannot print its secret.
pub(crate) struct Jwt {
    key: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for Jwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jwt(…)")
    }
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not the application's: it may be a guess.
    NotOurs,
    /// It is the application's, and has expired.
    Expired,
    /// It is the application's, and not valid yet.
    NotYet,
    /// It is the application's, and its expiry is later than [`LAST_SECOND`].
    Milliseconds,
    /// It is the application's, and lacks a claim, or has one that is not understood.
    Claims,
}

/// Seconds since 1970, in the year 5138: what is later are milliseconds.
const LAST_SECOND: f64 = 1e11;

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "userId")]
    user_id: UserId,
    exp: f64,
    /// Of no matter what type: only one text means something.
    #[serde(default)]
    perfil: Value,
}

/// The application writes a number; some libraries turn ids into texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum UserId {
    Number(i32),
    Text(String),
}

impl Jwt {
    pub(crate) fn new(secret: &SecretString) -> Self {
        // A second call changes nothing.
        PROVIDER.install_default().ok();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        // An audience, if there is one, is the application's own.
        validation.validate_aud = false;
        Self {
            key: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
            validation,
        }
    }

    /// What the token says, if it is the application's and has not expired.
    pub(crate) fn open(&self, token: &str) -> Result<Claims, Refused> {
        // As any JSON: once the signature is good, claims that say nothing are no guess.
        let opened = jsonwebtoken::decode::<Value>(token, &self.key, &self.validation);
        let claims = opened.map_err(|error| refused(error.kind()))?.claims;
        let wire: Wire = serde_json::from_value(claims).map_err(|_| Refused::Claims)?;
        if wire.exp > LAST_SECOND {
            return Err(Refused::Milliseconds);
        }
        let usuario_id = match wire.user_id {
            UserId::Number(id) => id,
            UserId::Text(text) => text.parse().map_err(|_| Refused::Claims)?,
        };
        Ok(Claims {
            usuario_id,
            administrator: wire.perfil == "administrador",
        })
    }
}

/// Claims are looked at only once the signature is good.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other kinds are of tokens that nobody of ours has signed"
)]
fn refused(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::ExpiredSignature => Refused::Expired,
        ErrorKind::ImmatureSignature => Refused::NotYet,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => Refused::Claims,
        _ => Refused::NotOurs,
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::signer(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(Hs256::verifier(*algorithm, key)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// HMAC with SHA-256.
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        Self::new(algorithm, key.try_get_as_bytes()?)
    }

    fn signer(algorithm: Algorithm, key: &EncodingKey) -> Result<Self, Error> {
        Self::new(algorithm, key.as_bytes())
    }

    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, Error> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let hmac = Hmac::new_from_slice(key).map_err(|_| ErrorKind::InvalidKeyFormat)?;
        Ok(Self(hmac))
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let hmac = self.0.clone().chain_update(message);
        // In constant time.
        hmac.verify_slice(signature)
            .map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let hmac = self.0.clone().chain_update(message);
        Ok(hmac.finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use jsonwebtoken::{Header, encode};
    use serde_json::json;

    const SECRET: &str = "the application's secret, long enough";

    fn signed(secret: &str, claims: &Value) -> String {
        // Signing needs the provider too.
        PROVIDER.install_default().ok();
        let key = EncodingKey::from_secret(secret.as_bytes());
        encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
    }

    fn opened(token: &str) -> Result<Claims, Refused> {
        Jwt::new(&SECRET.to_owned().into()).open(token)
    }

    fn in_an_hour() -> u64 {
        jsonwebtoken::get_current_timestamp() + 3600
    }

    #[test]
    fn the_signature_is_the_standards_own() {
        // As any other implementation makes it.
        let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = BASE64.encode(format!(r#"{{"userId":7,"exp":{}}}"#, in_an_hour()));
        let message = format!("{header}.{claims}");
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        let mac = mac.chain_update(&message).finalize().into_bytes();
        let token = format!("{message}.{}", BASE64.encode(mac));
        assert_eq!(opened(&token).unwrap().usuario_id, 7);
    }

    #[test]
    fn a_good_token_opens_and_names_its_user() {
        let exp = in_an_hour();
        for (claims, expected) in [
            (json!({ "userId": 7, "exp": exp }), (7, false)),
            (
                json!({ "userId": "7", "exp": exp, "aud": "app" }),
                (7, false),
            ),
            (
                json!({ "userId": 7, "exp": exp, "perfil": "administrador" }),
                (7, true),
            ),
            (
                json!({ "userId": 7, "exp": exp, "perfil": ["administrador"] }),
                (7, false),
            ),
            (
                json!({ "userId": 7, "exp": exp, "perfil": "Administrador " }),
                (7, false),
            ),
        ] {
            jwt_is(&signed(SECRET, &claims), Some(expected));
        }
    }

    fn jwt_is(token: &str, expected: Option<(i32, bool)>) {
        let found = opened(token).map(|claims| (claims.usuario_id, claims.administrator));
        assert_eq!(found.ok(), expected, "{token}");
    }

    #[test]
    fn a_token_lives_as_long_as_the_application_says_but_not_in_milliseconds() {
        let now = jsonwebtoken::get_current_timestamp();
        for (claims, expected) in [
            (json!({ "userId": 7, "exp": 4_102_444_800_u64 }), Ok(7)),
            (
                json!({ "userId": 7, "exp": now + 60, "iat": now - 400 * 86_400 }),
                Ok(7),
            ),
            (
                json!({ "userId": 7, "exp": now + 60, "iat": "lately" }),
                Ok(7),
            ),
            (
                json!({ "userId": 7, "exp": (now + 60) * 1000 }),
                Err(Refused::Milliseconds),
            ),
        ] {
            let found = opened(&signed(SECRET, &claims)).map(|claims| claims.usuario_id);
            assert_eq!(found, expected, "{claims}");
        }
    }

    #[test]
    fn only_what_the_application_has_not_signed_may_be_a_guess() {
        let (exp, past) = (in_an_hour(), in_an_hour() - 3601);
        for (secret, claims, expected) in [
            (
                SECRET,
                json!({ "userId": 7, "exp": past }),
                Refused::Expired,
            ),
            (
                SECRET,
                json!({ "userId": 7, "exp": exp, "nbf": exp }),
                Refused::NotYet,
            ),
            (SECRET, json!({ "userId": 7 }), Refused::Claims),
            (SECRET, json!({ "exp": exp }), Refused::Claims),
            (
                SECRET,
                json!({ "userId": "x", "exp": exp }),
                Refused::Claims,
            ),
            (
                "another",
                json!({ "userId": 7, "exp": exp }),
                Refused::NotOurs,
            ),
            (
                "another",
                json!({ "userId": 7, "exp": past }),
                Refused::NotOurs,
            ),
        ] {
            assert_eq!(
                opened(&signed(secret, &claims)).unwrap_err(),
                expected,
                "{claims}"
            );
        }
        assert_eq!(opened("a.b.c").unwrap_err(), Refused::NotOurs);
    }

    #[test]
    fn everything_else_is_refused() {
        let (exp, past) = (in_an_hour(), in_an_hour() - 3601);
        for claims in [
            json!({ "userId": 7 }),
            json!({ "userId": 7, "exp": past }),
            json!({ "userId": 7, "exp": "never" }),
            json!({ "userId": 7, "exp": null }),
            json!({ "userId": 7, "exp": exp, "nbf": exp }),
            json!({ "exp": exp }),
            json!({ "userId": null, "exp": exp }),
            json!({ "userId": 3_000_000_000_i64, "exp": exp }),
            json!({ "userId": "7 OR 1=1", "exp": exp }),
            json!({ "userId": { "gt": 0 }, "exp": exp }),
        ] {
            jwt_is(&signed(SECRET, &claims), None);
        }
        let good = json!({ "userId": 7, "exp": exp });
        jwt_is(&signed("another secret", &good), None);
        let token = signed(SECRET, &good);
        let (message, signature) = token.rsplit_once('.').unwrap();
        jwt_is(&format!("{message}."), None);
        jwt_is(message, None);
        jwt_is(&format!("{message}.{signature}.{signature}"), None);
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None","typ":"JWT"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"typ":"JWT"}"#,
        ] {
            let message = format!(
                "{}.{}",
                BASE64.encode(header),
                BASE64.encode(good.to_string())
            );
            jwt_is(&format!("{message}."), None);
            jwt_is(&format!("{message}.{signature}"), None);
            // Signed well, but not as HS256.
            let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            let mac = mac.chain_update(&message).finalize().into_bytes();
            jwt_is(&format!("{message}.{}", BASE64.encode(mac)), None);
        }
    }
}
