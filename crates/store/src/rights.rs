//! What the daemon's role may do: each right that a run needs is tried beforehand, table by table, and "there are no
//! examiners" is told from "none is visible": row level security hides rows without a word.

use std::fmt;

use sqlx::PgConnection;
use sqlx::types::Json;

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
pub enum MissingPrivilege {
    Right {
        table: String,
        /// `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
        right: String,
        /// Of which columns; empty: of the whole table.
        columns: Vec<String>,
    },
    /// The sequence of a table into which it inserts.
    Sequence { sequence: String },
    /// Row level security is in force, and no policy lets the role do this: rows are left out without an error.
    Policy {
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
    pub role: String,
    /// What it lacks; empty: nothing.
    pub lacks: Vec<MissingPrivilege>,
}

impl MissingPrivilege {
    /// Whether runs must fail, or work on something else than what is there.
    #[must_use]
    pub const fn is_serious(&self) -> bool {
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

impl fmt::Display for MissingPrivilege {
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
        let columns = needed.iter().flat_map(|need| need.by_column());
        let (tables, rights, columns): (Vec<&str>, Vec<&str>, Vec<Option<&str>>) =
            columns.collect();
        let inserts = needed.iter().filter(|need| need.right == "INSERT");
        let inserts: Vec<&str> = inserts.map(|need| need.table).collect();
        let by_table = needed.iter().map(|need| (need.table, need.right));
        let (of_tables, of_rights): (Vec<&str>, Vec<&str>) = by_table.unzip();
        let found = sqlx::query_file!(
            "src/sql/rights.sql",
            &tables as _,
            &rights as _,
            &columns as _,
            &inserts as _,
            &of_tables as _,
            &of_rights as _,
        )
        .fetch_one(&mut *conn)
        .await?;
        let missing = found.missing.map(|rows| rows.0).unwrap_or_default();
        let mut lacks: Vec<MissingPrivilege> =
            missing.into_iter().map(MissingPrivilege::from).collect();
        let sequences = found.sequences.unwrap_or_default().into_iter();
        lacks.extend(sequences.map(|sequence| MissingPrivilege::Sequence { sequence }));
        for secured in found.secured.map(|rows| rows.0).unwrap_or_default() {
            lacks.push(secured.look(conn).await?);
        }
        Ok(Self {
            role: found.role,
            lacks,
        })
    }
}

/// A table and right as the statement gives it.
#[derive(Debug, serde::Deserialize)]
struct MissingRight {
    table: String,
    right: String,
    columns: Vec<String>,
}

/// A table with row level security as the statement gives it.
#[derive(Debug, serde::Deserialize)]
struct Secured {
    table: String,
    quoted: String,
    about: i64,
    may_look: bool,
    denied: Vec<String>,
}

impl Needed {
    /// Table, right and column, for each column; without one, of the whole table.
    fn by_column(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
        let whole = self.columns.is_empty().then_some(None);
        let columns = self.columns.iter().map(|column| Some(*column)).chain(whole);
        let (table, right) = (self.table, self.right);
        columns.map(move |column| (table, right, column))
    }
}

impl From<MissingRight> for MissingPrivilege {
    fn from(missing: MissingRight) -> Self {
        Self::Right {
            table: missing.table,
            right: missing.right,
            columns: missing.columns,
        }
    }
}

impl Secured {
    async fn look(self, conn: &mut PgConnection) -> sqlx::Result<MissingPrivilege> {
        let visible = if self.may_look {
            // From the catalogue, and quoted there.
            let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {}", self.quoted));
            sqlx::query_scalar(count).fetch_one(conn).await?
        } else {
            0
        };
        let (table, about) = (self.table, self.about.max(visible));
        Ok(if self.denied.is_empty() {
            MissingPrivilege::Hidden {
                table,
                visible,
                about,
            }
        } else {
            MissingPrivilege::Policy {
                table,
                right: self.denied.join(", "),
                visible,
                about,
            }
        })
    }
}
