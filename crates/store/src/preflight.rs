//! What will become of appointments in `agendamentos` as the application has made it: seen before the first run, in
//! the catalogue alone. Slots are stored whatever happens to their appointments.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Store, StoreError};

/// What is written there, and how many characters it takes at most; `cuts`: a longer value may be cut.
struct Written {
    column: &'static str,
    width: i32,
    cuts: bool,
}

const fn written(column: &'static str, width: i32, cuts: bool) -> Written {
    Written {
        column,
        width,
        cuts,
    }
}

const TEXTS: [Written; 10] = [
    written("nome", 255, true),
    written("email", 255, true),
    written("tipo_transito", 100, true),
    written("categoria_cnh", 20, true),
    // Digits alone, at the least.
    written("cpf", 11, false),
    written("telefone_fixo", 10, true),
    written("telefone_celular", 11, true),
    written("contexto", 8, false),
    written("observacoes", 55, false),
    written("status", 9, false),
];
/// Written too, and no texts.
const OTHERS: [&str; 3] = ["id", "usuario_id", "data_agendamento"];
/// Left empty where the portal shows nothing.
const MAY_BE_EMPTY: [&str; 5] = [
    "email",
    "tipo_transito",
    "categoria_cnh",
    "telefone_fixo",
    "telefone_celular",
];

/// What is the matter with a column of the application's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is not ours, must have a value, and has no default.
    NoDefault,
    /// It takes no text.
    NoText {
        /// Its type.
        kind: String,
    },
    /// Longer values are cut to this width.
    Cuts {
        /// In characters.
        width: i32,
        /// That would take every value.
        enough: i32,
    },
    /// Too narrow for anything that would be stored.
    TooNarrow {
        /// In characters.
        width: i32,
        /// That would take every value.
        enough: i32,
    },
    /// Not every candidate has a value for it.
    MayNotBeEmpty,
    /// It holds instants, and our sessions count by UTC.
    WithZone {
        /// That of the application's times.
        zone: String,
    },
}

/// A trouble that appointments will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightIssue {
    pub column: String,
    /// What is the matter with it.
    pub trouble: Trouble,
}

impl PreflightIssue {
    /// Whether no appointment can be stored at all.
    #[must_use]
    pub const fn is_of_all(&self) -> bool {
        match self.trouble {
            Trouble::NoDefault | Trouble::NoText { .. } | Trouble::TooNarrow { .. } => true,
            Trouble::Cuts { .. } | Trouble::MayNotBeEmpty | Trouble::WithZone { .. } => false,
        }
    }

    /// What to do.
    #[must_use]
    pub fn cure(&self) -> String {
        let alter = format!("ALTER TABLE agendamentos ALTER COLUMN {}", self.column);
        match &self.trouble {
            Trouble::NoDefault => format!("{alter} SET DEFAULT …, or DROP NOT NULL"),
            Trouble::NoText { .. } => {
                "make it a text, or set appointments.enabled = false".to_owned()
            }
            Trouble::Cuts { enough, .. } | Trouble::TooNarrow { enough, .. } => {
                format!("{alter} TYPE VARCHAR({enough})")
            }
            Trouble::MayNotBeEmpty => format!("{alter} DROP NOT NULL"),
            Trouble::WithZone { .. } => {
                "whoever maintains the application must make it a TIMESTAMP without time zone, or set \
                 appointments.enabled = false"
                    .to_owned()
            }
        }
    }
}

/// What is so, and what becomes of it.
impl fmt::Display for PreflightIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} ", self.column)?;
        match &self.trouble {
            Trouble::NoDefault => {
                f.write_str("must have a value and has no default: no appointment can be stored")
            }
            Trouble::NoText { kind } => write!(
                f,
                "is of type {kind}, which takes no such text: no appointment can be stored"
            ),
            Trouble::Cuts { width, .. } => write!(
                f,
                "takes {width} characters only: longer values are cut, with a note"
            ),
            Trouble::TooNarrow { width, .. } => write!(
                f,
                "takes {width} characters only: no appointment can be stored"
            ),
            Trouble::MayNotBeEmpty => {
                f.write_str("must have a value: candidates without one get no appointment")
            }
            Trouble::WithZone { zone } => write!(
                f,
                "holds times with a time zone: hours of {zone} are written there as those of UTC, and shown as others"
            ),
        }
    }
}

impl Serialize for PreflightIssue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("PreflightIssue", 3)?;
        fields.serialize_field("all", &self.is_of_all())?;
        fields.serialize_field("found", &self.to_string())?;
        fields.serialize_field("cure", &self.cure())?;
        fields.end()
    }
}

impl Store {
    /// What appointments will meet in the application's table. Nothing if that does not exist yet.
    pub async fn preflight_appointments(&self) -> Result<Vec<PreflightIssue>, StoreError> {
        let columns = sqlx::query!(
            r#"SELECT a.attname::text AS "name!", format_type(a.atttypid, a.atttypmod) AS "kind!",
                      t.typcategory = 'S' OR EXISTS (
                          SELECT FROM pg_enum e WHERE e.enumtypid = t.oid AND e.enumlabel = CASE a.attname
                              WHEN 'status' THEN 'agendado' WHEN 'contexto' THEN 'Trânsito' END) AS "is_text!",
                      CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
                           THEN a.atttypmod - 4 END AS width,
                      a.attnotnull AS "is_needed!", a.atttypid = 'timestamptz'::regtype AS "has_zone!",
                      a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' AS "has_default!"
               FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               WHERE a.attrelid = to_regclass('agendamentos') AND a.attnum > 0 AND NOT a.attisdropped
               ORDER BY a.attnum"#
        )
        .fetch_all(&self.pool)
        .await?;
        let mut foreseen = Vec::new();
        for column in columns {
            let name = column.name.as_str();
            let mut foresee = |trouble| {
                let column = name.to_owned();
                foreseen.push(PreflightIssue { column, trouble });
            };
            let text = TEXTS.iter().find(|text| text.column == name);
            let is_ours = text.is_some() || OTHERS.contains(&name);
            if !is_ours && column.is_needed && !column.has_default {
                foresee(Trouble::NoDefault);
            }
            if name == "data_agendamento" && column.has_zone && self.zone.name() != "UTC" {
                let zone = self.zone.name().to_owned();
                foresee(Trouble::WithZone { zone });
            }
            let Some(text) = text else { continue };
            if !column.is_text {
                let kind = column.kind.clone();
                foresee(Trouble::NoText { kind });
            }
            if let Some(width) = column.width.filter(|width| *width < text.width) {
                foresee(if text.cuts {
                    let enough = text.width;
                    Trouble::Cuts { width, enough }
                } else {
                    let enough = text.width.max(14);
                    Trouble::TooNarrow { width, enough }
                });
            }
            if column.is_needed && MAY_BE_EMPTY.contains(&name) {
                foresee(Trouble::MayNotBeEmpty);
            }
        }
        Ok(foreseen)
    }
}
