//! Columns of stacked parts, one a day, drawn as SVG. No style stands in it: colours come from the style
//! sheet, by class, and follow light and dark.

use maud::{Markup, html};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 4.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;
/// Days whose names fit under the columns.
const NAMES: usize = 7;

/// One part of every column.
pub(super) struct Series {
    /// What it counts.
    pub(super) name: &'static str,
    /// Its class in the style.
    pub(super) class: &'static str,
    /// One a day.
    pub(super) values: Vec<i64>,
}

/// A chart of `series` over `days`; `title` says in a sentence what it shows.
pub(super) fn columns(title: &str, days: &[String], series: &[Series]) -> Markup {
    let sum = |day: usize| series.iter().map(|s| s.values[day]).sum::<i64>();
    let top = round_up((0..days.len()).map(sum).max().unwrap_or(0));
    let plot = Plot {
        top: top as f64,
        step: (WIDTH - LEFT - RIGHT) / days.len().max(1) as f64,
    };
    let every = days.len().div_ceil(NAMES).max(1);
    html! {
        figure.chart {
            figcaption {
                (title)
                ul.legend { @for s in series { li { span class=(format!("dot {}", s.class)) {} (s.name) } } }
            }
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
                @for line in 0..=2_i64 {
                    @let value = top * line / 2;
                    line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(plot.y(value as f64)) y2=(plot.y(value as f64)) {}
                    text.value x=(LEFT - 6.0) y=(plot.y(value as f64) + 4.0) text-anchor="end" { (value) }
                }
                @for (index, day) in days.iter().enumerate() {
                    (plot.column(index, day, series))
                    @if (days.len() - 1 - index).is_multiple_of(every) {
                        text.name x=(round(plot.x(index) + plot.step / 2.0)) y=(HEIGHT - 6.0) text-anchor="middle" { (day) }
                    }
                }
            }
        }
    }
}

struct Plot {
    top: f64,
    step: f64,
}

impl Plot {
    fn x(&self, index: usize) -> f64 {
        LEFT + self.step * index as f64
    }

    fn y(&self, value: f64) -> f64 {
        round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM))
    }

    fn column(&self, index: usize, day: &str, series: &[Series]) -> Markup {
        let mut below = 0_i64;
        let mut parts = Vec::new();
        for s in series {
            let value = s.values[index];
            if value > 0 {
                parts.push((
                    s.class,
                    self.y((below + value) as f64),
                    self.y(below as f64),
                ));
            }
            below += value;
        }
        let counts: Vec<String> = series
            .iter()
            .map(|s| format!("{} {}", s.values[index], s.name))
            .collect();
        let (x, width) = (
            round(self.x(index) + self.step * 0.15),
            round(self.step * 0.7),
        );
        html! {
            g {
                title { (day) ": " (counts.join(", ")) }
                @for (class, high, low) in parts {
                    rect class=(class) x=(x) y=(high) width=(width) height=(round((low - high).max(1.0))) {}
                }
            }
        }
    }
}

/// To a number whose half is whole and whose digits are few.
fn round_up(value: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [2, 4, 6, 10] {
            if value <= factor * step {
                return factor * step;
            }
        }
        step *= 10;
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let rounded: Vec<i64> = [0, 1, 3, 7, 11, 35, 99, 101, 5001]
            .into_iter()
            .map(round_up)
            .collect();
        assert_eq!(rounded, [2, 2, 4, 10, 20, 40, 100, 200, 6000]);
    }

    #[test]
    fn columns_stand_on_the_ground_and_say_what_they_show() {
        let series = [Series {
            name: "<runs>",
            class: "good",
            values: vec![0, 2],
        }];
        let days = ["1".to_owned(), "2".to_owned()];
        let drawn = columns("two days", &days, &series).into_string();
        assert!(
            drawn.contains("<title>2: 2 &lt;runs&gt;</title>"),
            "{drawn}"
        );
        assert_eq!(drawn.matches("<rect").count(), 1, "{drawn}");
        assert!(
            drawn.contains(r#"y="10" width="208.6" height="166""#),
            "{drawn}"
        );
    }
}
