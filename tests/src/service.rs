//! The program as a service, and somebody who asks it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::http::{HeaderMap, Request, Response};
use ureq::{Agent, Body};

use crate::Program;

/// A deployment that is served on a free port of this machine. It is killed when this goes away.
pub struct Service {
    child: Child,
    /// What others reach it at, such as `http://127.0.0.1:40001`.
    pub address: String,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
    agent: Agent,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of a header; empty, if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as lines of JSON.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The status of a refusal, and its code.
#[must_use]
pub fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

impl Service {
    /// Starts to serve, and comes back when it says that it does.
    #[must_use]
    pub fn start(program: &Program, more: &[&str]) -> Self {
        Self::start_with(program, more, &[])
    }

    /// As [`start`](Self::start), with some variables in its environment.
    #[must_use]
    pub fn start_with(program: &Program, more: &[&str], variables: &[(&str, &str)]) -> Self {
        let arguments: Vec<&str> = ["serve", "--listen", "127.0.0.1:0"].iter().chain(more).copied().collect();
        let mut command = program.command(&arguments);
        let mut child = command.envs(variables.iter().copied()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = Vec::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {log:#?}")).unwrap();
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            log.push(line);
            if let Some(address) = said["address"].as_str() {
                break address.to_owned();
            }
        };
        let log = Arc::new(Mutex::new(log));
        let reader = thread::spawn({
            let log = Arc::clone(&log);
            move || lines.map_while(Result::ok).for_each(|line| log.lock().unwrap().push(line))
        });
        Self { child, address, log, reader: Some(reader), agent: agent() }
    }

    /// Where it listens, without the scheme.
    #[must_use]
    pub fn place(&self) -> &str {
        self.address.split_once("://").unwrap().1
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Sends a signal to it.
    pub fn signal(&self, signal: &str) {
        // The shell's own: not every machine has it as a program.
        let sent = Command::new("sh").args(["-c", &format!("kill {signal} {}", self.process())]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it logs something that holds these words.
    pub fn wait_for(&self, words: &str) {
        self.wait_for_number(words, 1);
    }

    /// Waits until it has logged so many lines that hold these words.
    pub fn wait_for_number(&self, words: &str, number: usize) {
        let begun = Instant::now();
        while self.log().iter().filter(|line| line.contains(words)).count() < number {
            assert!(begun.elapsed() < Duration::from_mins(5), "it never said {words}: {:#?}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Tells it to stop, and waits until it did. Returns its exit code and all that it logged.
    #[must_use]
    pub fn stop(mut self) -> (Option<i32>, Vec<String>) {
        self.signal("-TERM");
        let code = self.child.wait().unwrap().code();
        self.reader.take().unwrap().join().unwrap();
        (code, self.log())
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Gets what stands at a path.
    #[must_use]
    pub fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, "", Body::builder().data(Vec::new()))
    }

    /// Sends a suggestion.
    #[must_use]
    pub fn suggest(&self, suggestion: &str, token: &str) -> Answer {
        self.post("/v1/suggestions", suggestion, token)
    }

    /// Sends JSON.
    #[must_use]
    pub fn post(&self, path: &str, json: &str, token: &str) -> Answer {
        self.send("POST", path, token, "application/json", Body::builder().data(json.as_bytes().to_vec()))
    }

    /// Sends many suggestions.
    #[must_use]
    pub fn batch(&self, lines: &str, token: &str) -> Answer {
        let body = Body::builder().data(lines.as_bytes().to_vec());
        self.send("POST", "/v1/suggestions:batch", token, "application/x-ndjson", body)
    }

    /// Sends a request.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, token: &str, kind: &str, body: Body) -> Answer {
        let mut answer = self.ask(method, path, token, kind, body);
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            // A few answers are no text; whoever wants those as they are downloads them.
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Gets what stands at a path, be it text or not: its headers and its bytes. Panics if it is refused.
    #[must_use]
    pub fn download(&self, path: &str, token: &str) -> (HeaderMap, Vec<u8>) {
        let mut answer = self.ask("GET", path, token, "", Body::builder().data(Vec::new()));
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}: {}", String::from_utf8_lossy(&bytes));
        (answer.headers().clone(), bytes)
    }

    fn ask(&self, method: &str, path: &str, token: &str, kind: &str, body: Body) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.address));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if !kind.is_empty() {
            request = request.header("Content-Type", kind);
        }
        self.agent.run(request.body(body).unwrap()).unwrap()
    }

    /// Sends bytes as they are, and reads until the other side closes or nothing comes for a while.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.place()).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        // It may close before it read all.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(2)));
    config.build().into()
}

/// Adds settings of the service to a deployment.
pub fn configure(program: &Program, settings: &str) {
    let path = program.home().join("countersign.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{text}\n[serve]\n{settings}\n")).unwrap();
}

/// Creates a token with the command line.
#[must_use]
pub fn token(program: &Program, name: &str, role: &str, more: &[&str]) -> String {
    let arguments: Vec<&str> = ["token", "create", name, "--role", role].iter().chain(more).copied().collect();
    let run = program.run(&arguments, "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.stdout.trim().to_owned()
}
