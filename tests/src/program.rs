//! The built program, run as its users run it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, thread};

use serde_json::Value;
use tempfile::TempDir;
use wait4::Wait4;

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
        let program = Self { file: find(), folder: tempfile::tempdir().unwrap() };
        let run = program.run(&["init"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        program
    }

    /// A folder for the test's own files, which goes with the home.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the test's own, and returns its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program to its end. Panics if it was ended by a signal, or took more memory than any run may.
    #[must_use]
    pub fn run(&self, arguments: &[&str], input: &str) -> Run {
        let run = self.run_unchecked(arguments, input);
        assert!(run.code.is_some(), "ended by a signal: {run:#?}");
        assert!(run.peak_memory < MOST_MEMORY, "took {} MiB: {run:#?}", run.peak_memory >> 20);
        run
    }

    fn run_unchecked(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = Command::new(&self.file)
            .arg("--home")
            .arg(self.folder().join("home"))
            .args(arguments)
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
            let _ = stdin.write_all(input.as_bytes());
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

/// The program that `COUNTERSIGN_PROGRAM` names, else the one built beside this test.
fn find() -> PathBuf {
    if let Some(file) = env::var_os("COUNTERSIGN_PROGRAM") {
        return file.into();
    }
    let test = env::current_exe().unwrap();
    let file = test.ancestors().nth(2).unwrap().join(format!("countersign{}", env::consts::EXE_SUFFIX));
    assert!(file.is_file(), "{} is not built; build it in the profile of this test", file.display());
    file
}
