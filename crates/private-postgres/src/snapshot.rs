//! What is in a database at one moment: a snapshot that others can see too, and figures of each table by which a copy
//! is told to be one. No table is known here.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

use super::error::PrivatePostgresError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Rows are compared as text, which must not depend on who asks, nor on the server's version.
const PLAIN: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET row_security = off;
    SET search_path = pg_catalog; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
    SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_encoding = 'UTF8';
    SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) IS NOT NULL";

/// Tables with rows of their own, but for those of extensions, which a dump leaves out.
const TABLES: &str = "SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY name";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFigures {
    /// Its name with its schema.
    pub name: String,
    pub rows: i64,
    /// A sum over the rows, whatever their order.
    pub checksum: String,
}

/// A database at one moment, as long as it is held.
#[derive(Debug)]
pub struct Snapshot {
    connection: PgConnection,
    id: String,
    server: u32,
    bytes: i64,
    checksums: bool,
}

impl Snapshot {
    /// Takes one. Of several hosts the one that takes writes is asked.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Sql`].
    pub async fn take(url: &str) -> Result<Self, PrivatePostgresError> {
        let mut connection = connect(url).await?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        for statements in [PLAIN, begin] {
            let done = sqlx::raw_sql(statements).execute(&mut connection).await;
            done.map_err(sql("take a snapshot of the database"))?;
        }
        let facts = "SELECT pg_export_snapshot() AS id, current_setting('server_version_num')::int AS server,
                            pg_database_size(current_database()) AS bytes,
                            current_setting('data_checksums') = 'on' AS checksums";
        let facts = sqlx::query(facts).fetch_one(&mut connection).await;
        let facts: PgRow = facts.map_err(sql("take a snapshot of the database"))?;
        let server: i32 = facts.get("server");
        Ok(Self {
            connection,
            id: facts.get("id"),
            server: server.unsigned_abs(),
            bytes: facts.get("bytes"),
            checksums: facts.get("checksums"),
        })
    }

    /// What others call it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The server's version, as `150018`.
    #[must_use]
    pub fn server(&self) -> u32 {
        self.server
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.server / 10_000
    }

    /// What the database takes on the disk.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        self.bytes
    }

    /// Whether the server notices torn pages.
    #[must_use]
    pub fn has_checksums(&self) -> bool {
        self.checksums
    }

    /// All tables. Reads every row.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Sql`], for instance where a page is damaged or the role may not read a table.
    pub async fn tables(&mut self) -> Result<Vec<TableFigures>, PrivatePostgresError> {
        let names: Vec<String> = sqlx::query_scalar(TABLES)
            .fetch_all(&mut self.connection)
            .await
            .map_err(sql("list the tables"))?;
        let mut figures = Vec::with_capacity(names.len());
        for name in names {
            // Safe: the server has quoted the name.
            let statement = format!(
                "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text FROM ONLY {name} t"
            );
            let (rows, checksum) = sqlx::query_as(AssertSqlSafe(statement))
                .fetch_one(&mut self.connection)
                .await
                .map_err(sql(format!("read {name}")))?;
            figures.push(TableFigures {
                name,
                rows,
                checksum,
            });
        }
        Ok(figures)
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Sql`].
    pub async fn release(self) -> Result<(), PrivatePostgresError> {
        self.connection.close().await.map_err(sql("hang up"))
    }
}

/// What is in a database now.
///
/// # Errors
/// [`PrivatePostgresError::Sql`].
pub async fn figures(url: &str) -> Result<Vec<TableFigures>, PrivatePostgresError> {
    let mut snapshot = Snapshot::take(url).await?;
    let tables = snapshot.tables().await?;
    snapshot.release().await?;
    Ok(tables)
}

/// Gathers the planner's statistics, which neither a dump nor an upgrade brings along.
///
/// # Errors
/// [`PrivatePostgresError::Sql`].
pub async fn analyze(url: &str) -> Result<(), PrivatePostgresError> {
    let mut connection = connect(url).await?;
    let done = sqlx::raw_sql("ANALYZE").execute(&mut connection).await;
    done.map_err(sql("gather statistics"))?;
    connection.close().await.map_err(sql("hang up"))
}

/// Where two lists of tables differ, in sentences; none where they agree.
#[must_use]
pub fn differences(before: &[TableFigures], after: &[TableFigures]) -> Vec<String> {
    let of = |list: &[TableFigures], name: &str| list.iter().find(|t| t.name == name).cloned();
    let mut found = Vec::new();
    for table in before {
        let name = &table.name;
        match of(after, name) {
            None => found.push(format!("{name} is missing")),
            Some(other) if other.rows != table.rows => {
                found.push(format!(
                    "{name} has {} rows instead of {}",
                    other.rows, table.rows
                ));
            }
            Some(other) if other.checksum != table.checksum => {
                found.push(format!("{name} has rows with another content"));
            }
            Some(_) => {}
        }
    }
    let extra = after
        .iter()
        .filter(|table| of(before, &table.name).is_none());
    found.extend(extra.map(|table| format!("{} should not be there", table.name)));
    found
}

/// Our driver knows one host.
async fn connect(url: &str) -> Result<PgConnection, PrivatePostgresError> {
    let mut last = None;
    for url in one_host_each(url) {
        let connecting = async {
            // Whole tables are read here: a slow statement is what is wanted.
            let options = url.parse::<PgConnectOptions>()?.disable_statement_logging();
            PgConnection::connect_with(&options).await
        };
        let connected = tokio::time::timeout(TIMEOUT, connecting).await;
        let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut).into();
        let mut connection = match connected.map_err(late).flatten() {
            Ok(connection) => connection,
            Err(error) => {
                last = Some(error);
                continue;
            }
        };
        let standby = sqlx::query_scalar("SELECT pg_is_in_recovery()");
        match standby.fetch_one(&mut connection).await {
            Ok(false) => return Ok(connection),
            Ok(true) => {}
            Err(error) => last = Some(error),
        }
    }
    let nobody = || sqlx::Error::Configuration("no server of this address takes writes".into());
    Err(sql("connect")(last.unwrap_or_else(nobody)))
}

fn one_host_each(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![url.to_owned()];
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), authority),
    };
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{login}{host}{tail}"))
        .collect()
}

fn sql(doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> PrivatePostgresError {
    move |source| PrivatePostgresError::Sql {
        doing: doing.into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: i64, checksum: &str) -> TableFigures {
        TableFigures {
            name: name.to_owned(),
            rows,
            checksum: checksum.to_owned(),
        }
    }

    #[test]
    fn what_differs_is_named_table_by_table() {
        let before = [
            table("a", 1, "x"),
            table("b", 2, "y"),
            table("c", 3, "z"),
            table("e", 1, "k"),
        ];
        let after = [
            table("a", 1, "x"),
            table("b", 1, "y"),
            table("c", 3, "w"),
            table("d", 0, "0"),
        ];
        assert!(differences(&before, &before).is_empty());
        assert_eq!(
            differences(&before, &after),
            [
                "b has 1 rows instead of 2",
                "c has rows with another content",
                "e is missing",
                "d should not be there"
            ]
        );
    }

    #[test]
    fn several_hosts_are_asked_one_after_the_other() {
        assert_eq!(
            one_host_each("postgres://u:p@a:1,b:2/x?y=1"),
            ["postgres://u:p@a:1/x?y=1", "postgres://u:p@b:2/x?y=1"]
        );
        assert_eq!(
            one_host_each("postgres://u@%2Fs:5/x"),
            ["postgres://u@%2Fs:5/x"]
        );
    }
}
