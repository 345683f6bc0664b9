//! What the server asks others, against a server on this machine.

use std::time::Duration;

use services::outgoing::{Call, Outgoing, Reachable, Trouble};

use crate::other::{Other, found, ok};

/// Asks whoever is on this machine.
fn open() -> Outgoing {
    Outgoing::new(Reachable::new(vec![("127.0.0.0".parse().expect("an address"), 8)], Vec::new()))
}

fn closed() -> Outgoing {
    Outgoing::new(Reachable::default())
}

#[tokio::test]
async fn a_private_address_is_refused_before_anything_is_sent() {
    let other = Other::answering(|_, _| ok("secret")).await;
    let port = other.port;
    for url in [
        other.at("/"),
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        // Other ways to write the same address.
        format!("http://127.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let refused = closed().send(Call::get(&url)).await.unwrap_err();
        assert!(matches!(refused, Trouble::Private { .. }), "{url}: {refused:?}");
    }
    assert_eq!(other.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_configuration_opens_networks_and_hosts() {
    let other = Other::answering(|_, _| ok("\"hello\"")).await;
    let answer = open().send(Call::get(&other.at("/a?b=c")).accept_json()).await.unwrap();
    assert_eq!(answer.json::<String>().unwrap(), "hello");
    let asked = other.asked().remove(0).to_ascii_lowercase();
    assert!(asked.starts_with("get /a?b=c http/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("host: 127.0.0.1:{}\r\n", other.port)), "{asked}");
    assert!(asked.contains("accept: application/json\r\n"), "{asked}");

    let by_name = Outgoing::new(Reachable::new(Vec::new(), vec!["localhost".to_owned()]));
    let answer = by_name.send(Call::get(&format!("http://localhost:{}/", other.port))).await.unwrap();
    assert!(answer.is_success());
    let refused = by_name.send(Call::get(&other.at("/"))).await.unwrap_err();
    assert!(matches!(refused, Trouble::Private { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_redirect_is_looked_at_like_the_first_address() {
    let other = Other::answering(|path, port| match path {
        "/metadata" => found("http://169.254.169.254/latest"),
        "/file" => found("file:///etc/passwd"),
        "/round" => found("/round"),
        "/first" => found("/second"),
        "/elsewhere" => found(&format!("http://127.0.0.2:{port}/second")),
        _ => ok("arrived"),
    })
    .await;
    let ask = async |path: &str| open().send(Call::get(&other.at(path)).bearer("token")).await;
    assert!(matches!(ask("/metadata").await.unwrap_err(), Trouble::Private { .. }));
    assert!(matches!(ask("/file").await.unwrap_err(), Trouble::Address));
    assert!(matches!(ask("/round").await.unwrap_err(), Trouble::Redirects { .. }));
    assert_eq!(ask("/first").await.unwrap().body, "arrived");
    let last = other.asked().pop().unwrap();
    assert!(last.to_ascii_lowercase().contains("authorization: bearer token"), "{last}");
}

#[tokio::test]
async fn credentials_stay_with_the_host_they_were_meant_for() {
    let second = Other::answering(|_, _| ok("arrived")).await;
    let to = second.at("/");
    let first = Other::answering(move |_, _| found(&to)).await;
    let answer = open().send(Call::get(&first.at("/")).basic("me", "secret")).await.unwrap();
    assert_eq!(answer.body, "arrived");
    assert!(first.asked()[0].contains("Basic bWU6c2VjcmV0") || first.asked()[0].contains("basic"));
    assert!(!second.asked()[0].to_ascii_lowercase().contains("authorization"));
}

#[tokio::test]
async fn a_form_is_sent_once_and_never_follows_a_redirect() {
    let other = Other::answering(|_, _| found("/again")).await;
    let call = Call::post_form(&other.at("/token"), &[("code", "a b&c"), ("x", "ä")]);
    let answer = open().send(call).await.unwrap();
    assert_eq!(answer.status, 302);
    let asked = other.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].ends_with("code=a+b%26c&x=%C3%A4"), "{}", asked[0]);
}

#[tokio::test]
async fn who_does_not_answer_or_answers_too_much_is_left() {
    let other = Other::answering(|path, _| match path {
        "/slow" => None,
        "/half" => Some("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf".to_owned()),
        "/noise" => Some("no such protocol\r\n\r\n".to_owned()),
        _ => ok(&"x".repeat(2000)),
    })
    .await;
    let ask = async |path: &str| {
        open().send(Call::get(&other.at(path)).largest(1000).patience(Duration::from_millis(300))).await.unwrap_err()
    };
    assert!(matches!(ask("/slow").await, Trouble::Slow { .. }));
    assert!(matches!(ask("/half").await, Trouble::Unreachable { .. }));
    assert!(matches!(ask("/noise").await, Trouble::Unreachable { .. }));
    assert!(matches!(ask("/large").await, Trouble::TooLong { .. }));
    let gone = open().send(Call::get("http://127.0.0.1:1/")).await.unwrap_err();
    assert!(matches!(gone, Trouble::Unreachable { .. }), "{gone:?}");
}

#[tokio::test]
async fn what_is_no_address_of_the_web_is_refused() {
    for url in ["", "sso", "ftp://a.example/", "file:///etc/passwd", "https://", "https://me:pw@a.example/", "data:,x"]
    {
        assert_eq!(open().send(Call::get(url)).await.unwrap_err(), Trouble::Address, "{url}");
    }
    // Public hosts are asked over https only, and that is known before anything is sent.
    let plain = closed().send(Call::get("http://8.8.8.8/")).await.unwrap_err();
    assert!(matches!(plain, Trouble::Plain { .. }), "{plain:?}");
}
