//! `countersign mcp`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use tokio::runtime::Builder;

use super::evaluate::cores;
use super::exit::Done;
use super::{Global, open};
use crate::mcp::on_stdio;
use crate::runtime::Service;
use crate::web::{App, Limits, collect};

/// Who asks.
#[derive(Debug, Args)]
pub(super) struct McpArgs {
    /// The assistant's token; better named in the environment, which others on this machine do not see.
    #[arg(long, env = "COUNTERSIGN_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: String,
}

pub(super) fn mcp(global: &Global, args: &McpArgs) -> anyhow::Result<Done> {
    let jobs = cores();
    let deployment = open::deployment(open::home(global), jobs)?;
    let config = deployment.config.serve.clone();
    let limits =
        Limits { rate: Some(config.rate), connections: 1, patience: Duration::from_secs(config.patience.get().into()) };
    let metrics = collect().context("the metrics cannot be collected")?;
    let app = Arc::new(App::new(Service::start(deployment, jobs, config.waiting.get().into(), None)?, limits, metrics));
    let principal = app
        .admit(&args.token)
        .map_err(|error| anyhow!("{error}; an admin creates tokens: countersign token create"))?;
    let network = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let network = network.context("the thread that reads cannot be started")?;
    network
        .block_on(on_stdio(Arc::clone(&app), principal))
        .map_err(|error| anyhow!("the client was not understood: {error}"))?;
    app.service().stop();
    // Nobody writes to standard input any more, but a thread may still wait for it.
    network.shutdown_background();
    Ok(Done::Yes)
}
