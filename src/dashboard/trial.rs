//! A message that only proves that messages arrive, and what the other side said.

use std::time::Duration;

use futures::future::join_all;
use maud::{Markup, html};

use super::page::token;
use super::problem::Problem;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::alerts::{Arrivals, Channels, DeliveryError, host, trial};
use crate::config::Config;
use crate::domain::Channel;
use crate::web::state::Api;
use crate::words::pages::settings as words;

/// More recipients are not tried at once.
const MOST: usize = 20;
/// What is left of the time for an answer, so that the page still comes.
const LEFT: Duration = Duration::from_secs(2);

/// The button of a channel that is set up; `action`: the address that [sends](send).
pub(super) fn button(visitor: &Visitor, config: &Config, channel: Channel, action: &str) -> Markup {
    let channels = Channels::of(config).ok();
    let place = channels.and_then(|channels| channels.place(channel));
    html! {
        @if let Some(place) = place {
            form method="post" action=(action) {
                (token(visitor))
                input type="hidden" name="canal" value=(channel.as_str());
                button { (visitor.language.say(words::SEND_TRIAL)) } " " span.hint { (visitor.language.say(place)) }
            }
        }
    }
}

/// Sends one to everybody of the channel that was posted, and remembers what became of it; what there is to tell.
pub(super) async fn send(api: &Api, posted: &Posted) -> Result<Markup, Problem> {
    let language = posted.visitor.language;
    let channel = posted.text("canal").parse::<Channel>().ok();
    let config = api.config();
    let channels = Channels::of(&config).map_err(|_| Problem::Internal)?;
    let targets = channels.targets().into_iter();
    let targets: Vec<_> = targets
        .filter(|target| Some(target.channel) == channel)
        .take(MOST)
        .collect();
    let instance = api.syncer.control.instance();
    let letter = trial(host(instance), api.syncer.clock.now(), config.timezone);
    let longest = api.request_timeout.saturating_sub(LEFT);
    let deliveries = targets.iter().map(async |target| {
        let delivery = tokio::time::timeout(longest, channels.deliver(target, &letter));
        delivery.await.unwrap_or(Err(DeliveryError::TimedOut))
    });
    let answers = join_all(deliveries).await;
    let arrivals = Arrivals::new(api.store.clone(), api.syncer.vault.clone());
    for (target, answer) in targets.iter().zip(&answers) {
        arrivals.note(&channels, target, answer).await?;
    }
    let told = targets.iter().zip(&answers).map(|(target, answer)| {
        let target = target.said();
        let said = match answer {
            Ok(said) => words::taken(&target, said),
            Err(error) => words::not_delivered(&target, &error.sentence()),
        };
        (answer.is_ok(), config.secrets.blank(&language.say(said)))
    });
    Ok(html! {
        @if targets.is_empty() { p.notice.bad role="alert" { (language.say(words::NO_SUCH_CHANNEL)) } }
        @for (good, said) in told { p.notice.bad[!good] role="status" { (said) } }
    })
}
