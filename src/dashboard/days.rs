//! How the last days of an examiner went: a column for each, with a sign and words for those who do not see colours; it
//! leads to the runs of that day.

use chrono::{Days, NaiveDate, TimeDelta};
use maud::{Markup, html};

use super::time::Times;
use crate::store::StoreError;
use crate::store::history::ExaminerDay;
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::pages::past as words;

/// Days that are shown.
const SHOWN: u64 = 14;
/// For so many days the share of time up to date is told.
const SHARES: [i64; 2] = [7, 30];
/// Width of a column and of its place.
const COLUMN: f64 = 22.0;
const PLACE: f64 = 26.0;
const HEIGHT: f64 = 44.0;

/// What is known of the last days of an examiner.
pub(super) struct LastDays {
    usuario_id: i32,
    days: Vec<ExaminerDay>,
    /// The part of the last days in which they were up to date.
    shares: Vec<(i64, Option<f64>)>,
}

impl LastDays {
    pub(super) async fn load(api: &Api, times: Times, usuario_id: i32) -> Result<Self, StoreError> {
        let first = times.today() - Days::new(SHOWN - 1);
        let from = times.begin_of(first);
        let zone = times.zone.name();
        let limits = api.figures.limits();
        let days = api.store.examiner_days(&[usuario_id], from, zone).await?;
        let mut shares = Vec::new();
        for days in SHARES {
            let from = times.now - TimeDelta::days(days);
            let share = api.store.share_up_to_date(usuario_id, from, &limits);
            shares.push((days, share.await?));
        }
        Ok(Self {
            usuario_id,
            days,
            shares,
        })
    }

    pub(super) fn show(&self, times: Times) -> Markup {
        let say = |sentence| times.language.say(sentence);
        let today = times.today();
        let days = (0..SHOWN).rev().map(|back| today - Days::new(back));
        html! {
            ol.days {
                @for day in days { (self.day(times, day)) }
            }
            p.dim { (say(words::LEGEND)) }
            dl.facts {
                @for (days, share) in &self.shares {
                    div {
                        dt title=(say(words::UP_TO_DATE_MEANS)) {
                            (say(words::UP_TO_DATE)) ", " (times.language.say(words::last(*days)))
                        }
                        dd { @if let Some(share) = share { (times.language.say(percent(*share))) } @else { "–" } }
                    }
                }
            }
        }
    }

    fn day(&self, times: Times, day: NaiveDate) -> Markup {
        let none = ExaminerDay {
            usuario_id: self.usuario_id,
            day,
            success: 0,
            partial: 0,
            failed: 0,
        };
        let known = self.days.iter().find(|known| known.day == day);
        let counts = known.copied().unwrap_or(none);
        let (sign, class) = sign(&counts);
        let said = if counts.runs() == 0 {
            times.language.say(words::NO_READINGS).to_owned()
        } else {
            let ExaminerDay {
                success,
                partial,
                failed,
                ..
            } = counts;
            times.language.say(words::day(success, partial, failed))
        };
        let said = format!("{}: {said}", times.day(day));
        let address = format!("/leituras?perito={}&dia={day}", self.usuario_id);
        html! {
            li {
                a class=(class) href=(address) title=(said) aria-label=(said) {
                    (column(&counts))
                    span.sign aria-hidden="true" { (sign) }
                    span.date aria-hidden="true" { (day.format("%d")) }
                }
            }
        }
    }
}

/// What a day was like, in one sign and one class of the style.
fn sign(day: &ExaminerDay) -> (&'static str, &'static str) {
    match (day.success, day.partial, day.failed) {
        (0, 0, 0) => ("○", "blank"),
        (0, 0, _) => ("■", "bad"),
        (_, 0, 0) => ("✓", "good"),
        (..) => ("▲", "warn"),
    }
}

/// The parts of a day, one over the other.
fn column(day: &ExaminerDay) -> Markup {
    let sum = day.runs() as f64;
    let mut below = HEIGHT;
    let parts = [
        ("good", day.success),
        ("warn", day.partial),
        ("bad", day.failed),
    ];
    html! {
        svg viewBox=(format!("0 0 {PLACE} {HEIGHT}")) aria-hidden="true" {
            @for (class, n) in parts {
                @if n > 0 {
                    // A part that is there is seen.
                    @let high = (n as f64 / sum * HEIGHT).max(3.0).min(below);
                    @let top = { below -= high; below };
                    rect class=(class) x=((PLACE - COLUMN) / 2.0) width=(COLUMN) y=(format!("{top:.1}")) height=(format!("{high:.1}")) {}
                }
            }
            @if sum == 0.0 { rect.empty x=((PLACE - COLUMN) / 2.0) width=(COLUMN) y="1" height=(HEIGHT - 2.0) {} }
        }
    }
}

/// Never more than it is: 100 % is all of the time.
fn percent(share: f64) -> Sentence<String> {
    let tenths = (share * 1000.0).floor() / 10.0;
    let en = format!("{tenths} %");
    Sentence {
        pt: en.replace('.', ","),
        en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(success: i64, partial: i64, failed: i64) -> ExaminerDay {
        ExaminerDay {
            usuario_id: 1,
            day: "2026-11-24".parse().unwrap(),
            success,
            partial,
            failed,
        }
    }

    #[test]
    fn a_day_has_a_sign_that_tells_without_its_colour() {
        let signs = [
            (day(0, 0, 0), "○"),
            (day(5, 0, 0), "✓"),
            (day(5, 0, 1), "▲"),
            (day(0, 2, 0), "▲"),
            (day(0, 0, 3), "■"),
        ];
        for (day, expected) in signs {
            assert_eq!(sign(&day).0, expected, "{day:?}");
        }
    }

    #[test]
    fn the_share_is_never_rounded_up() {
        assert_eq!(percent(1.0).pt, "100 %");
        assert_eq!(percent(0.9999).pt, "99,9 %");
        assert_eq!(percent(0.9999).en, "99.9 %");
        assert_eq!(percent(0.0).pt, "0 %");
    }
}
