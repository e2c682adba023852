//! What an import would do, line by line, beside what is stored.

use sha2::{Digest, Sha256};

use super::read::{Row, Rows, Wanted};
use crate::credentials;
use crate::domain::import::{Counts, Field, Verdict, Why};
use crate::domain::{Cpf, WorkingDays};
use crate::examiners::edit::is_known_unit;
use crate::store::units::UnitRecord;
use crate::store::users::ExistingAccount;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// A line as it is shown. Holds no password and no whole CPF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file.
    pub(crate) number: usize,
    /// The name, as it will be.
    pub(crate) nome: String,
    /// Masked.
    pub(crate) cpf: String,
    /// The e-mail that is to be stored.
    pub(crate) email: Option<String>,
    /// The days that are to be stored.
    pub(crate) days: Vec<&'static str>,
    /// What becomes of it.
    pub(crate) verdict: Verdict,
}

/// What an import would do.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) lines: Vec<Line>,
    /// Columns that mean nothing here.
    pub(crate) ignored: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// What is to be done for a line.
#[derive(Debug)]
pub(super) enum Step {
    Add {
        nome: String,
        cpf: Cpf,
        row: Wanted,
    },
    Change {
        stored: Box<ExistingAccount>,
        fields: Vec<Field>,
        row: Wanted,
    },
}

impl Plan {
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for line in &self.lines {
            match line.verdict {
                Verdict::New { .. } => counts.new += 1,
                Verdict::Changed(_) => counts.changed += 1,
                Verdict::Same => counts.same += 1,
                Verdict::Refused(_) => counts.refused += 1,
            }
        }
        counts
    }

    /// Whether it can be carried out, and something would come of it.
    pub(crate) fn is_good(&self) -> bool {
        self.counts().refused == 0 && !self.steps.is_empty()
    }

    /// Recognises what was shown.
    pub(crate) fn digest(&self) -> String {
        let shown = format!("{:?}", self.lines);
        hex::encode(Sha256::digest(shown))
    }
}

/// Holds the rows beside what is stored; changes nothing.
pub(super) async fn plan(store: &Store, vault: &Vault, rows: Rows) -> Result<Plan, StoreError> {
    let (existing, units) = tokio::try_join!(store.existing_accounts(), store.units_of_all())?;
    let none = Vec::new();
    let (mut lines, mut steps) = (Vec::new(), Vec::new());
    for row in rows.rows {
        let stored = of_cpf(&existing, row.cpf.as_ref());
        let known = stored.first().and_then(|one| units.get(&one.usuario_id));
        let (line, step) = look(row, &stored, known.unwrap_or(&none), vault);
        lines.push(line);
        steps.extend(step);
    }
    Ok(Plan {
        lines,
        ignored: rows.ignored,
        steps,
    })
}

fn of_cpf<'a>(existing: &'a [ExistingAccount], cpf: Option<&Cpf>) -> Vec<&'a ExistingAccount> {
    let is_it = |one: &&ExistingAccount| cpf.is_some_and(|cpf| cpf.is_written(&one.cpf));
    existing.iter().filter(is_it).collect()
}

fn look(
    row: Row,
    stored: &[&ExistingAccount],
    known: &[UnitRecord],
    vault: &Vault,
) -> (Line, Option<Step>) {
    let Row {
        line: number,
        cpf,
        wanted: row,
        mut wrong,
    } = row;
    if stored.len() > 1 {
        wrong.push(Why::TwoAccounts);
    }
    if stored.is_empty() && row.nome.is_none() {
        wrong.push(Why::NoName);
    }
    let named = row.units.iter().flatten().flatten();
    if named.into_iter().any(|unit| !is_known_unit(unit, known)) {
        wrong.push(Why::Units);
    }
    let stored = stored.first().copied();
    let mut line = Line {
        number,
        nome: row
            .nome
            .clone()
            .or_else(|| stored.map(|one| one.nome.clone()))
            .unwrap_or_default(),
        cpf: cpf.as_ref().map(ToString::to_string).unwrap_or_default(),
        email: row.email.clone(),
        days: row.days.into_iter().flat_map(WorkingDays::names).collect(),
        verdict: Verdict::Same,
    };
    let (Some(cpf), true) = (cpf, wrong.is_empty()) else {
        line.verdict = Verdict::Refused(wrong);
        return (line, None);
    };
    let Some(stored) = stored else {
        line.verdict = Verdict::New {
            off: row.password.is_none(),
        };
        let nome = line.nome.clone();
        return (line, Some(Step::Add { nome, cpf, row }));
    };
    let fields = row.differs_from(stored, vault);
    if fields.is_empty() {
        return (line, None);
    }
    line.verdict = Verdict::Changed(fields.clone());
    let stored = Box::new(stored.clone());
    (
        line,
        Some(Step::Change {
            stored,
            fields,
            row,
        }),
    )
}

impl Wanted {
    /// What a cell says that is not so yet; an empty one leaves everything as it is.
    fn differs_from(&self, stored: &ExistingAccount, vault: &Vault) -> Vec<Field> {
        let days = stored.working_days.as_ref().ok();
        let units = stored.units.as_ref().ok();
        let is_other_password =
            |typed| !credentials::is_stored(vault, stored.usuario_id, &stored.password, typed);
        let differences = [
            (
                Field::Name,
                self.nome.as_ref().is_some_and(|nome| *nome != stored.nome),
            ),
            (
                Field::Password,
                self.password.as_ref().is_some_and(is_other_password),
            ),
            (
                Field::Email,
                self.email.is_some() && self.email != stored.email,
            ),
            (
                Field::Days,
                self.days.is_some() && self.days.as_ref() != days,
            ),
            (
                Field::Windows,
                self.windows
                    .as_ref()
                    .is_some_and(|windows| *windows != stored.windows),
            ),
            (
                Field::Units,
                self.units.is_some() && self.units.as_ref() != units,
            ),
        ];
        let changed = differences.into_iter().filter(|(_, differs)| *differs);
        changed.map(|(field, _)| field).collect()
    }
}
