//! What holds for every operation that needs a credential, checked for each one: who may call it with which credential,
//! and what is answered to everybody else.

use serde_json::{Value, json};

use crate::client::Answer;
use crate::objects;
use crate::shape;
use crate::site::{Caller, Site, id};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Viewer,
    Staff,
    Admin,
}

/// An operation of the contract. `{project}`, `{entry}` (published), `{draft}`, `{tag}`, `{key}` and `{revision}` (of the
/// draft) stand for records.
pub struct Op {
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
    role: Role,
    /// `None` where keys are refused.
    scope: Option<&'static str>,
    good: &'static [u16],
    /// What staff get where an administrator decides.
    for_staff: &'static [u16],
    /// What those get whose role is not even that of staff.
    for_viewers: &'static [u16],
    limit: usize,
}

const MIB: usize = 1024 * 1024;

pub fn op(method: &'static str, path: &'static str) -> Op {
    let good: &[u16] = &[200];
    Op {
        method,
        path,
        body: None,
        role: Role::Viewer,
        scope: None,
        good,
        for_staff: &[403],
        for_viewers: &[403],
        limit: MIB,
    }
}

impl Op {
    pub fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub fn staff(self) -> Self {
        Self { role: Role::Staff, ..self }
    }

    pub fn admin(self) -> Self {
        Self { role: Role::Admin, ..self }
    }

    pub fn key(self, scope: &'static str) -> Self {
        Self { scope: Some(scope), ..self }
    }

    pub fn gives(self, good: &'static [u16]) -> Self {
        Self { good, ..self }
    }

    /// For an administrator; staff get this instead.
    pub fn admin_or_staff(self, for_staff: &'static [u16]) -> Self {
        Self { role: Role::Admin, for_staff, ..self }
    }

    /// What a viewer gets where that is not 403.
    pub fn others_get(self, for_viewers: &'static [u16]) -> Self {
        Self { for_viewers, ..self }
    }

    /// The largest body, in MiB, where it is not the ordinary one.
    pub fn mebibytes(self, limit: usize) -> Self {
        Self { limit: limit * MIB, ..self }
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_unsafe(&self) -> bool {
        self.method != "GET"
    }
}

/// Records that operations are about.
struct World {
    project: String,
    entry: String,
    draft: String,
    tag: String,
    key: String,
    revision: String,
}

impl World {
    async fn make(admin: &Caller, keys: bool) -> Self {
        let project = admin.project("Orbit Mail").await;
        let text = json!({ "title": "Dark mode", "content": "For **every** page.", "tags": ["Feature"] });
        let entry = admin.published(&project, text, None).await;
        let draft = admin.draft(&project, json!({ "title": "Next", "content": "Soon." })).await;
        let key = if keys {
            let path = format!("/api/projects/{project}/api-keys");
            id(&admin.post(&path, json!({ "name": "CI", "isGlobal": true })).await.expect(201).json())
        } else {
            String::new()
        };
        let path = format!("/api/projects/{project}/changelog/{}/revisions", id(&draft));
        let revisions = admin.get(&path).await.expect(200).json();
        let revision = id(&revisions["revisions"][0]);
        Self { tag: id(&entry["tags"][0]), entry: id(&entry), draft: id(&draft), project, key, revision }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{project}", &self.project)
            .replace("{entry}", &self.entry)
            .replace("{draft}", &self.draft)
            .replace("{tag}", &self.tag)
            .replace("{key}", &self.key)
            .replace("{revision}", &self.revision)
    }

    async fn ask(&self, op: &Op, caller: &Caller) -> Answer {
        let call = caller.call(op.method, &self.fill(op.path));
        match &op.body {
            Some(body) => call.json(&self.body(body)).send().await,
            // As the SDKs do, which name the type of a body that is not there.
            None => call.header("content-type", "application/json").send().await,
        }
    }

    fn body(&self, body: &Value) -> Value {
        self.fill(&body.to_string()).parse().expect("still JSON")
    }
}

/// Everything that was not as it should be; a test shows all of it at once.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn expect(&mut self, what: &str, answer: &Answer, statuses: &[u16]) {
        if !statuses.contains(&answer.status) {
            let body: String = answer.text().chars().take(200).collect();
            self.0.push(format!("{what}: expected {statuses:?}, got {} {body}", answer.status));
        } else if answer.status >= 400 {
            let differences = match serde_json::from_slice(&answer.body) {
                Ok(body) => shape::differences(&objects::problem(answer.status), &body),
                Err(_) => vec![format!("no JSON: {}", answer.text())],
            };
            if !differences.is_empty() {
                self.0.push(format!("{what}: {}", differences.join("; ")));
            }
        }
    }
}

/// Checks all operations and shows all that does not hold.
pub async fn check(site: &Site, ops: &[Op]) {
    let mut findings = Findings::default();
    let people = People { admin: site.admin().await, staff: site.staff().await, viewer: site.viewer().await };
    let world = World::make(&people.admin, ops.iter().any(|op| op.path.contains("{key}"))).await;
    let other = people.admin.project("Other").await;
    for op in ops {
        // On records of its own, because it may delete them.
        let own = World::make(&people.admin, op.path.contains("{key}")).await;
        let good = own.ask(op, &people.admin).await;
        let is_there = good.status != 404 && good.status != 405;
        if !is_there {
            findings.0.push(format!("{}: not there ({})", op.name(), good.status));
            continue;
        }
        findings.expect(&format!("{}, token", op.name()), &good, op.good);
        credentials(site, &people, op, &mut findings).await;
        strangers(site, &people, &world, op, &mut findings).await;
        roles(&people, op, &mut findings).await;
        keys(site, &people, &world, &other, op, &mut findings).await;
        other_sites(&people, &world, op, &mut findings).await;
        addresses(&people, &world, op, &mut findings).await;
        bodies(&people, &world, op, &mut findings).await;
    }
    assert!(findings.0.is_empty(), "{} findings:\n{}", findings.0.len(), findings.0.join("\n"));
}

struct People {
    admin: crate::site::Person,
    staff: crate::site::Person,
    viewer: crate::site::Person,
}

/// Each of the three credentials is as good as the others.
async fn credentials(site: &Site, people: &People, op: &Op, findings: &mut Findings) {
    let world = World::make(&people.admin, op.path.contains("{key}")).await;
    let answer = world.ask(op, people.admin.cookie()).await;
    findings.expect(&format!("{}, cookie", op.name()), &answer, op.good);
    let Some(scope) = op.scope else { return };
    let world = World::make(&people.admin, op.path.contains("{key}")).await;
    let key = site.key(&people.admin, &scope.split('+').collect::<Vec<_>>(), None).await;
    findings.expect(&format!("{}, key with {scope}", op.name()), &world.ask(op, &key).await, op.good);
}

/// No credential, or a bad one: 401, and nothing about the record.
async fn strangers(site: &Site, people: &People, world: &World, op: &Op, findings: &mut Findings) {
    let stranger = site.stranger();
    let expired = site.bearer("x.y.z");
    let no_key = site.bearer("chr_00000000000000000000000000000000");
    for (who, caller) in [("nobody", &stranger), ("a bad token", &expired), ("an unknown key", &no_key)] {
        findings.expect(&format!("{}, {who}", op.name()), &world.ask(op, caller).await, &[401]);
    }
    let both = people.admin.cookie().call(op.method, &world.fill(op.path)).header("authorization", "Bearer x.y.z");
    let answer = both.send().await;
    findings.expect(&format!("{}, a bad token beside a good cookie", op.name()), &answer, &[401]);
}

async fn roles(people: &People, op: &Op, findings: &mut Findings) {
    for (who, role, caller) in [("viewer", Role::Viewer, &people.viewer), ("staff", Role::Staff, &people.staff)] {
        let expected = if role >= op.role {
            op.good
        } else if role == Role::Staff {
            op.for_staff
        } else {
            op.for_viewers
        };
        let world = World::make(&people.admin, op.path.contains("{key}")).await;
        findings.expect(&format!("{}, {who}", op.name()), &world.ask(op, caller).await, expected);
    }
}

async fn keys(site: &Site, people: &People, world: &World, other: &str, op: &Op, findings: &mut Findings) {
    let Some(scopes) = op.scope else {
        let full = site.key(&people.admin, &[], None).await;
        findings.expect(&format!("{}, a key", op.name()), &world.ask(op, &full).await, &[403]);
        return;
    };
    for scope in scopes.split('+') {
        let others: Vec<&str> = model::Scope::ALL
            .iter()
            .filter(|one| !one.covers(scope.parse().expect("a scope")))
            .map(|one| one.as_str())
            .collect();
        let answer = world.ask(op, &site.key(&people.admin, &others, None).await).await;
        let what = format!("{}, a key without {scope}", op.name());
        findings.expect(&what, &answer, &[403]);
        if answer.status == 403 && !answer.text_of("error").contains(scope) {
            findings.0.push(format!("{what}: the text does not name the scope: {}", answer.text_of("error")));
        }
    }
    if op.path.contains("{project}") {
        let bound = site.key(&people.admin, &[], Some(other)).await;
        findings.expect(&format!("{}, a key of another project", op.name()), &world.ask(op, &bound).await, &[403]);
    }
}

/// A page of another site makes a signed-in browser ask.
async fn other_sites(people: &People, world: &World, op: &Op, findings: &mut Findings) {
    if !op.is_unsafe() {
        return;
    }
    let call = || {
        let call = people.admin.cookie().call(op.method, &world.fill(op.path));
        match &op.body {
            Some(body) => call.json(&world.body(body)),
            None => call,
        }
    };
    let foreign = call().header("origin", "https://evil.example").send().await;
    findings.expect(&format!("{}, cookie and a foreign Origin", op.name()), &foreign, &[403]);
    let silent = call().without("origin").send().await;
    findings.expect(&format!("{}, cookie and no Origin", op.name()), &silent, &[403]);
    let told = call().without("origin").header("sec-fetch-site", "cross-site").send().await;
    findings.expect(&format!("{}, cookie and Sec-Fetch-Site: cross-site", op.name()), &told, &[403]);
    if op.body.is_some() {
        let form = call().header("content-type", "text/plain").send().await;
        findings.expect(&format!("{}, cookie and a text body", op.name()), &form, &[415]);
    }
}

/// Unknown records, records of other projects, other methods, a slash at the end.
async fn addresses(people: &People, world: &World, op: &Op, findings: &mut Findings) {
    let admin = &people.admin;
    if op.path.contains("{project}") {
        let nowhere = World { project: "cunknown".to_owned(), ..world.copy() };
        findings.expect(&format!("{}, unknown project", op.name()), &nowhere.ask(op, admin).await, &[404]);
    }
    if ["{entry}", "{draft}", "{tag}", "{key}"].iter().any(|record| op.path.contains(record)) {
        let nothing = "cunknown".to_owned();
        let gone = World {
            entry: nothing.clone(),
            draft: nothing.clone(),
            tag: nothing.clone(),
            key: nothing,
            ..world.copy()
        };
        findings.expect(&format!("{}, unknown record", op.name()), &gone.ask(op, admin).await, &[404]);
    }
    let path = world.fill(op.path);
    let path = path.split('?').next().unwrap_or_default();
    let answer = admin.call("TRACE", path).send().await;
    findings.expect(&format!("{}, method TRACE", op.name()), &answer, &[405]);
    let allow = answer.header("allow").unwrap_or_default();
    if !allow.split(',').any(|method| method.trim() == op.method) {
        findings.0.push(format!("{}: Allow is {allow:?}", op.name()));
    }
    if !op.is_unsafe() {
        let plain = world.ask(op, admin).await;
        let slash = admin.get(&world.fill(&with_slash(op.path))).await;
        // What counts the time, and the last use of a key that another call has just used, differ from call to call.
        let differs = ["executionTime", "lastUsed"].iter().any(|name| plain.text().contains(name));
        let same = slash.status == plain.status && (slash.body == plain.body || differs);
        if !same {
            findings.0.push(format!("{}: with a slash at the end {} {}", op.name(), slash.status, slash.text()));
        }
        let head = admin.call("HEAD", &world.fill(op.path)).send().await;
        if head.status != plain.status
            || !head.body.is_empty()
            || (head.header("etag") != plain.header("etag") && !differs)
        {
            findings.0.push(format!("{}: HEAD answers {} {:?}", op.name(), head.status, head.text()));
        }
    }
}

fn with_slash(path: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    }
}

/// Bodies that are no JSON, or too much of it.
async fn bodies(people: &People, world: &World, op: &Op, findings: &mut Findings) {
    if op.body.is_none() {
        return;
    }
    let call = || people.admin.call(op.method, &world.fill(op.path));
    for broken in ["{", "{\"name\":}", "nonsense", "\"text\"", "[1]"] {
        let answer = call().header("content-type", "application/json").body(broken).send().await;
        findings.expect(&format!("{}, body {broken}", op.name()), &answer, &[400]);
    }
    let huge = format!("{{\"unknown\":\"{}\"}}", "x".repeat(op.limit));
    findings.expect(&format!("{}, a body over {} bytes", op.name(), op.limit), &call().body(huge).send().await, &[413]);
}

impl World {
    fn copy(&self) -> Self {
        Self {
            project: self.project.clone(),
            entry: self.entry.clone(),
            draft: self.draft.clone(),
            tag: self.tag.clone(),
            key: self.key.clone(),
            revision: self.revision.clone(),
        }
    }
}
