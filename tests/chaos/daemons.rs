//! The real program, several times, to be killed and started again.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agendad_test_support::eventually;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::plan::Plan;
use crate::server::Server;

pub(crate) struct Daemons {
    children: Vec<Child>,
    environment: Vec<(&'static str, String)>,
    logs: std::path::PathBuf,
    config: std::path::PathBuf,
    starts: usize,
}

impl Daemons {
    pub(crate) fn start(plan: &Plan, server: &Server, portal: &str) -> Self {
        let home = server.home();
        let config = home.join("chaos.toml");
        let text = format!(
            "[[windows]]\nname = \"near\"\nfrom_day = 0\nto_day = 3\ncron = \"*/{} * * * * *\"\n\
             [retry]\nmin_delay = \"20ms\"\nmax_delay = \"200ms\"\n\
             [scheduler]\nworkers = 8\nsplay = \"2s\"\nbusy_delay = \"1s\"\nrun_timeout = \"60s\"\n\
             [portal]\npause_between_requests = \"0s\"\nmax_requests_per_second = 0\n\
             [portal.breaker]\ncool_down = \"2s\"\n",
            plan.tick
        );
        std::fs::write(&config, text).unwrap();
        let environment = vec![
            (
                "AGENDAD_STATE_DIR",
                home.join("state").display().to_string(),
            ),
            ("AGENDAD_DATABASE__URL", server.url().to_owned()),
            ("AGENDAD_PORTAL__BASE_URL", portal.to_owned()),
            ("AGENDAD_HTTP__LISTEN", String::new()),
        ];
        let mut daemons = Self {
            children: Vec::new(),
            environment,
            logs: home.to_owned(),
            config,
            starts: 0,
        };
        for index in 0..plan.daemons {
            let child = daemons.spawn(index);
            daemons.children.push(child);
        }
        daemons
    }

    pub(crate) fn count(&self) -> usize {
        self.children.len()
    }

    /// Another allocator for the daemon of this number, to be compared with the others: a library for
    /// `LD_PRELOAD`.
    fn allocator(index: usize) -> Option<(&'static str, String)> {
        let library = std::env::var("SOAK_PRELOAD").ok()?;
        (index == 1).then_some(("LD_PRELOAD", library))
    }

    fn spawn(&mut self, index: usize) -> Child {
        self.starts += 1;
        let log = File::create(self.log_of_the_last()).unwrap();
        Command::new(env!("CARGO_BIN_EXE_agendad"))
            .arg("--config")
            .arg(&self.config)
            .arg("run")
            .envs(self.environment.iter().map(|(name, value)| (*name, value)))
            .envs(Self::allocator(index))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    /// SIGKILL: no goodbye.
    pub(crate) fn kill(&mut self, index: usize) {
        self.children[index].kill().unwrap();
        self.children[index].wait().unwrap();
    }

    pub(crate) fn start_again(&mut self, index: usize) {
        self.children[index] = self.spawn(index);
    }

    /// What a service manager does: a daemon that was just started, met a server that was going down and ended, is
    /// started again. The server is up by now.
    pub(crate) async fn see_to(&mut self, index: usize) {
        let log = self.log_of_the_last();
        let child = std::cell::RefCell::new(&mut self.children[index]);
        let settled = || async {
            let ended = child.borrow_mut().try_wait().unwrap().is_some();
            let runs = std::fs::read_to_string(&log)
                .unwrap()
                .contains("agendad is running");
            (ended || runs).then_some(ended)
        };
        let ended = eventually("a start or an end", Duration::from_secs(30), settled).await;
        if ended {
            self.start_again(index);
        }
    }

    fn log_of_the_last(&self) -> std::path::PathBuf {
        self.logs.join(format!("daemon-{}.log", self.starts))
    }

    pub(crate) fn pid(&self, index: usize) -> u32 {
        self.children[index].id()
    }

    fn terminate(&self, index: usize) {
        let pid = Pid::from_raw(self.pid(index).try_into().unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
    }

    async fn ended(&mut self, index: usize) -> Option<i32> {
        let child = std::cell::RefCell::new(&mut self.children[index]);
        let ended = || async { child.borrow_mut().try_wait().unwrap() };
        let ended = eventually("the daemon's end", Duration::from_secs(30), ended);
        ended.await.code()
    }

    /// SIGTERM; its exit code.
    pub(crate) async fn stop_one(&mut self, index: usize) -> Option<i32> {
        self.terminate(index);
        self.ended(index).await
    }

    /// SIGTERM to all; their exit codes.
    pub(crate) async fn stop(&mut self) -> Vec<Option<i32>> {
        (0..self.count()).for_each(|index| self.terminate(index));
        let mut codes = Vec::new();
        for index in 0..self.count() {
            codes.push(self.ended(index).await);
        }
        codes
    }
}

impl Drop for Daemons {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Of those that have ended already, there is nothing to kill.
            if child.kill().is_ok() {
                child.wait().unwrap();
            }
        }
        if std::thread::panicking() {
            for number in 1..=self.starts {
                let log = self.logs.join(format!("daemon-{number}.log"));
                let text = std::fs::read_to_string(log).unwrap_or_default();
                let tail: Vec<&str> = text.lines().rev().take(15).collect();
                println!("--- end of daemon {number}'s log");
                tail.iter().rev().for_each(|line| println!("{line}"));
            }
        }
    }
}
