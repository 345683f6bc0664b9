//! Measures the release binary against its targets: speed, memory, start, size, and two loads in a browser. The load
//! generator runs on the same machine, over loopback.

mod browser;
pub mod instance;
mod machine;
mod nginx;
mod table;
mod wrk;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    postgres::Postgres,
    process::Background,
    release, say, site, tools,
    wasm::Mode,
    workspace::{Workspace, on_path},
};

use instance::{Entry, Instance, OWNER, Project, memory};
use table::{
    Table,
    Target::{self, AtLeast, AtMost},
    Unit,
};
use wrk::{Measured, Wrk};

/// Entries of the projects that are compared, and the names of these.
const SIZES: [(usize, &str); 3] = [(20, "twenty"), (1_000, "thousand"), (100_000, "many")];
/// What is searched for. Every entry has the words of the fourth.
const SEARCHES: [(&str, &str); 5] = [
    ("A version", "v1.41234.0"),
    ("A word of one entry, begun", "4123"),
    ("A word that is mistyped", "relaese+41234"),
    ("Words that all entries have", "deep+lists"),
    ("A word that there is not", "zeppelin"),
];
/// An instance that keeps no answers.
const NOTHING_KEPT: [(&str, &str); 1] = [("TIDINGS__CACHE__MAX_BYTES", "0")];
/// A limit that is counted and never reached.
const COUNTED: [(&str, &str); 1] = [("TIDINGS__LIMITS__API_KEY_PER_MIN", "1000000000")];

pub fn run(workspace: &Workspace, program: Option<PathBuf>) -> Result<()> {
    let begin = Instant::now();
    let wrk = tools::require(workspace, "wrk", "wrk", || on_path("wrk"))?;
    let wrk = Wrk::new(workspace, wrk);
    let is_ours = program.is_none();
    let binary = match program {
        Some(program) => fs::canonicalize(&program).with_context(|| program.display().to_string())?,
        None => release::build(workspace)?,
    };
    let folder = tempfile::tempdir()?;
    let mut table = Table::default();

    starts(workspace, &binary, folder.path(), &mut table)?;
    let bench =
        Bench { workspace, wrk, instance: Instance::new(workspace, &binary, &folder.path().join("main"), None)? };
    bench.run(&mut table, folder.path())?;
    postgres(workspace, &binary, &folder.path().join("postgres"), &bench.wrk, &mut table)?;
    sizes(workspace, &binary, &mut table)?;

    let (met, missed, failed) = table.totals();
    let mut text = String::from(INTRODUCTION);
    text.push_str(&machine::describe());
    text.push_str(&format!("\n{met} targets are met, {missed} are not, {failed} figures could not be had.\n"));
    text.push_str(&table.markdown());
    say(&text);
    say(format!("This took {:.0} s", begin.elapsed().as_secs_f64()));
    if is_ours {
        fs::write(workspace.root.join("docs/benchmarks.md"), text)?;
        say("Wrote docs/benchmarks.md");
    }
    Ok(())
}

const INTRODUCTION: &str = "# Benchmarks\n\n\
    Written by `cargo xtask bench`; nobody edits it. Numbers of other machines differ, their ratios less so.\n\n\
    - The release binary with its embedded database, unless a line says PostgreSQL. Both keep their promises: WAL with \
    `synchronous=NORMAL` there, the defaults of PostgreSQL here.\n\
    - Three public projects with 20, 1,000 and 100,000 published entries of 1.5 KB. A list page shows 20 of them.\n\
    - wrk on the same machine keeps 16 connections open from two threads for five seconds a line, after one second that \
    does not count. It takes its share of the processor from the server, and all of it goes over loopback.\n\
    - All limits on how often somebody may do something are switched off (`TIDINGS__LIMITS__…=0`): they would measure \
    themselves.\n\
    - “Counted” is the same server with a limit for keys that nobody reaches.\n\
    - “Not kept” is the same server with `TIDINGS__CACHE__MAX_BYTES=0`.\n\n";

/// How long the first page takes after the program was started, and what the idle program needs.
fn starts(workspace: &Workspace, binary: &Path, folder: &Path, table: &mut Table) -> Result<()> {
    table.section("Start");
    let name = "Start on an empty folder until the set-up page is there";
    table.measure(name, AtMost(200.0), Unit::Milliseconds, || {
        let mut times = Vec::new();
        for round in 0..5 {
            let instance = Instance::new(workspace, binary, &folder.join(format!("empty-{round}")), None)?;
            times.push(instance.start("/setup", &[])?.1);
        }
        Ok(median(&mut times))
    })?;
    Ok(())
}

struct Bench<'a> {
    workspace: &'a Workspace,
    wrk: Wrk<'a>,
    instance: Instance<'a>,
}

impl Bench<'_> {
    fn run(&self, table: &mut Table, folder: &Path) -> Result<()> {
        let key = self.instance.set_up()?;
        let mut projects = Vec::new();
        for (entries, name) in SIZES {
            say(format!("Filling a project with {entries} entries"));
            let begin = Instant::now();
            projects.push(self.instance.fill(name, entries)?);
            say(format!("  {:.1} s", begin.elapsed().as_secs_f64()));
        }
        let target = self.instance.fill("posted", 1)?;
        let [small, ..] = &projects[..] else { return Ok(()) };
        let page = format!("/changelog/{}", small.slug);

        table.measure("Start on this data until a list page is there", Target::None, Unit::Milliseconds, || {
            let mut times = Vec::new();
            for _ in 0..5 {
                times.push(self.instance.start(&page, &[])?.1);
            }
            Ok(median(&mut times))
        })?;

        let (server, _) = self.instance.start("/healthz", &[])?;
        self.workspace.signals.sleep(Duration::from_secs(3))?;
        let (idle, _) = memory(server.id())?;
        self.kept(table, &projects, folder)?;
        table.section("Searching 101,020 entries by API key, median");
        self.searches(table, &key)?;
        self.changes(table, small, &target, &key)?;
        self.passwords(table, &page)?;
        table.section("Memory");
        let (_, highest) = memory(server.id())?;
        table.add("Idle, with the 101,020 entries in its database", AtMost(40.0), Unit::Megabytes, idle as f64 / 1e6);
        table.add("Highest during all of the above", AtMost(120.0), Unit::Megabytes, highest as f64 / 1e6);
        self.loads(table, &page)?;
        drop(server);

        table.section("Not kept: each answer is made anew");
        let Some(server) = self.server(table, &NOTHING_KEPT)? else { return Ok(()) };
        let paths = projects.iter().map(|project| format!("/changelog/{}", project.slug)).collect::<Vec<_>>();
        self.compare(table, "List page", &paths, AtLeast(1_500.0), Target::None)?;
        drop(server);

        table.section("By API key, while its requests are counted");
        let Some(server) = self.server(table, &COUNTED)? else { return Ok(()) };
        self.by_key(table, small, &target, &key)?;
        drop(server);
        Ok(())
    }

    fn server(&self, table: &mut Table, settings: &[(&str, &str)]) -> Result<Option<Background>> {
        let server = table
            .attempt("The server", Target::None, Unit::Count, || Ok(self.instance.start("/healthz", settings)?.0))?;
        Ok(server)
    }

    /// What readers ask for all day.
    fn kept(&self, table: &mut Table, projects: &[Project], folder: &Path) -> Result<()> {
        let paths = |make: fn(&Project) -> String| projects.iter().map(make).collect::<Vec<_>>();
        table.section("Reading");
        let fast = AtLeast(30_000.0);
        let pages = paths(|project| format!("/changelog/{}", project.slug));
        self.compare(table, "List page", &pages, fast, AtMost(5.0))?;
        if let Some(page) = pages.first() {
            let known = table.attempt("nginx", Target::None, Unit::PerSecond, || {
                let bytes = self.instance.get(page)?;
                let Some((server, url)) = nginx::start(self.workspace, folder, &bytes)? else {
                    say("Note: nginx is not installed (Debian package nginx-light), so it is not compared");
                    return Ok(None);
                };
                say("Measuring nginx");
                let measured = self.wrk.get(&url)?;
                drop(server);
                Ok(Some(measured))
            })?;
            if let Some(Some(measured)) = known {
                add(table, "nginx with the bytes of this page in a file", measured, Target::None, Target::None);
            }
            self.row(table, "List page that the reader has already (304)", fast, Target::None, || {
                let tag = self.instance.tag(page)?;
                let script = self.wrk.script("not-modified.lua");
                self.wrk.run(&self.instance.url(page), |command| {
                    command.arg("--script").arg(&script).env("TIDINGS_BENCH_TAG", &tag);
                })
            })?;
        }
        let json = paths(|project| format!("/api/changelog/{}/entries", project.id));
        self.compare(table, "Entries as JSON", &json, fast, Target::None)?;
        self.compare(
            table,
            "RSS feed",
            &paths(|project| format!("/changelog/{}/rss.xml", project.slug)),
            fast,
            Target::None,
        )?;
        let loader = paths(|project| format!("/api/integrations/widget/{}", project.id));
        self.compare(table, "Widget loader", &loader[..1], fast, Target::None)
    }

    /// The same for each size of project; the larger ones also as the difference to the first.
    fn compare(&self, table: &mut Table, name: &str, paths: &[String], rate: Target, slow: Target) -> Result<()> {
        let mut first = None;
        for (path, (entries, _)) in paths.iter().zip(SIZES) {
            let name = if paths.len() == 1 { name.to_owned() } else { format!("{name}, {}", of_entries(entries)) };
            let measured = self.row(table, &name, rate, slow, || {
                self.instance.get(path)?;
                self.wrk.get(&self.instance.url(path))
            })?;
            let Some(measured) = measured else { continue };
            match first {
                None => first = Some(measured.per_second),
                Some(first) => {
                    let more = (measured.per_second / first - 1.0) * 100.0;
                    table.add(format!("{name}: difference to 20"), AtLeast(-20.0), Unit::PercentMore, more);
                }
            }
        }
        Ok(())
    }

    fn row(
        &self,
        table: &mut Table,
        name: &str,
        rate: Target,
        slow: Target,
        measure: impl FnOnce() -> Result<Measured>,
    ) -> Result<Option<Measured>> {
        say(format!("Measuring {name}"));
        let measured = table.attempt(name, rate, Unit::PerSecond, measure)?;
        if let Some(measured) = measured {
            add(table, name, measured, rate, slow);
        }
        Ok(measured)
    }

    /// What scripts do: write an entry, and read a page of them.
    fn by_key(&self, table: &mut Table, read: &Project, written: &Project, key: &str) -> Result<()> {
        self.row(table, "New entry by API key", AtLeast(2_500.0), Target::None, || {
            let script = self.wrk.script("post.lua");
            let url = self.instance.url(&format!("/api/projects/{}/changelog", written.id));
            self.wrk.run(&url, |command| {
                command.arg("--script").arg(&script).env("TIDINGS_BENCH_KEY", key);
            })
        })?;
        self.row(table, "20 entries by API key", Target::None, Target::None, || {
            let url = self.instance.url(&format!("/api/projects/{}/changelog?limit=20", read.id));
            let bearer = format!("Authorization: Bearer {key}");
            self.wrk.run(&url, |command| {
                command.args(["--header", &bearer]);
            })
        })?;
        Ok(())
    }

    /// Searching all entries, as the palette does while somebody types.
    fn searches(&self, table: &mut Table, key: &str) -> Result<()> {
        for (name, words) in SEARCHES {
            table.measure(name, AtMost(50.0), Unit::Milliseconds, || {
                let url = self.instance.url(&format!("/api/search?q={words}"));
                let mut times = Vec::new();
                for _ in 0..20 {
                    let begin = Instant::now();
                    let request = ureq::get(&url).header("Authorization", &format!("Bearer {key}"));
                    request.call()?.body_mut().read_to_vec()?;
                    times.push(begin.elapsed());
                }
                Ok(median(&mut times))
            })?;
        }
        Ok(())
    }

    fn changes(&self, table: &mut Table, read: &Project, written: &Project, key: &str) -> Result<()> {
        table.section("Writing");
        import(&self.instance, table)?;
        self.by_key(table, read, written, key)?;
        table.measure("First list page after a change, median", Target::None, Unit::Milliseconds, || {
            let entries = self.instance.url(&format!("/api/projects/{}/changelog", read.id));
            let bearer = format!("Bearer {key}");
            let draft = json!({ "title": "Changing", "content": "Now and then.", "version": "9.9.9" });
            let entry: Entry =
                ureq::post(&entries).header("Authorization", &bearer).send_json(&draft)?.body_mut().read_json()?;
            let mut times = Vec::new();
            for round in 0..100 {
                let action = if round % 2 == 0 { "publish" } else { "unpublish" };
                let change = ureq::patch(format!("{entries}/{}", entry.id)).header("Authorization", &bearer);
                change.send_json(json!({ "action": action }))?;
                let begin = Instant::now();
                self.instance.get(&format!("/changelog/{}", read.slug))?;
                times.push(begin.elapsed());
            }
            Ok(median(&mut times))
        })?;
        Ok(())
    }

    /// Signing in costs a tenth of a second of one core by intention. Readers must not feel it.
    fn passwords(&self, table: &mut Table, page: &str) -> Result<()> {
        table.section("Reading while four people sign in again and again, the middle one of three rounds");
        let url = self.instance.url(page);
        let (stop, rest) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
        let count = Arc::new(AtomicU64::new(0));
        let people = (0..4).map(|_| {
            let (stop, rest, count) = (Arc::clone(&stop), Arc::clone(&rest), Arc::clone(&count));
            let login = self.instance.url("/api/auth/login");
            let form = json!({ "email": OWNER, "password": self.instance.password });
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    if rest.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(20));
                    } else if ureq::post(&login).send_json(&form).is_ok() {
                        count.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // Does not count; and must not become a busy loop.
                        std::thread::sleep(Duration::from_millis(100));
                    }
                }
            })
        });
        let people = people.collect::<Vec<_>>();
        // In turns: how fast the machine is changes from minute to minute.
        let (mut alone, mut beside, mut seconds) = (Vec::new(), Vec::new(), 0.0);
        let measured = table.attempt("List page, four sign in", Target::None, Unit::PerSecond, || {
            for _ in 0..3 {
                rest.store(true, Ordering::Relaxed);
                self.workspace.signals.sleep(Duration::from_secs(2))?;
                say("Measuring List page, nobody signs in");
                alone.push(self.wrk.get(&url)?);
                rest.store(false, Ordering::Relaxed);
                let begin = Instant::now();
                say("Measuring List page, four sign in");
                beside.push(self.wrk.get(&url)?);
                seconds += begin.elapsed().as_secs_f64();
            }
            Ok(())
        });
        stop.store(true, Ordering::Relaxed);
        for person in people {
            let _ = person.join();
        }
        let (Some(()), Some(alone), Some(beside)) = (measured?, middle(alone), middle(beside)) else { return Ok(()) };
        add(table, "List page, nobody signs in", alone, Target::None, Target::None);
        add(table, "List page, four sign in", beside, Target::None, Target::None);
        let logins = count.load(Ordering::Relaxed) as f64 / seconds;
        table.add("Passwords checked meanwhile", Target::None, Unit::PerSecond, logins);
        let more = (beside.per_second / alone.per_second - 1.0) * 100.0;
        table.add("Difference", AtLeast(-20.0), Unit::PercentMore, more);
        Ok(())
    }

    fn loads(&self, table: &mut Table, page: &str) -> Result<()> {
        table.section("Cold loads in a browser");
        say("Measuring page loads in a browser");
        let loads = table.attempt("Page loads", Target::None, Unit::Count, || {
            let person = (OWNER, self.instance.password.as_str());
            browser::load(self.workspace, &self.instance.address, page, "of release 19", person)
        })?;
        let Some(loads) = loads else { return Ok(()) };
        let text = f64::from(u8::from(loads.has_text));
        for (name, load, bytes, requests) in
            [("List page", &loads.reader, 40.0, 4.0), ("Home of the dashboard", &loads.home, 450.0, 12.0)]
        {
            table.add(format!("{name}: over the wire"), AtMost(bytes), Unit::Kilobytes, load.bytes as f64 / 1e3);
            table.add(format!("{name}: requests"), AtMost(requests), Unit::Count, load.requests.into());
            table.add(format!("{name}: first text drawn"), Target::None, Unit::Milliseconds, load.paint);
        }
        table.add("List page: text in the first answer (1 is yes)", AtLeast(1.0), Unit::Count, text);
        Ok(())
    }
}

/// The same program on the other database.
fn postgres(workspace: &Workspace, binary: &Path, folder: &Path, wrk: &Wrk, table: &mut Table) -> Result<()> {
    table.section("On PostgreSQL");
    let made = table.attempt("PostgreSQL", Target::None, Unit::Count, || {
        let database = Postgres::start_durable(workspace)?;
        let instance = Instance::new(workspace, binary, folder, Some(&database.url))?;
        let key = instance.set_up()?;
        let project = instance.fill("twenty", 20)?;
        Ok((database, instance, key, project))
    })?;
    let Some((database, instance, key, project)) = made else { return Ok(()) };
    import(&instance, table)?;
    let many = table.attempt("Filling", Target::None, Unit::Count, || {
        let (entries, name) = SIZES[2];
        say(format!("Filling a project with {entries} entries"));
        instance.fill(name, entries)
    })?;
    let bench = Bench { workspace, wrk: wrk.clone(), instance };
    let page = format!("/changelog/{}", project.slug);
    let Some(server) = bench.server(table, &[])? else { return Ok(()) };
    bench.compare(table, "List page", std::slice::from_ref(&page), Target::None, Target::None)?;
    if many.is_some() {
        table.section("Searching 110,020 entries on PostgreSQL by API key, median");
        bench.searches(table, &key)?;
        table.section("Writing and rendering on PostgreSQL");
    }
    bench.row(table, "New entry by API key", Target::None, Target::None, || {
        let script = bench.wrk.script("post.lua");
        let url = bench.instance.url(&format!("/api/projects/{}/changelog", project.id));
        bench.wrk.run(&url, |command| {
            command.arg("--script").arg(&script).env("TIDINGS_BENCH_KEY", &key);
        })
    })?;
    drop(server);
    let Some(server) = bench.server(table, &NOTHING_KEPT)? else { return Ok(()) };
    bench.compare(table, "List page, not kept", &[page], Target::None, Target::None)?;
    drop(server);
    drop(database);
    Ok(())
}

/// As a team brings its history along: two files of the largest kind that an import takes, published at once.
fn import(instance: &Instance, table: &mut Table) -> Result<()> {
    say("Importing 10,000 entries");
    table.measure("Import of 10,000 entries", AtMost(60.0), Unit::Seconds, || {
        let begin = Instant::now();
        instance.fill("imported", 10_000)?;
        Ok(begin.elapsed().as_secs_f64())
    })?;
    Ok(())
}

fn sizes(workspace: &Workspace, binary: &Path, table: &mut Table) -> Result<()> {
    table.section("Sizes");
    let bytes = fs::metadata(binary).context("the binary is gone")?.len();
    let limit = release::MAX_BYTES as f64 / 1e6;
    table.add("The program, everything embedded", AtMost(limit), Unit::Megabytes, bytes as f64 / 1e6);
    for (name, listed) in site::manifest(&site::folder(workspace, Mode::Release))? {
        let bytes = listed.transfer_bytes() as f64 / 1e3;
        table.add(format!("`{name}`, brotli"), Target::None, Unit::Kilobytes, bytes);
    }
    Ok(())
}

fn add(table: &mut Table, name: &str, measured: Measured, rate: Target, slow: Target) {
    table.add(name, rate, Unit::PerSecond, measured.per_second);
    table.add(format!("{name}: half of the answers within"), Target::None, Unit::Milliseconds, measured.median);
    table.add(format!("{name}: 99 of 100 within"), slow, Unit::Milliseconds, measured.slow);
}

fn middle(mut rounds: Vec<Measured>) -> Option<Measured> {
    rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    rounds.get(rounds.len() / 2).copied()
}

fn of_entries(count: usize) -> &'static str {
    match count {
        20 => "20 entries",
        1_000 => "1,000 entries",
        _ => "100,000 entries",
    }
}

/// In milliseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
