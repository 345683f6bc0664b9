//! Drives every operation of the OpenAPI document against the program, with Schemathesis: no failure of ours, and no
//! answer that the document does not describe.
//!
//! It comes from PyPI and is installed below the target folder only. Each operation gets records of its own, so that one
//! that deletes does not take them away from the others.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::{RequestBuilder, typestate::WithBody};

use crate::{
    bench::instance::{Instance, OWNER},
    hash::Hash,
    report::Count,
    say, tools,
    workspace::{Workspace, on_path},
};

const REQUIREMENTS: &str = include_str!("contract/requirements.txt");

/// What the whole run is told. Checks and phases that are off say why.
const SETTINGS: &str = r#"
seed = 1
continue-on-failure = true
workers = 1
cache.enabled = false

[generation]
deterministic = true
max-examples = 15
database = "none"

[phases]
# It follows links between operations, and the document has none; records of their own say more.
stateful.enabled = false

[checks]
# A project under maintenance and a database that is away are documented answers; that they are is another check.
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503]
# Existing clients send numbers as text, unknown values and whole records back, and the contract says to bear with them.
negative_data_rejection.enabled = false
# Some rules have no form in a schema: a name that is taken, an address of a site, a date that must not lie ahead.
positive_data_acceptance.enabled = false
"#;

/// Values for parameters and members that no record gives, by name. Some calls succeed that random text would not let.
const KNOWN: [(&str, &str); 5] = [
    ("hash", "0123456789abcdef0123456789abcdef"),
    ("md5", "0123456789abcdef0123456789abcdef"),
    ("q", "crash"),
    ("query", "crash"),
    ("email", OWNER),
];

/// Holds the document against the schema that the OpenAPI Initiative publishes for documents, which Schemathesis brings.
const VALIDATE: &str = "
import json, sys
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
wrong = list(OPENAPI_31_VALIDATOR.iter_errors(json.load(open(sys.argv[1]))))
for error in wrong:
    print(error)
sys.exit(bool(wrong))
";

/// How often a known value is sent; the rest are made up.
const PROBABILITY: f64 = 0.8;

pub fn run(workspace: &Workspace) -> Result<Count> {
    let folder = workspace.target.join("contract");
    let program = schemathesis(workspace, &folder)?;

    let data = tempfile::tempdir()?;
    let binary = workspace.target.join("debug/tidings");
    let instance = Instance::new(workspace, &binary, data.path(), None)?;
    let key = instance.set_up()?;
    instance.fill("contract", 5)?;
    let (_server, _) = instance.start("/openapi.json", &[])?;
    let text = instance.get("/openapi.json")?;
    let document: Value = serde_json::from_slice(&text)?;
    let document_file = folder.join("openapi.json");
    fs::write(&document_file, text)?;
    let mut validate = workspace.command(folder.join("python/bin/python"));
    let is_openapi = workspace.signals.status(validate.args(["-c", VALIDATE]).arg(&document_file))?.success();

    let operations = operations(&document)?;
    let client = Client { instance: &instance, token: sign_in(&instance, "accessToken")?, key };
    let settings = settings(&document, &operations, &client)?;
    let (settings_file, report_file) = (folder.join("schemathesis.toml"), folder.join("report.json"));
    fs::write(&settings_file, settings)?;
    let _ = fs::remove_file(&report_file);
    let mut command = workspace.command(program);
    command.current_dir(&folder).arg("--config-file").arg(&settings_file).args(["run", "--no-color"]);
    // From the file: of a document that it was told to fetch, Schemathesis leaves out the operation that serves it.
    command.arg(&document_file).args(["--url", &instance.address]);
    command.args(["--report", "json", "--report-json-path"]).arg(&report_file);
    let mut errors = Errors::default();
    let status = workspace.signals.stream(&mut command, |line| {
        say(line);
        errors.read(line);
    })?;
    let report = fs::read(&report_file).context("Schemathesis wrote no report")?;
    let mut count = result(serde_json::from_slice(&report).context("cannot understand the report")?, operations.len());
    count.failures.extend(errors.told);
    if !status.success() && count.failed == 0 {
        count.add(Count::failure("Schemathesis failed without a failed operation"));
    }
    count.add(match is_openapi {
        true => Count::one(true),
        false => Count::failure("the document is not one of OpenAPI"),
    });
    Ok(count)
}

/// The program in its virtual environment, installed when the list of packages changed since the last time.
fn schemathesis(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("python");
    let program = environment.join("bin/schemathesis");
    let stamp = environment.join(".tidings-requirements");
    let hash = Hash::of([REQUIREMENTS.as_bytes()]).to_string();
    if program.is_file() && fs::read(&stamp).is_ok_and(|old| old == hash.as_bytes()) {
        return Ok(program);
    }
    let python = tools::require(workspace, "Python with its module venv", "python3-venv", || python(workspace))?;
    say(format!("Installing the {} packages of Schemathesis from PyPI", REQUIREMENTS.lines().count()));
    fs::create_dir_all(folder)?;
    let list = folder.join("requirements.txt");
    fs::write(&list, REQUIREMENTS)?;
    workspace.signals.run(workspace.command(python).args(["-m", "venv", "--clear"]).arg(&environment))?;
    let mut install = workspace.command(environment.join("bin/pip"));
    install.args(["install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--requirement"]).arg(&list);
    workspace.signals.run(&mut install)?;
    fs::write(stamp, hash)?;
    Ok(program)
}

/// Debian has Python without what makes environments, so it has to be asked.
fn python(workspace: &Workspace) -> Option<PathBuf> {
    let python = on_path("python3")?;
    let mut ask = workspace.command(&python);
    ask.args(["-c", "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))"]);
    ask.stderr(std::process::Stdio::null());
    workspace.signals.status(&mut ask).is_ok_and(|status| status.success()).then_some(python)
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    description: &'a Value,
}

impl Operation<'_> {
    /// Whether it takes a parameter of this name at a place such as `path`.
    fn takes(&self, document: &Value, place: &str, name: &str) -> bool {
        let parameters = self.description["parameters"].as_array();
        parameters
            .into_iter()
            .flatten()
            .map(|one| resolved(document, one))
            .any(|one| one["in"] == place && one["name"] == name)
    }

    /// Whether its body has a member of this name.
    fn sends(&self, document: &Value, name: &str) -> bool {
        let schema = &resolved(document, &self.description["requestBody"])["content"]["application/json"]["schema"];
        let alternatives = schema["oneOf"].as_array().into_iter().flatten();
        alternatives.chain([schema]).any(|one| resolved(document, one)["properties"].get(name).is_some())
    }
}

fn resolved<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let target = node.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|target| document.pointer(target)).unwrap_or(node)
}

fn operations(document: &Value) -> Result<Vec<Operation<'_>>> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let paths = document["paths"].as_object().context("the document has no paths")?;
    let all = paths.iter().flat_map(|(path, item)| {
        let known = item.as_object().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        known.map(move |(method, description)| Operation { method: method.to_uppercase(), path, description })
    });
    Ok(all.collect())
}

/// The settings of the run: who asks for each operation, and for which records.
fn settings(document: &Value, operations: &[Operation], client: &Client) -> Result<String> {
    let mut dictionaries = String::new();
    let mut sections = String::new();
    for (number, operation) in operations.iter().enumerate() {
        let mut lines = Vec::new();
        if let Some(credential) = client.credential(operation.description) {
            lines.push(format!("headers = {{ Authorization = \"Bearer {credential}\" }}"));
        }
        let mut bindings = Vec::new();
        for (name, value) in client.values(document, operation)? {
            let places = ["path", "query"].into_iter().filter(|place| operation.takes(document, place, &name));
            let body = operation.sends(document, &name).then_some("body");
            for place in places.chain(body) {
                let dictionary = format!("{place}-{name}-{number}");
                dictionaries.push_str(&format!("[dictionaries.{dictionary}]\nvalues = [\"{value}\"]\n"));
                let binding = format!("{{ dictionary = \"{dictionary}\", probability = {PROBABILITY} }}");
                bindings.push(format!("\"{place}.{name}\" = {binding}"));
            }
        }
        if !bindings.is_empty() {
            lines.push(format!("parameters = {{ {} }}", bindings.join(", ")));
        }
        // A section that says nothing is refused.
        if !lines.is_empty() {
            let name = format!("{} {}", operation.method, operation.path);
            sections.push_str(&format!("\n[[operations]]\ninclude-name = \"{name}\"\n{}\n", lines.join("\n")));
        }
    }
    Ok(format!("{SETTINGS}\n{dictionaries}{sections}"))
}

/// Makes records as any client would.
struct Client<'a> {
    instance: &'a Instance<'a>,
    /// Of a sign-in, for what keys may not do.
    token: String,
    key: String,
}

impl Client<'_> {
    /// Who asks: a key where keys are accepted, otherwise a person; nobody where nobody is needed.
    fn credential(&self, operation: &Value) -> Option<&str> {
        let security = operation.get("security")?.as_array()?;
        let keys = security.iter().any(|one| one.get("key").is_some());
        Some(if keys { &self.key } else { &self.token })
    }

    fn post(&self, path: &str, credential: &str, body: Value) -> Result<Value> {
        self.send(ureq::post(self.instance.url(path)), credential, body).with_context(|| format!("POST {path}"))
    }

    fn patch(&self, path: &str, credential: &str, body: Value) -> Result<Value> {
        self.send(ureq::patch(self.instance.url(path)), credential, body).with_context(|| format!("PATCH {path}"))
    }

    fn send(&self, request: RequestBuilder<WithBody>, credential: &str, body: Value) -> Result<Value> {
        let request = request.header("Authorization", format!("Bearer {credential}"));
        Ok(request.send_json(body)?.body_mut().read_json()?)
    }

    /// Records for one operation, by the names of its parameters.
    fn values(&self, document: &Value, operation: &Operation) -> Result<Vec<(String, String)>> {
        let wants = |name: &str| {
            operation.takes(document, "path", name)
                || operation.takes(document, "query", name)
                || operation.sends(document, name)
        };
        let id = |record: &Value| record["id"].as_str().map(str::to_owned).context("a record without id");
        let mut values: Vec<(String, String)> = KNOWN.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        values.push(("password".to_owned(), self.instance.password.clone()));
        if wants("refreshToken") {
            // Of a sign-in of its own, because using it twice ends the sign-in.
            values.push(("refreshToken".to_owned(), sign_in(self.instance, "refreshToken")?));
        }
        let records = ["projectId", "entryId", "tagId", "widgetId", "keyId"];
        if !records.into_iter().any(wants) {
            return Ok(values);
        }
        let project = id(&self.post("/api/projects", &self.key, json!({ "name": "Contract", "isPublic": true }))?)?;
        let entries = format!("/api/projects/{project}/changelog");
        let entry =
            json!({ "title": "A crash", "content": "Gone.", "version": "1.0.0", "tags": [format!("Of {project}")] });
        let entry = self.post(&entries, &self.key, entry)?;
        let entry_id = id(&entry)?;
        self.patch(&format!("{entries}/{entry_id}"), &self.key, json!({ "action": "publish" }))?;
        values.push(("tagId".to_owned(), id(&entry["tags"][0])?));
        values.push(("entryId".to_owned(), entry_id));
        if wants("widgetId") {
            let path = format!("/api/integrations/widget/{project}");
            let made = self.post(&path, &self.key, json!({ "name": "Contract", "variant": "classic" }))?;
            values.push(("widgetId".to_owned(), id(&made["widget"])?));
        }
        if wants("keyId") {
            let path = if operation.path.starts_with("/api/admin/") {
                "/api/admin/api-keys".to_owned()
            } else {
                format!("/api/projects/{project}/api-keys")
            };
            let key = id(&self.post(&path, &self.token, json!({ "name": "Contract" }))?)?;
            // Only revoked ones are deleted.
            if operation.method == "DELETE" {
                self.patch(&format!("{path}/{key}"), &self.token, json!({ "isRevoked": true }))?;
            }
            values.push(("keyId".to_owned(), key));
        }
        values.push(("projectId".to_owned(), project));
        Ok(values)
    }
}

/// One of the tokens of a new sign-in.
fn sign_in(instance: &Instance, token: &str) -> Result<String> {
    let form = json!({ "email": OWNER, "password": instance.password });
    let mut answer = ureq::post(instance.url("/api/auth/login")).send_json(form)?;
    let signed_in: Value = answer.body_mut().read_json()?;
    match signed_in[token].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => bail!("the sign-in gave no {token}"),
    }
}

#[derive(Deserialize)]
struct Report {
    operations: Operations,
    failures: Vec<Failure>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
struct Operations {
    tested: u64,
}

#[derive(Deserialize)]
struct Failure {
    operations: Vec<String>,
}

/// What went wrong on the way: the report has only the kind of it, the text is printed.
#[derive(Default)]
struct Errors {
    told: Option<String>,
    is_open: bool,
}

impl Errors {
    fn read(&mut self, line: &str) {
        let heading = line.strip_prefix("==").map(|rest| rest.trim_matches(['=', ' ']));
        match heading {
            Some(heading) => self.is_open = heading == "ERRORS",
            None if self.is_open => {
                let told = self.told.get_or_insert_default();
                told.push_str(line);
                told.push('\n');
            }
            None => {}
        }
    }
}

/// One case for each operation of the document; one that was not tested is one that failed.
fn result(report: Report, documented: usize) -> Count {
    let wrong: BTreeSet<String> = report.failures.into_iter().flat_map(|failure| failure.operations).collect();
    let (documented, wrong_count) = (documented as u64, wrong.len() as u64);
    let untested = documented.saturating_sub(report.operations.tested);
    let failed = (wrong_count + untested).max(u64::from(!report.errors.is_empty())).min(documented.max(1));
    Count { passed: documented.saturating_sub(failed), failed, failures: wrong.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(tested: u64, failures: Value, errors: Value) -> Report {
        serde_json::from_value(json!({ "operations": { "tested": tested }, "failures": failures, "errors": errors }))
            .unwrap()
    }

    #[test]
    fn an_operation_fails_once_whatever_is_wrong_with_it() {
        let twice = json!([{ "operations": ["GET /a", "GET /b"] }, { "operations": ["GET /a"] }]);
        let failures = vec!["GET /a".to_owned(), "GET /b".to_owned()];
        assert_eq!(result(report(5, twice, json!([])), 5), Count { failures, ..Count::of(3, 2) });
        assert_eq!(result(report(5, json!([]), json!([])), 5), Count::of(5, 0));
    }

    #[test]
    fn what_was_not_tested_and_what_went_wrong_on_the_way_fails() {
        assert_eq!(result(report(3, json!([]), json!([])), 5), Count::of(3, 2));
        assert_eq!(result(report(5, json!([]), json!([{ "message": "x" }])), 5), Count::of(4, 1));
    }

    #[test]
    fn the_text_of_an_error_is_found_in_what_is_printed() {
        let mut errors = Errors::default();
        for line in
            ["== TESTS ==", "....", "==== ERRORS ====", "____ GET /a ____", "Runtime Error", "== SUMMARY ==", "x"]
        {
            errors.read(line);
        }
        assert_eq!(errors.told.as_deref(), Some("____ GET /a ____\nRuntime Error\n"));
    }

    #[test]
    fn parameters_and_members_are_found_through_references() {
        let document = json!({
            "paths": { "/a/{id}": { "post": {
                "parameters": [{ "name": "id", "in": "path" }, { "$ref": "#/components/parameters/Page" }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/New" } } } },
            } } },
            "components": {
                "parameters": { "Page": { "name": "page", "in": "query" } },
                "schemas": { "New": { "properties": { "email": {} } } },
            },
        });
        let operations = operations(&document).unwrap();
        let [operation] = operations.as_slice() else { panic!("one operation") };
        assert!(operation.takes(&document, "path", "id") && operation.takes(&document, "query", "page"));
        assert!(operation.sends(&document, "email") && !operation.sends(&document, "name"));
    }
}
