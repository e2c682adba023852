//! `agendad agenda`: the clinic's day over all examiners, on the terminal, as a file, or at an address that a spreadsheet
//! fetches.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use nix::unistd::Uid;
use serde_json::json;

use super::actor::actor;
use super::day::Day;
use super::language::say;
use super::output::Usage;
use super::table::{self, Cell, Column};
use super::{Exit, open, output};
use crate::clinic::{
    BareDays, Columns, Dialect, LONGEST, Selection, Table, View, address, evening, export, meant,
};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{ExportColumn, ExportForm};
use crate::store::Store;
use crate::store::clinic::SearchedWords;
use crate::store::sheets::NewSheet;
use crate::vault::Token;
use crate::words::Language;
use crate::words::cli::agenda as cli_words;
use crate::words::pages::clinic as words;

/// The clinic's day: all examiners, in the order of the hours. Days without slots say whether they are empty or unread.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  agendad agenda                          today\n  agendad agenda amanhã --user prado\n  \
    agendad agenda 28/11 05/12 --csv=semana.csv\n  agendad agenda --search \"maria silva\"\n  agendad agenda --changes --xlsx mudancas.xlsx\n  agendad agenda --changes=sex             since Friday 18:00\n  \
    agendad agenda share --label recepção --days 7 --telephones\n\n\
    Files hold telephone numbers, and CPFs with --cpf; each is written to the audit table."
)]
pub(super) struct Args {
    /// A day, or the first and the last one: 2026-11-28, 28/11, hoje, amanhã, seg
    #[arg(value_name = "DAY", num_args = 0..=2)]
    days: Vec<Day>,
    /// Today, which is also the default
    #[arg(long, conflicts_with = "days")]
    today: bool,
    /// Of these examiners only: number, or part of the name
    #[arg(long, value_name = "ID|NAME")]
    user: Vec<String>,
    /// Candidates by name, CPF or telephone number, on any day
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["days", "today", "changes"])]
    search: Option<String>,
    /// What has changed since yesterday 18:00; --changes=sex: since 18:00 of that day
    #[arg(long, value_name = "DAY", num_args = 0..=1, require_equals = true, default_missing_value = "ontem", conflicts_with_all = ["days", "today"])]
    changes: Option<Day>,
    /// By examiner instead of by time
    #[arg(long)]
    by_examiner: bool,
    /// As CSV for Excel in Brazil: on standard output, or --csv=FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-", conflicts_with = "xlsx")]
    csv: Option<PathBuf>,
    /// CSV by RFC 4180 instead: commas, ISO dates
    #[arg(long, requires = "csv")]
    plain: bool,
    /// As an Excel workbook
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// With CPFs, whole
    #[arg(long)]
    cpf: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a secret address at which a spreadsheet fetches the agenda (Google Sheets: IMPORTDATA)
    Share(ShareArgs),
    /// The addresses that there are
    Addresses,
    /// Take an address away
    Revoke {
        /// Its number, as `agendad agenda addresses` shows it
        id: i32,
    },
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The address opens the agenda to whoever has it. It is shown once, because only its hash is kept."
)]
struct ShareArgs {
    /// What it is for
    #[arg(long)]
    label: String,
    /// So many days from today on
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i16).range(1..=62))]
    days: i16,
    /// Of these examiners only: number, or part of the name
    #[arg(long, value_name = "ID|NAME")]
    user: Vec<String>,
    /// With telephone numbers and e-mail addresses
    #[arg(long)]
    telephones: bool,
    /// With CPFs, whole
    #[arg(long)]
    cpf: bool,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    match args.command {
        Some(Command::Share(args)) => share(args, &config, json).await,
        Some(Command::Addresses) => addresses(&config, json).await,
        Some(Command::Revoke { id }) => revoke(id, &config, json).await,
        None => show(args, &config, json).await,
    }
}

async fn show(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let clock = Clock::system(config.timezone);
    let mut view = requested_view(&args, &clock)?;
    let is_file = args.csv.is_some() || args.xlsx.is_some();
    // What is read by people on this terminal is in its language; what the clinic gets is in Portuguese.
    let language = if is_file || json {
        Language::Portuguese
    } else {
        super::language::language()
    };
    let columns = Columns {
        telephones: true,
        cpfs: args.cpf,
        language,
    };
    let form = match (&args.csv, &args.xlsx) {
        (Some(_), _) => ExportForm::Csv,
        (None, Some(_)) => ExportForm::Xlsx,
        (None, None) if json => ExportForm::Json,
        (None, None) => ExportForm::Terminal,
    };
    let table = open::store(config, async |store| {
        view.usuario_ids = examiners(store, &args.user).await?;
        let table = Table::of(store, config, &clock, &view, columns).await?;
        let actor = actor();
        let action = export(&actor, form, &view, &table, columns);
        store.record_action(&action).await?;
        Ok(table)
    });
    let mut table = table.await?;
    if let Some(file) = &args.csv {
        let dialect = if args.plain {
            Dialect::Plain
        } else {
            Dialect::Excel
        };
        written(file, table.csv(dialect, language).as_bytes())?;
    } else if let Some(file) = &args.xlsx {
        written(file, &table.xlsx(language)?)?;
    } else if json {
        output::json(&table.json())?;
    } else {
        let is_one_day = view.range().is_some_and(|(from, to)| from == to);
        let bare = table.take_bare_days();
        let header = table.header.iter();
        let columns: Vec<Column> = header.map(|name| column(*name, is_one_day)).collect();
        let dialect = match language {
            Language::Portuguese => Dialect::Excel,
            Language::English => Dialect::Plain,
        };
        let rows = table.texts(dialect).into_iter();
        let rows = rows.map(|row| row.into_iter().map(Cell::from).collect());
        let empty = match view.selection {
            Selection::Days { .. } => words::NO_SLOTS,
            Selection::Search(_) if table.cut.is_some() => words::SEARCH_GAVE_UP,
            Selection::Search(_) => words::NOBODY_FOUND,
            Selection::Changes { since } => {
                let day = since.with_timezone(&clock.zone()).date_naive();
                output::remark(say(words::changed_since(day, clock.today())));
                words::NOTHING_CHANGED
            }
        };
        table::show(&columns, rows.collect(), empty);
        tell_bare_days(&bare, is_one_day);
    }
    let is_said = !json && table.rows.is_empty() && matches!(view.selection, Selection::Search(_));
    if let Some(cut) = table.cut.as_ref().filter(|_| !is_said) {
        output::remark(cut);
    }
    Ok(Exit::Done)
}

/// Below the slots: the days without any, and those that were not read, each in a whole sentence.
fn tell_bare_days(bare: &[BareDays], is_one_day: bool) {
    if bare.is_empty() {
        return;
    }
    output::line("");
    output::line(say(words::DAYS_WITHOUT_SLOTS));
    for days in bare {
        let BareDays {
            from,
            to,
            examiner,
            state,
        } = days;
        let whose = match (is_one_day, from == to) {
            (true, _) => examiner.clone(),
            (false, true) => format!("{} · {examiner}", output::day(*from)),
            (false, false) => {
                let [from, to] = [*from, *to].map(output::day);
                format!("{} · {examiner}", say(cli_words::from_to(&from, &to)))
            }
        };
        output::line(table::wrap(" ", 3, &format!("{whose}: {state}")));
    }
}

/// On a line of 80 columns: who comes when, how to reach them, and to whom they come. The day is the same in all lines
/// if only one was asked for.
fn column(column: ExportColumn, is_one_day: bool) -> Column {
    let title = words::column(column);
    let (shown, rank) = match column {
        ExportColumn::FirstSeen => (Column::text(title), Some(0)),
        ExportColumn::ReadAt => (Column::text(title), Some(1)),
        ExportColumn::Email => (Column::text(title), Some(2)),
        ExportColumn::PsychologicalExam => (Column::text(title), Some(3)),
        ExportColumn::MedicalExam => (Column::text(title), Some(4)),
        ExportColumn::Category => (Column::text(title), Some(5)),
        ExportColumn::Process => (Column::text(title), Some(6)),
        ExportColumn::Unit => (Column::text(title), Some(7)),
        ExportColumn::Day => (Column::new(title), is_one_day.then_some(8)),
        ExportColumn::Fields => (Column::text(title), Some(9)),
        ExportColumn::Status => (Column::text(title), Some(10)),
        ExportColumn::Candidate
        | ExportColumn::Telephones
        | ExportColumn::Examiner
        | ExportColumn::What => (Column::text(title), None),
        ExportColumn::Hour | ExportColumn::Cpf | ExportColumn::ChangedAt => {
            (Column::new(title), None)
        }
    };
    match rank {
        Some(rank) => shown.rank(rank),
        None => shown,
    }
}

fn requested_view(args: &Args, clock: &Clock) -> anyhow::Result<View> {
    let today = clock.today();
    let days: Vec<_> = args.days.iter().map(|day| day.ahead(today)).collect();
    let (from, to) = match days[..] {
        [] => (today, today),
        [only] => (only, only),
        [from, to, ..] => (from, to),
    };
    let mut view = View::days(from, to);
    if from.max(to) - from.min(to)
        != view
            .range()
            .map_or(chrono::TimeDelta::zero(), |(a, b)| b - a)
    {
        return Err(Usage(say(cli_words::too_long(LONGEST))).into());
    }
    view.by_examiner = args.by_examiner;
    if let Some(search) = &args.search {
        let words = SearchedWords::read(search)
            .ok_or_else(|| Usage(say(cli_words::SEARCH_TOO_SHORT).to_owned()))?;
        view.selection = Selection::Search(words);
    } else if let Some(since) = args.changes {
        let since = evening(clock, Some(since));
        view.selection = Selection::Changes { since };
    }
    Ok(view)
}

async fn examiners(store: &Store, named: &[String]) -> anyhow::Result<Option<Vec<i32>>> {
    if named.is_empty() {
        return Ok(None);
    }
    let all = store.clinic_examiners(None).await?;
    let mut ids = Vec::new();
    for name in named {
        let found = meant(&all, name);
        if found.is_empty() {
            bail!(say(cli_words::nobody(name)));
        }
        ids.extend(found.into_iter().map(|one| one.usuario_id));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}

/// To standard output, or into a file that only its owner reads: it holds personal data.
fn written(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if file == Path::new("-") {
        output::text(bytes);
        return Ok(());
    }
    write_private(file, bytes).with_context(|| say(cli_words::not_written(file)))
}

fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut open = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)?;
    // One that was there has the mode that it had: a group that may read it was given that on purpose.
    let found = open.metadata()?;
    if found.is_file() && found.uid() == Uid::effective().as_raw() {
        // Some file systems, such as those of memory sticks, have no modes.
        open.set_permissions(Permissions::from_mode(found.mode() & 0o770))
            .ok();
    }
    open.write_all(bytes)
}

async fn share(args: ShareArgs, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let sheet = NewSheet {
            label: args.label.clone(),
            usuario_ids: examiners(store, &args.user).await?,
            days: args.days,
            telephones: args.telephones,
            cpfs: args.cpf,
        };
        let (token, actor) = (Token::new()?, actor());
        let id = store.make_sheet(&sheet, &token.hash(), &actor).await?;
        let shown = address(&token, config);
        if json {
            output::json(&json!({ "id": id, "address": shown }))?;
        } else {
            output::line(shown);
            output::remark(say(cli_words::keep_secret(id)));
        }
        Ok(Exit::Done)
    })
    .await
}

async fn addresses(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let sheets = open::store(config, async |store| Ok(store.sheets().await?)).await?;
    if json {
        output::json(&sheets)?;
        return Ok(Exit::Done);
    }
    let yes = |is: bool| say(if is { cli_words::YES } else { cli_words::NO }).to_owned();
    let rows = sheets.into_iter().map(|sheet| {
        let of = sheet.usuario_ids.map_or_else(
            || say(words::ALL_EXAMINERS).to_owned(),
            |ids| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                ids.join(",")
            },
        );
        vec![
            sheet.id.to_string(),
            sheet.label,
            of,
            sheet.days.to_string(),
            yes(sheet.telephones),
            yes(sheet.cpfs),
            output::local(Some(sheet.created_at), config.timezone),
            output::local(sheet.last_read_at, config.timezone),
        ]
    });
    let header = [
        cli_words::ADDRESS,
        cli_words::FOR,
        cli_words::EXAMINERS,
        cli_words::DAYS,
        cli_words::TELEPHONES,
        cli_words::CPFS,
        cli_words::MADE,
        cli_words::LAST_READ,
    ];
    table::plain(&header.map(say), rows.collect(), say(cli_words::NO_ADDRESS));
    Ok(Exit::Done)
}

async fn revoke(id: i32, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        if !store.revoke_sheet(id, &actor()).await? {
            bail!(say(cli_words::no_such_address(id)));
        }
        if json {
            output::json(&json!({ "id": id }))?;
        } else {
            output::tell(cli_words::revoked(id));
        }
        Ok(Exit::Done)
    })
    .await
}
