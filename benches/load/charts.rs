//! The figures as charts for the documentation: growth with the number of examiners is what one looks for.

use std::path::Path;

use plotters::prelude::*;

use super::report::Report;
use super::tick::Tick;

const SIZE: (u32, u32) = (640, 320);
const COLOURS: [RGBColor; 2] = [RGBColor(31, 111, 178), RGBColor(226, 135, 67)];
/// Room above the highest bar, for the legend.
const ABOVE: f64 = 1.35;

/// Groups of bars side by side.
struct Bars<'a> {
    title: &'a str,
    unit: &'a str,
    series: [&'a str; 2],
    /// Its name, and a value for each series.
    groups: Vec<(String, [f64; 2])>,
}

/// Writes one file for costs and one for rates.
pub(crate) fn draw(report: &Report, dir: &Path) {
    let settled = report.ticks.iter().filter(|tick| tick.name == "settled");
    let costs = |tick: &Tick| {
        let values = [tick.daemon_cpu_ms_per_sync, tick.server_cpu_ms_per_sync];
        (examiners(tick.users), values)
    };
    let costs = Bars {
        title: "CPU of a sync that finds nothing changed",
        unit: "ms",
        series: ["daemon", "PostgreSQL"],
        groups: settled.map(costs).collect(),
    };
    let limits = report.limits.iter();
    let rates = Bars {
        title: "Syncs per second at a portal without latency",
        unit: "syncs/s",
        series: ["daemon", "bare client and bare statement, at most"],
        groups: limits
            .map(|l| {
                let values = [l.syncs_per_second, l.combined_syncs_per_second];
                (examiners(l.users), values)
            })
            .collect(),
    };
    for (name, bars) in [
        ("cost-per-sync.svg", costs),
        ("syncs-per-second.svg", rates),
    ] {
        if !bars.groups.is_empty() {
            let file = dir.join(name);
            bars.draw(&file).unwrap();
            println!("drawn to {}", file.display());
        }
    }
}

fn examiners(count: usize) -> String {
    format!("{count} examiners")
}

impl Bars<'_> {
    fn draw(&self, file: &Path) -> Result<(), Box<dyn std::error::Error + '_>> {
        let area = SVGBackend::new(file, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let values = self.groups.iter().flat_map(|(_, values)| values);
        let highest = values.copied().fold(0.0, f64::max);
        let right = self.groups.len() as f64;
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(28)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..right, 0.0..highest * ABOVE)?;
        let name = |x: &f64| {
            // Labels stand at the middles of the groups.
            let index = x.floor() as usize;
            let group = self.groups.get(index).filter(|_| x.fract() == 0.5);
            group.map_or(String::new(), |(name, _)| name.clone())
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(2 * self.groups.len() + 1)
            .x_label_formatter(&name)
            .y_desc(self.unit)
            .draw()?;
        for (number, (series, colour)) in self.series.into_iter().zip(COLOURS).enumerate() {
            let bars = self.groups.iter().enumerate().map(|(index, (_, values))| {
                let left = index as f64 + 0.15 + 0.35 * number as f64;
                Rectangle::new(
                    [(left, 0.0), (left + 0.33, values[number])],
                    colour.filled(),
                )
            });
            chart
                .draw_series(bars)?
                .label(series)
                .legend(move |(x, y)| {
                    Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled())
                });
            let numbers = self.groups.iter().enumerate().map(|(index, (_, values))| {
                let left = index as f64 + 0.2 + 0.35 * number as f64;
                let text = format!("{:.1}", values[number]);
                let above = values[number] + highest * 0.07;
                Text::new(text, (left, above), ("sans-serif", 12))
            });
            chart.draw_series(numbers)?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .border_style(BLACK.mix(0.2))
            .background_style(WHITE)
            .draw()?;
        area.present()?;
        Ok(())
    }
}
