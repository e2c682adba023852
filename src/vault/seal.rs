//! Sealing and opening with the keys of the ring.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::error::VaultError;
use super::file::{self, KeyFileLock};
use super::key::{Key, Ring, generate};

const NONCE_BYTES: usize = 24;

/// Seals and opens. Cheap to clone; cannot print its keys.
#[derive(Clone)]
pub struct Vault {
    ring: Arc<RwLock<Ring>>,
    /// The key file, if the keys come from there: it is read again when another process has rotated.
    file: Option<PathBuf>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault(key {})", self.key_id())
    }
}

/// What a sealed value is for; part of its associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A portal password.
    Password,
    /// Cached cookies.
    Cookies,
    /// A session of the dashboard, which is of no user.
    Dashboard,
    /// What signs what is sent to an address of another system; the address stands for the user.
    Webhook,
    /// A list of examiners between looking at it and writing it, which is of no user.
    Import,
    /// What was set in the browser, in a backup, which is of no user.
    Settings,
}

impl Purpose {
    fn associated_data(self, usuario_id: i32) -> String {
        let purpose = match self {
            Self::Password => "password",
            Self::Cookies => "cookies",
            Self::Dashboard => "dashboard",
            Self::Webhook => "webhook",
            Self::Import => "import",
            Self::Settings => "settings",
        };
        format!("agendad|{purpose}|{usuario_id}")
    }
}

/// Where the key file lies.
#[must_use]
pub fn key_file(state_dir: &Path) -> PathBuf {
    state_dir.join("vault.key")
}

impl Vault {
    /// The configured keys; else the key file under `state_dir`; `None` if there is neither.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], [`VaultError::BadKeyFile`], [`VaultError::KeyFile`].
    pub fn find(
        configured: Option<&SecretString>,
        state_dir: &Path,
    ) -> Result<Option<Self>, VaultError> {
        if let Some(keys) = configured {
            return Self::of(keys.expose_secret(), None).map(Some);
        }
        let path = key_file(state_dir);
        let text = file::read(&path)?;
        text.map(|text| Self::of(&text, Some(path))).transpose()
    }

    /// The same, but a missing key file is made.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], [`VaultError::BadKeyFile`], [`VaultError::KeyFile`], [`VaultError::NoRandomness`].
    pub fn open(configured: Option<&SecretString>, state_dir: &Path) -> Result<Self, VaultError> {
        if let Some(vault) = Self::find(configured, state_dir)? {
            return Ok(vault);
        }
        let path = key_file(state_dir);
        let key = generate()?;
        if file::make(&path, &key)? {
            return Self::of(&key, Some(path));
        }
        let made_by_another = file::read(&path)?.unwrap_or_default();
        Self::of(&made_by_another, Some(path))
    }

    pub(super) fn of(keys: &str, file: Option<PathBuf>) -> Result<Self, VaultError> {
        let ring = match &file {
            Some(path) => ring_of(path, keys)?,
            None => Ring::parse(keys)?,
        };
        let ring = Arc::new(RwLock::new(ring));
        Ok(Self { ring, file })
    }

    /// Id of the key that seals.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.ring().first.id
    }

    /// Whether values sealed with the key of this id can be opened.
    #[must_use]
    pub fn has_key(&self, id: &str) -> bool {
        self.key(id).is_some()
    }

    /// The key file, unless the keys are configured elsewhere.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Keeps other processes from putting a key in front meanwhile, and knows the keys as they are then; `None`: another
    /// one is at it. Keys that are configured elsewhere change by nobody here.
    ///
    /// # Errors
    /// [`VaultError::KeyFile`].
    pub fn lock(&self) -> Result<Option<KeyFileLock>, VaultError> {
        let lock = match &self.file {
            Some(path) => file::lock(path)?,
            None => Some(KeyFileLock::default()),
        };
        self.read_file_again();
        Ok(lock)
    }

    /// Puts a new key in front of the present one, in the key file; of those before that only what `is_needed` says by its
    /// id is kept. The new key's id. What is sealed is not touched: see [`Vault::reseal`].
    ///
    /// # Errors
    /// [`VaultError::KeyFile`]; then nothing has changed. `None` if the keys are not in the key file.
    pub fn add_key(&self, is_needed: impl Fn(&str) -> bool) -> Result<Option<String>, VaultError> {
        let Some(path) = &self.file else {
            return Ok(None);
        };
        let present = file::read(path)?.unwrap_or_default();
        let mut keys = generate()?;
        for (place, key) in present.split_whitespace().enumerate() {
            if place == 0 || is_needed(&ring_of(path, key)?.first.id) {
                keys = Zeroizing::new(format!("{}\n{key}", *keys));
            }
        }
        let keys = Zeroizing::new(format!("{}\n", *keys));
        let ring = Ring::parse(&keys)?;
        file::replace(path, &keys)?;
        let id = ring.first.id.clone();
        self.put(ring);
        Ok(Some(id))
    }

    /// Seals a secret for one user and purpose.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(
        &self,
        purpose: Purpose,
        usuario_id: i32,
        secret: &str,
    ) -> Result<String, VaultError> {
        // It may be kept for years: not under a key that another process has just retired.
        self.read_file_again();
        let key = self.ring().first;
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        let aad = purpose.associated_data(usuario_id);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: aad.as_bytes(),
        };
        let sealed = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        let body = BASE64.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("v1.{}.{body}", key.id))
    }

    /// The fingerprints of a secret and of what it is for (of a password, the CPF that it is posted with), one for each key
    /// at hand, that of the key that seals first: recognises the secret without keeping it. Keyed, so that nobody can try
    /// passwords on it.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], never in truth.
    pub fn fingerprints(&self, of: &str, secret: &str) -> Result<Vec<String>, VaultError> {
        let ring = self.ring();
        ring.all()
            .map(|key| key.fingerprint([of, secret]))
            .collect()
    }

    /// The first of [`Vault::fingerprints`]: what is written down.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], never in truth.
    pub fn fingerprint(&self, cpf_digits: &str, password: &str) -> Result<String, VaultError> {
        self.ring().first.fingerprint([cpf_digits, password])
    }

    /// Opens a sealed secret of one user and purpose.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`], [`VaultError::Damaged`].
    pub fn unseal(
        &self,
        purpose: Purpose,
        usuario_id: i32,
        sealed: &str,
    ) -> Result<SecretString, VaultError> {
        let (key_id, body) = parts(sealed).ok_or(VaultError::Damaged)?;
        let key = self.key(key_id).ok_or_else(|| VaultError::OtherKey {
            sealed: key_id.to_owned(),
            ours: self.key_id(),
        })?;
        let bytes = BASE64.decode(body).map_err(|_| VaultError::Damaged)?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(VaultError::Damaged)?;
        let aad = purpose.associated_data(usuario_id);
        let payload = Payload {
            msg: sealed,
            aad: aad.as_bytes(),
        };
        let plain = key
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        String::from_utf8(plain)
            .map(SecretString::from)
            .map_err(|_| VaultError::Damaged)
    }

    /// Seals anew, with the first key, what an earlier one sealed; `None` if nothing needs to be done.
    ///
    /// # Errors
    /// As [`Vault::unseal`].
    pub fn reseal(
        &self,
        purpose: Purpose,
        usuario_id: i32,
        sealed: &str,
    ) -> Result<Option<String>, VaultError> {
        if parts(sealed).is_some_and(|(key_id, _)| key_id == self.key_id()) {
            return Ok(None);
        }
        let plain = self.unseal(purpose, usuario_id, sealed)?;
        self.seal(purpose, usuario_id, plain.expose_secret())
            .map(Some)
    }

    pub(super) fn key(&self, id: &str) -> Option<Key> {
        if let Some(key) = self.ring().find(id) {
            return Some(key.clone());
        }
        self.read_file_again();
        self.ring().find(id).cloned()
    }

    /// A file that cannot be read now leaves the keys as they are.
    pub(super) fn read_file_again(&self) {
        let Some(path) = &self.file else { return };
        let ring = file::read(path).and_then(|text| ring_of(path, &text.unwrap_or_default()));
        match ring {
            Ok(ring) => self.put(ring),
            Err(error) => tracing::warn!(%error, "the key file cannot be read again"),
        }
    }

    fn ring(&self) -> Ring {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.clone()
    }

    fn put(&self, ring: Ring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
    }
}

/// The ring of a key file.
fn ring_of(path: &Path, text: &str) -> Result<Ring, VaultError> {
    Ring::parse(text).map_err(|_| file::bad(path, text.trim().is_empty()))
}

/// Id of the key that sealed a value; `None` if it is no sealed value.
#[must_use]
pub fn sealing_key(sealed: &str) -> Option<&str> {
    parts(sealed).map(|(key_id, _)| key_id)
}

fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix("v1.")?.split_once('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> String {
        BASE64.encode([byte; 32])
    }

    fn vault(byte: u8) -> Vault {
        Vault::of(&key(byte), None).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_user_and_purpose_only() {
        let vault = vault(1);
        let sealed = vault.seal(Purpose::Password, 7, "segredo").unwrap();
        assert!(!sealed.contains("segredo"));
        assert_ne!(
            sealed,
            vault.seal(Purpose::Password, 7, "segredo").unwrap(),
            "nonces differ"
        );
        assert_eq!(
            vault
                .unseal(Purpose::Password, 7, &sealed)
                .unwrap()
                .expose_secret(),
            "segredo"
        );
        assert!(matches!(
            vault.unseal(Purpose::Password, 8, &sealed),
            Err(VaultError::Damaged)
        ));
        assert!(matches!(
            vault.unseal(Purpose::Cookies, 7, &sealed),
            Err(VaultError::Damaged)
        ));
    }

    #[test]
    fn another_key_and_damage_are_told_apart() {
        let sealed = vault(1).seal(Purpose::Password, 7, "segredo").unwrap();
        assert!(matches!(
            vault(2).unseal(Purpose::Password, 7, &sealed),
            Err(VaultError::OtherKey { .. })
        ));
        for damaged in [
            sealed.replace("v1.", "v2."),
            sealed[..sealed.len() - 8].to_owned(),
            String::new(),
        ] {
            assert!(matches!(
                vault(1).unseal(Purpose::Password, 7, &damaged),
                Err(VaultError::Damaged)
            ));
        }
        for bad in ["", " ", "short", "AAAA"] {
            assert!(
                matches!(Vault::of(bad, None), Err(VaultError::BadKey)),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn the_first_key_seals_and_all_of_them_open() {
        let both = Vault::of(&format!("{}\n {}\n", key(2), key(1)), None).unwrap();
        let old = vault(1).seal(Purpose::Password, 7, "segredo").unwrap();
        assert_eq!(
            both.unseal(Purpose::Password, 7, &old)
                .unwrap()
                .expose_secret(),
            "segredo"
        );
        let new = both.reseal(Purpose::Password, 7, &old).unwrap().unwrap();
        assert_eq!(sealing_key(&new), Some(vault(2).key_id().as_str()));
        assert_eq!(
            vault(2)
                .unseal(Purpose::Password, 7, &new)
                .unwrap()
                .expose_secret(),
            "segredo"
        );
        assert!(both.reseal(Purpose::Password, 7, &new).unwrap().is_none());
    }

    #[test]
    fn the_first_start_makes_a_key_that_only_the_owner_reads() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        assert!(Vault::find(None, dir.path()).unwrap().is_none());
        let vault = Vault::open(None, dir.path()).unwrap();
        let sealed = vault.seal(Purpose::Password, 1, "x").unwrap();
        let again = Vault::open(None, dir.path()).unwrap();
        assert!(again.unseal(Purpose::Password, 1, &sealed).is_ok());
        vault.add_key(|_| false).unwrap();
        let mode = key_file(dir.path()).metadata().unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }

    #[test]
    fn a_running_process_follows_a_rotation_of_the_key_file() {
        let dir = tempfile::tempdir().unwrap();
        let running = Vault::open(None, dir.path()).unwrap();
        let old = running.seal(Purpose::Password, 1, "x").unwrap();

        let rotating = Vault::open(None, dir.path()).unwrap();
        let id = rotating.add_key(|_| false).unwrap().unwrap();
        assert_ne!(id, running.key_id());
        let new = rotating
            .reseal(Purpose::Password, 1, &old)
            .unwrap()
            .unwrap();

        assert!(running.unseal(Purpose::Password, 1, &new).is_ok());
        assert!(running.unseal(Purpose::Password, 1, &old).is_ok());
        let sealed = running.seal(Purpose::Password, 1, "y").unwrap();
        assert_eq!(sealing_key(&sealed), Some(id.as_str()));
    }

    #[test]
    fn nothing_is_sealed_with_a_key_that_another_process_has_retired() {
        for purpose in [
            Purpose::Password,
            Purpose::Cookies,
            Purpose::Dashboard,
            Purpose::Webhook,
            Purpose::Import,
            Purpose::Settings,
        ] {
            let dir = tempfile::tempdir().unwrap();
            let running = Vault::open(None, dir.path()).unwrap();
            let rotating = Vault::open(None, dir.path()).unwrap();
            let id = rotating.add_key(|_| false).unwrap();
            let sealed = running.seal(purpose, 1, "x").unwrap();
            assert_eq!(sealing_key(&sealed), id.as_deref(), "{purpose:?}");
        }
    }

    #[test]
    fn a_key_that_is_needed_stays_whichever_comes_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let needed = vault.key_id();
        let backup = vault.seal(Purpose::Settings, 0, "x").unwrap();
        let second = vault.add_key(|_| false).unwrap().unwrap();
        for _ in 0..3 {
            vault.add_key(|id| id == needed).unwrap();
        }
        assert!(vault.unseal(Purpose::Settings, 0, &backup).is_ok());
        assert!(vault.has_key(&needed) && !vault.has_key(&second));
        let text = std::fs::read_to_string(key_file(dir.path())).unwrap();
        assert_eq!(text.lines().count(), 3);
        vault.add_key(|_| false).unwrap();
        assert!(!vault.has_key(&needed));
    }

    #[test]
    fn a_fingerprint_recognises_a_password_of_one_person_by_every_key_at_hand() {
        let (old, new) = (vault(1), vault(2));
        let both = Vault::of(&format!("{} {}", key(2), key(1)), None).unwrap();
        let print = old.fingerprint("52998224725", "segredo").unwrap();
        assert_eq!(print, old.fingerprint("52998224725", "segredo").unwrap());
        assert!(!print.contains("segredo") && !print.contains("52998224725"));
        for other in [
            old.fingerprint("52998224725", "segredO"),
            old.fingerprint("11144477735", "segredo"),
            old.fingerprint("5299822472", "5segredo"),
            new.fingerprint("52998224725", "segredo"),
        ] {
            assert_ne!(print, other.unwrap());
        }
        let all = both.fingerprints("52998224725", "segredo").unwrap();
        assert_eq!(
            all,
            [new.fingerprint("52998224725", "segredo").unwrap(), print]
        );
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        let shown = format!("{:?}", vault(9));
        assert!(!shown.contains(&key(9)), "{shown}");
    }
}
