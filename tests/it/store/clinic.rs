//! The agenda over all examiners, and the search for a candidate.

use std::time::Duration;

use agendad::store::clinic::{ClinicDays, ClinicSlot, SearchedWords};
use serde_json::{Value, json};

use crate::support::{TestDatabase, eventually};

async fn user(db: &TestDatabase, name: &str) -> i32 {
    sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ($1) RETURNING id")
        .bind(name)
        .fetch_one(&db.pool)
        .await
        .unwrap()
}

async fn slot(db: &TestDatabase, user: i32, hour: &str, payload: Value) {
    sqlx::query(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         VALUES ($1, '2026-11-28', $2::time, md5($2 || $3::jsonb::text), $3, 1)",
    )
    .bind(user)
    .bind(hour)
    .bind(payload)
    .execute(&db.pool)
    .await
    .unwrap();
}

/// The hours of the slots that a search finds.
async fn found(db: &TestDatabase, text: &str) -> Vec<String> {
    let words = SearchedWords::read(text).unwrap();
    let found = db.store.clinic_search(&words, None, 100, 0).await.unwrap();
    assert!(!found.cut, "{text}");
    let mut hours: Vec<String> = found
        .slots
        .iter()
        .map(|slot| slot.hora.format("%H").to_string())
        .collect();
    hours.sort();
    hours
}

async fn search(db: &TestDatabase) {
    let (a, b) = (user(db, "A").await, user(db, "B").await);
    let person = |nome: &str, cpf: &str, telefone: &str| json!({ "nome": nome, "cpf": cpf, "telefone": telefone });
    slot(
        db,
        a,
        "08:00",
        person(
            "MARIA JOSÉ DA CONCEIÇÃO",
            "529.982.247-25",
            "(11) 98765--4321 / 2345-6789",
        ),
    )
    .await;
    slot(
        db,
        b,
        "09:00",
        person("JOSÉ MARIANO D'ÁVILA", "111.444.777-35", "98888-7777"),
    )
    .await;
    slot(
        db,
        b,
        "10:00",
        person("ÂNGELA CONCEICAO", "390.533.447-05", ""),
    )
    .await;
    for (text, hours) in [
        ("conceicao josé maria", &["08"][..]),
        ("Conceição", &["08", "10"]),
        ("JOSE mari", &["08", "09"]),
        ("m jose", &["08", "09"]),
        ("josé d", &["08", "09"]),
        ("davila", &["09"]),
        ("D'Ávila josé", &["09"]),
        ("avila", &["09"]),
        ("angela", &["10"]),
        ("529.982.247-25", &["08"]),
        ("52998", &["08"]),
        ("(11) 98765-4321", &["08"]),
        ("987654321", &["08"]),
        ("2345 6789", &["08"]),
        ("+55 11 98888 7777", &["09"]),
        ("josé 9888 87777", &["09"]),
        ("joao", &[]),
        ("aria", &[]),
        ("99999-9999", &[]),
    ] {
        assert_eq!(found(db, text).await, hours, "{text}");
    }
}

#[tokio::test]
async fn a_candidate_is_found_by_name_cpf_or_telephone_whatever_accents_case_and_order() {
    let db = TestDatabase::new().await;
    search(&db).await;
    db.close().await;
}

#[tokio::test]
async fn the_search_works_in_databases_of_other_letters_too() {
    for encoding in ["LATIN1", "WIN1252"] {
        let db = TestDatabase::encoded(encoding).await;
        db.store.migrate().await.unwrap();
        search(&db).await;
        db.close().await;
    }
}

#[tokio::test]
async fn words_that_very_many_have_are_found_page_by_page_the_latest_day_first() {
    let db = TestDatabase::new().await;
    let user = user(&db, "A").await;
    let names = "CASE g % 3 WHEN 0 THEN 'MÁRIO DA SILVA ' WHEN 1 THEN 'JOSÉ SILVÉRIO D''MARCO ' ELSE 'ROSIMAR BRASIL ' END";
    let add = format!(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT $1, date '2026-01-01' + g % 100, '08:00', g, jsonb_build_object('nome', {names} || g), 1
         FROM generate_series(1, 300) g"
    );
    let add = sqlx::query(sqlx::AssertSqlSafe(add)).bind(user);
    add.execute(&db.pool).await.unwrap();
    let search = async |text: &str, limit, offset| {
        let words = SearchedWords::read(text).unwrap();
        let found = db.store.clinic_search(&words, None, limit, offset).await;
        let found = found.unwrap();
        assert!(!found.cut, "{text}");
        found.slots
    };
    let all = search("mar sil", 500, 0).await;
    assert_eq!(all.len(), 200);
    assert!(all.is_sorted_by_key(|slot| std::cmp::Reverse(slot.data)));
    let ids = |slots: &[ClinicSlot]| -> Vec<i64> { slots.iter().map(|slot| slot.id).collect() };
    let page = search("mar sil", 40, 80).await;
    assert_eq!(ids(&page), ids(&all)[80..120]);
    assert_eq!(search("mar sil", 40, 180).await.len(), 20, "the last page");
    assert_eq!(search("mar sil", 40, 200).await.len(), 0, "behind it");
    let words = SearchedWords::read("brasil rosim").unwrap();
    for (examiner, found) in [(user, 100), (user + 1, 0)] {
        let of = Some(&[examiner][..]);
        let of = db.store.clinic_search(&words, of, 500, 0).await.unwrap();
        assert_eq!((of.slots.len(), of.cut), (found, false));
    }
    db.close().await;
}

#[tokio::test]
async fn of_more_than_five_thousand_of_one_name_the_latest_are_found_and_it_says_that_there_are_more()
 {
    let db = TestDatabase::new().await;
    let user = user(&db, "A").await;
    sqlx::query(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT $1, date '2020-01-01' + g % 1000, '08:00', g,
                jsonb_build_object('nome', CASE g % 2 WHEN 0 THEN 'Maria Prado' ELSE 'MARIANA PRADO' END), 1
         FROM generate_series(1, 12000) g",
    )
    .bind(user)
    .execute(&db.pool)
    .await
    .unwrap();
    // What was just written is else looked through by each look.
    sqlx::query("VACUUM agenda_slots")
        .execute(&db.pool)
        .await
        .unwrap();
    let words = SearchedWords::read("maria").unwrap();
    for (limit, offset, found, cut) in [
        (41, 0, 41, false),
        (41, 4_920, 41, false),
        (41, 4_960, 40, true),
        (50_000, 0, 5_000, true),
        (41, i64::MAX, 0, true),
    ] {
        // A machine that is slow makes a search give up, which is right.
        let page = eventually(
            &format!("from {offset}"),
            Duration::from_secs(120),
            async || {
                let page = db.store.clinic_search(&words, None, limit, offset).await;
                let page = page.unwrap();
                ((page.slots.len(), page.cut) == (found, cut)).then_some(page)
            },
        )
        .await;
        for slot in &page.slots {
            assert_eq!(slot.nome.as_deref(), Some("Maria Prado"));
            let day = slot.data.to_string();
            assert!(day.as_str() >= "2020-06-14", "{day}");
        }
    }
    db.close().await;
}

#[tokio::test]
async fn whatever_the_day_is_its_candidate_is_found() {
    let db = TestDatabase::new().await;
    let user = user(&db, "A").await;
    let days = [
        "9999-12-31",
        "2100-01-01",
        "2099-12-31",
        "2026-11-29",
        "1901-01-08",
        "1901-01-07",
        "1900-12-31",
        "0001-01-01",
    ];
    sqlx::query(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT $1, day::date, '08:00', day, jsonb_build_object('nome', 'ANA LIMA'), 1 FROM unnest($2::text[]) day",
    )
    .bind(user)
    .bind(days)
    .execute(&db.pool)
    .await
    .unwrap();
    for long in ["a".repeat(5_000), "7".repeat(5_000)] {
        let words = SearchedWords::read(&long).unwrap();
        let found = db.store.clinic_search(&words, None, 50, 0).await.unwrap();
        assert_eq!(
            found.slots.len(),
            0,
            "what is too long is nobody's, and no error"
        );
    }
    for text in ["ana lima", "lim"] {
        let words = SearchedWords::read(text).unwrap();
        let found = db.store.clinic_search(&words, None, 50, 0).await.unwrap();
        let found = found.slots.iter().map(|slot| slot.data.to_string());
        assert_eq!(found.collect::<Vec<_>>(), days);
    }
    db.close().await;
}

#[tokio::test]
async fn search_and_day_are_answered_by_their_indexes() {
    let db = TestDatabase::new().await;
    let user = user(&db, "A").await;
    sqlx::query(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT $1, date '2026-01-01' + g % 500, '08:00', g, jsonb_build_object('nome', 'PESSOA ' || md5(g::text)), 1
         FROM generate_series(1, 5000) g",
    )
    .bind(user)
    .execute(&db.pool)
    .await
    .unwrap();
    sqlx::raw_sql("ANALYZE agenda_slots")
        .execute(&db.pool)
        .await
        .unwrap();
    for (sql, index) in [
        (
            "SELECT id FROM agenda_slots WHERE agendad_slot_day_words(payload, data) @@ '''45654abc'':* & ''45654pessoa'':*'::tsquery
             ORDER BY data DESC LIMIT 41",
            "agenda_slots_day_words_idx",
        ),
        (
            "SELECT count(*) FROM agenda_slots WHERE is_current AND data BETWEEN '2026-03-01' AND '2026-03-01'",
            "agenda_slots_data_hora_idx",
        ),
        (
            "SELECT id FROM agenda_slots WHERE is_current AND data BETWEEN '2026-03-01' AND '2026-03-02'
             ORDER BY data, hora, usuario_id, id LIMIT 40",
            "agenda_slots_data_hora_idx",
        ),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"));
        let plan: Vec<String> = sqlx::query_scalar(explain).fetch_all(&db.pool).await.unwrap();
        assert!(plan.join("\n").contains(index), "{plan:#?}");
    }
    db.close().await;
}

#[tokio::test]
async fn whatever_a_payload_is_it_can_be_stored() {
    let db = TestDatabase::new().await;
    let user = user(&db, "A").await;
    let long = "Ç".repeat(100_000);
    for (hour, payload) in [
        ("08:00", json!(null)),
        ("09:00", json!([1])),
        ("10:00", json!("text")),
        (
            "11:00",
            json!({ "nome": null, "cpf": 7, "telefone": ["x"] }),
        ),
        (
            "12:00",
            json!({ "nome": long, "cpf": "1".repeat(5000), "telefone": "1234-5678 ".repeat(10_000) }),
        ),
        ("13:00", json!({ "nome": "'''``´´ --", "telefone": "((((" })),
    ] {
        slot(&db, user, hour, payload).await;
    }
    db.close().await;
}

#[tokio::test]
async fn the_day_comes_by_time_or_by_examiner_page_by_page() {
    let db = TestDatabase::new().await;
    let (z, a) = (user(&db, "Z").await, user(&db, "A").await);
    slot(&db, z, "08:00", json!({ "nome": "X", "email": "" })).await;
    slot(&db, a, "09:00", json!({ "nome": "X" })).await;
    slot(&db, z, "10:00", json!({ "nome": "X" })).await;
    let day = "2026-11-28".parse().unwrap();
    let mut asked = ClinicDays {
        from: day,
        to: day,
        usuario_ids: None,
        by_examiner: false,
        limit: 10,
        offset: 0,
    };
    let hours = async |asked: &ClinicDays| -> String {
        let slots = db.store.clinic_slots(asked).await.unwrap();
        assert!(slots.iter().all(|slot| slot.email.is_none()));
        slots
            .iter()
            .map(|slot| slot.hora.format("%H ").to_string())
            .collect()
    };
    assert_eq!(hours(&asked).await, "08 09 10 ");
    assert_eq!(db.store.clinic_count(&asked).await.unwrap(), 3);
    asked.by_examiner = true;
    assert_eq!(hours(&asked).await, "09 08 10 ");
    asked.offset = 2;
    assert_eq!(hours(&asked).await, "10 ");
    asked = ClinicDays {
        usuario_ids: Some(vec![a]),
        offset: 0,
        ..asked
    };
    assert_eq!(hours(&asked).await, "09 ");
    db.close().await;
}

#[tokio::test]
async fn an_index_that_was_left_half_made_is_made_anew() {
    let db = TestDatabase::new().await;
    for sql in [
        "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'agenda_slots_day_words_idx'::regclass",
        "DELETE FROM _sqlx_migrations WHERE version = 141",
    ] {
        sqlx::query(sql).execute(&db.pool).await.unwrap();
    }
    let migrated = db.store.migrate().await.unwrap();
    assert_eq!(migrated.applied.len(), 1, "{migrated:?}");
    let valid =
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'agenda_slots_day_words_idx'::regclass";
    let valid: bool = sqlx::query_scalar(valid).fetch_one(&db.pool).await.unwrap();
    assert!(valid);
    db.close().await;
}

#[tokio::test]
async fn what_was_written_lately_is_merged_into_the_index_of_words() {
    const MERGE: &str = "SELECT gin_clean_pending_list('agenda_slots_day_words_idx')";
    let db = TestDatabase::new().await;
    sqlx::query("ALTER TABLE agenda_slots SET (autovacuum_enabled = off)")
        .execute(&db.pool)
        .await
        .unwrap();
    let user = user(&db, "A").await;
    let add = async |day: &str| {
        sqlx::query(
            "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
             SELECT $1, $2::text::date, time '08:00' + make_interval(mins => g), $2 || g, jsonb_build_object('nome', 'ANA LIMA'), 1
             FROM generate_series(1, 500) g",
        )
        .bind(user)
        .bind(day)
        .execute(&db.pool)
        .await
        .unwrap();
    };
    let pages = async || {
        sqlx::query_scalar::<_, i64>(MERGE)
            .fetch_one(&db.pool)
            .await
    };
    add("2026-11-28").await;
    assert!(pages().await.unwrap() > 0, "they are kept aside at first");
    add("2026-11-29").await;
    db.store.tidy_search_index().await.unwrap();
    assert_eq!(pages().await.unwrap(), 0);
    db.close().await;
}
