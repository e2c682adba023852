//! What the configuration says about runs. A reload replaces it while runs go on: each step takes what is in force
//! when it begins.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::config::Config;
use crate::config::portal::DurationOrNever;
use crate::config::sections::OnRemoved;
use crate::domain::{ExamStatuses, Window};
use crate::portal::Portal;
use crate::store::slots::StoreRules;

/// What the configuration says about runs.
#[derive(Debug, Clone)]
pub struct SyncRules {
    /// Guard and appointments.
    pub store: StoreRules,
    /// Longest run.
    pub run_timeout: Duration,
    /// Longest time for which the portal's Retry-After is waited within a run.
    pub max_retry_after: Duration,
    /// How long an account rests after a CAPTCHA.
    pub captcha_pause: Duration,
    /// Which exam statuses close a slot.
    pub statuses: ExamStatuses,
    /// Whether each run ends its session.
    pub logout_after_run: bool,
    /// How long the examiner's own session is left alone.
    pub other_session_patience: DurationOrNever,
    /// How often a further unit is read.
    pub unit_interval: Duration,
    /// How often a further unit is read that had no slots.
    pub quiet_unit_interval: Duration,
    /// The configured windows, to know which of them a range of dates covers.
    pub windows: Vec<Window>,
}

impl SyncRules {
    /// Takes them out of the configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            store: StoreRules {
                max_removed_ratio: config.guard.max_removed_ratio,
                min_slots: config.guard.min_slots,
                confirmations: config.guard.confirmations,
                appointments: config.appointments.enabled,
                cancel_on_removed: config.appointments.on_removed == OnRemoved::Cancel,
                area_code: config.appointments.area_code.clone(),
                timezone: config.timezone.name().to_owned(),
            },
            run_timeout: config.scheduler.run_timeout,
            max_retry_after: config.portal.max_retry_after,
            captcha_pause: config.portal.profile.captcha_pause,
            statuses: ExamStatuses::new(
                &config.portal.profile.closing_statuses,
                &config.portal.profile.open_statuses,
            ),
            logout_after_run: config.session.logout_after_run,
            other_session_patience: config.portal.other_session_patience,
            unit_interval: config.portal.unit_interval,
            quiet_unit_interval: config.portal.quiet_unit_interval,
            windows: config.windows.clone(),
        }
    }
}

/// The portal client and the limits of a run, as configured now.
#[derive(Debug)]
pub struct Settings {
    pub portal: Portal,
    /// Limits of a run.
    pub rules: SyncRules,
}

/// The settings in force.
#[derive(Debug)]
pub struct CurrentSettings(RwLock<Arc<Settings>>);

impl CurrentSettings {
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
