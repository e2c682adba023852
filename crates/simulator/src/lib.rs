//! The portal's double: an e-CNHsp of invented examiners and candidates, over real HTTP, for demo,
//! tests and benchmarks. It speaks the recorded wire and shares no code with the client.
//!
//! In story order: [`SimulatorConfig`] says how big and how lively; `people`, `invent` and `agenda`
//! make up who is there; `world` holds the truth, `changes` and `churn` alter it, `events` tell of
//! it; `sessions` keeps one session a person. A request comes through `server` to `portal`, which
//! counts it, lets [faults](Fault) strike it (`misbehave`) and has `routes` (`login_routes` before a
//! login, `agenda_routes` after it) choose one of the `pages`. `control` shows truth and levers as
//! JSON on a second address.

mod agenda;
mod agenda_routes;
mod answer;
mod booking;
mod changes;
mod churn;
mod config;
mod connection;
mod control;
mod events;
mod faults;
mod form;
mod invent;
mod login_routes;
mod misbehave;
mod names;
mod pages;
mod people;
mod portal;
mod requests;
mod routes;
mod server;
mod sessions;
mod stats;
mod world;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use url::Url;

pub use booking::{Booking, BookingKey};
pub use config::{DeadSession, EmptyDay, Professions, Refusal, SimulatorConfig, Variants};
pub use events::{AgendaChange, AgendaEvent};
pub use faults::{
    DialogSpelling, Fault, FaultKind, FaultReport, GRAMMAR, InvalidFault, Place, Scope, Times,
    parse_faults,
};
pub use invent::Unit;
pub use names::{InvalidRename, Names, Rename};
pub use people::Examiner;
pub use requests::{BookingRequest, Change, SimulatorError};
pub use sessions::{HeldBy, SessionReport};
pub use stats::{ExaminerStats, Stats};

use world::World;

/// A running simulator. It stops when it is [stopped](Simulator::stop) or dropped.
pub struct Simulator {
    world: Arc<World>,
    portal: Url,
    control: Url,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("portal", &self.portal.as_str())
            .field("control", &self.control.as_str())
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Listens on both addresses (port 0: any free one) and serves. Needs a Tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` for an impossible configuration; otherwise what kept it from listening.
    pub async fn start(
        config: SimulatorConfig,
        portal: SocketAddr,
        control: SocketAddr,
    ) -> io::Result<Self> {
        config.check()?;
        let portal_listener = TcpListener::bind(portal).await?;
        let control_listener = TcpListener::bind(control).await?;
        let portal = url_of(portal_listener.local_addr()?)?;
        let control = url_of(control_listener.local_addr()?)?;
        let world = Arc::new(World::new(config));
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();

        let connections = tasks.clone();
        tasks.spawn(server::serve(
            portal_listener,
            Arc::clone(&world),
            connections,
            stop.clone(),
        ));
        tasks.spawn(churn::live(Arc::clone(&world), stop.clone()));
        let router = control::router(Arc::clone(&world));
        let stopping = stop.clone();
        tasks.spawn(async move {
            let serving = axum::serve(control_listener, router);
            let until = stopping.cancelled_owned();
            if let Err(error) = serving.with_graceful_shutdown(until).await {
                tracing::error!(%error, "simulator's control address failed");
            }
        });
        tasks.close();
        Ok(Self {
            world,
            portal,
            control,
            tasks,
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
        })
    }

    /// Address of the portal, for `portal.base_url`.
    #[must_use]
    pub fn portal_url(&self) -> Url {
        self.portal.clone()
    }

    /// Address of the control interface.
    #[must_use]
    pub fn control_url(&self) -> Url {
        self.control.clone()
    }

    /// The examiners, with their present passwords.
    #[must_use]
    pub fn examiners(&self) -> Vec<Examiner> {
        self.world.examiners()
    }

    /// The units of an examiner; none, if there is no such examiner.
    #[must_use]
    pub fn units(&self, index: usize) -> Vec<Unit> {
        if index < self.world.count() {
            self.world.plan(index).units()
        } else {
            Vec::new()
        }
    }

    /// The truth: all bookings of an examiner (none, if there is no such examiner) from the day on which
    /// the simulator started, by day, then unit, then as the page lists them.
    #[must_use]
    pub fn agenda(&self, index: usize) -> Vec<Booking> {
        self.world.agenda(index, None, None).unwrap_or_default()
    }

    /// The truth from `from` to `to`, both inclusive.
    #[must_use]
    pub fn agenda_between(&self, index: usize, from: NaiveDate, to: NaiveDate) -> Vec<Booking> {
        self.world
            .agenda(index, Some(from), Some(to))
            .unwrap_or_default()
    }

    /// Makes a booking. A bare date books an invented person at a free hour in the first unit.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is no such examiner or unit.
    pub fn book(
        &self,
        index: usize,
        request: impl Into<BookingRequest>,
    ) -> Result<Booking, SimulatorError> {
        self.world.book(index, request.into())
    }

    /// Cancels a booking; gives what it was.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is none.
    pub fn cancel(&self, index: usize, key: &BookingKey) -> Result<Booking, SimulatorError> {
        self.world.cancel(index, key)
    }

    /// Changes a booking's contents; gives what it is now.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is none.
    pub fn change(
        &self,
        index: usize,
        key: &BookingKey,
        change: Change,
    ) -> Result<Booking, SimulatorError> {
        self.world.change(index, key, change)
    }

    /// Moves a booking to another day, at that hour or any free one; gives what it is now.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is none.
    pub fn reschedule(
        &self,
        index: usize,
        key: &BookingKey,
        date: NaiveDate,
        hour: Option<NaiveTime>,
    ) -> Result<Booking, SimulatorError> {
        self.world.reschedule(index, key, date, hour)
    }

    /// Makes a day of a unit be exactly this, in this order. Day and unit of the bookings are set to fit.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is no such examiner or unit.
    pub fn set_day(
        &self,
        index: usize,
        unit: &str,
        date: NaiveDate,
        bookings: Vec<Booking>,
    ) -> Result<(), SimulatorError> {
        self.world.set_day(index, unit, date, bookings)
    }

    /// Gives an examiner another password, which also lifts a block.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is no such examiner.
    pub fn set_password(&self, index: usize, password: &str) -> Result<(), SimulatorError> {
        self.world.set_password(index, password)
    }

    /// Adds a fault; gives its number among [`Simulator::faults`].
    pub fn inject(&self, fault: Fault) -> u64 {
        self.world.faults.add(fault)
    }

    /// The faults that are present, spent ones included, and how often each struck.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultReport> {
        self.world.faults.list()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.world.stats()
    }

    /// The sessions that somebody is logged in to, by examiner.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionReport> {
        self.world.sessions.list()
    }

    /// The examiner logs in at a browser of their own, or goes on using it; says how many sessions that
    /// ended.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is no such examiner.
    pub fn examiner_logs_in(&self, index: usize) -> Result<usize, SimulatorError> {
        self.world.examiner_logs_in(index)
    }

    /// The examiner logs out there; says whether they were logged in.
    ///
    /// # Errors
    /// [`SimulatorError`] if there is no such examiner.
    pub fn examiner_logs_out(&self, index: usize) -> Result<bool, SimulatorError> {
        self.world.examiner_logs_out(index)
    }

    /// Ends the sessions of one examiner, or all; says how many there were.
    pub fn expire_sessions(&self, examiner: Option<usize>) -> usize {
        self.world.sessions.expire(examiner)
    }

    /// Time between two random events from now on.
    pub fn set_churn(&self, every: Duration) {
        self.world.churn.send_replace(Some(every));
    }

    /// Ends the churn. Then nothing is under way: what the agendas say, they go on saying.
    pub fn quiesce(&self) {
        self.world.churn.send_replace(None);
    }

    /// What happens to the agendas from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<AgendaEvent> {
        self.world.events.subscribe()
    }

    /// Stops: closes all connections and waits until nothing of it runs.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

fn url_of(address: SocketAddr) -> io::Result<Url> {
    Url::parse(&format!("http://{address}/")).map_err(io::Error::other)
}
