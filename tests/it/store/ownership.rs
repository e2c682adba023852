//! Whose session the portal has: as a table of what may have happened, and step by step.

use std::time::Duration;

use agendad::domain::{Cpf, WorkingDays};
use agendad::store::Store;
use agendad::store::accounts::Account;
use agendad::store::ownership::{
    Dead, LoginAnswer, LoginBegun, OtherSession, OtherSessionRule, Ownership,
};

use crate::support::TestDatabase;

const IDLE: Duration = Duration::from_secs(30 * 60);
const IN: LoginAnswer = LoginAnswer::In { forced: false };
const FORCED: LoginAnswer = LoginAnswer::In { forced: true };

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn rule(wait: Option<Duration>) -> OtherSessionRule<'static> {
    OtherSessionRule {
        wait,
        gap: IDLE,
        timezone: "America/Sao_Paulo",
    }
}

/// One examiner whose portal session it is about.
struct Scene {
    db: TestDatabase,
    cpf: Cpf,
}

/// What may happen to it.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A login is begun, and answered.
    Login(LoginAnswer),
    /// A login is begun, and comes to nothing.
    Undone,
    /// A login is begun, and the process dies.
    Killed,
    /// A run ends.
    Used,
    /// The portal refuses our cookies.
    FoundDead,
    /// We log out.
    LoggedOut,
    /// Nothing happens for so many minutes. Negative: the clock was ahead by so much, and is put right.
    Minutes(i32),
}

use Step::{FoundDead, Killed, LoggedOut, Login, Minutes, Undone, Used};

impl Scene {
    async fn new() -> Self {
        Self {
            db: TestDatabase::new().await,
            cpf: Cpf::parse("52998224725").unwrap(),
        }
    }

    fn store(&self) -> &Store {
        &self.db.store
    }

    async fn login_begins(&self) -> LoginBegun {
        let account = Account::brought(1, self.cpf.clone(), String::new(), WorkingDays::ALL);
        let begun = self.store().login_begins(&account, IDLE).await.unwrap();
        begun.unwrap()
    }

    async fn begin(&self) -> (i64, Ownership) {
        let begun = self.login_begins().await;
        (begun.generation, begun.before)
    }

    async fn generation(&self) -> i64 {
        sqlx::query_scalar("SELECT generation FROM portal_sessions")
            .fetch_one(&self.db.pool)
            .await
            .unwrap()
    }

    async fn answered(&self, generation: i64, answer: LoginAnswer) {
        let written = self.store().login_answered(&self.cpf, generation, answer);
        assert!(written.await.unwrap());
    }

    async fn login(&self, answer: LoginAnswer) -> i64 {
        let (generation, _) = self.begin().await;
        self.answered(generation, answer).await;
        generation
    }

    async fn found_dead(&self) -> Dead {
        let generation = self.generation().await;
        let dead = self.store().session_found_dead(&self.cpf, generation, IDLE);
        dead.await.unwrap()
    }

    /// Lets time pass for everything that is written.
    async fn minutes(&self, minutes: i32) {
        let shift = [
            "opened_at",
            "last_used_at",
            "closed_at",
            "found_dead_at",
            "other_since",
            "other_last_met",
            "other_wait_until",
            "taken_back_at",
            "clear_asked_at",
        ]
        .map(|column| format!("{column} = {column} - make_interval(mins => {minutes})"))
        .join(", ");
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE portal_sessions SET {shift}"
        )))
        .execute(&self.db.pool)
        .await
        .unwrap();
    }

    async fn step(&self, step: Step) {
        match step {
            Login(answer) => {
                self.login(answer).await;
            }
            Undone => {
                let begun = self.login_begins().await;
                let undone = self.store().login_undone(&self.cpf, &begun);
                undone.await.unwrap();
            }
            Killed => {
                self.begin().await;
            }
            Used => {
                let generation = self.generation().await;
                let used = self.store().session_used(&self.cpf, generation, None);
                assert!(used.await.unwrap().is_some());
            }
            FoundDead => {
                self.found_dead().await;
            }
            LoggedOut => {
                let generation = self.generation().await;
                let closed = self.store().session_closed(&self.cpf, generation, None);
                closed.await.unwrap();
            }
            Minutes(minutes) => self.minutes(minutes).await,
        }
    }

    async fn met(&self, wait: Option<Duration>) -> OtherSession {
        let rule = rule(wait);
        let met = self.store().other_session_met(&self.cpf, &rule);
        met.await.unwrap()
    }

    /// A run that meets the examiner's own session and gives up unless it may end it.
    async fn tick(&self, wait: Option<Duration>) -> OtherSession {
        let (generation, before) = self.begin().await;
        assert_eq!(before, Ownership::NotOurs);
        self.answered(generation, LoginAnswer::InUse).await;
        self.met(wait).await
    }

    async fn forget(&self) {
        sqlx::query("DELETE FROM portal_sessions")
            .execute(&self.db.pool)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_session_is_ours_if_the_record_says_so_and_never_by_a_stamp_from_the_future() {
    use Ownership::{NotOurs, Ours};
    const YEAR: i32 = 365 * 24 * 60;
    let cases: &[(&[Step], Ownership)] = &[
        (&[], NotOurs),
        (&[Login(IN)], Ours),
        (&[Login(IN), Minutes(29)], Ours),
        (&[Login(IN), Minutes(31)], NotOurs),
        (&[Login(IN), Minutes(20), Used, Minutes(20)], Ours),
        (&[Login(IN), LoggedOut], NotOurs),
        (&[Login(LoginAnswer::InUse)], NotOurs),
        (&[Login(LoginAnswer::NotIn)], NotOurs),
        // Whoever had a session has it still, and ours was not used.
        (&[Undone], NotOurs),
        (&[Login(IN), Undone], Ours),
        (&[Login(IN), Undone, Undone, Minutes(29)], Ours),
        (&[Login(IN), Minutes(20), Undone, Minutes(20)], NotOurs),
        (&[Killed, Undone], Ours),
        (&[Login(IN), LoggedOut, Undone], NotOurs),
        (&[Login(IN), FoundDead, Undone], NotOurs),
        (&[Login(IN), FoundDead, Undone, Killed], NotOurs),
        (&[Login(LoginAnswer::InUse), Undone], NotOurs),
        (&[Login(LoginAnswer::InUse), Undone, Killed], NotOurs),
        // A process died in the middle of a login.
        (&[Killed], Ours),
        (&[Killed, Killed], Ours),
        (&[Login(IN), Killed, Minutes(29)], Ours),
        (&[Killed, Minutes(31)], NotOurs),
        (&[Login(IN), LoggedOut, Killed], Ours),
        // The examiner was there before it, or may have taken over.
        (&[Login(LoginAnswer::InUse), Killed], NotOurs),
        (&[Login(LoginAnswer::InUse), Killed, Killed], NotOurs),
        (&[Login(IN), FoundDead], NotOurs),
        (&[Login(IN), FoundDead, Killed], NotOurs),
        (&[Login(IN), FoundDead, Killed, Killed], NotOurs),
        (&[Login(IN), FoundDead, Login(IN)], Ours),
        (&[Login(LoginAnswer::InUse), Login(IN), Killed], Ours),
        // What had rested was ended by the portal.
        (&[Login(IN), Minutes(31), FoundDead, Killed], Ours),
        // The clock was ahead: by an hour, by a year, with a login in between.
        (&[Login(IN), Minutes(-60)], NotOurs),
        (&[Login(IN), Minutes(-YEAR)], NotOurs),
        (&[Killed, Minutes(-YEAR)], NotOurs),
        (&[Login(IN), Minutes(-60), Used], NotOurs),
        (&[Login(IN), Minutes(-YEAR), Login(IN)], Ours),
    ];
    let scene = Scene::new().await;
    for (steps, expected) in cases {
        scene.forget().await;
        for step in *steps {
            scene.step(*step).await;
        }
        let (_, before) = scene.begin().await;
        assert_eq!(before, *expected, "{steps:?}");
    }
    scene.db.close().await;
}

#[tokio::test]
async fn each_login_is_a_generation_and_whoever_is_late_writes_nothing() {
    let scene = Scene::new().await;
    let store = scene.store();
    let first = scene.login(IN).await;
    let (second, before) = scene.begin().await;
    assert_eq!((second, before), (first + 1, Ownership::Ours));

    let cpf = &scene.cpf;
    assert!(
        !store
            .login_answered(cpf, first, LoginAnswer::InUse)
            .await
            .unwrap()
    );
    assert_eq!(
        store.session_used(cpf, first, Some("v1.x")).await.unwrap(),
        None
    );
    assert_eq!(
        store.session_found_dead(cpf, first, IDLE).await.unwrap(),
        Dead::Superseded
    );
    store.session_closed(cpf, first, None).await.unwrap();
    scene.answered(second, IN).await;
    assert!(
        store
            .session_used(cpf, second, None)
            .await
            .unwrap()
            .is_some()
    );
    assert!(store.kept_session(1, cpf, IDLE).await.unwrap().is_none());
    scene.db.close().await;
}

#[tokio::test]
async fn a_session_that_died_early_is_told_from_one_that_rested() {
    let scene = Scene::new().await;
    scene.login(IN).await;
    scene.minutes(29).await;
    assert_eq!(scene.found_dead().await, Dead::Early);
    scene.login(IN).await;
    scene.minutes(31).await;
    assert_eq!(scene.found_dead().await, Dead::Rested);
    scene.login(IN).await;
    scene.minutes(-60).await;
    assert_eq!(
        scene.found_dead().await,
        Dead::Rested,
        "a stamp from the future"
    );
    scene.db.close().await;
}

#[tokio::test]
async fn of_two_logins_that_begin_at_once_one_sees_the_other() {
    let scene = Scene::new().await;
    for _ in 0..20 {
        scene.forget().await;
        let (one, other) = tokio::join!(scene.begin(), scene.begin());
        let mut both = [one, other];
        both.sort_by_key(|(generation, _)| *generation);
        assert_eq!(both, [(1, Ownership::NotOurs), (2, Ownership::Ours)]);
    }
    scene.db.close().await;
}

#[tokio::test]
async fn the_examiners_session_is_left_alone_until_patience_is_over() {
    let scene = Scene::new().await;
    let wait = Some(minutes(45));
    let OtherSession::Wait { until } = scene.tick(wait).await else {
        panic!("the first meeting");
    };
    for _ in 0..2 {
        scene.minutes(15).await;
        let OtherSession::Wait { until: later } = scene.tick(wait).await else {
            panic!("not yet");
        };
        let shifted = (until - later).num_seconds().rem_euclid(15 * 60);
        assert_eq!(shifted, 0, "one wait has one end");
    }
    scene.minutes(15).await;
    assert_eq!(scene.tick(wait).await, OtherSession::Force);
    scene.db.close().await;
}

#[tokio::test]
async fn a_gap_or_a_step_of_the_clock_starts_the_wait_anew_and_a_login_ends_it() {
    let scene = Scene::new().await;
    let wait = Some(minutes(45));
    for interruption in [31, -31, -365 * 24 * 60] {
        scene.forget().await;
        scene.tick(wait).await;
        scene.minutes(25).await;
        scene.tick(wait).await;
        scene.minutes(interruption).await;
        assert!(
            matches!(scene.tick(wait).await, OtherSession::Wait { .. }),
            "{interruption}"
        );
        scene.minutes(25).await;
        assert!(
            matches!(scene.tick(wait).await, OtherSession::Wait { .. }),
            "{interruption}: anew, not 50 minutes"
        );
        scene.minutes(25).await;
        assert_eq!(
            scene.tick(wait).await,
            OtherSession::Force,
            "{interruption}"
        );
    }

    scene.forget().await;
    scene.tick(wait).await;
    scene.minutes(25).await;
    let generation = scene.login(IN).await;
    let closed = scene.store().session_closed(&scene.cpf, generation, None);
    closed.await.unwrap();
    scene.minutes(25).await;
    assert!(matches!(scene.tick(wait).await, OtherSession::Wait { .. }));
    scene.db.close().await;
}

#[tokio::test]
async fn no_patience_forces_at_once_and_endless_patience_never() {
    let scene = Scene::new().await;
    assert_eq!(scene.tick(Some(Duration::ZERO)).await, OtherSession::Force);
    scene.forget().await;
    for _ in 0..100 {
        assert_eq!(scene.tick(None).await, OtherSession::Never);
        scene.minutes(25).await;
    }
    scene.db.close().await;
}

#[tokio::test]
async fn a_forced_session_that_the_examiner_takes_back_is_not_forced_again_before_the_next_day() {
    let scene = Scene::new().await;
    let at_once = Some(Duration::ZERO);
    let force = async || {
        assert_eq!(scene.tick(at_once).await, OtherSession::Force);
        let (generation, _) = scene.begin().await;
        scene.answered(generation, FORCED).await;
    };
    force().await;
    assert_eq!(scene.found_dead().await, Dead::Early);
    let OtherSession::NotToday { until } = scene.tick(at_once).await else {
        panic!("it was taken back");
    };
    let local: String = sqlx::query_scalar(
        "SELECT concat_ws(' ', to_char($1 AT TIME ZONE 'America/Sao_Paulo', 'HH24:MI:SS'),
             ($1 AT TIME ZONE 'America/Sao_Paulo')::date - (now() AT TIME ZONE 'America/Sao_Paulo')::date)",
    )
    .bind(until)
    .fetch_one(&scene.db.pool)
    .await
    .unwrap();
    assert_eq!(local, "00:00:00 1", "midnight of the examiner's own day");
    assert_eq!(
        scene.tick(at_once).await,
        OtherSession::NotToday { until },
        "and it stays so"
    );
    // A day later.
    scene.minutes(24 * 60).await;
    assert_eq!(scene.tick(at_once).await, OtherSession::Force);

    // A login without force: the examiner has gone.
    scene.forget().await;
    force().await;
    scene.found_dead().await;
    assert!(matches!(
        scene.tick(at_once).await,
        OtherSession::NotToday { .. }
    ));
    scene.login(IN).await;
    scene.step(LoggedOut).await;
    assert_eq!(scene.tick(at_once).await, OtherSession::Force);

    // A stamp from the future stops nothing.
    scene.forget().await;
    force().await;
    scene.found_dead().await;
    assert!(matches!(
        scene.tick(at_once).await,
        OtherSession::NotToday { .. }
    ));
    scene.minutes(-365 * 24 * 60).await;
    assert_eq!(scene.tick(at_once).await, OtherSession::Force);
    scene.db.close().await;
}

#[tokio::test]
async fn a_session_that_was_forced_over_one_of_ours_counts_as_nobody_elses() {
    let scene = Scene::new().await;
    scene.step(Killed).await;
    let (generation, before) = scene.begin().await;
    assert_eq!(before, Ownership::Ours);
    scene.answered(generation, FORCED).await;
    assert_eq!(scene.found_dead().await, Dead::Early);
    assert!(matches!(
        scene.tick(Some(minutes(45))).await,
        OtherSession::Wait { .. }
    ));
    scene.db.close().await;
}

#[tokio::test]
async fn a_process_that_dies_while_it_ends_the_examiners_session_ends_it_at_the_next_tick() {
    let scene = Scene::new().await;
    let wait = Some(minutes(20));
    scene.tick(wait).await;
    scene.minutes(20).await;
    assert_eq!(scene.tick(wait).await, OtherSession::Force);
    scene.step(Killed).await;
    scene.minutes(15).await;
    assert_eq!(scene.tick(wait).await, OtherSession::Force);
    scene.db.close().await;
}
