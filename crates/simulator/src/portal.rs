//! One request from arrival to answer: counted, held up, struck by faults or served.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http;
use tokio_util::sync::CancellationToken;

use super::answer::Delivery;
use super::faults::FaultKind;
use super::form::Asked;
use super::misbehave::{self, LOOP_PATH};
use super::routes::{PARKED_PATH, Request};
use super::world::World;

/// The connection that requests come on.
#[derive(Debug, Clone, Default)]
pub(super) struct Connection {
    /// Cancelled: the connection is reset.
    pub(super) reset: CancellationToken,
    carried: Arc<Mutex<Carried>>,
}

#[derive(Debug, Default)]
struct Carried {
    examiner: Option<usize>,
    shared: bool,
}

impl Connection {
    /// Notes whose request came; says whether it is the first that makes the connection a shared one.
    fn carries(&self, examiner: usize) -> bool {
        let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *carried.examiner.get_or_insert(examiner);
        let news = first != examiner && !carried.shared;
        carried.shared |= news;
        news
    }
}

/// Answers a request.
pub(super) async fn answer(
    world: Arc<World>,
    connection: Connection,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let asked = Asked::read(request).await;
    let delivery = Delivery::to(&asked);
    let mut request = Request::new(&world, &asked);
    let visit = request.visit();
    let whose = request.whose();
    let _running = world.counters.request(visit, whose);
    if visit.is_login() && request.has_password() {
        world.counters.password(whose);
    }
    if whose.is_some_and(|examiner| connection.carries(examiner)) {
        world.counters.connection_shared();
    }
    tracing::debug!(method = %asked.method, path = asked.path, ?visit, examiner = whose, "portal request");

    // Where faults lead to, none strikes again.
    match asked.path.as_str() {
        LOOP_PATH => return misbehave::loop_on(asked.field("volta")).send(delivery),
        PARKED_PATH => return request.page(visit).send(delivery),
        _ => {}
    }
    let strike = world.faults.strike(visit, whose);
    tokio::time::sleep(world.config.latency + strike.latency).await;
    for kind in &strike.kinds {
        if let Some(answer) = misbehave::instead(&request, visit, kind, &connection).await {
            return answer.send(delivery);
        }
    }
    request.twist = misbehave::twist(&strike.kinds);
    let answer = request.page(visit);
    if strike.kinds.contains(&FaultKind::AnswerLost) {
        return misbehave::reset(&connection).await;
    }
    misbehave::deliver(&world, answer, &strike.kinds, delivery).await
}
