//! The terminal door: a command to a file.

mod access_token;
mod audit;
mod backup;
mod config;
mod confirm;
mod doctor;
mod duration;
mod export;
mod generate;
mod healthcheck;
mod import;
mod imports;
mod invite;
mod isolation_check;
mod issuer;
mod key;
mod log;
mod mail;
mod migrate;
mod output;
mod password;
mod progress;
mod restore;
mod serve;
mod service;
mod session;
mod token;
mod user;
mod version;

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::auth::session::served_url;
use crate::config::{Config, Flags, LogLevel, Switch};
use crate::db::{Db, Role};
use crate::error::{Error, Result};

/// Said by `docket --help` and by `docket help exit-codes`.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
    0  done
    1  failed, or a token was refused
    2  the command line cannot be read
    3  no such account or thing
    4  it conflicts with what is there, or needs --yes
    5  denied by the machine: a file or directory of somebody else's
    6  busy or out of reach for now
    7  a check found problems
  130  interrupted"
    };
}

const AFTER_HELP: &str = concat!(
    exit_codes!(),
    "

Examples:
  docket
  docket --port 9000 --data-dir ./data
  docket user add ada@example.org --name Ada
  docket token issue --user ada@example.org
  docket help exit-codes"
);

/// Said by `-h`, which leaves room on a screen by leaving these out.
const WHERE_TO_LISTEN: &str =
    "Where it listens: --address IP, --port PORT, --base-url URL (see --help)";

/// A self-hosted task manager in one executable
///
/// Without a command docket serves: it makes what it needs, listens on
/// 127.0.0.1:8000 and prints one line when it is ready. Everything it keeps is
/// in one directory.
#[derive(Parser)]
#[command(name = "docket", version, after_help = WHERE_TO_LISTEN, after_long_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    flags: GlobalFlags,

    #[command(flatten)]
    manners: Manners,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
#[command(next_help_heading = "Settings")]
struct GlobalFlags {
    /// The directory that holds everything Docket keeps
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Read settings from this file instead of ./Rocket.toml
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The IP address to listen on
    #[arg(long, global = true, hide_short_help = true, value_name = "IP")]
    address: Option<IpAddr>,

    /// The port to listen on; 0 takes a free one
    #[arg(long, global = true, hide_short_help = true)]
    port: Option<u16>,

    /// The address people use, such as https://tasks.example.org
    #[arg(long, global = true, hide_short_help = true, value_name = "URL")]
    base_url: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
struct Manners {
    /// Say nothing but results and errors
    #[arg(long, global = true, hide_short_help = true)]
    quiet: bool,

    /// Use no colours, as with NO_COLOR
    #[arg(long, global = true, hide_short_help = true)]
    no_color: bool,

    /// Print JSON without line breaks, and each item of a list as a line of its own
    #[arg(long, global = true, hide_short_help = true)]
    ndjson: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve tasks over HTTP (what docket does without a command)
    #[command(after_help = WHERE_TO_LISTEN, after_long_help = "\
Examples:
  docket serve
  docket serve --port 0
  docket serve --address 0.0.0.0 --base-url https://tasks.example.org")]
    Serve,
    /// Print, check and explain the settings
    Config(config::Config),
    /// Ask the running server whether it is ready
    #[command(name = "healthcheck")]
    HealthCheck(healthcheck::HealthCheck),
    /// Bring the database to this program's schema
    Migrate(migrate::Migrate),
    /// Make, list, verify and prune backups
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket backup now
  docket backup list
  docket backup verify --all"
    )]
    Backup(backup::Backup),
    /// Put a backup in place of the database
    Restore(restore::Restore),
    /// Go back to the database from before the last migration
    Rollback(restore::Rollback),
    /// Make, invite, change, disable and delete accounts
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket user add ada@example.org --name Ada
  docket user invite
  docket user list
  docket user show ada@example.org
  docket user reset-link ada@example.org
  docket user delete ada@example.org --yes
  docket user undelete ada@example.org"
    )]
    User(user::User),
    /// Write out all that a person keeps
    Export(export::Export),
    /// Bring in accounts from elsewhere, or what docket export wrote
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket import better-auth better-auth.db --dry-run
  docket import better-auth better-auth.db
  docket import json ada.json --dry-run"
    )]
    Import(import::Import),
    /// List what was brought in, and take it back
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket imports list
  docket imports undo 1 --dry-run"
    )]
    Imports(imports::Imports),
    /// Look whether mail can be sent
    #[command(subcommand, after_long_help = "Examples:\n  docket mail test ada@example.org")]
    Mail(mail::Mail),
    /// See who is signed in, and sign them out
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket session list
  docket session revoke --user ada@example.org"
    )]
    Session(session::Session),
    /// List, rotate and retire the keys that sign tokens
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket key list
  docket key rotate"
    )]
    Key(key::Key),
    /// See whose tokens are accepted, and try their keys
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket issuer list
  docket issuer test"
    )]
    Issuer(issuer::Issuer),
    /// Issue, list, revoke and check tokens
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket token issue --user ada@example.org --ttl 1h
  docket token check \"$TOKEN\""
    )]
    Token(token::Token),
    /// See what happened to accounts: sign-ins, failures, changes
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  docket audit list --user ada@example.org
  docket audit tail --follow"
    )]
    Audit(audit::Audit),
    /// Look everything over, and say what to do
    Doctor(doctor::Doctor),
    /// Try on a copy whether everybody sees only what is theirs
    IsolationCheck(isolation_check::IsolationCheck),
    /// Print a unit for systemd, a proxy's configuration, or a filter for fail2ban
    Service(service::Service),
    /// Print what makes a shell complete docket's commands
    Completions(generate::Completions),
    /// Print the manual page, or write one for every command
    Man(generate::Man),
    /// Print which docket this is
    Version(version::Version),
    /// What the exit codes mean
    #[command(hide = true, after_help = exit_codes!(), help_template = "{about}\n{after-help}\n")]
    ExitCodes,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse_from(with_json(std::env::args_os()));
    let Manners { quiet, no_color, ndjson } = cli.manners;
    output::set_manner(output::Manner { quiet, no_color, ndjson });
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("docket: {error:#}"));
            ExitCode::from(exit_code(&error))
        }
    }
}

/// `--ndjson` is a way of `--json`, so it asks for that.
fn with_json(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<OsString> = arguments.collect();
    let at = all.iter().position(|argument| argument == "--ndjson");
    if let Some(at) = at
        && !all.iter().any(|argument| argument == "--json")
    {
        all.insert(at + 1, "--json".into());
    }
    all
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let flags = cli.flags.into();
    let command = cli.command.unwrap_or(Command::Serve);
    if let Some(code) = run_without_settings(&command, &flags)? {
        return Ok(code);
    }
    let loaded = crate::config::load(&flags)?;
    let config = &loaded.config;
    let level = match command {
        // What is tried on a copy is no news, least of all to what reads the log.
        Command::IsolationCheck(_) => LogLevel::Error,
        _ => config.log,
    };
    let log = log::Log::start(level, config.log_format, matches!(command, Command::Serve));
    match command {
        Command::Serve => serve::run(config, &flags, &log)?,
        Command::Config(command) => command.run(&loaded)?,
        Command::Migrate(command) => return command.run(config),
        Command::Backup(command) => return command.run(config),
        Command::Restore(command) => command.run(config)?,
        Command::Rollback(command) => command.run(config)?,
        Command::User(command) => command.run(config)?,
        Command::Export(command) => command.run(config)?,
        Command::Import(command) => command.run(config)?,
        Command::Imports(command) => command.run(config)?,
        Command::Mail(command) => command.run(config)?,
        Command::Session(command) => command.run(config)?,
        Command::Key(command) => command.run(config)?,
        Command::Issuer(command) => return command.run(config),
        Command::Token(command) => return command.run(config),
        Command::Audit(command) => command.run(config)?,
        Command::HealthCheck(command) => command.run(config)?,
        Command::IsolationCheck(command) => return command.run(config),
        Command::Doctor(_)
        | Command::Service(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::Version(_)
        | Command::ExitCodes => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// What must work whatever the settings say, or is about them.
fn run_without_settings(command: &Command, flags: &Flags) -> anyhow::Result<Option<ExitCode>> {
    match command {
        Command::Config(command) => {
            return command.as_check().map(|check| check.run(flags)).transpose();
        }
        Command::Doctor(command) => return command.run(flags).map(Some),
        Command::Service(command) => command.run()?,
        Command::Completions(command) => command.run()?,
        Command::Man(command) => command.run()?,
        Command::Version(command) => command.run()?,
        Command::ExitCodes => output::print(exit_codes!())?,
        _ => return Ok(None),
    }
    Ok(Some(ExitCode::SUCCESS))
}

impl From<GlobalFlags> for Flags {
    fn from(flags: GlobalFlags) -> Flags {
        let GlobalFlags { data_dir, config, address, port, base_url } = flags;
        let config = config.or_else(|| std::env::var_os("DOCKET_CONFIG").map(PathBuf::from));
        Flags { config, data_dir, address, port, base_url }
    }
}

fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return if error.kind() == std::io::ErrorKind::PermissionDenied { 5 } else { 1 };
    }
    match error.downcast_ref::<Error>() {
        Some(Error::NotFound(_)) => 3,
        Some(Error::Conflict { .. }) => 4,
        Some(Error::Denied(_)) => 5,
        Some(Error::Unavailable(_)) => 6,
        _ => 1,
    }
}

/// The exit code of a check that found something.
const PROBLEMS: u8 = 7;

/// The open database of a command, closed again when the command is done.
struct Opened(Db);

impl Opened {
    fn new(config: &Config) -> Result<Opened> {
        let checkpoints = config.checkpoints == Switch::On;
        Ok(Opened(Db::open_with(&config.data_dir, Role::Command, checkpoints)?))
    }

    /// What tokens and links call us: the configured address, or what the
    /// server last served as.
    fn own_url(&self, config: &Config) -> Result<String> {
        if let Some(url) = &config.base_url {
            return Ok(url.to_string());
        }
        let served = self.read_now(served_url)?;
        Ok(served.unwrap_or_else(|| config.own_url(config.port)))
    }
}

impl std::ops::Deref for Opened {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.0
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
