//! What all requests share.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pages::{Cookies, Sessions};
use super::problem::{Code, Problem};
use super::readers::Readers;
use crate::access::{Access, Principal};
use crate::ledger::{Ledger, NoteSigner};
use crate::login::Login;
use crate::runtime::{Service, signing_key};

/// What requests may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many requests, and suggestions of a batch, one token or person may make a second; as many at once. None: no limit.
    pub rate: Option<NonZeroU32>,
    /// How many connections there may be at a time; more wait.
    pub connections: usize,
    /// How long a request may take to arrive: its head, and then each pause in its body.
    pub patience: Duration,
}

/// What all requests share.
pub struct App {
    pub(super) service: Service,
    pub(super) readers: Readers,
    pub(super) access: Access,
    pub(super) limits: Limits,
    pub(super) metrics: PrometheusHandle,
    pub(super) sessions: Sessions,
    pub(super) cookies: Cookies,
    pub(super) login: Option<Arc<Login>>,
    /// Sign-ins at the issuer begin without any token, and those that wait take the places of others.
    pub(super) sign_ins: DefaultDirectRateLimiter,
    /// Reading a long list, proving and judging again take a thread: so many at a time.
    heavy: Arc<Semaphore>,
    /// What takes minutes keeps its thread for so long: so many of those at a time.
    long: Arc<Semaphore>,
    /// Held while a hold is ended: nobody else ends it meanwhile.
    pub(super) holding: Mutex<()>,
    /// Held while something of an audit is recorded: nobody else records the same meanwhile.
    pub(super) auditing: Mutex<()>,
    /// By token, and for people by name.
    rate: Option<DefaultKeyedRateLimiter<(Option<u64>, Arc<str>)>>,
}

/// How many sign-ins at the issuer may begin a second, so that those of the ten minutes that each may take are fewer than are
/// kept.
const SIGN_INS: NonZeroU32 = NonZeroU32::MIN;

/// How many of them may begin at once.
const SIGN_INS_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// How many requests read or judge again at a time. The queue of suggestions is not among them.
const HEAVY: usize = 8;

/// How many of them may be exports, backups, reports and large modules, which go on for as long as somebody reads or sends, or the
/// history is.
const LONG: usize = 2;

/// How many calls of modules there can be at a time beside those of the thread that decides: of requests that judge again, of one
/// replay, and of the set in the shadow. The sandbox must have room for them, or decisions would find it full.
pub const BESIDE: usize = HEAVY + 2;

impl App {
    /// Puts a service where requests reach it. `metrics` renders what the program's recorder was told.
    #[must_use]
    pub fn new(service: Service, limits: Limits, metrics: PrometheusHandle) -> Self {
        let readers = Readers::new(service.home().ledger());
        let rate = limits.rate.map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        let (heavy, long) = (Arc::new(Semaphore::new(HEAVY)), Arc::new(Semaphore::new(LONG)));
        let sign_ins = RateLimiter::direct(Quota::per_second(SIGN_INS).allow_burst(SIGN_INS_AT_ONCE));
        Self {
            service,
            readers,
            access: Access::default(),
            limits,
            metrics,
            sessions: Sessions::default(),
            cookies: Cookies::Plain,
            login: None,
            sign_ins,
            heavy,
            long,
            holding: Mutex::default(),
            auditing: Mutex::default(),
            rate,
        }
    }

    /// The same, where browsers reach it over TLS alone if it is `guarded`, and where people sign in at an issuer if one is named.
    #[must_use]
    pub fn for_people(mut self, guarded: bool, login: Option<Login>) -> Self {
        let guarded = guarded || login.as_ref().is_some_and(|login| login.settings().address.is_secure());
        self.cookies = if guarded { Cookies::Guarded } else { Cookies::Plain };
        self.login = login.map(Arc::new);
        self
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Counts something that somebody asks for. An error says when they may ask again.
    pub(super) fn spend(&self, principal: &Principal) -> Result<(), Duration> {
        use governor::clock::{Clock, DefaultClock};
        let Some(rate) = &self.rate else { return Ok(()) };
        let key = (principal.token, Arc::clone(&principal.name));
        rate.check_key(&key).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }

    /// Whoever signs checkpoints for this deployment.
    pub(super) fn signer(&self) -> Result<NoteSigner, Problem> {
        signing_key(&self.service.home().signing_key()).map_err(|error| {
            tracing::error!(%error, "the signing key cannot be used");
            Problem::new(
                Code::Unavailable,
                "the key that signs checkpoints cannot be used; the operator's log says why",
            )
        })
    }

    /// Writes to the ledger with a handle of its own. The thread that decides goes on meanwhile: the two take turns, a group or
    /// an event at a time.
    pub(super) fn write<T>(&self, write: impl FnOnce(&mut Ledger) -> Result<T, Problem>) -> Result<T, Problem> {
        write(&mut Ledger::open(self.service.home().ledger())?)
    }

    /// As [`write`](Self::write), where what is looked at first must still be so when it is written: one request after the other.
    pub(super) fn write_in_turn<T>(
        &self,
        turn: &Mutex<()>,
        write: impl FnOnce(&mut Ledger) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(write)
    }

    /// A place among those who ask for what takes minutes. Whoever finds none comes again: nobody waits in a row for minutes.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.long).try_acquire_owned().map_err(|_| Problem {
            retry_after: Some(30),
            ..Problem::new(
                Code::Busy,
                format!("{LONG} exports, backups, reports or large modules go on already: wait for one"),
            )
        })
    }

    /// Does something that takes time on a thread that may wait.
    pub(super) async fn heavy<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let bug = || Problem::new(Code::Bug, "the request could not be finished");
        let place = Arc::clone(&self.heavy).acquire_owned().await.map_err(|_| bug())?;
        let app = Arc::clone(self);
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let done = span.in_scope(|| work(&app));
            drop(place);
            done
        });
        done.await.unwrap_or_else(|_| Err(bug()))
    }
}
