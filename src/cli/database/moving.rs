//! `agendad database move`: between the private database and one of your own.

use anyhow::{Context, bail};
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{BufReader, DuplexStream};

use crate::app::NoDatabase;
use crate::app::database::private_dir;
use crate::backup::make::{self, Source};
use crate::backup::{BackupError, Manifest, Reader, load};
use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::{Exit, backup, restore};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::backup::BackupOf;
use crate::private_postgres::{Hold, PrivatePostgres};
use crate::store::connect;
use crate::words::cli::backup::{Size, private_exists};
use crate::words::cli::database as words;

/// Bytes that may be buffered between the two.
const PIPE: usize = 1 << 20;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Stop the daemon first. What is left stays as it is: nothing is deleted. The address may stand in a file (--to-file, --from-file),\n\
    so that its password does not stand in the list of processes.\n\
    Examples:\n  agendad database move --to postgres://agendad@db.example.com/agenda\n  agendad database move --from-file /run/secrets/url"
)]
pub(in crate::cli) struct Args {
    /// From the private database into this one, which must be empty
    #[arg(long, value_name = "URL", required_unless_present_any = ["from", "to_file", "from_file"])]
    to: Option<String>,
    /// From this one into a new private database
    #[arg(long, value_name = "URL", conflicts_with_all = ["to", "to_file"])]
    from: Option<String>,
    /// The same, with the address in a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "from", "from_file"])]
    to_file: Option<std::path::PathBuf>,
    /// The same, with the address in a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "from"])]
    from_file: Option<std::path::PathBuf>,
    /// Over a private database that is there; it is kept beside the new one
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let read = |path: &std::path::PathBuf| {
        let text = if path == std::path::Path::new("-") {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(path)
        };
        text.map(|text| text.trim().to_owned())
            .with_context(|| say(words::not_read(path)))
    };
    let to = args
        .to
        .clone()
        .map(Ok)
        .or(args.to_file.as_ref().map(read))
        .transpose()?;
    let from = args
        .from
        .clone()
        .map(Ok)
        .or(args.from_file.as_ref().map(read))
        .transpose()?;
    let (manifest, is_given) = match (to, from) {
        (Some(url), _) => {
            connect::places(&url)?;
            (out_of_private(config, &url).await?, true)
        }
        (None, Some(url)) => {
            connect::places(&url)?;
            let url = SecretString::from(url);
            (into_private(config, &url, args.replace).await?, false)
        }
        (None, None) => return Err(Usage(say(words::WHERE_TO).to_owned()).into()),
    };
    let size = backup::size(&manifest);
    if json {
        let Size { rows, tables } = size;
        output::json(&json!({ "rows": rows, "tables": tables }))?;
    } else {
        output::tell(words::moved(size));
        output::line(say(words::after_move(is_given)));
        if is_given && config.backup.of == BackupOf::Private {
            output::line(say(words::BACKUPS_END));
        }
    }
    Ok(Exit::Done)
}

async fn out_of_private(config: &Config, url: &str) -> anyhow::Result<Manifest> {
    let dir = private_dir(config);
    if !PrivatePostgres::exists(&dir)? {
        let state_dir = config.state_dir.clone();
        return Err(NoDatabase { state_dir, dir }.into());
    }
    let hold = Hold::take(&dir).await?;
    let moved = async {
        let from = hold.serve().await?;
        let source = Source {
            url: &from,
            private: true,
            vault: None,
            settings: None,
        };
        anyhow::Ok(
            piped(config, &source, async |mut reader| {
                load::fill(&mut reader, url)
                    .await
                    .map_err(anyhow::Error::from)
            })
            .await?,
        )
    };
    let moved = Box::pin(moved).await;
    hold.stop().await?;
    moved
}

async fn into_private(
    config: &Config,
    url: &SecretString,
    replace: bool,
) -> anyhow::Result<Manifest> {
    use secrecy::ExposeSecret;
    let url = url.expose_secret();
    let store = connect::store(url, 1).await?;
    let living = store.living().await;
    store.pool().close().await;
    let living = living?;
    if living > 0 {
        bail!(say(words::in_use(living)));
    }
    let dir = private_dir(config);
    let hold = Hold::take(&dir).await?;
    if hold.has_cluster()? && !replace {
        return Err(Usage(say(private_exists(&dir))).into());
    }
    let source = Source {
        url,
        private: false,
        vault: None,
        settings: None,
    };
    let label = format!("before-move-{}", restore::stamp(config));
    Box::pin(piped(config, &source, async |mut reader| {
        let done = Box::pin(restore::into_private(config, &hold, &mut reader, &label)).await?;
        Ok(done.0)
    }))
    .await
}

/// Writes a backup and reads it at the same time; it is not stored in between.
async fn piped(
    config: &Config,
    source: &Source<'_>,
    taken: impl AsyncFnOnce(Reader<BufReader<DuplexStream>>) -> anyhow::Result<Manifest>,
) -> anyhow::Result<Manifest> {
    let now = Clock::system(config.timezone).now();
    let (to, from) = tokio::io::duplex(PIPE);
    let writing = async {
        // Its end closes the pipe.
        make::write(source, now, to).await.map(drop)
    };
    let taking = async {
        let reader = Reader::begin(BufReader::new(from), |_| Err(BackupError::NotABackup)).await?;
        taken(reader).await
    };
    let (written, taken) = tokio::join!(Box::pin(writing), Box::pin(taking));
    match (written, taken) {
        // The reader stopped first: its error is the cause, the broken pipe only follows from it.
        (Err(BackupError::Stream(_)), Err(reason)) => Err(reason),
        (Err(error), _) => Err(error.into()),
        (Ok(()), taken) => taken,
    }
}
