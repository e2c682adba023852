//! Each right is tried beforehand, and "none" is told from "none visible".

use agendad::store::rights::MissingPrivilege;
use agendad::store::{Store, connect};

use crate::support::TestDatabase;

#[tokio::test]
async fn missing_rights_and_hidden_rows_are_named_table_by_table() {
    let database = TestDatabase::new().await;
    let role = format!("rights_{}", std::process::id());
    database.execute(&format!(
            "CREATE ROLE {role} LOGIN;
             GRANT USAGE ON SCHEMA public, river TO {role};
             GRANT ALL ON ALL TABLES IN SCHEMA public, river TO {role};
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public, river TO {role};
             INSERT INTO usuarios (nome) VALUES ('ANA');
             INSERT INTO configuracoes_detran (usuario_id, cpf) SELECT id, '529.982.247-25' FROM usuarios"
        ),
    )
    .await;
    let (_, rest) = database.url.split_once('@').unwrap();
    let pool = connect::pool(&format!("postgres://{role}@{rest}"), 2)
        .await
        .unwrap();
    let store = Store::new(pool);
    assert_eq!(store.rights(true).await.unwrap().lacks, []);
    // The owner of everything is subject to nothing.
    assert_eq!(database.store.rights(true).await.unwrap().lacks, []);

    database
        .execute("ALTER TABLE configuracoes_detran ENABLE ROW LEVEL SECURITY")
        .await;
    let rights = store.rights(true).await.unwrap();
    let [
        MissingPrivilege::Policy {
            table,
            right,
            visible,
            ..
        },
    ] = &rights.lacks[..]
    else {
        panic!("{rights:?}")
    };
    assert_eq!(
        (table.as_str(), right.as_str(), *visible),
        ("configuracoes_detran", "SELECT, UPDATE", 0)
    );
    assert!(rights.lacks[0].is_serious());
    assert!(
        rights.lacks[0]
            .to_string()
            .contains("none visible is not none there")
    );
    assert_eq!(database.store.rights(true).await.unwrap().lacks, []);

    // A policy for reading alone: writes would change nothing, in silence.
    database
        .execute(&format!(
            "CREATE POLICY p ON configuracoes_detran FOR SELECT TO {role} USING (true)"
        ))
        .await;
    let rights = store.rights(true).await.unwrap();
    assert!(
        matches!(&rights.lacks[..], [MissingPrivilege::Policy { right, visible: 1, .. }] if right == "UPDATE"),
        "{rights:?}"
    );
    // The cure that is named is one.
    database
        .execute(&format!(
            "DROP POLICY p ON configuracoes_detran; {}",
            rights.lacks[0].cure(&role).split(", or").next().unwrap()
        ))
        .await;
    let rights = store.rights(true).await.unwrap();
    assert!(
        matches!(
            &rights.lacks[..],
            [MissingPrivilege::Hidden { visible: 1, .. }]
        ),
        "{rights:?}"
    );
    assert!(!rights.lacks[0].is_serious());
    database
        .execute("ALTER TABLE configuracoes_detran DISABLE ROW LEVEL SECURITY")
        .await;

    database
        .execute(&format!(
            "REVOKE UPDATE ON agenda_slots FROM {role}; REVOKE INSERT ON agendamentos FROM {role};
             REVOKE USAGE ON SEQUENCE agenda_sync_runs_id_seq FROM {role};
             REVOKE ALL ON SCHEMA river FROM {role}"
        ))
        .await;
    let rights = store.rights(true).await.unwrap();
    let said: Vec<String> = rights.lacks.iter().map(ToString::to_string).collect();
    for word in [
        "agenda_slots: the right to UPDATE",
        "agendamentos: the right to INSERT",
        "agenda_sync_runs_id_seq",
    ] {
        assert!(
            said.iter().any(|line| line.contains(word)),
            "{word}: {said:#?}"
        );
    }
    assert!(rights.lacks.iter().all(MissingPrivilege::is_serious));
    assert!(
        !store
            .rights(false)
            .await
            .unwrap()
            .lacks
            .iter()
            .any(|lack| lack.to_string().contains("agendamentos"))
    );
    store.pool().close().await;
    database
        .execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
    database.close().await;
}
