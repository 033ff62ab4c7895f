//! Somebody between a client and a service who cuts connections.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Hands on what both sides say, and cuts connections.
pub struct Cutting {
    /// What the service is reached at through it.
    pub address: String,
    cuts: Arc<AtomicUsize>,
}

impl Cutting {
    /// Stands in front of a service, such as `127.0.0.1:40001`. The first connections, `most` of them, are each cut after so
    /// many bytes of what the service says.
    #[must_use]
    pub fn before(service: &str, most: usize, after: usize) -> Self {
        Self::listen(service, most, after, usize::MAX)
    }

    /// Cuts one connection, and is not there any more for another.
    #[must_use]
    pub fn once(service: &str, after: usize) -> Self {
        Self::listen(service, 1, after, 1)
    }

    fn listen(service: &str, most: usize, after: usize, all: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let cuts = Arc::new(AtomicUsize::new(0));
        let service = service.to_owned();
        thread::spawn({
            let cuts = Arc::clone(&cuts);
            move || {
                for (number, client) in listener.incoming().map_while(Result::ok).take(all).enumerate() {
                    let Ok(service) = TcpStream::connect(&service) else { return };
                    let (client_too, service_too) = (client.try_clone().unwrap(), service.try_clone().unwrap());
                    let after = if number < most { after } else { usize::MAX };
                    let cuts = Arc::clone(&cuts);
                    thread::spawn(move || hand_on(client_too, service_too, usize::MAX, &AtomicUsize::new(0)));
                    thread::spawn(move || hand_on(service, client, after, &cuts));
                }
            }
        });
        Self { address, cuts }
    }

    /// How many connections were cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

/// Hands on what comes until it ends; or until so many bytes were, which is counted, and both sides are cut.
fn hand_on(mut from: TcpStream, mut to: TcpStream, most: usize, cuts: &AtomicUsize) {
    let (mut left, mut buffer) = (most, [0; 4096]);
    loop {
        let came = from.read(&mut buffer).unwrap_or(0);
        let handed = came.min(left);
        left -= handed;
        let ended = came == 0 || to.write_all(&buffer[..handed]).is_err();
        if left == 0 {
            cuts.fetch_add(1, Ordering::SeqCst);
        }
        if ended || left == 0 {
            // The other way ends with it.
            for side in [&from, &to] {
                let _ = side.shutdown(Shutdown::Both);
            }
            return;
        }
    }
}
