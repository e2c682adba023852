//! A day of which nothing is stored yet is stored by a statement of its own, which does what the other does.

use agendad::domain::Totals;

use crate::store::bench::{Bench, Place, Row, row};

/// All that is stored of an examiner, but for identities and times of storing.
async fn everything(bench: &Bench, place: Place) -> Vec<String> {
    let mut all = bench.slots(place).await;
    all.extend(bench.changes(place).await);
    let rows = "SELECT concat_ws('|', s.source, s.servico_code, s.data, s.hora, s.status, s.is_current, s.uid_version, s.payload,
             s.missing_count, s.agendamento_state, s.cancel_owed, s.follow_from, s.first_seen_at = s.last_seen_at,
             s.removed_at, s.missing_since, c.run_id IS NOT NULL, c.slot_status,
             g.nome, g.cpf, g.telefone_fixo, g.telefone_celular, g.email, g.data_agendamento, g.contexto,
             g.tipo_transito, g.categoria_cnh, g.status, left(g.observacoes, 36), g.convertido_em_paciente)
         FROM agenda_slots s JOIN agenda_slot_changes c ON c.slot_id = s.id LEFT JOIN agendamentos g ON g.id = s.agendamento_id
         WHERE s.usuario_id = $1 ORDER BY c.id";
    all.extend(bench.lines(rows, place).await);
    all.extend(bench.appointments(place).await);
    // Slots of one minute are in the order of their identities, which differ with the examiner.
    all.sort();
    all
}

/// Rows of all kinds: open, closed, of one minute, of one candidate, with a telephone and without.
fn rows() -> Vec<Row> {
    vec![
        row("09:00", 1, "BIA").done(),
        row("08:00", 0, "ANA").telefone("(11) 2345-6789 / (11) 98765-4321"),
        row("09:00", 2, "CARLA"),
        row("11:00", 0, "ANA"),
    ]
}

#[tokio::test]
async fn both_statements_store_the_same_of_a_new_day() {
    let mut bench = Bench::new().await;
    let mut stored = Vec::new();
    for is_new in [true, false] {
        bench.is_new = is_new;
        let place = bench.place().await;
        let totals = bench.read(place, &rows()).await;
        let expected = Totals {
            inserted: 4,
            appointments_created: 3,
            ..Totals::default()
        };
        assert_eq!(totals, expected, "{is_new}");
        stored.push(everything(&bench, place).await);
    }
    assert_eq!(stored[0], stored[1]);
    assert_eq!(stored[0].len(), 4 + 4 + 4 + 3);
}

#[tokio::test]
async fn what_is_there_already_is_seen_although_a_day_was_taken_for_new() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    // The clinic has the candidate already: linked, and not made a second time.
    bench
        .person(
            place,
            "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento)
             VALUES ($1, 'A MÃO', '529.982.247-25', '2199-11-24 08:00')",
        )
        .await;
    let totals = bench.read(place, &rows()).await;
    assert_eq!(
        (totals.appointments_created, totals.appointments_linked),
        (2, 1)
    );
    // Slots that are stored, current or removed.
    assert_eq!(bench.read(place, &rows()).await.unchanged, 4);
    assert_eq!(bench.read(place, &rows()[..3]).await.removed, 1);
    assert_eq!(bench.read(place, &rows()).await.updated, 1);
}
