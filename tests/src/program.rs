//! The built program, run as its users run it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::UNIX_EPOCH;
use std::{env, fs, thread};

use serde_json::Value;
use tempfile::TempDir;
use wait4::Wait4;

use crate::corpus;

/// What no run may go over, whatever its guests do: the program, and each process that it starts.
const MOST_MEMORY: u64 = 1 << 30;

/// The built program with a home of its own.
pub struct Program {
    file: PathBuf,
    folder: TempDir,
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// The peak memory of the largest of its processes, in bytes.
    pub peak_memory: u64,
}

impl Program {
    /// The program with a fresh home.
    #[must_use]
    pub fn with_fresh_home() -> Self {
        let program = Self::without_home();
        copy(&initialised(&program.file), &program.home());
        program
    }

    /// The program with a home that is not there yet.
    #[must_use]
    pub fn without_home() -> Self {
        Self { file: find(), folder: tempfile::tempdir().unwrap() }
    }

    /// The folder of its deployment.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    /// The program's own file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A folder for the test's own files, which goes with the home.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the test's own, and returns its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program to its end. Panics if it was ended by a signal, or took more memory than any run may.
    #[must_use]
    pub fn run(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
        let run = self.run_unchecked(arguments, input.as_ref());
        assert!(run.code.is_some(), "ended by a signal: {run:#?}");
        assert!(run.peak_memory < MOST_MEMORY, "took {} MiB: {run:#?}", run.peak_memory >> 20);
        run
    }

    /// The program with its home and these arguments, to be run in another way.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.file);
        // What the tester's own shell says about homes, services, colours and logs is no part of a test.
        for name in ["HOME", "LOG", "SERVER", "TOKEN"] {
            command.env_remove(format!("COUNTERSIGN_{name}"));
        }
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        // What one test compiles serves the others.
        command.env("XDG_CACHE_HOME", self.file.with_file_name("cache-of-tests"));
        command.arg("--home").arg(self.home()).args(arguments);
        command
    }

    /// Brings a set into force, by its name or its file: one person proposes it, and another approves it.
    pub fn activate(&self, set: &str) {
        let done = |arguments: &[&str]| {
            let run = self.run(&[&["set"], arguments, &["--format", "json"]].concat(), "");
            assert_eq!(run.code, Some(0), "{run:#?}");
            run.lines().swap_remove(0)
        };
        let proposal = done(&["propose", set, "--by", "ana", "--reason", "a test"])["seq"].to_string();
        done(&["approve", &proposal, "--by", "ben", "--reason", "a test"]);
        done(&["activate", &proposal, "--by", "ana", "--reason", "a test"]);
    }

    /// Starts deciding the corpus, and comes back when the first decision was printed. What is printed after it is read, so
    /// that the program does not wait for a reader.
    #[must_use]
    pub fn start_deciding(&self) -> Child {
        let file = self.write("suggestions.jsonl", corpus::first(corpus::SUGGESTIONS));
        let arguments = ["evaluate", &file, "--format", "json", "--now", corpus::NOW];
        let mut child = self.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        printed.read_line(&mut String::new()).unwrap();
        thread::spawn(move || std::io::copy(&mut printed, &mut std::io::sink()));
        child
    }

    fn run_unchecked(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stdin, mut stdout, mut stderr) =
            (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
        thread::scope(|scope| {
            let stdout = scope.spawn(move || text(&mut stdout));
            let stderr = scope.spawn(move || text(&mut stderr));
            // A program that refuses its arguments does not read its input.
            let _ = stdin.write_all(input);
            drop(stdin);
            // Counts the process and those of its own that it waited for. It begins with what this process
            // takes when it starts another, so tests must not be large themselves.
            let ended = child.wait4().unwrap();
            Run {
                code: ended.status.code(),
                stdout: stdout.join().unwrap(),
                stderr: stderr.join().unwrap(),
                peak_memory: ended.rusage.maxrss,
            }
        })
    }
}

impl Run {
    /// The lines of standard output, each a JSON value.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{self:#?}"))).collect()
    }

    /// Standard error in one line, so that a message is found wherever it was wrapped.
    #[must_use]
    pub fn message(&self) -> String {
        self.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn text(from: &mut impl Read) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}

/// A home as `init` makes it with this program: made once, since that compiles every module, and then copied.
fn initialised(file: &Path) -> PathBuf {
    let of = fs::metadata(file).unwrap();
    let built = of.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    let homes = beside_tests("fresh-homes");
    fs::create_dir_all(&homes).unwrap();
    let home = homes.join(format!("{}-{}", built.as_nanos(), of.len()));
    if home.exists() {
        return home;
    }
    let new = tempfile::tempdir_in(&homes).unwrap();
    let program = Program { file: file.to_owned(), folder: new };
    let run = program.run(&["init"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    // Another test may have been faster; its home is as good.
    if fs::rename(program.home(), &home).is_err() {
        assert!(home.exists());
    }
    home
}

/// Copies a folder with all that is in it and who may read it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A file in the folder of the profile that this test was built in.
pub(crate) fn beside_tests(name: &str) -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(2).unwrap().join(name)
}

/// The program that `COUNTERSIGN_PROGRAM` names, else the one built beside this test.
fn find() -> PathBuf {
    if let Some(file) = env::var_os("COUNTERSIGN_PROGRAM") {
        return file.into();
    }
    let file = beside_tests(&format!("countersign{}", env::consts::EXE_SUFFIX));
    assert!(file.is_file(), "{} is not built; build it in the profile of this test", file.display());
    file
}
