//! The ways in which the portal may write its pages: the database ends up the same.

use agendad::config::portal::DatesMode;
use agendad::domain::{Note, RunStatus};
use agendad::simulator::{EmptyDay, SimulatorConfig};

use crate::support::{World, simulated};

fn settings(adjust: impl FnOnce(&mut SimulatorConfig)) -> SimulatorConfig {
    let mut settings = simulated();
    settings.examiners = 5;
    adjust(&mut settings);
    settings
}

async fn reads_the_truth(settings: SimulatorConfig, dates: DatesMode) {
    let shown = format!(
        "{:?} {:?} units: {}",
        settings.variants, dates, settings.units
    );
    let world = World::with(settings, |config| config.portal.dates = dates).await;
    // The fifth examiner has one unit more than the others.
    for index in [0, 4] {
        let report = world.sync(index).await;
        assert_eq!(report.status, RunStatus::Success, "{shown}: {report:?}");
        world.assert_true(index).await;
        let again = world.sync(index).await;
        assert!(again.session_reused, "{shown}: {again:?}");
        let totals = again.totals;
        assert_eq!(
            (totals.inserted, totals.updated, totals.removed),
            (0, 0, 0),
            "{shown}"
        );
    }
    world.close().await;
}

#[tokio::test]
async fn several_units_at_login_or_in_the_search_form() {
    for all_units_offered in [false, true] {
        let settings = settings(|s| {
            s.units = 2;
            s.variants.all_units_offered = all_units_offered;
        });
        Box::pin(reads_the_truth(settings, DatesMode::Listed)).await;
    }
}

#[tokio::test]
async fn every_date_asked_for_directly() {
    for empty_day in [EmptyDay::Words, EmptyDay::Head] {
        let settings = settings(|s| s.variants.empty_day = empty_day);
        Box::pin(reads_the_truth(settings, DatesMode::Direct)).await;
    }
}

#[tokio::test]
async fn a_table_without_the_column_of_the_own_exam_is_read_and_said_once() {
    let settings = settings(|s| {
        s.names.columns = s
            .names
            .columns
            .replace("Status do Exame Psicológico", "Parecer");
    });
    let world = World::with(settings, |_| {}).await;
    let note = Note::NoExamColumn {
        column: "status_exame_psicologico".into(),
    };
    // The second examiner is a physician, whose column is there.
    for (index, times) in [(0, 1), (1, 0)] {
        let report = world.sync(index).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        let notes = report.notes.0.iter();
        assert_eq!(notes.filter(|n| **n == note).count(), times, "{report:?}");
    }
    world.close().await;
}
