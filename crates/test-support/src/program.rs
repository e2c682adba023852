//! The real program, as a person or systemd starts it: arguments, environment, standard streams.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// No command of a test takes longer.
const PATIENCE: Duration = Duration::from_secs(240);

/// So many lines of its log are shown where a test fails.
const SHOWN: usize = 80;

/// How the program is started.
#[derive(Clone)]
pub struct Program {
    binary: &'static str,
    pub dir: PathBuf,
    env: Vec<(String, String)>,
    in_background: bool,
}

impl Program {
    /// In an empty directory, with nothing but this in its environment; which file it is only the tests of its package
    /// know (`CARGO_BIN_EXE_agendad`).
    pub fn new(binary: &'static str, dir: impl Into<PathBuf>) -> Self {
        let dir = dir.into();
        let state = dir.join("state").display().to_string();
        let program = Self {
            binary,
            dir,
            env: Vec::new(),
            in_background: false,
        };
        let path = std::env::var("PATH").unwrap();
        program.env("PATH", path).env("AGENDAD_STATE_DIR", state)
    }

    pub fn env(mut self, name: &str, value: impl ToString) -> Self {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_string()));
        self
    }

    /// In another directory, which holds its log and `config.toml`.
    pub fn at(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    /// As a script starts it with `&`: what the terminal sends is ignored, until the program says otherwise.
    pub fn in_background(mut self) -> Self {
        self.in_background = true;
        self
    }

    /// Writes `config.toml` into the directory in which it is started, where it is found.
    pub fn file(self, text: &str) -> Self {
        std::fs::write(self.dir.join("config.toml"), text).unwrap();
        self
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(if self.in_background {
            "sh"
        } else {
            self.binary
        });
        if self.in_background {
            let ignoring = "trap '' INT QUIT HUP; exec \"$0\" \"$@\"";
            command.args(["-c", ignoring, self.binary]);
        }
        command
            .args(arguments)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            // A test looks for sentences, wherever a line of a terminal would end.
            .args(
                ["--wide"].iter().filter(|wide| {
                    arguments.first() == Some(&"check") && !arguments.contains(wide)
                }),
            )
            .current_dir(&self.dir)
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        self.run_with_input(arguments, "").await
    }

    /// The same with something on standard input.
    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that does not want it closes the pipe.
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        let output = timeout(PATIENCE, child.wait_with_output()).await;
        Said::from(output.expect("the program does not end").unwrap())
    }

    /// Runs a command to its end, with another standard output.
    pub async fn run_into(&self, arguments: &[&str], out: Stdio) -> Said {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(Stdio::piped());
        let output = timeout(PATIENCE, command.spawn().unwrap().wait_with_output()).await;
        Said::from(output.expect("the program does not end").unwrap())
    }

    /// Starts it and goes on; what it says is [kept](Program::log).
    pub fn start(&self, arguments: &[&str]) -> Running {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_path());
        let log = log.unwrap();
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Running {
            child: Mutex::new(command.spawn().unwrap()),
            log: self.log_path(),
        }
    }

    /// What those that were started here have said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap()
    }

    /// From now on only what is said from now on.
    pub fn forget_log(&self) {
        std::fs::write(self.log_path(), "").unwrap();
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("daemon.log")
    }
}

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// The one JSON value on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// A daemon in a process of its own.
pub struct Running {
    child: Mutex<Child>,
    log: PathBuf,
}

/// A test that fails shows what the daemon said last.
impl Drop for Running {
    #[expect(clippy::print_stderr, reason = "shown with the failed test alone")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            let last = lines.len().saturating_sub(SHOWN);
            eprintln!("the daemon's last lines:\n{}", lines[last..].join("\n"));
        }
    }
}

impl Running {
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.lock().unwrap().id().expect("it has ended");
        kill(Pid::from_raw(pid.try_into().unwrap()), signal).unwrap();
    }

    pub fn has_ended(&self) -> bool {
        self.child.lock().unwrap().try_wait().unwrap().is_some()
    }

    /// Waits for its end; the exit code, none if it was killed.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = timeout(PATIENCE, self.child.get_mut().unwrap().wait()).await;
        ended.expect("the daemon does not end").unwrap().code()
    }
}
