//! A list of examiners from a file: its columns, what can be wrong with it or with a line, and what becomes of a line.

use serde::Serialize;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The examiner's name.
    Name,
    Cpf,
    /// Password for the portal.
    Password,
    Email,
    /// Working days.
    Days,
    /// Windows that are read.
    Windows,
    /// Units that are read.
    Units,
}

impl Field {
    /// As the audit names it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "nome",
            Self::Cpf => "cpf",
            Self::Password => "senha",
            Self::Email => "email",
            Self::Days => "dias",
            Self::Windows => "leituras",
            Self::Units => "unidades",
        }
    }
}

/// Why a file is none that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadFile {
    /// There is no row below the head.
    Empty,
    /// It is a workbook, not a text.
    Workbook,
    NoCpfColumn,
    /// Two columns for the same.
    DoubledColumn(Field),
    /// A quotation mark that is never closed.
    Unclosed(usize),
    /// More rows than there may be.
    TooLong,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// More fields than the head has.
    TooManyFields,
    /// No name, and nobody has this CPF yet.
    NoName,
    /// The name is too long.
    Name,
    /// No CPF, or not the right digits.
    Cpf,
    /// The same CPF stands on that line.
    DoubledCpf(usize),
    /// Two accounts have this CPF already.
    TwoAccounts,
    /// No password of the portal.
    Password,
    /// What a spreadsheet has made of a password.
    AlteredPassword,
    /// No e-mail address.
    Email,
    /// A weekday that is none.
    Days,
    /// A window that is not configured.
    Windows,
    /// A unit that the portal has not shown.
    Units,
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A new examiner; `off`: without a password, so switched off until there is one.
    New {
        /// Without a password.
        off: bool,
    },
    /// These things of an examiner change.
    Changed(Vec<Field>),
    /// Everything is so already.
    Same,
    /// Nothing can be done, for these reasons.
    Refused(Vec<Why>),
}

/// How many lines of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New examiners.
    pub new: usize,
    /// Examiners who change.
    pub changed: usize,
    /// Those who are so already.
    pub same: usize,
    /// Lines that were refused.
    pub refused: usize,
}
