//! A database of the earlier system, with rows of every kind, and what is to become of them.

use agendad::store::adopt::Counts;
use sqlx::PgPool;

use super::earlier::{Slot, legacy_uid, run, users};
use crate::store::bench::{Bench, CPFS, Place, TOMORROW};
use crate::support::TestDatabase;

pub(super) async fn bench_on(tables: &str) -> Bench {
    let db = TestDatabase::empty().await;
    run(&db.pool, tables).await;
    users(&db.pool).await;
    Bench {
        db,
        rules: crate::store::bench::rules(),
        is_new: true,
    }
}

pub(super) fn place(user: i32) -> Place {
    Place {
        user,
        date: TOMORROW.parse().unwrap(),
        unit: "7",
    }
}

/// Two users who share a candidate, appointments of every origin, duplicates, history, strange rows.
pub(super) async fn populate(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento, contexto, observacoes, status) VALUES
           (1, 'ANA', '529.982.247-25', '2199-11-24 08:00', 'Trânsito', 'Importado automaticamente do DETRAN', 'agendado'),
           (1, 'BIA A MÃO', '11144477735', '2199-11-24 09:00:20', 'Particular', NULL, 'confirmado'),
           (2, 'ANA', '529.982.247-25', '2199-11-24 08:00', 'Trânsito', NULL, 'agendado');
         INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, totals, started_at) VALUES
           (1, '2025-11-01', '2025-11-15', 'running', NULL, now() - interval '1 hour'),
           (2, '2025-11-01', '2025-11-15', 'success', '{\"inserted\": 5}', now() - interval '2 hours'),
           (NULL, '2025-11-01', '2025-11-15', 'running', NULL, now() - interval '2 days')",
    )
    .await;
    let slots = [
        // Linked by the earlier system; made by hand and not linked yet; neither.
        Slot {
            agendamento: Some(1),
            ..Slot::new(1, "08:00", 0, "ANA")
        },
        Slot::new(1, "09:00", 1, "BIA"),
        Slot::new(1, "10:00", 2, "CLARA"),
        // One identity three times, by other formulas; the newest is the one.
        Slot {
            uid: legacy_uid(1, "7", "10:00", CPFS[2]),
            last_seen: "2025-11-21 10:00-03",
            ..Slot::new(1, "10:00", 2, "CLARA NOVA")
        },
        Slot {
            uid: legacy_uid(2, "7", "10:00", CPFS[2]),
            last_seen: "2025-11-19 10:00-03",
            status: "removed",
            ..Slot::new(1, "10:00", 2, "CLARA VELHA")
        },
        // A state that only the earlier system knew.
        Slot {
            status: "blocked",
            ..Slot::new(1, "11:00", 3, "DORA")
        },
        // History.
        Slot {
            status: "removed",
            ..Slot::new(1, "12:00", 4, "ELSA")
        },
        // The other examiner, same candidate and hour: the uid had to differ somehow.
        Slot {
            uid: legacy_uid(1, "7", "08:00", CPFS[0]),
            ..Slot::new(2, "08:00", 0, "ANA")
        },
        // Nobody's, but its appointment knows whose; and one of which nobody knows.
        Slot {
            usuario_id: None,
            agendamento: Some(3),
            uid: "x1".into(),
            ..Slot::new(2, "13:00", 0, "ANA")
        },
        Slot {
            usuario_id: None,
            uid: "x2".into(),
            ..Slot::new(2, "14:00", 1, "BIA")
        },
    ];
    for slot in slots {
        slot.insert(pool).await;
    }
    // No CPF anywhere.
    run(pool, "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, external_uid) VALUES (1, '7', '2199-11-24', '15:00', 'x3')").await;
}

pub(super) const EXPECTED: Counts = Counts {
    owners_found: 1,
    identities_rewritten: 9,
    duplicates_set_aside: 2,
    unidentified: 2,
    appointments_linked: 2,
    runs_closed: 2,
    users_busy: 0,
};
