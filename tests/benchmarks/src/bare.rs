//! The measured rule behind a bare server, without isolation and without a record: `tests/peers` is what serves it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The server. It ends when this goes away.
pub struct Bare {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Bare {
    /// Starts it; none where it is not built. `tests/bench serve` builds it and says where.
    pub fn start() -> Option<Self> {
        let program = PathBuf::from(env::var_os("COUNTERSIGN_PEERS")?);
        if !program.is_file() {
            return None;
        }
        let mut child = Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "it ended");
        Some(Self { child, address: address.trim().to_owned() })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
