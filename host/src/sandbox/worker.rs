//! Makes components ready in a child process, so that what a hostile component does to the compiler
//! ends with that process.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rlimit::Resource;
use wait_timeout::ChildExt;

use super::SandboxError;
use super::admit::Refusal;
use super::interface::Interface;
use super::load::TrustedCode;
use super::setup::{Ready, SetupRequest, set_up};

/// What the child may use: data in bytes, processor time in seconds, and wall time.
const CHILD_DATA: u64 = 2 << 30;
const CHILD_CPU_SECONDS: u64 = 120;
/// What the child works on is bounded by the time of its processor. This is for one that does not work at all; on a machine
/// that is busy with other things an honest one may take long.
const CHILD_WALL: Duration = Duration::from_mins(15);

/// Where components are made ready.
#[derive(Clone, Debug)]
pub enum Worker {
    /// In a child process: this program, started with these arguments, which must call [`serve_worker`].
    Child {
        /// The program's file.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// In this process: for tests and benchmarks of trusted components.
    InProcess,
}

impl Worker {
    pub(super) fn set_up(
        &self,
        component: &[u8],
        request: &SetupRequest,
    ) -> Result<Result<(Ready, TrustedCode), Refusal>, SandboxError> {
        let answer = match self {
            Self::InProcess => set_up(component, request, &Interface::RELEASED),
            Self::Child { program, arguments } => {
                let failed = |error| SandboxError::Worker { program: program.clone(), error };
                ask(Command::new(program).args(arguments), component, request).map_err(failed)?
            }
        };
        Ok(answer.map(|(ready, code)| (ready, TrustedCode::vouch(code))))
    }
}

type Answer = Result<(Ready, Vec<u8>), Refusal>;

fn ask(command: &mut Command, component: &[u8], request: &SetupRequest) -> io::Result<Answer> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the child process has no pipes"));
    };
    let head = serde_json::to_vec(request)?;
    let mut answer = Vec::new();
    let exited = thread::scope(|scope| {
        let reader = scope.spawn(|| stdout.read_to_end(&mut answer));
        // A child that stops reading has an answer, or is gone; either is seen below.
        let _ = write_frame(&mut stdin, &head).and_then(|()| stdin.write_all(component));
        drop(stdin);
        let exited = wait(&mut child);
        let read = reader.join().map_err(|_| io::Error::other("reading from the child process failed"))?;
        read.and(exited)
    })?;
    Ok(match (exited, parse(&answer)) {
        (Some(status), Some(answer)) if status.success() => answer,
        (Some(_), _) => Err(Refusal::Compile("took more memory or time than it may, or broke the compiler".to_owned())),
        (None, _) => Err(Refusal::Compile(format!("took longer than {} seconds", CHILD_WALL.as_secs()))),
    })
}

/// Waits for the child, and ends it when its time is over.
fn wait(child: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    let exited = child.wait_timeout(CHILD_WALL)?;
    if exited.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(exited)
}

fn parse(answer: &[u8]) -> Option<Answer> {
    let (length, rest) = answer.split_first_chunk::<4>()?;
    let (head, code) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let head: Result<Ready, Refusal> = serde_json::from_slice(head).ok()?;
    Some(head.map(|ready| (ready, code.to_vec())))
}

fn write_frame(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)
}

/// The child's side: limits itself, reads one request and one component from standard input, and
/// writes the answer to standard output.
///
/// # Errors
/// If it cannot limit itself, read or write. A refusal is an answer and no error.
pub fn serve_worker() -> io::Result<()> {
    rlimit::setrlimit(Resource::DATA, CHILD_DATA, CHILD_DATA)?;
    rlimit::setrlimit(Resource::CPU, CHILD_CPU_SECONDS, CHILD_CPU_SECONDS)?;
    rlimit::setrlimit(Resource::CORE, 0, 0)?;
    let mut input = io::stdin().lock();
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let mut head = vec![0; u32::from_le_bytes(length) as usize];
    input.read_exact(&mut head)?;
    let request: SetupRequest = serde_json::from_slice(&head)?;
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    let (head, code) = match set_up(&component, &request, &Interface::RELEASED) {
        Ok((ready, code)) => (Ok(ready), code),
        Err(refusal) => (Err(refusal), Vec::new()),
    };
    let mut output = io::stdout().lock();
    write_frame(&mut output, &serde_json::to_vec::<Result<Ready, Refusal>>(&head)?)?;
    output.write_all(&code)?;
    output.flush()
}
