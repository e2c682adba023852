//! What faults do to a request: an answer in place of the page, a page that is wrong, or a page that
//! arrives badly.

use std::convert::Infallible;
use std::future::pending;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Response, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream::{self, StreamExt};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, finish};
use super::faults::FaultKind;
use super::pages::{self, ResultTwist};
use super::routes::{PARKED_PATH, Request, Twist};
use super::world::World;

/// Redirects that only lead to themselves.
pub(super) const LOOP_PATH: &str = "/gefor/SGU/redireciona.do";

const CHUNK: usize = 64 * 1024;
const SLOW_STEPS_PER_SECOND: u32 = 10;

/// The answer that a fault puts in place of the page, if it does.
pub(super) async fn instead(
    request: &Request<'_>,
    kind: &FaultKind,
    connection: &CancellationToken,
) -> Option<Answer> {
    match kind {
        FaultKind::Status { code, retry_after } => Some(Answer::error(*code, *retry_after)),
        FaultKind::Reset => {
            connection.cancel();
            pending().await
        }
        FaultKind::Expired => {
            if let Some(visitor) = &request.visitor {
                request.world.sessions.close(&visitor.id);
            }
            Some(request.dead_session())
        }
        FaultKind::WrongPassword | FaultKind::Blocked => {
            request.world.counters.login_refused(request.whose());
            Some(request.refuse_login(*kind == FaultKind::Blocked))
        }
        FaultKind::Captcha => Some(Answer::page(pages::captcha())),
        FaultKind::Maintenance => Some(Answer::page(pages::maintenance())),
        FaultKind::RedirectLoop => Some(Answer::redirect(302, &format!("{LOOP_PATH}?volta=1"))),
        FaultKind::ForeignRedirect(to) => Some(Answer::redirect(307, to)),
        FaultKind::Latency(_)
        | FaultKind::Truncated(_)
        | FaultKind::Cut(_)
        | FaultKind::Slow(_)
        | FaultKind::Layout
        | FaultKind::EmptyTable
        | FaultKind::WrongDate
        | FaultKind::DuplicateRows
        | FaultKind::MalformedRows
        | FaultKind::Oversized(_)
        | FaultKind::GzipBomb(_)
        | FaultKind::MetaRefresh => None,
    }
}

/// What the faults make the page get wrong.
pub(super) fn twist(kinds: &[FaultKind]) -> Twist {
    let has = |kind| kinds.contains(&kind);
    Twist {
        layout: has(FaultKind::Layout),
        wrong_date: has(FaultKind::WrongDate),
        result: ResultTwist {
            odd_columns: has(FaultKind::Layout),
            no_rows: has(FaultKind::EmptyTable),
            twice: has(FaultKind::DuplicateRows),
            malformed: has(FaultKind::MalformedRows),
        },
    }
}

/// Sends the answer as badly as the faults want.
pub(super) async fn deliver(
    world: &Arc<World>,
    mut answer: Answer,
    kinds: &[FaultKind],
) -> Response<Body> {
    let charset = world.config.variants.charset_header;
    for kind in kinds {
        match kind {
            FaultKind::Truncated(bytes) => return truncated(answer, *bytes, charset),
            FaultKind::Slow(rate) => return slow(answer, *rate, charset),
            FaultKind::Oversized(bytes) => return oversized(answer, *bytes, charset),
            FaultKind::GzipBomb(bytes) => return gzip_bomb(answer, *bytes, charset).await,
            FaultKind::Cut(bytes) => {
                let length = bytes.unwrap_or(answer.body.len() / 2);
                answer.body.truncate(length);
            }
            FaultKind::MetaRefresh => {
                let number = world.park(std::mem::take(&mut answer.body));
                let to = format!("{PARKED_PATH}?pagina={number}");
                answer.body = pages::encode(&pages::refresh(&to));
            }
            FaultKind::Latency(_)
            | FaultKind::Status { .. }
            | FaultKind::Reset
            | FaultKind::Expired
            | FaultKind::WrongPassword
            | FaultKind::Blocked
            | FaultKind::Captcha
            | FaultKind::Maintenance
            | FaultKind::Layout
            | FaultKind::EmptyTable
            | FaultKind::WrongDate
            | FaultKind::DuplicateRows
            | FaultKind::MalformedRows
            | FaultKind::RedirectLoop
            | FaultKind::ForeignRedirect(_) => {}
        }
    }
    answer.send(charset)
}

/// The next step of a redirect loop.
pub(super) fn loop_on(query_value: Option<&str>) -> Answer {
    let step: u64 = query_value.and_then(|text| text.parse().ok()).unwrap_or(0);
    Answer::redirect(302, &format!("{LOOP_PATH}?volta={}", step.wrapping_add(1)))
}

fn truncated(answer: Answer, bytes: Option<usize>, charset: bool) -> Response<Body> {
    let whole = answer.body.len();
    let head = answer
        .head(charset)
        .header(header::CONTENT_LENGTH, whole.max(1));
    let mut part = answer.body;
    part.truncate(bytes.unwrap_or(whole / 2).min(whole.saturating_sub(1)));
    let body = stream::once(async { Ok(Bytes::from(part)) }).chain(stream::once(async {
        // What is there goes out first; then the connection breaks.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    }));
    finish(head, Body::from_stream(body))
}

fn slow(answer: Answer, rate: u32, charset: bool) -> Response<Body> {
    let head = answer
        .head(charset)
        .header(header::CONTENT_LENGTH, answer.body.len());
    let rate = rate.max(1);
    let step = (rate / SLOW_STEPS_PER_SECOND).max(1);
    let pause = Duration::from_secs_f64(f64::from(step) / f64::from(rate));
    let size = usize::try_from(step).unwrap_or(1);
    let body = stream::unfold(Bytes::from(answer.body), move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let part = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, Infallible>(part), rest))
    });
    finish(head, Body::from_stream(body))
}

fn oversized(answer: Answer, bytes: u64, charset: bool) -> Response<Body> {
    let head = answer.head(charset);
    let filler = Bytes::from(vec![b' '; CHUNK]);
    let chunks = bytes.div_ceil(CHUNK as u64);
    let page = stream::once(async { Bytes::from(answer.body) });
    let rest = stream::iter((0..chunks).map(move |_| filler.clone()));
    finish(
        head,
        Body::from_stream(page.chain(rest).map(Ok::<_, Infallible>)),
    )
}

async fn gzip_bomb(answer: Answer, bytes: u64, charset: bool) -> Response<Body> {
    let head = answer
        .head(charset)
        .header(header::CONTENT_ENCODING, "gzip");
    let packed = tokio::task::spawn_blocking(move || pack(&answer.body, bytes)).await;
    match packed {
        Ok(Ok(packed)) => finish(head, Body::from(packed)),
        Ok(Err(_)) | Err(_) => Answer::error(500, None).send(charset),
    }
}

fn pack(page: &[u8], bytes: u64) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(page)?;
    let filler = [b' '; CHUNK];
    for _ in 0..bytes.div_ceil(CHUNK as u64) {
        packer.write_all(&filler)?;
    }
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_small_until_it_is_unpacked() {
        let packed = pack(b"<html>", 4_000_000).unwrap();
        assert!(packed.len() < 100_000, "{} bytes", packed.len());
    }

    #[test]
    fn a_redirect_loop_never_comes_back_to_an_address() {
        let to =
            |answer: Answer| answer.head(false).body(()).unwrap().headers()["location"].clone();
        assert_eq!(to(loop_on(Some("7"))), "/gefor/SGU/redireciona.do?volta=8");
        assert_ne!(to(loop_on(None)), to(loop_on(Some("1"))));
    }
}
