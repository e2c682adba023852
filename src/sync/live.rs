//! What a reload of the configuration replaces while runs go on: each step takes what is in force when
//! it begins.

use std::sync::{Arc, PoisonError, RwLock};

use super::SyncRules;
use crate::portal::Portal;

/// The portal client and the limits of a run, as configured now.
#[derive(Debug)]
pub struct Settings {
    /// The portal.
    pub portal: Portal,
    /// Limits of a run.
    pub rules: SyncRules,
}

/// The settings in force.
#[derive(Debug)]
pub struct Live(RwLock<Arc<Settings>>);

impl Live {
    /// Starts with these.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(RwLock::new(Arc::new(settings)))
    }

    /// Those in force now.
    #[must_use]
    pub fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in force.
    pub fn set(&self, settings: Settings) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}
