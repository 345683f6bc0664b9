//! Starting other programs, so that none of them outlives us.
//!
//! Every program runs in a process group of its own. Ctrl-C reaches only xtask, which passes it on to the whole group
//! and then returns [`Interrupted`], so that values such as the test database clean up in their `Drop`.

use std::{
    fmt,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

const TICK: Duration = Duration::from_millis(20);
/// How long to wait for another line of a program that has ended, when something else keeps its output open.
const LAST_LINES: Duration = Duration::from_millis(500);
/// How long a program may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody pressed Ctrl-C or asked us to stop.
#[derive(Debug)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Whether we were asked to stop; cheap to clone.
#[derive(Clone)]
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    pub fn install() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            signal_hook::flag::register(signal.as_raw(), Arc::clone(&asked)).context("cannot listen for signals")?;
        }
        Ok(Self(asked))
    }

    pub fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(Interrupted.into()) } else { Ok(()) }
    }

    /// Waits, but not beyond a request to stop.
    pub fn sleep(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.check()?;
            std::thread::sleep(TICK.min(time));
        }
        self.check()
    }

    /// Runs a program to its end, with its output on ours.
    ///
    /// # Errors
    /// When it cannot start, ends with anything but success, or we are interrupted.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let status = self.status(command)?;
        if !status.success() {
            bail!("{} failed ({status})", shown(command));
        }
        Ok(())
    }

    /// Like [`Self::run`], but hands back how the program ended.
    pub fn status(&self, command: &mut Command) -> Result<ExitStatus> {
        let mut child = start(command, Stdio::null())?;
        self.wait(&mut child)
    }

    /// Runs a program and hands back what it printed on standard output.
    pub fn capture(&self, command: &mut Command) -> Result<String> {
        self.capture_with(command, Stdio::null())
    }

    /// Like [`Self::capture`], with something to read on standard input.
    pub fn capture_with(&self, command: &mut Command, input: Stdio) -> Result<String> {
        let mut text = String::new();
        let status = self.stream_with(command, input, |line| {
            text.push_str(line);
            text.push('\n');
        })?;
        if !status.success() {
            bail!("{} failed ({status})", shown(command));
        }
        Ok(text)
    }

    /// Runs a program and hands over each line of its standard output as it comes.
    pub fn stream(&self, command: &mut Command, line_seen: impl FnMut(&str)) -> Result<ExitStatus> {
        self.stream_with(command, Stdio::null(), line_seen)
    }

    fn stream_with(&self, command: &mut Command, input: Stdio, mut line_seen: impl FnMut(&str)) -> Result<ExitStatus> {
        let mut child = start(command.stdout(Stdio::piped()), input)?;
        let output = child.stdout.take().context("no pipe to the program")?;
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        });
        let status = loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => line_seen(&line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break self.wait(&mut child)?,
                // A grandchild that keeps the pipe open must not keep us.
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Some(status) = child.try_wait()? {
                        // What it wrote last may still be on its way.
                        while let Ok(line) = lines.recv_timeout(LAST_LINES) {
                            line_seen(&line);
                        }
                        break status;
                    }
                }
            }
            self.stop_if_asked(&mut child)?;
        };
        Ok(status)
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        loop {
            if let Some(status) = child.try_wait()? {
                // A program that was told to stop by the same Ctrl-C must not count as a failure of its own.
                self.check()?;
                return Ok(status);
            }
            self.stop_if_asked(child)?;
            std::thread::sleep(TICK);
        }
    }

    fn stop_if_asked(&self, child: &mut Child) -> Result<()> {
        if self.check().is_err() {
            end_group(child, Signal::INT);
        }
        self.check()
    }
}

/// A program that runs beside us until this value is dropped.
pub struct Background {
    child: Child,
    stop_signal: Signal,
}

impl Background {
    pub fn start(command: &mut Command, stop_signal: Signal) -> Result<Self> {
        Ok(Self { child: start(command, Stdio::null())?, stop_signal })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the program ended, or nothing while it runs.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) else { return };
        if matches!(self.child.try_wait(), Ok(None)) {
            // Only to the program itself: it knows in which order its own helpers have to stop.
            let _ = kill_process(pid, self.stop_signal);
            if !ends_within(&mut self.child, PATIENCE) {
                end_group(&mut self.child, Signal::KILL);
            }
        }
    }
}

fn start(command: &mut Command, input: Stdio) -> Result<Child> {
    flush();
    command
        .stdin(input)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))
}

fn end_group(child: &mut Child, signal: Signal) {
    let Some(group) = Pid::from_raw(child.id().cast_signed()) else { return };
    let _ = kill_process_group(group, signal);
    if !ends_within(child, PATIENCE) {
        let _ = kill_process_group(group, Signal::KILL);
        let _ = child.wait();
    }
}

fn ends_within(child: &mut Child, time: Duration) -> bool {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if !matches!(child.try_wait(), Ok(None)) {
            return true;
        }
        std::thread::sleep(TICK);
    }
    false
}

/// Puts our own lines before those of the program that starts now.
pub fn flush() {
    let _ = std::io::stdout().flush();
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Signals {
        Signals(Arc::new(AtomicBool::new(false)))
    }

    #[test]
    fn lines_of_a_program_arrive_complete_and_in_order() {
        let mut seen = Vec::new();
        let status =
            calm().stream(Command::new("sh").args(["-c", "echo one; echo two; printf three; exit 3"]), |line| {
                seen.push(line.to_owned());
            });
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(seen, ["one", "two", "three"]);
    }

    #[test]
    fn lines_that_are_read_after_the_end_of_a_program_are_not_lost() {
        let mut seen = Vec::new();
        // The helper outlives the program, writes, and still holds the output.
        let script = "(sleep 0.1; echo late; sleep 5) & echo early";
        calm().stream(Command::new("sh").args(["-c", script]), |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["early", "late"]);
    }

    #[test]
    fn a_request_to_stop_ends_the_program_and_its_children() {
        let signals = Signals(Arc::new(AtomicBool::new(true)));
        let begin = Instant::now();
        let error = signals.run(Command::new("sh").args(["-c", "sleep 60 & wait"])).unwrap_err();
        assert!(error.is::<Interrupted>());
        assert!(begin.elapsed() < PATIENCE + Duration::from_secs(2));
    }

    #[test]
    fn a_failing_program_is_named_in_the_error() {
        let error = calm().run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert!(error.to_string().starts_with("sh -c exit 7 failed"), "{error}");
    }
}
