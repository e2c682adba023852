//! A day that says what is stored already is touched by the small statement, not by the general one;
//! and neither is planned for each day anew.

use agendad::store::slots::Units;
use agendad::store::{Store, connect};

use crate::desk::{Desk, YESTERDAY, row};

#[tokio::test]
async fn an_unchanged_day_costs_the_small_statement_alone() {
    let mut desk = Desk::new().await;
    let place = desk.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    desk.read(place, &rows).await;
    // A connection of its own, which knows the statements that it was asked to run.
    let one = connect::pool(&desk.db.url, 1).await.unwrap();
    desk.db.store = Store::new(one.clone());
    assert_eq!(desk.read(place, &rows).await.unchanged, 2);
    let mut asked: Vec<bool> = Vec::new();
    for beginning in ["-- The common case by itself%", "-- Stores one reading%"] {
        let known = "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE statement LIKE $1)";
        let known = sqlx::query_scalar(known).bind(beginning);
        asked.push(known.fetch_one(&one).await.unwrap());
    }
    assert_eq!(asked, [true, false], "touch_day, store_day");
    one.close().await;
    desk.db.close().await;
}

/// Planning takes longer than the rest of these statements.
#[tokio::test]
async fn the_statements_of_a_day_are_not_planned_for_each_day_anew() {
    let mut desk = Desk::new().await;
    let place = desk.place().await;
    let one = connect::pool(&desk.db.url, 1).await.unwrap();
    desk.db.store = Store::new(one.clone());
    for round in 0..20 {
        let names = [format!("ANA {round}"), format!("BIA {round}")];
        let rows = [row("08:00", 0, &names[0]), row("09:00", 1, &names[1])];
        assert_eq!(desk.read(place, &rows).await.unchanged, 0);
        assert_eq!(desk.read(place, &rows).await.unchanged, 2);
        desk.vacate(
            place.day(YESTERDAY),
            &[YESTERDAY.parse().unwrap()],
            Units::One("7"),
        )
        .await;
    }
    for beginning in [
        "-- The common case by itself%",
        "-- Stores one reading%",
        "-- Stores that days%",
    ] {
        let plans = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE $1";
        let plans = sqlx::query_as(plans).bind(beginning).fetch_one(&one);
        let (custom, generic): (i64, i64) = plans.await.unwrap();
        assert_eq!(
            custom, 5,
            "{beginning}: planned for the values at hand, {generic} times kept"
        );
    }
    one.close().await;
    desk.db.close().await;
}
