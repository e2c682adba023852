//! What a daemon says once it has started: what it is, and what its operator should know of the database, the passwords
//! and whoever may log in.

use super::parts::{App, Roles};
use crate::credentials;
use crate::domain::causes::in_a_line;
use crate::scheduler::offset::crowded;

impl App {
    /// Says it all; nothing of it keeps the daemon from running.
    pub(super) async fn say_how_it_stands(&self, roles: Roles) {
        self.announce(roles);
        self.miss_first_operator().await;
        self.warn_of_rights().await;
        self.warn_of_passwords().await;
        self.warn_of_windows().await;
        self.remember_refusals().await;
    }

    fn announce(&self, roles: Roles) {
        let config = self.config();
        let windows: Vec<&str> = config.windows.iter().map(|w| w.name.as_str()).collect();
        tracing::info!(
            instance = self.syncer.control.instance(),
            portal = %config.portal.base_url,
            private_database = self.database.is_private(),
            ?windows,
            workers = config.scheduler.workers,
            schedule = roles.schedule,
            work = roles.work,
            "agendad is running"
        );
    }

    /// Where there is a dashboard and nobody with a name to look after it. The address itself stands in no log: whoever
    /// reads one would become the operator.
    async fn miss_first_operator(&self) {
        if self.listening.get().is_none() {
            return;
        }
        match self.database.store.staffed().await {
            Ok(staffed) if staffed.operator => {}
            Ok(_) => tracing::warn!(
                "no operator has a name yet: `agendad people invite` shows an address at which the first one can be made"
            ),
            Err(error) => {
                tracing::warn!(
                    error = in_a_line(&error),
                    "nobody knows whether there is an operator"
                );
            }
        }
    }

    /// Names the windows that are read less often than they say, and those whom nothing reads, because their windows are
    /// not configured. Asked for at the start and by a reload, which is what makes them so.
    pub async fn warn_of_windows(&self) {
        self.warn_of_splay();
        let configured: Vec<String> = {
            let config = self.config();
            config.windows.iter().map(|w| w.name.clone()).collect()
        };
        match self.database.store.windowless(&configured).await {
            Ok(accounts) if accounts.is_empty() => {}
            Ok(accounts) => {
                let users: Vec<i32> = accounts.iter().map(|account| account.usuario_id).collect();
                tracing::warn!(
                    ?users,
                    "these examiners are limited to windows that are not configured: nothing reads them (agendad users edit --user N --windows all)"
                );
            }
            Err(error) => {
                let error = in_a_line(&error);
                tracing::warn!(error, "whom no window reads is not known");
            }
        }
    }

    fn warn_of_splay(&self) {
        let config = self.config();
        let splay = config.scheduler.splay;
        for crowded in crowded(&config.windows, splay, &self.syncer.clock) {
            tracing::warn!(
                window = crowded.window,
                shortest = ?crowded.distance,
                ?splay,
                "scheduler.splay is longer than the shortest time between two ticks of this window: ticks are merged, and the agenda is read less often"
            );
        }
    }

    async fn warn_of_rights(&self) {
        let appointments = self.config().appointments.enabled;
        match self.database.store.rights(appointments).await {
            Ok(rights) => {
                for lack in &rights.lacks {
                    let cure = lack.cure(&rights.role);
                    if lack.is_serious() {
                        tracing::error!(cure, "{lack}");
                    } else {
                        tracing::warn!(cure, "{lack}");
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the role's rights could not be looked at"),
        }
        match self.database.store.preflight_appointments().await {
            Ok(foreseen) if appointments => {
                for foreseen in foreseen {
                    tracing::warn!(cure = foreseen.cure(), "agendamentos: {foreseen}");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the appointments' table could not be looked at"),
        }
    }

    async fn warn_of_passwords(&self) {
        match credentials::passwords_at_rest(&self.database.store, &self.syncer.vault).await {
            Ok(passwords_at_rest) => {
                for warning in passwords_at_rest.warnings() {
                    tracing::warn!("{warning}");
                }
            }
            Err(error) => tracing::warn!(%error, "the stored passwords could not be looked at"),
        }
    }

    async fn remember_refusals(&self) {
        let (store, vault) = (&self.database.store, &self.syncer.vault);
        match credentials::remember_refusals(store, vault).await {
            Ok(0) => {}
            Ok(accounts) => {
                tracing::info!(accounts, "remembered passwords refused before the upgrade");
            }
            Err(error) => tracing::warn!(%error, "refused passwords could not be looked at"),
        }
    }
}
