//! What the daemon's role may do: each right that a run needs is tried beforehand, table by table, and "there are no
//! examiners" is told from "none is visible": row level security hides rows without a word.

use std::fmt;

use sqlx::PgConnection;

use super::{Store, StoreError};

/// A right that is needed: table, what for, and of which columns; none: of the whole table.
struct Needed {
    table: &'static str,
    right: &'static str,
    columns: &'static [&'static str],
}

const fn need(
    table: &'static str,
    right: &'static str,
    columns: &'static [&'static str],
) -> Needed {
    Needed {
        table,
        right,
        columns,
    }
}

/// The same as `deploy/postgres/roles.sql` grants; a test holds them together.
const NEEDED: &[Needed] = &[
    need("usuarios", "SELECT", &["id", "nome", "email", "ativo"]),
    need(
        "configuracoes_detran",
        "SELECT",
        &[
            "usuario_id",
            "cpf",
            "senha",
            "dias_trabalho",
            "sincronizacao_automatica",
            "ativo",
            "ultima_sincronizacao",
            "senha_cifrada",
            "credencial_mudada_em",
            "credencial_aceita_em",
            "pausa_motivo",
            "pausa_desde",
            "pausa_ate",
            "janelas",
        ],
    ),
    need(
        "configuracoes_detran",
        "UPDATE",
        &[
            "senha",
            "senha_cifrada",
            "ultima_sincronizacao",
            "credencial_aceita_em",
            "pausa_motivo",
            "pausa_desde",
            "pausa_ate",
        ],
    ),
    need("agenda_slots", "SELECT", &[]),
    need("agenda_slots", "INSERT", &[]),
    need("agenda_slots", "UPDATE", &[]),
    need("agenda_slot_changes", "SELECT", &[]),
    need("agenda_slot_changes", "INSERT", &[]),
    need("agenda_sync_runs", "SELECT", &[]),
    need("agenda_sync_runs", "INSERT", &[]),
    need("agenda_sync_runs", "UPDATE", &[]),
    need("sync_schedules", "SELECT", &[]),
    need("sync_schedules", "INSERT", &[]),
    need("sync_schedules", "UPDATE", &[]),
    need("agendad_alerts", "SELECT", &[]),
    need("agendad_alerts", "INSERT", &[]),
    need("agendad_alerts", "UPDATE", &[]),
    need("agendad_alert_outbox", "SELECT", &[]),
    need("agendad_alert_outbox", "INSERT", &[]),
    need("agendad_alert_outbox", "UPDATE", &[]),
    need("agendad_audit", "INSERT", &[]),
    need("river.river_job", "SELECT", &[]),
    need("river.river_job", "INSERT", &[]),
    need("river.river_job", "UPDATE", &[]),
    need("river.river_job", "DELETE", &[]),
];

/// What a run needs of the application's appointments, if it makes any.
const APPOINTMENTS: &[Needed] = &[
    need(
        "agendamentos",
        "SELECT",
        &[
            "id",
            "usuario_id",
            "nome",
            "cpf",
            "telefone_fixo",
            "telefone_celular",
            "email",
            "data_agendamento",
            "tipo_transito",
            "categoria_cnh",
            "status",
            "convertido_em_paciente",
        ],
    ),
    need(
        "agendamentos",
        "INSERT",
        &[
            "usuario_id",
            "nome",
            "cpf",
            "telefone_fixo",
            "telefone_celular",
            "email",
            "data_agendamento",
            "contexto",
            "tipo_transito",
            "categoria_cnh",
            "observacoes",
            "status",
        ],
    ),
    need(
        "agendamentos",
        "UPDATE",
        &[
            "nome",
            "telefone_fixo",
            "telefone_celular",
            "email",
            "tipo_transito",
            "categoria_cnh",
            "status",
        ],
    ),
];

/// Something that the role may not do or see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// A right is missing.
    Right {
        /// The table.
        table: String,
        /// `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
        right: String,
        /// Of which columns; empty: of the whole table.
        columns: Vec<String>,
    },
    /// The sequence of a table into which it inserts.
    Sequence {
        /// The sequence.
        sequence: String,
    },
    /// Row level security is in force, and no policy lets the role do this: rows are left out without an error.
    Policy {
        /// The table.
        table: String,
        /// What no policy allows.
        right: String,
        /// How many rows the role sees.
        visible: i64,
        /// How many the server counts, about.
        about: i64,
    },
    /// Row level security is in force; what it hides cannot be known.
    Hidden {
        /// The table.
        table: String,
        /// How many rows the role sees.
        visible: i64,
        /// How many the server counts, about.
        about: i64,
    },
}

/// Where the role stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The role.
    pub role: String,
    /// What it lacks; empty: nothing.
    pub lacks: Vec<Lack>,
}

impl Lack {
    /// Whether runs must fail, or work on something else than what is there.
    #[must_use]
    pub const fn is_grave(&self) -> bool {
        match self {
            Self::Right { .. } | Self::Sequence { .. } | Self::Policy { .. } => true,
            Self::Hidden { visible, .. } => *visible == 0,
        }
    }

    /// What an administrator says to PostgreSQL.
    #[must_use]
    pub fn cure(&self, role: &str) -> String {
        match self {
            Self::Right {
                table,
                right,
                columns,
            } if columns.is_empty() => format!("GRANT {right} ON {table} TO {role}"),
            Self::Right {
                table,
                right,
                columns,
            } => format!(
                "GRANT {right} ({}) ON {table} TO {role}",
                columns.join(", ")
            ),
            Self::Sequence { sequence } => format!("GRANT USAGE ON SEQUENCE {sequence} TO {role}"),
            Self::Policy { table, .. } | Self::Hidden { table, .. } => format!(
                "CREATE POLICY agendad ON {table} TO {role} USING (true) WITH CHECK (true), or ALTER ROLE {role} BYPASSRLS"
            ),
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right {
                table,
                right,
                columns,
            } if columns.is_empty() => write!(f, "{table}: the right to {right} is missing"),
            Self::Right {
                table,
                right,
                columns,
            } => write!(
                f,
                "{table}: the right to {right} is missing for {}",
                columns.join(", ")
            ),
            Self::Sequence { sequence } => write!(f, "{sequence}: the right to use it is missing"),
            Self::Policy {
                table,
                right,
                visible,
                about,
            } => write!(
                f,
                "{table}: row level security is in force and no policy allows {right} to this role; {visible} rows are \
                 visible, the server counts about {about}: none visible is not none there"
            ),
            Self::Hidden {
                table,
                visible,
                about,
            } => write!(
                f,
                "{table}: row level security is in force; {visible} rows are visible, the server counts about {about}, \
                 and what is hidden nobody here can see"
            ),
        }
    }
}

impl Store {
    /// Tries each right that runs need, `appointments` included if they are made. Reads the catalogue only. Tables
    /// that do not exist yet are no matter of rights.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rights(&self, appointments: bool) -> Result<Rights, StoreError> {
        let mut conn = self.pool.acquire().await?;
        Ok(Rights::look(&mut conn, appointments).await?)
    }
}

impl Rights {
    /// [`Store::rights`] on a connection at hand.
    pub(super) async fn look(conn: &mut PgConnection, appointments: bool) -> sqlx::Result<Self> {
        let needed: Vec<&Needed> = if appointments {
            NEEDED.iter().chain(APPOINTMENTS).collect()
        } else {
            NEEDED.iter().collect()
        };
        let role = sqlx::query_scalar!(r#"SELECT current_user::text AS "role!""#);
        let role = role.fetch_one(&mut *conn).await?;
        let mut lacks = missing(conn, &needed).await?;
        lacks.extend(sequences(conn, &needed).await?);
        lacks.extend(policies(conn, &needed).await?);
        Ok(Self { role, lacks })
    }

    /// What makes runs fail, or work on something else than what is there.
    pub fn grave(&self) -> impl Iterator<Item = &Lack> {
        self.lacks.iter().filter(|lack| lack.is_grave())
    }
}

/// The rights that are not there, one line a table and right. (A table of a schema that may not be used is found by
/// hand: `to_regclass` would fail.)
async fn missing(conn: &mut PgConnection, needed: &[&Needed]) -> sqlx::Result<Vec<Lack>> {
    let mut rows: Vec<(String, String, Option<String>)> = Vec::new();
    for need in needed {
        let row = |column: Option<&&str>| {
            let column = column.map(|column| (*column).to_owned());
            (need.table.to_owned(), need.right.to_owned(), column)
        };
        if need.columns.is_empty() {
            rows.push(row(None));
        }
        rows.extend(need.columns.iter().map(|column| row(Some(column))));
    }
    let tables: Vec<String> = rows.iter().map(|(table, _, _)| table.clone()).collect();
    let rights: Vec<String> = rows.iter().map(|(_, right, _)| right.clone()).collect();
    let columns: Vec<Option<String>> = rows.iter().map(|(_, _, column)| column.clone()).collect();
    let found = sqlx::query!(
        r#"SELECT n.name AS "table!", n.wanted AS "right!",
                  coalesce(array_agg(n.col ORDER BY n.position) FILTER (WHERE n.col IS NOT NULL), '{}') AS "columns!"
           FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (name, wanted, col, position)
           JOIN pg_class c ON c.oid = CASE WHEN n.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(n.name, '.', 2))
                        ELSE to_regclass(n.name) END
           LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = n.col AND NOT a.attisdropped
           WHERE CASE WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE') THEN TRUE
                      WHEN n.col IS NULL THEN NOT has_table_privilege(c.oid, n.wanted)
                      -- A column that is missing is a migration's matter.
                      WHEN a.attnum IS NULL THEN FALSE
                      ELSE NOT has_column_privilege(c.oid, a.attnum, n.wanted) END
           GROUP BY n.name, n.wanted ORDER BY min(n.position)"#,
        &tables,
        &rights,
        &columns as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let lacks = found.into_iter().map(|row| Lack::Right {
        table: row.table,
        right: row.right,
        columns: row.columns,
    });
    Ok(lacks.collect())
}

/// Sequences behind tables into which we insert.
async fn sequences(conn: &mut PgConnection, needed: &[&Needed]) -> sqlx::Result<Vec<Lack>> {
    let inserts = needed.iter().filter(|need| need.right == "INSERT");
    let tables: Vec<String> = inserts.map(|need| need.table.to_owned()).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT s.oid::regclass::text AS "sequence!"
           FROM unnest($1::text[]) AS t (name)
           JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = CASE WHEN t.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(t.name, '.', 2))
                        ELSE to_regclass(t.name) END
                AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
           JOIN pg_class s ON s.oid = d.objid
           -- In this order: other relations have no such right to ask for.
           WHERE CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE FALSE END ORDER BY 1"#,
        &tables,
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(found
        .into_iter()
        .map(|sequence| Lack::Sequence { sequence })
        .collect())
}

/// Tables on which row level security is in force for this role, and what no policy of theirs allows it.
async fn policies(conn: &mut PgConnection, needed: &[&Needed]) -> sqlx::Result<Vec<Lack>> {
    let tables: Vec<String> = needed.iter().map(|need| need.table.to_owned()).collect();
    let rights: Vec<String> = needed.iter().map(|need| need.right.to_owned()).collect();
    let found = sqlx::query!(
        r#"SELECT n.name AS "table!", c.oid::regclass::text AS "quoted!",
                  pg_stat_get_live_tuples(c.oid) AS "about!",
                  has_any_column_privilege(c.oid, 'SELECT') AS "may_look!",
                  coalesce(array_agg(n.wanted ORDER BY n.position) FILTER (WHERE NOT EXISTS (
                      SELECT FROM pg_policy p
                      WHERE p.polrelid = c.oid AND p.polpermissive
                        AND (p.polcmd = '*' OR p.polcmd = CASE n.wanted
                             WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' ELSE 'd' END::"char")
                        AND EXISTS (SELECT FROM unnest(p.polroles) AS r (id)
                                    WHERE CASE WHEN r.id = 0 THEN TRUE ELSE pg_has_role(r.id, 'USAGE') END))), '{}')
                      AS "denied!"
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (name, wanted, position)
           JOIN pg_class c ON c.oid = CASE WHEN n.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(n.name, '.', 2))
                        ELSE to_regclass(n.name) END
           WHERE row_security_active(c.oid)
           GROUP BY n.name, c.oid ORDER BY min(n.position)"#,
        &tables,
        &rights,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut lacks = Vec::new();
    for row in found {
        let visible = if row.may_look {
            // From the catalogue, and quoted there.
            let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {}", row.quoted));
            sqlx::query_scalar(count).fetch_one(&mut *conn).await?
        } else {
            0
        };
        let (table, about) = (row.table, row.about.max(visible));
        lacks.push(if row.denied.is_empty() {
            Lack::Hidden {
                table,
                visible,
                about,
            }
        } else {
            Lack::Policy {
                table,
                right: row.denied.join(", "),
                visible,
                about,
            }
        });
    }
    Ok(lacks)
}
