//! What will become of appointments in `agendamentos` as the application has made it: seen before the first run, in
//! the catalogue alone. Slots are stored whatever happens to their appointments.

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
    },
    /// Too narrow for anything that would be stored.
    TooNarrow {
        /// In characters.
        width: i32,
    },
    /// Not every candidate has a value for it.
    MayNotBeEmpty,
}

/// A trouble that appointments will have.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Foreseen {
    /// The column.
    #[serde(skip)]
    pub column: String,
    /// What is the matter with it.
    #[serde(skip)]
    pub trouble: Trouble,
    /// Whether no appointment can be stored at all.
    pub all: bool,
    /// What is so, and what becomes of it.
    pub found: String,
    /// What to do.
    pub cure: String,
}

impl Store {
    /// What appointments will meet in the application's table. Nothing if that does not exist yet.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn foresee_appointments(&self) -> Result<Vec<Foreseen>, StoreError> {
        let columns = sqlx::query!(
            r#"SELECT a.attname::text AS "name!", format_type(a.atttypid, a.atttypmod) AS "kind!",
                      t.typcategory = 'S' OR EXISTS (
                          SELECT FROM pg_enum e WHERE e.enumtypid = t.oid AND e.enumlabel = CASE a.attname
                              WHEN 'status' THEN 'agendado' WHEN 'contexto' THEN 'Trânsito' END) AS "is_text!",
                      CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
                           THEN a.atttypmod - 4 END AS width,
                      a.attnotnull AS "is_needed!",
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
            let kind = &column.kind;
            let text = TEXTS.iter().find(|text| text.column == name);
            let is_ours = text.is_some() || OTHERS.contains(&name);
            if !is_ours && column.is_needed && !column.has_default {
                foreseen.push(Foreseen {
 column: name.to_owned(),
 trouble: Trouble::NoDefault,
                    all: true,
                    found: format!("column {name} must have a value and has no default: no appointment can be stored"),
                    cure: format!("ALTER TABLE agendamentos ALTER COLUMN {name} SET DEFAULT …, or DROP NOT NULL"),
                });
            }
            let Some(text) = text else { continue };
            if !column.is_text {
                foreseen.push(Foreseen {
 column: name.to_owned(),
 trouble: Trouble::NoText { kind: kind.clone() },
                    all: true,
                    found: format!(
                        "column {name} is of type {kind}, which takes no such text: no appointment can be stored"
                    ),
                    cure: "make it a text, or set appointments.enabled = false".to_owned(),
                });
            }
            if let Some(width) = column.width.filter(|width| *width < text.width) {
                foreseen.push(if text.cuts {
                    Foreseen {
 column: name.to_owned(),
 trouble: Trouble::Cuts { width },
                        all: false,
                        found: format!("column {name} takes {width} characters only: longer values are cut, with a note"),
                        cure: format!("ALTER TABLE agendamentos ALTER COLUMN {name} TYPE VARCHAR({})", text.width),
                    }
                } else {
                    Foreseen {
 column: name.to_owned(),
 trouble: Trouble::TooNarrow { width },
                        all: true,
                        found: format!("column {name} takes {width} characters only: no appointment can be stored"),
                        cure: format!("ALTER TABLE agendamentos ALTER COLUMN {name} TYPE VARCHAR({})", text.width.max(14)),
                    }
                });
            }
            if column.is_needed && MAY_BE_EMPTY.contains(&name) {
                foreseen.push(Foreseen {
                    column: name.to_owned(),
                    trouble: Trouble::MayNotBeEmpty,
                    all: false,
                    found: format!(
                        "column {name} must have a value: candidates without one get no appointment"
                    ),
                    cure: format!("ALTER TABLE agendamentos ALTER COLUMN {name} DROP NOT NULL"),
                });
            }
        }
        Ok(foreseen)
    }
}
