//! `agendad simulate-portal`: the portal's double, alone, to develop against.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio_util::sync::CancellationToken;

use super::language::say;
use crate::clock::Clock;
use crate::simulator::{
    DeadSession, EmptyDay, Fault, GRAMMAR, Names, Professions, Refusal, Rename, Simulator,
    SimulatorConfig, Variants, parse_faults,
};
use crate::words::cli::simulator as words;

/// Serve a simulated portal of invented examiners, until interrupted
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = after_help())]
pub struct Args {
    /// Address of the portal
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address of the control interface (JSON): the truth, and levers
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    pub control: SocketAddr,

    /// Listen on addresses that other machines can reach; anybody there can read and change everything
    #[arg(long)]
    pub allow_remote: bool,

    /// Examiners with an account
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub examiners: usize,

    /// Everything invented follows from it: same seed, same people and agendas
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,

    /// Who the examiners are; mixed: every second one, from examiner 1 on, a physician
    #[arg(long, value_enum, value_name = "WHO", default_value_t)]
    pub professions: Professions,

    /// Units of an examiner, to be chosen at login; with more than one, every fifth examiner has one more
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub units: usize,

    /// Units of a single examiner, such as 3=2; may be repeated
    #[arg(long, value_name = "EXAMINER=COUNT", value_parser = read_units)]
    pub units_of: Vec<UnitsOf>,

    /// Last day with appointments, counted from today
    #[arg(long, value_name = "DAYS", default_value_t = 20)]
    pub days_ahead: u16,

    /// Fewest and most appointments of a day that has any
    #[arg(long, value_name = "MIN-MAX", default_value = "4-12", value_parser = read_range)]
    pub slots_per_day: (usize, usize),

    /// Part of the days without any appointment, 0 to 1
    #[arg(long, value_name = "RATIO", default_value_t = 0.2)]
    pub empty_days: f64,

    /// Time between two random bookings, cancellations or changes somewhere (such as 2s); "0s": still
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    pub churn: Duration,

    /// Added to every answer, such as 300ms
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    pub latency: Duration,

    /// How long a session lives without a request
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = humantime::parse_duration)]
    pub session_ttl: Duration,

    /// Faults from the start, such as "500:5%,wrong-date@result:2"; see below
    #[arg(long, value_name = "FAULTS", default_value = "", hide_default_value = true, value_parser = read_faults)]
    pub faults: FaultList,

    /// What answers a list of dates or a day when the session is gone
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub dead_session: DeadSession,

    /// How a wrong password or a blocked account is told
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub refusal: Refusal,

    /// What a day without appointments shows when it is asked for
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub empty_day: EmptyDay,

    /// Offer all units of an examiner in the search form, not only the one chosen at login
    #[arg(long)]
    pub all_units_offered: bool,

    /// Number the units of the choice at login otherwise than those of the search form
    #[arg(long)]
    pub choice_has_own_codes: bool,

    /// Define the functions that open dialogs in the entry page too, not in its script file only
    #[arg(long)]
    pub inline_dialogs: bool,

    /// Another value for a name of [portal.profile], such as login_user_field=usuario; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub rename: Vec<Rename>,
}

/// The faults of one argument.
#[derive(Debug, Clone, Default)]
pub struct FaultList(pub Vec<Fault>);

fn read_faults(text: &str) -> Result<FaultList, crate::simulator::InvalidFault> {
    parse_faults(text).map(FaultList)
}

/// How many units one examiner has.
#[derive(Debug, Clone, Copy)]
pub struct UnitsOf {
    examiner: usize,
    units: usize,
}

fn read_units(text: &str) -> Result<UnitsOf, String> {
    let number = |text: &str| text.trim().parse().ok();
    text.split_once('=')
        .and_then(|(examiner, units)| {
            Some(UnitsOf {
                examiner: number(examiner)?,
                units: number(units)?,
            })
        })
        .ok_or_else(|| say(words::no_units(text)))
}

fn read_range(text: &str) -> Result<(usize, usize), String> {
    let (min, max) = text.split_once('-').unwrap_or((text, text));
    match (min.trim().parse(), max.trim().parse()) {
        (Ok(min), Ok(max)) if min <= max => Ok((min, max)),
        _ => Err(say(words::no_range(text))),
    }
}

const CONTROL: &str = "\
Control interface (JSON; N: examiner's index, D: 2026-11-24):
  GET  /examiners           CPFs, passwords, units
  PUT  /examiners/N/senha   {\"senha\":\"...\"}; also lifts a block
  GET  /agenda?from=D&to=D  the truth, all examiners
  GET  /agenda/N?from=D&to=D
  PUT  /agenda/N/UNIT/D     [bookings]: the whole day, in this order
  POST /faults              {\"faults\":\"500:5%\"}
  GET  /faults              what is present, and how often it struck
  DELETE /faults            no more faults
  GET  /sessions            who is in since when, for which unit: by a client
                            or the examiner
  POST /sessions/expire     all, or {\"examiner\":N}
  GET  /stats               requests, logins, refusals, connections";

fn after_help() -> String {
    format!("Faults:\n{GRAMMAR}\n\n{CONTROL}")
}

/// Serves until `shutdown`.
///
/// # Errors
/// If an address is remote without leave, cannot be listened on, or a setting is impossible.
pub async fn run(args: Args, clock: Clock, shutdown: CancellationToken) -> anyhow::Result<()> {
    for address in [args.listen, args.control] {
        ensure!(
            args.allow_remote || is_loopback(address.ip()),
            say(words::remote(address))
        );
    }
    let (listen, control) = (args.listen, args.control);
    let simulator = Simulator::start(config(args, clock), listen, control)
        .await
        .with_context(|| say(words::not_started(listen, control)))?;
    introduce(&simulator).context(say(words::NOT_INTRODUCED))?;
    shutdown.cancelled().await;
    simulator.stop().await;
    Ok(())
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn config(args: Args, clock: Clock) -> SimulatorConfig {
    let units_of = args.units_of.iter().map(|of| (of.examiner, of.units));
    let units_of = units_of.collect();
    let mut names: Box<Names> = Box::default();
    for rename in args.rename {
        names.rename(rename);
    }
    SimulatorConfig {
        examiners: args.examiners,
        seed: args.seed,
        professions: args.professions,
        days_ahead: args.days_ahead,
        slots_per_day: args.slots_per_day,
        empty_day_ratio: args.empty_days,
        units: args.units,
        units_of,
        session_ttl: args.session_ttl,
        churn: Some(args.churn).filter(|every| !every.is_zero()),
        latency: args.latency,
        faults: args.faults.0,
        variants: Variants {
            dead_session: args.dead_session,
            refusal: args.refusal,
            empty_day: args.empty_day,
            all_units_offered: args.all_units_offered,
            choice_has_own_codes: args.choice_has_own_codes,
            inline_dialogs: args.inline_dialogs,
            ..Variants::default()
        },
        names,
        ..SimulatorConfig::new(clock)
    }
}

fn introduce(simulator: &Simulator) -> io::Result<()> {
    let (portal, control) = (simulator.portal_url(), simulator.control_url());
    let examiners = simulator.examiners();
    let first = examiners.first();
    let first = first.map(|first| words::first_examiner(&first.cpf, &first.senha));
    let introduction = words::introduction(portal.as_str(), control.as_str(), first);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", say(introduction))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    #[command(name = "agendad")]
    struct Program {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(clap::Subcommand)]
    enum Command {
        SimulatePortal(Box<Args>),
    }

    fn parse(arguments: &[&str]) -> Result<Args, clap::Error> {
        let words = ["agendad", "simulate-portal"].iter().chain(arguments);
        let Command::SimulatePortal(args) = Program::try_parse_from(words)?.command;
        Ok(*args)
    }

    fn clock() -> Clock {
        Clock::system(chrono_tz::America::Sao_Paulo)
    }

    #[test]
    fn without_arguments_it_is_the_library_default() {
        let built = config(parse(&[]).unwrap(), clock());
        let default = SimulatorConfig::new(clock());
        assert_eq!(format!("{built:?}"), format!("{default:?}"));
    }

    #[test]
    fn arguments_reach_the_configuration() {
        let built = config(
            parse(&[
                "--churn=2s",
                "--slots-per-day=3",
                "--faults=500:5%,reset@result:1",
                "--refusal=silent",
                "--units-of=3=2",
                "--professions=physicians",
                "--rename=date_field=dia",
                "--rename=columns=Horário,CPF,Nome",
            ])
            .unwrap(),
            clock(),
        );
        assert_eq!(built.churn, Some(Duration::from_secs(2)));
        assert_eq!(built.slots_per_day, (3, 3));
        assert_eq!(built.faults, parse_faults("500:5%,reset@result:1").unwrap());
        assert_eq!(built.variants.refusal, Refusal::Silent);
        assert_eq!(built.professions, Professions::Physicians);
        assert_eq!(built.units_of.get(&3), Some(&2));
        assert_eq!(
            (
                built.names.date_field.as_str(),
                built.names.columns.as_str()
            ),
            ("dia", "Horário,CPF,Nome")
        );
    }

    #[test]
    fn a_wrong_argument_is_explained() {
        for (argument, sentence) in [
            ("--faults=explode", "unknown kind \"explode\""),
            ("--slots-per-day=9-2", " 4-12"),
            ("--rename=x=y", "with a key of [portal.profile]"),
            ("--churn=often", "expected number"),
            ("--units-of=3", " 3=2"),
        ] {
            let error = parse(&[argument]).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
    }

    #[test]
    fn help_holds_the_grammar_of_faults_within_eighty_columns() {
        let mut program = Program::command();
        let command = program.find_subcommand_mut("simulate-portal").unwrap();
        let help = command.render_long_help().to_string();
        assert!(help.contains(GRAMMAR), "{help}");
        let after = after_help();
        let long: Vec<&str> = after.lines().filter(|line| line.len() > 80).collect();
        assert!(long.is_empty(), "{long:?}");
    }

    #[tokio::test]
    async fn a_remote_address_needs_leave() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            for option in ["--listen", "--control"] {
                let args = parse(&[option, address]).unwrap();
                let stop = CancellationToken::new();
                let error = run(args, clock(), stop).await.unwrap_err().to_string();
                assert!(error.contains("--allow-remote"), "{error}");
            }
        }
        assert!(is_loopback("::ffff:127.0.0.1".parse().unwrap()));
    }

    #[tokio::test]
    async fn it_serves_until_told_to_stop() {
        let args = parse(&["--listen=127.0.0.1:0", "--control=127.0.0.1:0"]).unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        run(args, clock(), stop).await.unwrap();
    }
}
