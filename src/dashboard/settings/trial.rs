//! A message that only proves that messages arrive, and what the other side said.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use futures::future::join_all;
use maud::html;

use super::{PAGE, page};
use crate::alerts::{Channels, host, trial};
use crate::dashboard::problem::Problem;
use crate::dashboard::recognise::Posted;
use crate::domain::Channel;
use crate::web::state::Api;
use crate::words::pages::settings as words;

/// More recipients are not tried at once.
const MOST: usize = 20;
/// What is left of the time for an answer, so that the page still comes.
const LEFT: Duration = Duration::from_secs(2);

/// `POST /ajustes/teste`
pub(in crate::dashboard) async fn send(
    State(api): State<Api>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Ok(channel) = posted.text("canal").parse::<Channel>() else {
        return Ok(Redirect::to(PAGE).into_response());
    };
    let config = api.config();
    let channels = Channels::of(&config).map_err(|_| Problem::Internal)?;
    let targets = channels.targets().into_iter();
    let targets: Vec<_> = targets
        .filter(|target| target.channel == channel)
        .take(MOST)
        .collect();
    let instance = api.syncer.control.instance();
    let letter = trial(host(instance), api.syncer.clock.now(), config.timezone);
    let longest = api.request_timeout.saturating_sub(LEFT);
    let deliveries = targets.iter().map(async |target| {
        let delivery = tokio::time::timeout(longest, channels.deliver(target, &letter));
        let (good, said) = match delivery.await {
            Ok(Ok(said)) => (true, said),
            Ok(Err(error)) => (false, posted.visitor.language.say(error.sentence())),
            Err(_) => (false, String::new()),
        };
        (
            posted.visitor.language.say(target.said()),
            good,
            config.secrets.blank(&said),
        )
    });
    let answers = join_all(deliveries).await;
    let visitor = &posted.visitor;
    let above = html! {
        @if answers.is_empty() { p.notice.bad role="alert" { (visitor.language.say(words::NO_SUCH_CHANNEL)) } }
        @for (target, good, said) in &answers {
            p.notice.bad[!*good] role="status" {
                (visitor.language.say(words::answered(*good, target))) " " code { (said) }
            }
        }
    };
    Ok(page(&api, visitor, &above, None))
}
