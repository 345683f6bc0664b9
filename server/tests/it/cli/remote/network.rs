//! What a network does to a request.

use std::net::TcpListener;
use std::time::Duration;

use super::*;

fn ci(url: &str) -> Place {
    let place = place().variable("TIDINGS_HOST", url).variable("TIDINGS_API_KEY", "chr_secret");
    place.variable("TIDINGS_PROJECT", "cmk60kvj50ce9uvw53efr4edt")
}

fn projects() -> Reply {
    Reply::json("200 OK", &json!([]))
}

fn refused(status: &'static str) -> Reply {
    Reply::json(status, &json!({ "error": "Not now." }))
}

#[test]
fn a_server_that_is_down_is_asked_again_and_then_given_up() {
    // A port that was free a moment ago; nothing else on the machine is given it this soon.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let answer = ci(&format!("http://{address}")).run(&["project", "list"]);
    assert_eq!(answer.code, 7, "{}", answer.err);
    let answer = answer.says("Trying again in 2 s").says(&format!("error: http://{address} cannot be reached: "));
    answer.says("Connection refused.").hides("chr_secret");
}

#[test]
fn a_host_that_does_not_exist_is_told() {
    let answer = ci("https://tidings.invalid").run(&["project", "list", "-q"]).failed(7);
    answer.says("https://tidings.invalid cannot be reached");
}

#[test]
fn a_server_that_is_busy_is_given_the_time_it_asks_for_and_makes_one_entry() {
    let made = Reply::json("201 Created", &entry("cmk9", json!({})));
    let server = record(vec![refused("429 Too Many Requests").header("retry-after: 1"), refused("503 Busy"), made]);
    let args = ["entry", "new", "--title", "Dark mode", "-"];
    ci(&server.url()).run_with(&args, b"text").succeeded().says("Not now. Trying again in 1 s.");
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    let keys: Vec<_> = requests.iter().map(|request| request.header("idempotency-key").unwrap()).collect();
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() >= 32), "{keys:?}");
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[test]
fn a_wait_that_is_too_long_is_told_instead_of_waited_for() {
    let server = record(vec![refused("429 Too Many Requests").header("retry-after: 3600")]);
    ci(&server.url()).run(&["project", "list"]).failed(7).says("in 3600 seconds");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_deletion_is_not_sent_again_when_it_may_have_happened() {
    let server = record(vec![Reply::json("200 OK", &entry("cmk9", json!({}))), refused("503 Busy")]);
    ci(&server.url()).run(&["entry", "delete", "cmk9", "--yes"]).failed(7).says("Not now.");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_redirect_to_another_host_is_not_followed_and_the_key_stays() {
    for status in ["301 Moved Permanently", "307 Temporary Redirect"] {
        let other = record(vec![projects()]);
        let server = record(vec![Reply::redirect(status, &format!("{}/api/projects", other.url()))]);
        let answer = ci(&server.url()).run(&["project", "list"]).failed(7).says(&other.url());
        answer.says("Your key was not sent there").hides("chr_secret");
        assert!(other.requests().is_empty(), "another port is another door");
        assert_eq!(server.requests().len(), 1);
    }
    let server = record(vec![Reply::redirect("302 Found", "//evil.example/api/projects")]);
    ci(&server.url()).run(&["project", "list"]).failed(7).says("evil.example");
}

#[test]
fn a_redirect_on_the_same_host_is_followed_but_not_without_end() {
    let server = record(vec![Reply::redirect("308 Permanent Redirect", "/elsewhere"), projects()]);
    ci(&server.url()).run(&["project", "list"]).succeeded();
    let requests = server.requests();
    assert_eq!(requests[1].line, "GET /elsewhere");
    assert_eq!(requests[1].header("authorization"), Some("Bearer chr_secret"));

    let server = record((0..9).map(|_| Reply::redirect("302 Found", "/round")).collect());
    ci(&server.url()).run(&["project", "list"]).failed(7).says("redirects without end");
}

#[test]
fn a_change_is_not_turned_into_a_question_by_a_redirect() {
    let server = record(vec![Reply::redirect("302 Found", "/login"), Reply::page("")]);
    ci(&server.url()).run_with(&["entry", "new", "--title", "x", "-"], b"text").failed(7);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_unencrypted_host_that_is_not_this_machine_is_warned_of() {
    let proxy = "http://127.0.0.1:1";
    let warned = |host: &str| {
        let answer = ci(host).variable("HTTPS_PROXY", proxy).run(&["entry", "list", "--project", "x", "--limit", "1"]);
        answer.err.contains("travel unencrypted")
    };
    assert!(warned("http://tidings.invalid"));
    assert!(!warned("http://127.0.0.1:1"));
    assert!(!warned("http://localhost:1"));
}

#[test]
fn a_proxy_is_used_for_https_and_learns_no_key() {
    let tunnel = || Reply::redirect("403 Forbidden", "/");
    let proxy = record((0..4).map(|_| tunnel()).collect());
    let url = format!("http://user:word@{}", proxy.address);
    ci("https://tidings.invalid").variable("HTTPS_PROXY", &url).run(&["project", "list", "-q"]).failed(7);
    let requests = proxy.requests();
    assert_eq!(requests[0].line, "CONNECT tidings.invalid:443");
    assert_eq!(requests[0].header("proxy-authorization"), Some("Basic dXNlcjp3b3Jk"));
    assert_eq!(requests[0].header("authorization"), None);

    let proxy = record(vec![tunnel()]);
    let place = ci("https://tidings.invalid").variable("HTTPS_PROXY", &proxy.url()).variable("NO_PROXY", ".invalid");
    place.run(&["project", "list", "-q"]).failed(7);
    assert!(proxy.requests().is_empty());
    ci("https://a.example")
        .variable("HTTPS_PROXY", "socks5://a:b@c")
        .run(&["project", "list"])
        .failed(7)
        .says("http://")
        .hides("b@c");
}

#[test]
fn an_answer_that_is_no_error_of_tidings_is_told_by_its_status() {
    let server = record(vec![Reply::page("<h1>Oops</h1>"), Reply::json("418 Teapot", &json!({ "error": 7 }))]);
    ci(&server.url()).run(&["project", "list"]).failed(7).says("a page instead of JSON");
    ci(&server.url()).run(&["project", "list"]).failed(1).says("418");
}
