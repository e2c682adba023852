//! Where the tables are. The application's are found where they are, by the search path; ours go to its first schema
//! (`database.schema` puts one there). A table is never made beside another one of its name: a role that has a schema
//! of its own name would get empty copies, and see no examiner.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::PgConnection;

use super::connect;
use super::connect_error::ConnectError;

/// The application's tables, and those of ours that the earlier system has too.
const SHARED: [&str; 5] = [
    "usuarios",
    "agendamentos",
    "configuracoes_detran",
    "agenda_slots",
    "agenda_sync_runs",
];
/// Any program may have a table of this name: by itself it is no sign of the application.
const COMMON: &str = "usuarios";
/// One of ours that no other system has: where it is, ours are.
const OURS: &str = "agenda_slot_changes";

/// Why nothing is made or migrated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    /// A table is there twice on the search path.
    #[error(
        "the table {table} is there twice: {used}.{table}, which would be used, and {other}.{table}. One of them is a \
         copy: if {used} holds nothing but what agendad made there, drop it (DROP SCHEMA {used} CASCADE); else take the \
         schema that is not meant off the search path (ALTER ROLE {role} SET search_path = …). Then: agendad migrate"
    )]
    Twice {
        table: String,
        /// The schema in which it would be found.
        used: String,
        other: String,
        /// The role that we are.
        role: String,
    },
    /// A table that would be made exists in a schema that is not on the search path.
    #[error(
        "the application's table {table} is in schema {elsewhere}, which is not on the search path ({path}); an empty \
         {made}.{table} would be made beside it. Put it there: ALTER ROLE {role} SET search_path = {path}, {elsewhere} \
         (and GRANT USAGE ON SCHEMA {elsewhere} TO {role}); if that table is another program's, set database.schema"
    )]
    Elsewhere {
        table: String,
        /// Where it is.
        elsewhere: String,
        /// Where it would be made.
        made: String,
        /// The schemas on the search path.
        path: String,
        /// The role that we are.
        role: String,
    },
    /// No schema of the search path exists, or none may be used.
    #[error(
        "no schema of the search path exists: set database.schema, or ALTER ROLE {role} SET search_path = public"
    )]
    Nowhere {
        /// The role that we are.
        role: String,
    },
}

/// Where the tables are, or will be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Places {
    /// The schema of our tables.
    pub ours: String,
    /// The schema of each shared table; `None`: it does not exist yet, and will be made in that of ours.
    pub shared: Vec<(&'static str, Option<String>)>,
    /// Whether none of ours exists yet.
    #[serde(skip)]
    is_new: bool,
    #[serde(skip)]
    role: String,
    #[serde(skip)]
    path: Vec<String>,
    #[serde(skip)]
    doubles: Vec<(String, String, String)>,
    #[serde(skip)]
    elsewhere: Vec<(String, String)>,
}

/// An address whose connections have `schema` first on their search path, before what the role has there; `None`: the
/// address as it is.
pub async fn first_on_path(url: &str, schema: Option<&str>) -> Result<String, ConnectError> {
    let Some(schema) = schema else {
        return Ok(url.to_owned());
    };
    let pool = connect::pool(url, 1).await?;
    let path = sqlx::query_scalar!(r#"SELECT current_setting('search_path') AS "path!""#)
        .fetch_one(&pool)
        .await;
    let place = connect::place(&pool.connect_options());
    pool.close().await;
    let path = path.map_err(|source| ConnectError::Refused { place, source })?;
    let has = path
        .split(',')
        .next()
        .map(|first| first.trim().trim_matches('"'));
    if has == Some(schema) {
        return Ok(url.to_owned());
    }
    // The server splits these options at blanks.
    let path = format!("{schema},{path}").replace(' ', "\\ ");
    let options = format!("-c search_path={}", path.trim_end_matches(','));
    let separator = if url.contains('?') { '&' } else { '?' };
    let options = utf8_percent_encode(&options, NON_ALPHANUMERIC);
    Ok(format!("{url}{separator}options={options}"))
}

impl Places {
    /// Looks; changes nothing.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn look(conn: &mut PgConnection) -> sqlx::Result<Self> {
        let me = sqlx::query!(
            r#"SELECT current_user::text AS "role!", current_schemas(false)::text[] AS "path!""#
        )
        .fetch_one(&mut *conn)
        .await?;
        let names: Vec<String> = SHARED
            .iter()
            .chain([&OURS])
            .map(|t| (*t).to_owned())
            .collect();
        let found = sqlx::query!(
            r#"SELECT c.relname::text AS "table!", n.nspname::text AS "schema!"
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'f')
                 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                 AND has_schema_privilege(n.oid, 'USAGE')
               ORDER BY array_position(current_schemas(false), n.nspname) NULLS LAST, n.nspname"#,
            &names,
        )
        .fetch_all(&mut *conn)
        .await?;
        let found: Vec<(String, String)> = found.into_iter().map(|f| (f.table, f.schema)).collect();
        Ok(Self::of(me.role, me.path, &found))
    }

    fn of(role: String, path: Vec<String>, found: &[(String, String)]) -> Self {
        let on_path = |table: &str| -> Vec<String> {
            let here = found.iter().filter(|(t, s)| t == table && path.contains(s));
            here.map(|(_, schema)| schema.clone()).collect()
        };
        let first = path.first().cloned().unwrap_or_default();
        let mut doubles = Vec::new();
        let mut shared = Vec::new();
        for table in SHARED {
            let places = on_path(table);
            if let [used, other, ..] = &places[..] {
                doubles.push((table.to_owned(), used.clone(), other.clone()));
            }
            shared.push((table, places.into_iter().next()));
        }
        let is_missing = |table: &str| shared.iter().any(|(t, s)| *t == table && s.is_none());
        let elsewhere = found.iter().filter(|(table, schema)| {
            !path.contains(schema) && is_missing(table) && {
                let beside = found.iter().filter(|(t, s)| s == schema && t != COMMON);
                table != COMMON || beside.count() > 0
            }
        });
        let elsewhere = elsewhere.cloned().collect();
        let ours = on_path(OURS).into_iter().next();
        Self {
            is_new: ours.is_none(),
            ours: ours.unwrap_or(first),
            shared,
            role,
            path,
            doubles,
            elsewhere,
        }
    }

    /// The same where a schema was chosen for ours, which may not exist yet.
    #[must_use]
    pub(super) fn chosen(mut self, schema: Option<&str>) -> Self {
        if let Some(schema) = schema
            && !self.path.iter().any(|known| known == schema)
        {
            self.path.insert(0, schema.to_owned());
            if self.is_new {
                schema.clone_into(&mut self.ours);
            }
        }
        self
    }

    /// Whether tables may be used, and those that are missing be made. `chosen`: where ours go was said by
    /// `database.schema`, so what lies off the search path is not meant.
    ///
    /// # Errors
    /// [`PlacesError`], with the names and the cure.
    pub fn verdict(&self, chosen: bool) -> Result<(), PlacesError> {
        let role = self.role.clone();
        if self.path.is_empty() {
            return Err(PlacesError::Nowhere { role });
        }
        if let Some((table, used, other)) = self.doubles.first() {
            return Err(PlacesError::Twice {
                table: table.clone(),
                used: used.clone(),
                other: other.clone(),
                role,
            });
        }
        match self.elsewhere.first() {
            Some((table, elsewhere)) if !chosen => Err(PlacesError::Elsewhere {
                table: table.clone(),
                elsewhere: elsewhere.clone(),
                made: self.ours.clone(),
                path: self.path.join(", "),
                role,
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// A migration's text, so that `CREATE TABLE IF NOT EXISTS` finds what it makes where it is: by itself it looks
    /// into the first schema of the search path only.
    pub(super) fn placed(&self, sql: &str) -> String {
        let mut placed = sql.to_owned();
        for (table, schema) in &self.shared {
            let Some(schema) = schema else { continue };
            let schema = schema.replace('"', "\"\"");
            let plain = format!("CREATE TABLE IF NOT EXISTS {table} (");
            let there = format!("CREATE TABLE IF NOT EXISTS \"{schema}\".{table} (");
            placed = placed.replace(&plain, &there);
        }
        placed
    }
}

impl Places {
    /// The schema of our tables.
    #[must_use]
    pub fn ours(&self) -> &str {
        &self.ours
    }

    /// The tables that are shared with the application and exist, by their schemas.
    #[must_use]
    pub fn by_schema(&self) -> BTreeMap<&str, Vec<&'static str>> {
        let mut found: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for (table, schema) in &self.shared {
            if let Some(schema) = schema {
                found.entry(schema).or_default().push(table);
            }
        }
        found
    }

    /// Those that are still to be made, beside ours.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let missing = self.shared.iter().filter(|(_, schema)| schema.is_none());
        missing.map(|(table, _)| *table).collect()
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "our tables: schema {}", self.ours)?;
        for (schema, names) in self.by_schema() {
            write!(f, "; in {schema}: {}", names.join(", "))?;
        }
        let missing = self.missing();
        if !missing.is_empty() {
            write!(f, "; to be made in {}: {}", self.ours, missing.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &[&str], found: &[(&str, &str)]) -> Places {
        let own = |text: &&str| (*text).to_owned();
        let found: Vec<_> = found.iter().map(|(t, s)| (own(t), own(s))).collect();
        Places::of("agendad".to_owned(), path.iter().map(own).collect(), &found)
    }

    #[test]
    fn a_table_is_used_where_it_is_and_named_there_in_migrations() {
        let found = places(&["agendad", "public"], &[("usuarios", "public")]);
        found.verdict(false).unwrap();
        assert_eq!(found.ours, "agendad");
        let sql =
            "CREATE TABLE IF NOT EXISTS usuarios (\n); CREATE TABLE IF NOT EXISTS agendamentos (";
        assert_eq!(
            found.placed(sql),
            "CREATE TABLE IF NOT EXISTS \"public\".usuarios (\n); CREATE TABLE IF NOT EXISTS agendamentos ("
        );
        assert_eq!(
            found.to_string(),
            "our tables: schema agendad; in public: usuarios; to be made in agendad: agendamentos, \
             configuracoes_detran, agenda_slots, agenda_sync_runs"
        );
    }

    #[test]
    fn a_copy_is_refused_with_both_names() {
        let both = [("usuarios", "agendad"), ("usuarios", "public")];
        let said = places(&["agendad", "public"], &both)
            .verdict(true)
            .unwrap_err();
        let said = said.to_string();
        assert!(
            said.contains("agendad.usuarios") && said.contains("public.usuarios"),
            "{said}"
        );
        // A copy that is to be made counts as well, unless ours were given a place of their own.
        let off = places(&["public"], &[("agendamentos", "clinica")]);
        let said = off.verdict(false).unwrap_err().to_string();
        assert!(
            said.contains("schema clinica") && said.contains("public.agendamentos"),
            "{said}"
        );
        off.verdict(true).unwrap();
    }

    #[test]
    fn other_peoples_tables_are_other_peoples() {
        places(&["public"], &[("usuarios", "loja")])
            .verdict(false)
            .unwrap();
        let clinics = [
            ("usuarios", "a"),
            ("agendamentos", "a"),
            ("configuracoes_detran", "a"),
            ("agenda_slots", "a"),
            ("agenda_sync_runs", "a"),
            ("usuarios", "b"),
            ("agendamentos", "b"),
        ];
        places(&["a"], &clinics).verdict(false).unwrap();
    }
}
