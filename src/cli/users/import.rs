//! `agendad users import`: what the dashboard's page does with a file, by the same code.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::SecretString;
use serde_json::json;

use crate::app::{Database, Schema};
use crate::cli::actor::actor;
use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::table::{self, Cell, Column};
use crate::cli::{Exit, open};
use crate::config::Config;
use crate::domain::import::{BadFile, Verdict};
use crate::examiners::import::{self, Imported, Line, Plan};
use crate::store::Store;
use crate::words::Sentence;
use crate::words::cli::list;
use crate::words::cli::problem;
use crate::words::pages::import as words;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Only show what would change
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Write it without asking
    #[arg(long)]
    yes: bool,
    /// Print a file to fill in
    #[arg(long, conflicts_with_all = ["file", "dry_run", "yes"])]
    template: bool,
}

/// Nobody means more bytes than these by the lines that a list may have.
const MOST: u64 = 16 << 20;

const COLUMNS: [Column; 4] = [
    Column::new(words::LINE),
    Column::text(words::NAME),
    Column::new(list::CPF).rank(1),
    Column::text(words::WHAT),
];

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let Some(path) = args.file.as_ref().filter(|_| !args.template) else {
        output::text(import::TEMPLATE.as_bytes());
        return Ok(Exit::Done);
    };
    // Who confirms must have been shown what, and must not be the list.
    let is_asked = !json && !is_standard_input(path) && io::stdin().is_terminal();
    if !args.yes && !args.dry_run && !is_asked {
        return Err(Usage(say(words::YES_NEEDED).to_owned()).into());
    }
    let not_read = || {
        say(Sentence {
            pt: problem::no_file(path),
            en: format!("cannot read {}", path.display()),
        })
    };
    let bytes = read(path).with_context(not_read)?;
    let file = if bytes.len() as u64 > MOST {
        Err(BadFile::TooLong)
    } else {
        import::text(&bytes)
    };
    let file = file.map_err(|bad| Usage(say(words::bad_file(bad))))?;
    let schema = if args.dry_run {
        Schema::Require
    } else {
        Schema::Migrate
    };
    let database = Database::open(config, schema).await?;
    let done = Box::pin(import(&args, &file, &database.store, config, json)).await;
    open::close(database, done).await
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if is_standard_input(path) {
        io::stdin().take(MOST + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

async fn import(
    args: &Args,
    file: &SecretString,
    store: &Store,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let vault = open::vault(store, config).await?;
    let windows: Vec<String> = config
        .windows
        .iter()
        .map(|window| window.name.clone())
        .collect();
    let plan = import::look(store, &vault, file, &windows).await?;
    let plan = plan.map_err(|bad| Usage(say(words::bad_file(bad))))?;
    let counts = plan.counts();
    let is_wished = plan.is_good() && !args.dry_run;
    if !json {
        show(&plan);
        output::tell(words::counts(counts));
    }
    let is_confirmed = is_wished && (args.yes || output::confirm(say(words::CONFIRM))?);
    let imported = if is_confirmed {
        Some(import::carry_out(store, &vault, &plan, &actor()).await?)
    } else {
        None
    };
    let is_written = matches!(imported, Some(Imported::Done(_)));
    if json {
        let lines: Vec<_> = plan.lines.iter().map(as_json).collect();
        output::json(&json!({ "lines": lines, "counts": counts, "written": is_written }))?;
    } else {
        output::remark(say(match imported {
            Some(Imported::Done(_)) => words::DELETE_FILE,
            Some(Imported::ChangedMeanwhile) => words::CHANGED_SINCE,
            None if counts.refused > 0 => words::CORRECT_IT,
            None => words::NOT_WRITTEN,
        }));
    }
    Ok(match imported {
        Some(Imported::Done(_)) => Exit::Done,
        Some(Imported::ChangedMeanwhile) => Exit::Failed,
        None if counts.refused > 0 => Exit::Failed,
        None => Exit::Done,
    })
}

fn show(plan: &Plan) {
    let rows = plan.lines.iter().map(|line| {
        let what = say(words::verdict(&line.verdict));
        vec![
            line.number.to_string().into(),
            output::name(&line.nome).into(),
            line.cpf.clone().into(),
            match line.verdict {
                Verdict::Refused(_) => Cell::bad(what),
                Verdict::New { .. } | Verdict::Changed(_) => Cell::good(what),
                Verdict::Same => what.into(),
            },
        ]
    });
    table::show(&COLUMNS, rows.collect(), words::NOT_WRITTEN);
    if !plan.ignored.is_empty() {
        output::remark(say(words::ignored(&plan.ignored.join(", "))));
    }
}

fn as_json(line: &Line) -> serde_json::Value {
    let (verdict, fields) = match &line.verdict {
        Verdict::New { off } => (if *off { "new_off" } else { "new" }, Vec::new()),
        Verdict::Changed(fields) => ("changed", fields.iter().map(|field| field.code()).collect()),
        Verdict::Same => ("same", Vec::new()),
        Verdict::Refused(_) => ("refused", Vec::new()),
    };
    let why = match &line.verdict {
        Verdict::Refused(_) => Some(words::verdict(&line.verdict).en),
        Verdict::New { .. } | Verdict::Changed(_) | Verdict::Same => None,
    };
    json!({ "line": line.number, "nome": line.nome, "cpf": line.cpf, "verdict": verdict, "fields": fields, "why": why })
}
