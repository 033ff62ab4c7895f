//! Programs that keep credentials: `docker-credential-NAME get` is told a host, and answers with a name and a password.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use wait_timeout::ChildExt;

use super::{Credentials, RegistryError};

/// How long one may take: it may ask a person.
const PATIENCE: Duration = Duration::from_mins(1);

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// What a helper says where it has none for a host.
const NONE: &str = "credentials not found";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks a helper for the credentials of a host.
pub(super) fn ask(name: &str, host: &str) -> Result<Option<Credentials>, RegistryError> {
    let program = format!("docker-credential-{name}");
    let failed = |why: String| RegistryError::Helper { program: program.clone(), why };
    // It is looked for where programs are, and nowhere else.
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.is_empty() || !name.bytes().all(in_name) {
        return Err(failed("the docker config has no name of a helper there".to_owned()));
    }
    let answer = run(&program, host).map_err(|error| failed(error.to_string()))?;
    let Some((done, text)) = answer else {
        return Err(failed(format!("it took longer than {} seconds", PATIENCE.as_secs())));
    };
    if !done {
        if String::from_utf8_lossy(&text).contains(NONE) {
            return Ok(None);
        }
        return Err(failed("it failed; run it by hand to see why".to_owned()));
    }
    // A message of the parser could repeat a secret.
    let Ok(Answer { username, secret }) = serde_json::from_slice(&text) else {
        return Err(failed("its answer has no Username and Secret".to_owned()));
    };
    if username == "<token>" {
        return Err(failed(
            "it has an identity token, which is not used here: log in with a name and a token".to_owned(),
        ));
    }
    Ok(Some(Credentials::new(username, secret)))
}

/// Whether it succeeded and what it printed; none if it took too long.
fn run(program: &str, host: &str) -> std::io::Result<Option<(bool, Vec<u8>)>> {
    let mut child =
        Command::new(program).arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // One that does not listen is seen by its answer.
        let _ = input.write_all(host.as_bytes());
    }
    let output = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(output) = output {
            // What was read until it broke is all that there is.
            let _ = output.take(LONGEST).read_to_end(&mut text);
        }
        text
    });
    let Some(status) = child.wait_timeout(PATIENCE)? else {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    };
    let text = reader.join().map_err(|_| std::io::Error::other("reading its answer failed"))?;
    Ok(Some((status.success(), text)))
}
