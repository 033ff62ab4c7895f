//! A collector of traces on a port of this machine. It keeps what it is sent, and answers as a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// How a collector answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Well,
    /// With 500.
    WithNo,
    /// Never, though it reads.
    Never,
}

/// The collector.
pub struct Collector {
    /// Where it takes traces.
    pub endpoint: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let keeps = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let keeps = Arc::clone(&keeps);
                thread::spawn(move || talk(&stream.unwrap(), manner, &keeps));
            }
        });
        Self { endpoint, received }
    }

    /// What a deployment's configuration says about it.
    pub fn settings(&self) -> String {
        settings(&self.endpoint)
    }

    /// The bodies that were sent to it.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().clone()
    }

    /// All spans that were sent to it.
    pub fn spans(&self) -> Vec<Span> {
        let decoded = self.received().into_iter().map(|body| ExportTraceServiceRequest::decode(&*body).unwrap());
        let resources = decoded.flat_map(|sent| sent.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// What a deployment's configuration says about a collector.
pub fn settings(endpoint: &str) -> String {
    format!("rate = 100000\n[serve.traces]\nendpoint = \"{endpoint}\"\n")
}

/// Keeps what comes over one connection.
fn talk(stream: &TcpStream, manner: Manner, keeps: &Mutex<Vec<Vec<u8>>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_ascii_lowercase());
        }
        assert_eq!(head[0], "post /v1/traces http/1.1");
        assert!(head.contains(&"content-type: application/x-protobuf".to_owned()), "{head:#?}");
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        keeps.lock().unwrap().push(body);
        let status = match manner {
            Manner::Well => "200 OK",
            Manner::WithNo => "500 Internal Server Error",
            Manner::Never => {
                let _ = reader.read_to_end(&mut Vec::new());
                return;
            }
        };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n");
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a span says under a key; empty, if it says nothing.
pub fn text(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        None => String::new(),
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(flag)) => flag.to_string(),
        Some(other) => panic!("{key} is {other:?}"),
    }
}

/// An identifier as people write it.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
