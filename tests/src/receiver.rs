//! Somebody on this machine who is told by webhooks, and answers as a test wants it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A receiver. It listens until the test ends.
pub struct Receiver {
    /// What it is reached at, without a path.
    pub address: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    came: Mutex<Vec<Told>>,
    news: Condvar,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Told {
    /// The path, with what follows it.
    pub path: String,
    /// The headers, by their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Whether it was answered that the event has arrived.
    pub taken: bool,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status, and nothing else.
    Status(u16),
    /// These bytes.
    Raw(String),
    /// Nothing: the connection is closed.
    Close,
    /// Nothing until whoever asked has lost patience.
    Never,
}

impl Told {
    /// The body as JSON.
    #[must_use]
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The suggestion that it is about.
    #[must_use]
    pub fn subject(&self) -> String {
        self.event()["subject"].as_str().unwrap().to_owned()
    }
}

impl Receiver {
    /// One that answers what `reply` says, which is given the number of the request, from 0, and the request. It may wait: each
    /// request has a thread.
    #[must_use]
    pub fn start(reply: impl Fn(usize, &Told) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<State>::default();
        let (reply, shared) = (Arc::new(reply), Arc::clone(&state));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (reply, state) = (Arc::clone(&reply), Arc::clone(&shared));
                // Whoever breaks off while it is asked is none who came.
                thread::spawn(move || answer(&stream, &*reply, &state));
            }
        });
        Self { address, state }
    }

    /// What came so far.
    #[must_use]
    pub fn came(&self) -> Vec<Told> {
        self.state.locked().clone()
    }

    /// What of it was taken.
    #[must_use]
    pub fn taken(&self) -> Vec<Told> {
        self.came().into_iter().filter(|told| told.taken).collect()
    }

    /// The suggestions that it was told of, in order, where it was answered that this has arrived.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        self.taken().iter().map(Told::subject).collect()
    }

    /// Waits until what came is as it should be.
    pub fn wait(&self, what: &str, done: impl Fn(&[Told]) -> bool) {
        let begun = Instant::now();
        let mut came = self.state.locked();
        while !done(&came) {
            assert!(begun.elapsed() < Duration::from_mins(5), "{what} never came: {came:#?}");
            came = self.state.news.wait_timeout(came, Duration::from_millis(100)).unwrap().0;
        }
    }

    /// Waits until so many requests were taken.
    pub fn wait_taken(&self, number: usize) {
        self.wait("enough", |came| came.iter().filter(|told| told.taken).count() >= number);
    }
}

impl State {
    fn locked(&self) -> MutexGuard<'_, Vec<Told>> {
        self.came.lock().unwrap()
    }
}

fn answer(stream: &TcpStream, reply: &dyn Fn(usize, &Told) -> Reply, state: &State) {
    let Some(told) = read(stream) else { return };
    let number = {
        let mut came = state.locked();
        came.push(told.clone());
        came.len() - 1
    };
    state.news.notify_all();
    let reply = reply(number, &told);
    let text = match &reply {
        Reply::Status(status) => format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        Reply::Raw(text) => text.clone(),
        Reply::Close => return,
        Reply::Never => return drop((&*stream).read(&mut [0; 1])),
    };
    if matches!(reply, Reply::Status(200..=299)) {
        state.locked()[number].taken = true;
    }
    // It may be gone.
    let _ = (&*stream).write_all(text.as_bytes());
    state.news.notify_all();
}

fn read(stream: &TcpStream) -> Option<Told> {
    let mut lines = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    };
    let path = line()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        let before = headers.insert(name.to_lowercase(), value.to_owned());
        assert_eq!(before, None, "{name} is sent once");
    }
    // Whoever is killed while it writes leaves a part.
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    Some(Told { path, headers, body: String::from_utf8(body).unwrap(), taken: false })
}
