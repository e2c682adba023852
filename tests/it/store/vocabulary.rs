//! The words of the domain in the database: read as themselves, strictly where a constraint keeps them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use agendad::domain::causes::in_a_line;
use agendad::domain::{ErrorDetails, FailureKind, Totals};
use agendad::store::StoreError;
use agendad::store::listing::{ChangeFilter, SlotFilter};

use crate::store::bench::{Bench, row};

/// Puts a value into a column that its constraint would refuse.
async fn spoil(bench: &Bench, table: &str, column: &str) {
    let sql = format!(
        "ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check; UPDATE {table} SET {column} = 'bogus'"
    );
    bench.db.execute(&sql).await;
}

/// That the answer is an error, and names the column and its value.
fn names<T: std::fmt::Debug>(answer: Result<T, StoreError>, column: &str) {
    let error = in_a_line(&answer.unwrap_err());
    assert!(
        error.contains(&format!("{column} is \"bogus\"")),
        "{column}: {error}"
    );
}

#[tokio::test]
async fn a_value_that_is_none_of_its_columns_is_an_error_that_names_the_column() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let account =
        "INSERT INTO configuracoes_detran (usuario_id, cpf) SELECT id, '52998224725' FROM usuarios";
    bench.db.execute(account).await;
    let store = &bench.db.store;
    let changes = ChangeFilter::default();

    spoil(&bench, "agenda_slot_changes", "kind").await;
    names(
        store.list_changes(&changes, 9).await,
        "agenda_slot_changes.kind",
    );
    names(store.changes_after(0).await, "agenda_slot_changes.kind");

    spoil(&bench, "agenda_slots", "status").await;
    let slots = store.list_slots(&SlotFilter::default(), 9).await;
    names(slots, "agenda_slots.status");
    let agenda = store.agenda(place.user, place.date, false, 9).await;
    names(agenda, "agenda_slots.status");

    spoil(&bench, "agenda_sync_runs", "origin").await;
    names(
        store.list_runs(None, None, None, 9).await,
        "agenda_sync_runs.origin",
    );
    spoil(&bench, "agenda_sync_runs", "status").await;
    names(
        store.list_runs(None, None, None, 9).await,
        "agenda_sync_runs.status",
    );
    names(store.run(1, None).await, "agenda_sync_runs.status");

    spoil(&bench, "configuracoes_detran", "pausa_motivo").await;
    let column = "configuracoes_detran.pausa_motivo";
    names(store.account(place.user).await.map(drop), column);
    names(store.settings(place.user).await, column);
    names(store.list_users(place.date).await, column);
    bench.db.close().await;
}

#[tokio::test]
async fn whatever_stands_in_a_runs_details_and_totals_can_be_read() {
    let bench = Bench::new().await;
    let id = bench.run(bench.place().await).await;
    let store = &bench.db.store;
    for (details, kind) in [
        (
            r#"{"kind": "solar_flare", "dates": [{"date": "soon"}]}"#,
            Some(FailureKind::Unknown),
        ),
        (
            r#"{"kind": "in_use", "chain": 7}"#,
            Some(FailureKind::InUse),
        ),
        (r#""as the earlier system said it""#, None),
        ("[]", None),
    ] {
        let sql = format!(
            "UPDATE agenda_sync_runs SET totals = '{{\"updated\": 2, \"inserted\": \"many\"}}', error_details = '{details}'"
        );
        bench.db.execute(&sql).await;
        let listed = store
            .list_runs(None, None, None, 9)
            .await
            .unwrap()
            .remove(0);
        let one = store.run(id, None).await.unwrap().unwrap();
        let expected = ErrorDetails {
            kind,
            ..ErrorDetails::default()
        };
        assert_eq!((listed.kind, listed.details), (kind, None), "{details}");
        assert_eq!((one.kind, one.details), (kind, Some(expected)), "{details}");
        let totals = Totals {
            updated: 2,
            ..Totals::default()
        };
        assert_eq!((listed.totals, one.totals), (Some(totals), Some(totals)));
    }
    bench.db.close().await;
}
