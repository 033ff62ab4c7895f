//! Somebody who listens where a service is expected, and is none.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a stranger does with everybody who comes.
#[derive(Clone)]
pub enum Manners {
    /// Says this, and closes.
    Says(String),
    /// Says this, and then the other for ever.
    Rambles(String, String),
    /// Takes what comes, and says nothing.
    IsSilent,
}

/// Somebody who listens on this machine until the test ends.
pub struct Stranger {
    /// What others reach it at.
    pub address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    /// Begins to listen.
    #[must_use]
    pub fn with(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        thread::spawn({
            let heard = Arc::clone(&heard);
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    let (heard, manners) = (Arc::clone(&heard), manners.clone());
                    thread::spawn(move || meet(stream, &heard, &manners));
                }
            }
        });
        Self { address, heard }
    }

    /// One who answers with a status, headers and a body.
    #[must_use]
    pub fn answering(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        Self::with(Manners::Says(answer))
    }

    /// The requests that came, each as its head and its body.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn meet(mut stream: TcpStream, heard: &Mutex<Vec<String>>, manners: &Manners) {
    let Some(request) = request(&stream) else { return };
    heard.lock().unwrap().push(request);
    // Whoever came may go before all was said.
    match manners {
        Manners::Says(all) => drop(stream.write_all(all.as_bytes())),
        Manners::Rambles(first, again) => {
            let mut sent = stream.write_all(first.as_bytes());
            while sent.is_ok() {
                sent = stream.write_all(again.as_bytes());
            }
        }
        Manners::IsSilent => drop(stream.read_to_end(&mut Vec::new())),
    }
}

fn request(stream: &TcpStream) -> Option<String> {
    let mut from = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}
