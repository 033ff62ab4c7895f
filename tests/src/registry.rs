//! A registry that others wrote, on this machine: Debian's `docker-registry`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// A registry that runs until the test ends.
pub struct RegistryServer {
    /// Its host and port.
    pub host: String,
    folder: TempDir,
    child: Child,
}

impl RegistryServer {
    /// Starts one that lets in everybody, or those of a file in the form of `htpasswd`; none where the program is not
    /// installed: then a test that needs it says that it was skipped.
    #[must_use]
    pub fn start(users: Option<&str>) -> Option<Self> {
        // Somebody else may take the port before the registry does; then another one is tried.
        for _ in 0..5 {
            let mut server = Self::begin(users)?;
            if server.listens() {
                return Some(server);
            }
        }
        panic!("docker-registry does not listen");
    }

    fn begin(users: Option<&str>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let host = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nhttp: {{addr: \"{host}\"}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}}}\n",
            folder.path().join("data").display()
        );
        if let Some(users) = users {
            let file = folder.path().join("users");
            fs::write(&file, users).unwrap();
            let _ = writeln!(config, "auth: {{htpasswd: {{realm: test, path: {}}}}}", file.display());
        }
        let file = folder.path().join("config.yml");
        fs::write(&file, config).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => Some(Self { host, folder, child }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!("skipped: docker-registry is not installed (tests/run installs it)");
                None
            }
            Err(error) => panic!("docker-registry cannot be started: {error}"),
        }
    }

    /// Where it keeps a blob of a digest, written `sha256:…`.
    #[must_use]
    pub fn blob(&self, digest: &str) -> PathBuf {
        let digits = digest.trim_start_matches("sha256:");
        let below = format!("data/docker/registry/v2/blobs/sha256/{}/{digits}/data", &digits[..2]);
        self.folder.path().join(below)
    }

    fn listens(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(&self.host).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for RegistryServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
