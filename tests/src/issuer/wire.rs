//! As much of HTTP as an issuer needs.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use openidconnect::url::form_urlencoded;

/// A request.
pub struct Request {
    pub path: String,
    /// What stands in the address, or in the form that was sent.
    pub given: HashMap<String, String>,
    /// The header `Authorization`.
    pub authorization: String,
}

impl Request {
    /// Reads a request; none, if the other side says nothing.
    pub fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let target = line.split(' ').nth(1)?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let (mut length, mut authorization) = (0, String::new());
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "authorization" => value.clone_into(&mut authorization),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let form = if length == 0 { query.as_bytes() } else { &body };
        let given = form_urlencoded::parse(form).into_owned().collect();
        Some(Self { path: path.to_owned(), given, authorization })
    }

    /// The value of a parameter; empty, if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.given.get(name).map_or("", String::as_str)
    }
}

/// An answer.
pub struct Answer {
    pub status: &'static str,
    /// More headers, each with its end of line.
    pub headers: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON.
    pub fn json(status: &'static str, body: &impl serde::Serialize) -> Self {
        let headers = "Content-Type: application/json\r\n".to_owned();
        Self { status, headers, body: serde_json::to_vec(body).unwrap() }
    }

    /// Another address.
    pub fn elsewhere(address: &str) -> Self {
        Self { status: "303 See Other", headers: format!("Location: {address}\r\n"), body: Vec::new() }
    }

    /// Writes it, for as long as somebody reads.
    pub fn write(&self, mut stream: &TcpStream) {
        let Self { status, headers, body } = self;
        let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    }
}
