//! Takes connections, and ends in order.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig};
use tower::ServiceExt as _;

use super::app::App;
use super::router::router;

/// How long those who are being answered have when the service stops.
const FAREWELL: Duration = Duration::from_secs(30);

/// How often the metrics are tidied while nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// The most bytes of a head.
const LONGEST_HEAD: usize = 32 << 10;

/// Why nobody can be listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address cannot be taken.
    #[error("cannot listen on {address}: {error}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Whoever is on the way could read tokens and values.
    #[error(
        "{0} can be reached from other machines, and without TLS whoever is on the way reads tokens and personal values: \
         name a certificate with --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy that has one, or say \
         --plain-http if something else protects the way"
    )]
    Open(SocketAddr),
    /// The certificate or its key cannot be used.
    #[error("{}: {message}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// Reads the chain of certificates and the key from files in PEM.
    ///
    /// # Errors
    /// [`ListenError::Tls`].
    pub fn read(certificates: &Path, key: &Path) -> Result<Self, ListenError> {
        let wrong = |path: &Path, message: String| ListenError::Tls { path: path.to_owned(), message };
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(certificates, format!("no certificates in PEM: {error}")))?;
        let secret =
            PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, format!("no key in PEM: {error}")))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(|error| wrong(certificates, format!("it cannot be used with this key: {error}")))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

/// A place where connections arrive.
pub struct Listening {
    listener: TcpListener,
    tls: Option<Tls>,
    address: SocketAddr,
}

impl Listening {
    /// Takes an address. One that other machines reach is refused without a certificate, unless `plain` allows it.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn on(address: SocketAddr, tls: Option<Tls>, plain: bool) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() && tls.is_none() && !plain {
            return Err(ListenError::Open(address));
        }
        let failed = |error| ListenError::Bind { address, error };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, tls, address })
    }

    /// Whether it is reached over TLS alone: with a certificate of its own, or from elsewhere through something that has one.
    #[must_use]
    pub fn guarded(&self) -> bool {
        self.tls.is_some() || !self.address.ip().is_loopback()
    }

    /// Where others find it.
    #[must_use]
    pub fn address(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

/// Answers requests until `stop` is over, by the table of routes and by `more`, which is reached with any good token and finds
/// the [`Principal`](crate::access::Principal) among a request's extensions. Then nobody new is let in, those who are being answered get their answers, and all
/// suggestions that were taken are decided.
pub async fn serve(listening: Listening, app: Arc<App>, more: Router<Arc<App>>, stop: impl Future<Output = ()>) {
    let Listening { listener, tls, .. } = listening;
    let router = router(&app, more);
    let (patience, places) = (app.limits.patience, Arc::new(Semaphore::new(app.limits.connections)));
    let graceful = GracefulShutdown::new();
    let upkeep = tokio::spawn({
        let metrics = app.metrics.clone();
        async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                metrics.run_upkeep();
            }
        }
    });
    let mut stop = pin!(stop);
    loop {
        // Whoever finds no place waits in the system's own queue.
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            (accepted, place) = accepted => match (accepted, place) {
                (Ok((stream, _)), Ok(place)) => (stream, place),
                (Err(error), _) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // Out of file descriptors, most likely: some will be given back.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
                (_, Err(_)) => break,
            },
        };
        let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection(stream, tls, router, patience, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were cut off: they did not end in {} s", FAREWELL.as_secs());
    }
    upkeep.abort();
    let last = tokio::task::spawn_blocking(move || app.service.stop());
    if last.await.is_err() {
        tracing::error!("the last suggestions could not be decided");
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<Tls>,
    router: Router,
    patience: Duration,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // An answer is small and somebody waits for it.
    stream.set_nodelay(true).ok();
    match tls {
        None => talk(stream, router, patience, watcher).await,
        Some(Tls(config)) => {
            let accepting = TlsAcceptor::from(config).accept(stream);
            match tokio::time::timeout(patience, accepting).await {
                Ok(Ok(stream)) => talk(stream, router, patience, watcher).await,
                Ok(Err(error)) => tracing::debug!(%error, "a connection did not come about"),
                Err(_) => tracing::debug!("a connection did not come about in time"),
            }
        }
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    router: Router,
    patience: Duration,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = service_fn(move |request: Request<Incoming>| router.clone().oneshot(request.map(Body::new)));
    let connection = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        // The other side went away, or spoke nonsense: nothing that an operator could mend.
        tracing::debug!(%error, "a connection broke off");
    }
}
