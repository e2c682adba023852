//! One request from arrival to answer: counted, held up, struck by faults or served.

use std::sync::Arc;

use axum::body::Body;
use axum::http;

use super::answer::Delivery;
use super::connection::Connection;
use super::faults::FaultKind;
use super::form::ReceivedRequest;
use super::misbehave::{self, LOOP_PATH};
use super::routes::{PARKED_PATH, Request};
use super::world::World;

/// Answers a request.
pub(super) async fn answer(
    world: Arc<World>,
    connection: Connection,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let received = ReceivedRequest::read(request).await;
    let delivery = Delivery::to(&received);
    let mut request = Request::new(&world, &received);
    let visit = request.visit();
    let whose = request.whose();
    let _running = world.counters.request(visit, whose);
    if visit.is_login() && request.has_password() {
        world.counters.password(whose);
    }
    if whose.is_some_and(|examiner| connection.carries(examiner)) {
        world.counters.connection_shared();
    }
    tracing::debug!(method = %received.method, path = received.path, ?visit, examiner = whose, "portal request");

    // Where faults lead to, none strikes again.
    match received.path.as_str() {
        LOOP_PATH => return misbehave::loop_on(received.field("volta")).send(delivery),
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
