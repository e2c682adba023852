//! One request from arrival to answer: counted, held up, struck by faults or served.

use std::sync::Arc;

use axum::body::Body;
use axum::http;
use tokio_util::sync::CancellationToken;

use super::form::Asked;
use super::misbehave::{self, LOOP_PATH};
use super::routes::{PARKED_PATH, Request};
use super::world::World;

/// Answers a request. Cancelling `connection` resets the connection it came on.
pub(super) async fn answer(
    world: Arc<World>,
    connection: CancellationToken,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let asked = Asked::read(request).await;
    let mut request = Request::new(&world, &asked);
    let visit = request.visit();
    let whose = request.whose();
    let _running = world.counters.request(visit, whose);
    tracing::debug!(method = %asked.method, path = asked.path, ?visit, examiner = whose, "portal request");

    // Where faults lead to, none strikes again.
    match asked.path.as_str() {
        LOOP_PATH => return misbehave::loop_on(asked.field("volta")).send(false),
        PARKED_PATH => {
            return request
                .page(visit)
                .send(world.config.variants.charset_header);
        }
        _ => {}
    }
    let strike = world.faults.strike(visit, whose);
    tokio::time::sleep(world.config.latency + strike.latency).await;
    for kind in &strike.kinds {
        if let Some(answer) = misbehave::instead(&request, kind, &connection).await {
            return answer.send(world.config.variants.charset_header);
        }
    }
    request.twist = misbehave::twist(&strike.kinds);
    let answer = request.page(visit);
    misbehave::deliver(&world, answer, &strike.kinds).await
}
