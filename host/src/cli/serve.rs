//! `countersign serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::runtime::Builder;

use super::evaluate::cores;
use super::exit::Done;
use super::{Global, log, open};
use crate::login::Login;
use crate::mcp::routes;
use crate::runtime::{Config, Home, Service};
use crate::traces::Tracing;
use crate::web::{App, BESIDE, Limits, Listening, Tls, collect, serve as serve_requests};

/// How the deployment is served. What stands in countersign.toml under [serve] holds where nothing is said here.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The address; port 0 takes a free one, and the first line of the log says which.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Threads that judge; all cores if not given. The decisions are the same for any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// The chain of certificates to show, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Let other machines come without TLS, because something else protects the way.
    #[arg(long)]
    plain_http: bool,
}

pub(super) fn serve(global: &Global, args: &ServeArgs) -> anyhow::Result<Done> {
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let home = open::home(global);
    let traces = traces(&home)?;
    log::to_watchers(traces.as_ref());
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificates), Some(key)) => Some(Tls::read(certificates, key)?),
        _ => None,
    };
    let deployment = open::deployment(home.clone(), jobs + BESIDE)?;
    let config = deployment.config.serve.clone();
    let limits = Limits {
        rate: Some(config.rate),
        connections: config.connections.get().into(),
        patience: Duration::from_secs(config.patience.get().into()),
    };
    let login = config.login.clone().map(|settings| Login::new(settings, home.folder())).transpose()?;
    // The network has threads of its own, so that a slow module never stalls it.
    let network = Builder::new_multi_thread()
        .worker_threads(jobs.min(4))
        .thread_name("network")
        .enable_all()
        .build()
        .context("the threads of the network cannot be started")?;
    let listening = network.block_on(Listening::on(args.listen.unwrap_or(config.listen), tls, args.plain_http))?;
    let metrics = collect().context("the metrics cannot be collected")?;
    let service = Service::start(deployment, jobs, config.waiting.get().into(), Some(config.checkpoints))?;
    service.notify()?;
    let set = service.health().set;
    let app = Arc::new(App::new(service, limits, metrics).for_people(listening.guarded(), login));
    tracing::info!(
        address = listening.address(),
        set = format!("{}@{}", set.name, set.version),
        digest = %set.digest,
        "countersign serves"
    );
    let reload = {
        let app = Arc::clone(&app);
        move || match app.service().reload(|| open::deployment(home.clone(), jobs + BESIDE)) {
            Ok(set) => {
                tracing::info!(set = format!("{}@{}", set.name, set.version), digest = %set.digest, "loaded again");
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "not loaded again: the last good one goes on"),
        }
    };
    network.block_on(serve_requests(listening, Arc::clone(&app), routes(&app), until_told(reload)));
    if let Some(traces) = traces {
        traces.stop();
    }
    tracing::info!("stopped: everything that was taken is decided");
    Ok(Done::Yes)
}

/// What sends traces, if the deployment's configuration says where. What is wrong with that file is said when the deployment
/// is opened.
fn traces(home: &Home) -> anyhow::Result<Option<Tracing>> {
    let config = Config::read(&home.config()).ok().and_then(|config| config.serve.traces);
    Ok(config.map(|config| Tracing::start(&config, home.folder())).transpose()?)
}

/// Waits until the program is told to stop. Told to read its configuration again, it does so meanwhile.
#[cfg(unix)]
async fn until_told(reload: impl Fn() + Send + Sync + 'static) {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
        tracing::error!("signals cannot be heard: stop the program by killing it, which loses nothing");
        return std::future::pending().await;
    };
    let reload = Arc::new(reload);
    loop {
        tokio::select! {
            _ = interrupt.recv() => return,
            _ = terminate.recv() => return,
            _ = hangup.recv() => {
                let reload = Arc::clone(&reload);
                // One after the other: the last one told of is the one that holds.
                if tokio::task::spawn_blocking(move || reload()).await.is_err() {
                    tracing::error!("the configuration could not be loaded again");
                }
            }
        }
    }
}

#[cfg(not(unix))]
async fn until_told(_: impl Fn() + Send + Sync + 'static) {
    tokio::signal::ctrl_c().await.ok();
}
