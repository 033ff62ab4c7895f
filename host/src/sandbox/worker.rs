//! Makes components ready, and holds settings against schemas, in a child process, so that what a hostile module does to the
//! compiler or to whoever reads its schema ends with that process.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{slice, thread};

use rlimit::Resource;
use serde::{Deserialize, Serialize};
use wait_timeout::ChildExt;

use super::SandboxError;
use super::admit::Refusal;
use super::functions::{FunctionStore, Functions, News, WORTHWHILE};
use super::interface::Interface;
use super::load::TrustedCode;
use super::settings::{Misfits, SettingsCheck, hold};
use super::setup::{Ready, SetupRequest, set_up};

/// What the child may use: data in bytes, processor time in seconds, and wall time.
const CHILD_DATA: u64 = 2 << 30;
const CHILD_CPU_SECONDS: u64 = 120;
/// The processor time of one that holds settings against schemas, which takes milliseconds.
const HOLD_CPU_SECONDS: u64 = 5;
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

/// What a child is asked for.
#[derive(Serialize, Deserialize)]
enum Job<'a> {
    /// To make a component ready. There follow the functions that were compiled before, if so many bytes of them are given,
    /// and the component.
    SetUp(Cow<'a, SetupRequest>, Option<usize>),
    /// To hold settings against their schemas.
    Hold(Cow<'a, [SettingsCheck]>),
}

impl Worker {
    pub(super) fn set_up(
        &self,
        component: &[u8],
        request: &SetupRequest,
        functions: Option<&FunctionStore>,
    ) -> Result<Result<(Ready, TrustedCode), Refusal>, SandboxError> {
        let functions = functions.filter(|_| component.len() >= WORTHWHILE);
        let before = functions.map(FunctionStore::read);
        let (answer, news) = match self {
            Self::InProcess => answer(component, request, before),
            Self::Child { program, arguments } => {
                let failed = |error| SandboxError::Worker { program: program.clone(), error };
                let job = Job::SetUp(Cow::Borrowed(request), before.as_ref().map(Vec::len));
                let parts = [before.as_deref().unwrap_or_default(), component];
                let answer = ask(Command::new(program).args(arguments), &job, &parts).map_err(failed)?;
                let read = answer.and_then(|answer| parse(&answer).ok_or_else(|| BROKEN.to_owned()));
                read.unwrap_or_else(|why| (Err(Refusal::Compile(why)), News::default()))
            }
        };
        if let Some(functions) = functions.filter(|_| !news.made.is_empty()) {
            functions.add(&news);
        }
        Ok(answer.map(|(ready, code)| (ready, TrustedCode::vouch(code))))
    }

    /// What does not fit of each.
    pub(super) fn hold(&self, checks: &[SettingsCheck]) -> Result<Vec<Misfits>, SandboxError> {
        let (program, arguments) = match self {
            Self::Child { program, arguments } if !checks.is_empty() => (program, arguments),
            _ => return Ok(checks.iter().map(hold).collect()),
        };
        let failed = |error| SandboxError::Worker { program: program.clone(), error };
        let job = Job::Hold(Cow::Borrowed(checks));
        let answer = ask(Command::new(program).args(arguments), &job, &[]).map_err(failed)?;
        let read = answer.ok().and_then(|answer| serde_json::from_slice::<Vec<Misfits>>(frame(&answer)?.0).ok());
        match (read.filter(|held| held.len() == checks.len()), checks) {
            (Some(held), _) => Ok(held),
            (None, [_]) => Ok(vec![Misfits::whole(
                "cannot be checked: the schema that the module gives takes more memory or time than it may".to_owned(),
            )]),
            // One of them was too much: each alone says which.
            (None, _) => {
                let each = checks.iter().map(|check| self.hold(slice::from_ref(check)));
                Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
            }
        }
    }
}

/// What a component is, with its compiled code; and what was learnt of functions on the way.
type Answer = (Result<(Ready, Vec<u8>), Refusal>, News);

/// Makes a component ready in this process, with functions that were compiled before, packed.
fn answer(component: &[u8], request: &SetupRequest, before: Option<Vec<u8>>) -> Answer {
    let functions = before.map(|packed| Arc::new(Functions::unpack(packed)));
    let answer = set_up(component, request, &Interface::RELEASED, functions.clone());
    (answer, functions.map(|functions| functions.news()).unwrap_or_default())
}

const BROKEN: &str = "took more memory or time than it may, or broke the compiler";

/// What a child answers; the inner error says how it ended without an answer.
fn ask(command: &mut Command, job: &Job<'_>, parts: &[&[u8]]) -> io::Result<Result<Vec<u8>, String>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the child process has no pipes"));
    };
    let head = serde_json::to_vec(job)?;
    let mut answer = Vec::new();
    let exited = thread::scope(|scope| {
        let reader = scope.spawn(|| stdout.read_to_end(&mut answer));
        // A child that stops reading has an answer, or is gone; either is seen below.
        let _ = write_frame(&mut stdin, &head).and_then(|()| parts.iter().try_for_each(|part| stdin.write_all(part)));
        drop(stdin);
        let exited = wait(&mut child);
        let read = reader.join().map_err(|_| io::Error::other("reading from the child process failed"))?;
        read.and(exited)
    })?;
    Ok(match exited {
        Some(status) if status.success() => Ok(answer),
        Some(_) => Err(BROKEN.to_owned()),
        None => Err(format!("took longer than {} seconds", CHILD_WALL.as_secs())),
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
    let (head, rest) = frame(answer)?;
    let (code, rest) = frame(rest)?;
    let (made, used) = frame(rest)?;
    let news = News { made: made.to_vec(), used: used.as_chunks().0.iter().copied().collect() };
    let head: Result<Ready, Refusal> = serde_json::from_slice(head).ok()?;
    Some((head.map(|ready| (ready, code.to_vec())), news))
}

/// The frame that bytes begin with, and what follows it.
fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

fn write_frame(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)
}

/// The child's side: limits itself, reads what it is asked for from standard input, and writes the answer to standard
/// output.
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
    let mut output = io::stdout().lock();
    match serde_json::from_slice::<Job<'_>>(&head)? {
        Job::SetUp(request, before) => {
            let before = before.map(|length| {
                let mut packed = vec![0; length];
                input.read_exact(&mut packed).map(|()| packed)
            });
            let before = before.transpose()?;
            let mut component = Vec::new();
            input.read_to_end(&mut component)?;
            let (answer, news) = answer(&component, &request, before);
            let (head, code) = match answer {
                Ok((ready, code)) => (Ok(ready), code),
                Err(refusal) => (Err(refusal), Vec::new()),
            };
            write_frame(&mut output, &serde_json::to_vec::<Result<Ready, Refusal>>(&head)?)?;
            write_frame(&mut output, &code)?;
            write_frame(&mut output, &news.made)?;
            for key in news.used {
                output.write_all(&key)?;
            }
        }
        Job::Hold(checks) => {
            rlimit::setrlimit(Resource::CPU, HOLD_CPU_SECONDS, HOLD_CPU_SECONDS)?;
            let misfits: Vec<Misfits> = checks.iter().map(hold).collect();
            write_frame(&mut output, &serde_json::to_vec(&misfits)?)?;
        }
    }
    output.flush()
}
