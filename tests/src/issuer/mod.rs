//! A small issuer that people sign in at (OIDC), on this machine: it signs in at once whom it was told to, and can misbehave.

mod endpoints;
mod keys;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::{Map, Value};
use ureq::Agent;

use endpoints::Grant;
use keys::Key;

/// What the issuer calls the one client that it knows.
pub const CLIENT: &str = "countersign";

/// That client's secret. It must be written differently in a form.
pub const SECRET: &str = "s3cret +/%&:";

/// How an issuer misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The ID token has the nonce of another sign-in.
    OtherNonce,
    /// The ID token has no nonce.
    NoNonce,
    /// The ID token is for another client.
    OtherAudience,
    /// The ID token is for another client as well.
    SecondAudience,
    /// The ID token was made for another party.
    OtherParty,
    /// The ID token names another issuer.
    OtherIssuer,
    /// The ID token is over.
    Expired,
    /// The ID token has no subject.
    NoSubject,
    /// The ID token is not signed: `none`.
    Unsigned,
    /// The ID token is signed with the client's secret: `HS256`.
    SecretAsKey,
    /// The ID token is signed with the text of the public keys: `HS256`.
    PublicKeyAsSecret,
    /// The ID token names a key of the issuer and is signed with another one.
    ForeignKey,
    /// The ID token names a key that the issuer does not have, and is signed with it.
    UnknownKey,
    /// There is no ID token.
    NoIdToken,
    /// The issuer says no.
    SaysNo,
    /// The callback names another issuer.
    CallbackOfAnother,
    /// The callback names no issuer, though the issuer announces that it does.
    CallbackOfNobody,
    /// Whoever brings a code gets a token, whether they know the verifier or not.
    IgnoresVerifier,
    /// The description is that of another issuer.
    DescribesAnother,
    /// The description knows plain PKCE alone.
    PlainPkce,
    /// The description asks for the secret in the body.
    SecretInBody,
    /// The description points to where others can read along.
    PointsIntoTheClear,
    /// The keys cannot be had.
    NoKeys,
    /// No answer comes.
    Slow,
    /// The answer does not end.
    Huge,
    /// The answer is an error.
    Broken,
    /// The answer is no JSON.
    NoJson,
    /// The answer is elsewhere.
    Redirects,
}

/// The issuer. It stops when this goes away.
pub struct Issuer {
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    /// Its name, which is where it is reached.
    address: String,
    state: Mutex<State>,
}

struct State {
    fault: Option<Fault>,
    subject: String,
    claims: Map<String, Value>,
    key: Key,
    /// What codes are good for; each once.
    grants: HashMap<String, Grant>,
    asked: BTreeMap<String, usize>,
    stops: bool,
}

impl Issuer {
    /// Starts one on a free port. Its keys are its own.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let state = State {
            fault: None,
            subject: "subject".to_owned(),
            claims: Map::new(),
            key: Key::new(&CoreJwsSigningAlgorithm::EdDsa),
            grants: HashMap::new(),
            asked: BTreeMap::new(),
            stops: false,
        };
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { address, state: Mutex::new(state) });
        let listener = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming() {
                    if shared.state().stops {
                        return;
                    }
                    let (shared, stream) = (Arc::clone(&shared), stream.unwrap());
                    thread::spawn(move || shared.serve(stream));
                }
            }
        });
        Self { shared, listener: Some(listener) }
    }

    /// Its name: the address at which it describes itself.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.shared.address
    }

    /// Whom it signs in from now on, and what it says of them, such as `{"groups": ["crm"]}`.
    pub fn signs_in(&self, subject: &str, claims: &Value) {
        let mut state = self.shared.state();
        subject.clone_into(&mut state.subject);
        state.claims.clone_from(claims.as_object().unwrap());
    }

    /// Misbehaves from now on, or not any more.
    pub fn misbehaves(&self, fault: impl Into<Option<Fault>>) {
        self.shared.state().fault = fault.into();
    }

    /// Has another key from now on, for this algorithm; the last one is gone.
    pub fn has_key(&self, algorithm: &CoreJwsSigningAlgorithm) {
        self.shared.state().key = Key::new(algorithm);
    }

    /// How often it was asked for a path.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        self.shared.state().asked.get(path).copied().unwrap_or_default()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.shared.state().stops = true;
        // It waits for somebody to come.
        let _ = TcpStream::connect(self.shared.address.trim_start_matches("http://"));
        let _ = self.listener.take().unwrap().join();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Where a browser is sent that visits an address; it does not go there.
#[must_use]
pub fn visit(address: &str) -> String {
    let config = Agent::config_builder().max_redirects(0).max_redirects_will_error(false).http_status_as_error(false);
    let answer = Agent::from(config.build()).get(address).call().unwrap();
    answer.headers()["location"].to_str().unwrap().to_owned()
}
