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

use super::answer::{Answer, Delivery, finish};
use super::config::Refusal;
use super::connection::Connection;
use super::faults::{FaultKind, Visit};
use super::pages::{self, LoginDefects, Page, ResultDefects, SearchDefects};
use super::routes::{PARKED_PATH, PageDefects, Request};
use super::world::World;

/// Redirects that only lead to themselves.
pub(super) const LOOP_PATH: &str = "/gefor/SGU/redireciona.do";

const CHUNK: usize = 64 * 1024;
const SLOW_STEPS_PER_SECOND: u32 = 10;

/// Resets the connection in place of an answer.
pub(super) async fn reset<T>(connection: &Connection) -> T {
    connection.reset.cancel();
    pending().await
}

/// The answer that a fault puts in place of the page, if it does.
pub(super) async fn instead(
    request: &Request<'_>,
    visit: Visit,
    kind: &FaultKind,
    connection: &Connection,
) -> Option<Answer> {
    let names = &request.world.config.names;
    match kind {
        FaultKind::Status { code, retry_after } => Some(Answer::error(*code, *retry_after)),
        FaultKind::Reset => reset(connection).await,
        FaultKind::Expired => {
            if let Some(visitor) = &request.visitor {
                request.world.sessions.close(&visitor.id);
            }
            Some(request.dead_session(visit))
        }
        FaultKind::Taken => {
            let (examiner, unit) = request.examiner()?;
            request.world.sessions.enter_as_examiner(examiner, unit);
            Some(request.dead_session(visit))
        }
        FaultKind::Captcha => Some(Answer::text(&pages::captcha(names))),
        FaultKind::Maintenance => Some(Answer::text(&pages::maintenance(names))),
        FaultKind::Firewall(status) => {
            Some(Answer::text(&pages::firewall(names)).with_status(*status))
        }
        FaultKind::FirewallFrame => Some(Answer::text(pages::firewall_frame())),
        FaultKind::FirewallScript => Some(Answer::text(pages::firewall_script())),
        FaultKind::RedirectLoop => Some(Answer::redirect(302, &format!("{LOOP_PATH}?volta=1"))),
        FaultKind::ForeignRedirect(to) => Some(Answer::redirect(307, to)),
        FaultKind::ChoiceEmpty => Some(request.odd_choice(&[])),
        FaultKind::ChoiceProfiles => Some(request.odd_choice(&["Médico", "Psicólogo"])),
        FaultKind::WrongPassword
        | FaultKind::Blocked
        | FaultKind::RefusedSilently
        | FaultKind::RefusedRedirect
        | FaultKind::RefusedAlert
        | FaultKind::ChangePassword
        | FaultKind::UnknownAfterPassword => Some(refuse(request, kind)),
        FaultKind::EmptyList
        | FaultKind::NotJson
        | FaultKind::NotAList
        | FaultKind::FarDate
        | FaultKind::PageAsList(_) => odd_list(request, kind),
        FaultKind::Latency(_)
        | FaultKind::AnswerLost
        | FaultKind::Truncated(_)
        | FaultKind::Cut(_)
        | FaultKind::Slow(_)
        | FaultKind::Layout
        | FaultKind::TwinForms
        | FaultKind::OddDialog(_)
        | FaultKind::ListIgnoresReference
        | FaultKind::DatesForAllUnits
        | FaultKind::EmptyTable
        | FaultKind::WrongDate
        | FaultKind::NoDate
        | FaultKind::UnknownStatus
        | FaultKind::DuplicateRows
        | FaultKind::MalformedRows
        | FaultKind::Oversized(_)
        | FaultKind::GzipBomb(_)
        | FaultKind::MetaRefresh => None,
    }
}

/// A login that is refused, although CPF and password may be right.
fn refuse(request: &Request<'_>, kind: &FaultKind) -> Answer {
    request.world.counters.login_refused(request.whose());
    if *kind == FaultKind::UnknownAfterPassword {
        return Answer::text(pages::unknown());
    }
    if *kind == FaultKind::ChangePassword {
        return request.ask_for_new_password();
    }
    let told = [
        (FaultKind::RefusedSilently, Refusal::Silent),
        (FaultKind::RefusedRedirect, Refusal::Redirect),
        (FaultKind::RefusedAlert, Refusal::Alert),
    ];
    let told = told.iter().find(|(refused, _)| refused == kind);
    let told = told.map_or(Refusal::Errors, |(_, told)| *told);
    request.refuse_login_by(told, *kind == FaultKind::Blocked)
}

/// What stands in place of a list; a dead session has its own answer.
fn odd_list(request: &Request<'_>, kind: &FaultKind) -> Option<Answer> {
    let (examiner, unit) = request.examiner()?;
    let json = |text: &str| Some(Answer::json(text.to_owned()));
    if let FaultKind::PageAsList(bytes) = kind {
        Some(Answer::text(&pages::long(*bytes)))
    } else if *kind == FaultKind::EmptyList {
        json("[]")
    } else if *kind == FaultKind::NotJson {
        json("[{value:'24/11/2026',label:'24/11/2026'}]")
    } else if *kind == FaultKind::NotAList {
        json("{\"erro\":\"consulta indisponível\"}")
    } else {
        Some(request.far_list(examiner, unit))
    }
}

/// What the faults make the page get wrong.
pub(super) fn twist(kinds: &[FaultKind]) -> PageDefects {
    let has = |kind| kinds.contains(&kind);
    let dialog = kinds.iter().find_map(|kind| {
        if let FaultKind::OddDialog(spelling) = kind {
            Some(*spelling)
        } else {
            None
        }
    });
    PageDefects {
        login: LoginDefects {
            odd: has(FaultKind::Layout),
            twin: has(FaultKind::TwinForms),
        },
        dialog: dialog.unwrap_or_default(),
        search: SearchDefects {
            formless: has(FaultKind::Layout),
            twin: has(FaultKind::TwinForms),
        },
        list_ignores_reference: has(FaultKind::ListIgnoresReference),
        list_for_all_units: has(FaultKind::DatesForAllUnits),
        wrong_date: has(FaultKind::WrongDate),
        result: ResultDefects {
            odd_columns: has(FaultKind::Layout),
            no_rows: has(FaultKind::EmptyTable),
            twice: has(FaultKind::DuplicateRows),
            malformed: has(FaultKind::MalformedRows),
            no_date: has(FaultKind::NoDate),
            unknown_status: has(FaultKind::UnknownStatus),
        },
    }
}

/// Sends the answer as badly as the faults want.
pub(super) async fn deliver(
    world: &Arc<World>,
    mut answer: Answer,
    kinds: &[FaultKind],
    to: Delivery,
) -> Response<Body> {
    for kind in kinds {
        if let FaultKind::Truncated(bytes) = kind {
            return truncated(answer, *bytes, to);
        } else if let FaultKind::Slow(rate) = kind {
            return slow(answer, *rate, to);
        } else if let FaultKind::Oversized(bytes) = kind {
            return oversized(answer, *bytes, to);
        } else if let FaultKind::GzipBomb(bytes) = kind {
            return gzip_bomb(answer, *bytes, to).await;
        } else if let FaultKind::Cut(bytes) = kind {
            let mut page = std::mem::take(&mut answer.body).whole();
            page.truncate(bytes.unwrap_or(page.len() / 2));
            answer.body = Page::bytes(page);
        } else if *kind == FaultKind::MetaRefresh {
            let number = world.park(std::mem::take(&mut answer.body).whole());
            let address = format!("{PARKED_PATH}?pagina={number}");
            answer.body = Page::text(&pages::refresh(&address));
        }
    }
    answer.send(to)
}

/// The next step of a redirect loop.
pub(super) fn loop_on(query_value: Option<&str>) -> Answer {
    let step: u64 = query_value.and_then(|text| text.parse().ok()).unwrap_or(0);
    Answer::redirect(302, &format!("{LOOP_PATH}?volta={}", step.wrapping_add(1)))
}

fn truncated(answer: Answer, bytes: Option<usize>, to: Delivery) -> Response<Body> {
    let head = answer.head(to);
    let mut part = answer.body.whole();
    let whole = part.len();
    let head = head.header(header::CONTENT_LENGTH, whole.max(1));
    part.truncate(bytes.unwrap_or(whole / 2).min(whole.saturating_sub(1)));
    let body = stream::once(async { Ok(Bytes::from(part)) }).chain(stream::once(async {
        // What is there goes out first; then the connection breaks.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    }));
    finish(head, Body::from_stream(body))
}

fn slow(answer: Answer, rate: u32, to: Delivery) -> Response<Body> {
    let head = answer.head(to);
    let body = answer.body.whole();
    let head = head.header(header::CONTENT_LENGTH, body.len());
    let rate = rate.max(1);
    let step = (rate / SLOW_STEPS_PER_SECOND).max(1);
    let pause = Duration::from_secs_f64(f64::from(step) / f64::from(rate));
    let size = usize::try_from(step).unwrap_or(1);
    let body = stream::unfold(Bytes::from(body), move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let part = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, Infallible>(part), rest))
    });
    finish(head, Body::from_stream(body))
}

fn oversized(answer: Answer, bytes: u64, to: Delivery) -> Response<Body> {
    let head = answer.head(to);
    let filler = Bytes::from(vec![b' '; CHUNK]);
    let chunks = bytes.div_ceil(CHUNK as u64);
    let page = stream::once(async { Bytes::from(answer.body.whole()) });
    let rest = stream::iter((0..chunks).map(move |_| filler.clone()));
    finish(
        head,
        Body::from_stream(page.chain(rest).map(Ok::<_, Infallible>)),
    )
}

async fn gzip_bomb(answer: Answer, bytes: u64, to: Delivery) -> Response<Body> {
    let head = answer.head(to).header(header::CONTENT_ENCODING, "gzip");
    let packed = tokio::task::spawn_blocking(move || pack(&answer.body.whole(), bytes)).await;
    match packed {
        Ok(Ok(packed)) => finish(head, Body::from(packed)),
        Ok(Err(_)) | Err(_) => Answer::error(500, None).send(to),
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
        let to = |answer: Answer| answer.location;
        let eighth = Some("/gefor/SGU/redireciona.do?volta=8".to_owned());
        assert_eq!(to(loop_on(Some("7"))), eighth);
        assert_ne!(to(loop_on(None)), to(loop_on(Some("1"))));
    }
}
