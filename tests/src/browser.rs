//! Requests as a browser sends them, for those that say more than a client for programs can.

use std::fmt::Write as _;

use crate::service::Service;

/// Sends a request as a browser would, with these headers, and returns the answer as it came.
#[must_use]
pub fn ask(service: &Service, method: &str, path: &str, headers: &[(&str, &str)], form: &str) -> String {
    let host = service.place();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    if method == "POST" {
        let kind = "application/x-www-form-urlencoded";
        let _ = write!(request, "Content-Type: {kind}\r\nContent-Length: {}\r\n", form.len());
    }
    service.raw(format!("{request}\r\n{form}").as_bytes())
}

/// The status of an answer.
#[must_use]
pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// A header of an answer; empty, if it is not there. The first, if there are several.
#[must_use]
pub fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let head = answer.split("\r\n\r\n").next().unwrap();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or_default()
}
