//! Somebody who asks a service over many connections.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How many connections there are.
pub const CONNECTIONS: usize = 64;

/// Sends all suggestions over many connections: as fast as they are answered, or one each `pace`. Returns how many seconds each
/// took, counted from when it was due.
pub fn load(address: &str, token: &str, lines: &[String], pace: Option<Duration>) -> Vec<f64> {
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut stream = connect(address);
                    let mut waited = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(line) = lines.get(number) else { return waited };
                        let due = pace.map_or_else(Instant::now, |pace| start + pace * number as u32);
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        request(&mut stream, token, line);
                        waited.push(due.elapsed().as_secs_f64());
                    }
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// What a service decides about each suggestion.
pub fn outcomes(address: &str, token: &str, lines: &[String]) -> Vec<String> {
    let mut stream = connect(address);
    let outcome = |line: &String| {
        let answer: Value = serde_json::from_slice(&request(&mut stream, token, line)).unwrap();
        answer["outcome"].as_str().unwrap().to_owned()
    };
    lines.iter().map(outcome).collect()
}

fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

/// One request over a connection that stays open. Returns the body of the answer.
fn request(stream: &mut BufReader<TcpStream>, token: &str, line: &str) -> Vec<u8> {
    let head = format!(
        "POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n",
        line.len()
    );
    stream.get_mut().write_all(&[head.as_bytes(), line.as_bytes()].concat()).unwrap();
    let (mut said, mut length) = (String::new(), 0);
    stream.read_line(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    loop {
        said.clear();
        stream.read_line(&mut said).unwrap();
        match said.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", number)) => length = number.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    body
}
