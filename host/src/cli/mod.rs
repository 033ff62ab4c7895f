//! The command line: a table of contents. Each command is one file with its arguments and its function.

mod audit;
mod by;
mod demo;
mod doctor;
mod evaluate;
mod exit;
mod init;
mod key;
mod ledger;
mod log;
mod mcp;
mod moment;
mod open;
mod place;
mod policy;
mod replay;
mod reproduce;
mod schema;
mod serve;
mod set;
mod text;
mod thresholds;
mod token;
mod truth;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use exit::{Done, finish};
use place::{ServiceArgs, WorksOn};

/// Decides what may happen to a change that an AI assistant suggests for a CRM record: apply it, ask a
/// person, leave it to people alone, or refuse it.
///
/// Exit codes: 0 done; 1 the answer is no; 2 wrong usage; 3 bad input or configuration; 4 integrity (a
/// digest, a signature or the ledger does not hold); 70 a bug of this program.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
struct Global {
    /// The deployment's folder.
    #[arg(long, global = true, env = "COUNTERSIGN_HOME", default_value = ".countersign", value_name = "DIR")]
    home: PathBuf,
    /// Text for people, or JSON for programs.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the main job on a bundled sample, in a folder that is thrown away.
    Demo(demo::DemoArgs),
    /// Make a deployment: configuration, catalogue of fields, the default policy set, an empty ledger.
    Init(init::InitArgs),
    /// Decide suggestions and record the decisions.
    Evaluate(evaluate::EvaluateArgs),
    /// Serve the deployment over HTTP: assistants suggest, people and programs read.
    ///
    /// A set that is activated meanwhile takes over by itself. SIGHUP reads the configuration and the catalogue again, and goes
    /// on with the last good ones if anything is wrong. SIGTERM and SIGINT let nobody new in, answer what was asked, and end. The log goes to standard error, one JSON
    /// object a line; `COUNTERSIGN_LOG=warn` makes it shorter.
    Serve(serve::ServeArgs),
    /// Let an assistant suggest changes and read reasons by the Model Context Protocol, on standard input and output.
    ///
    /// The tools are `suggest_change`, `check_change`, `explain_decision` and `list_rules`. A service has them at /mcp.
    Mcp(mcp::McpArgs),
    /// Say who may come in, to a deployment that is served.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Tell others what is recorded, from a deployment that is served.
    ///
    /// Webhooks stand in countersign.toml under [[serve.webhooks]].
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Run past decisions again and compare: equal, or exit 1 with what differs.
    Reproduce(reproduce::ReproduceArgs),
    /// Run past suggestions through another set, to see what would change; exit 1 if a budget is exceeded.
    Replay(replay::ReplayArgs),
    /// Draw a part of a month's decisions by chance, look at it, and see how many of all are wrong.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Look at what is on record as a whole.
    #[command(subcommand)]
    Report(thresholds::ReportCommand),
    /// Bring in what people know of suggestions.
    #[command(subcommand)]
    Truth(truth::TruthCommand),
    /// Look at modules.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Bring sets of policies into force, together with others, and take them back.
    #[command(subcommand)]
    Set(set::SetCommand),
    /// Keys that modules are signed with.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Read, verify, export, back up and restore the ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Print a JSON Schema.
    Schema(schema::SchemaArgs),
    /// Check the deployment and this machine.
    Doctor(doctor::DoctorArgs),
    /// Compile a module handed over on standard input. This program calls itself with it.
    #[command(hide = true)]
    CompileModule,
}

impl Command {
    /// What it works on. A command that is new must say it here.
    fn works_on(&self) -> WorksOn {
        match self {
            Self::Evaluate(_) | Self::Reproduce(_) | Self::Doctor(_) => WorksOn::Either,
            Self::Init(_) | Self::Serve(_) | Self::Mcp(_) => WorksOn::Folder,
            Self::Demo(_) | Self::Schema(_) | Self::CompileModule => WorksOn::Neither,
            Self::Token(command) => command.works_on(),
            Self::Webhook(command) => command.works_on(),
            Self::Replay(args) => args.works_on(),
            Self::Audit(command) => command.works_on(),
            Self::Report(command) => command.works_on(),
            Self::Truth(command) => command.works_on(),
            Self::Policy(command) => command.works_on(),
            Self::Set(command) => command.works_on(),
            Self::Key(command) => command.works_on(),
            Self::Ledger(command) => command.works_on(),
        }
    }
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    finish(|| {
        let given = Cli::command().get_matches();
        let Cli { global, command } = Cli::from_arg_matches(&given).unwrap_or_else(|error| error.exit());
        // A service says how it logs and traces when it has read its configuration.
        if !matches!(command, Command::Serve(_)) {
            log::to_people();
        }
        global.service.check(&name(&given), command.works_on(), given.value_source("server"))?;
        run(&global, command)
    })
}

/// The name of the command that was given.
fn name(given: &ArgMatches) -> String {
    let levels = std::iter::successors(given.subcommand(), |(_, given)| given.subcommand());
    levels.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

fn run(global: &Global, command: Command) -> anyhow::Result<Done> {
    match command {
        Command::Demo(args) => demo::demo(global, &args),
        Command::Init(args) => init::init(global, &args),
        Command::Evaluate(args) => evaluate::evaluate(global, &args),
        Command::Serve(args) => serve::serve(global, &args),
        Command::Mcp(args) => mcp::mcp(global, &args),
        Command::Token(command) => token::token(global, &command),
        Command::Webhook(command) => webhook::webhook(global, &command),
        Command::Reproduce(args) => reproduce::reproduce(global, &args),
        Command::Replay(args) => replay::replay(global, &args),
        Command::Audit(command) => audit::audit(global, &command),
        Command::Report(command) => thresholds::report(global, &command),
        Command::Truth(command) => truth::truth(global, &command),
        Command::Policy(command) => policy::policy(global, &command),
        Command::Set(command) => set::set(global, &command),
        Command::Key(command) => key::key(global, &command),
        Command::Ledger(command) => ledger::ledger(global, &command),
        Command::Schema(args) => schema::schema(&args),
        Command::Doctor(args) => doctor::doctor(global, &args),
        Command::CompileModule => {
            crate::sandbox::serve_worker()?;
            Ok(Done::Yes)
        }
    }
}
