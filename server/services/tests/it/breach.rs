//! Passwords that thieves know, against a list on this machine.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use model::{Error, Role};
use serde_json::json;
use services::outgoing::Reachable;
use services::{Services, Settings, own_password, sign_in};
use testkit::{PASSWORD, TestApp, on_both_databases, services_with, settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::help::{browser, log, own, set, times};

/// Of `correct horse battery`, everybody's password here, after the five digits that are told.
const TOLD: &str = "/range/";

/// A list of known passwords, and what it was asked.
struct List {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl List {
    /// Every password is known so often; `None` gives an error for an answer.
    async fn knowing(times: Option<u64>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = asked.clone();
        tokio::spawn(async move {
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let mut bytes = vec![0; 4096];
                let length = socket.read(&mut bytes).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                kept.lock().unwrap().push(text);
                let answer = match times {
                    Some(times) => {
                        let known =
                            [sha1_rest(PASSWORD), sha1_rest("password1")].map(|rest| format!("{rest}:{times}\r\n"));
                        let body = format!("0018A45C4D1DEF81644B54AB7F969B88D65:0\r\n{}", known.concat());
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                    }
                    None => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_owned(),
                };
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The same instance, which looks passwords up here.
    fn used_by(&self, app: &TestApp) -> TestApp {
        let opened = Reachable::new(vec![("127.0.0.0".parse().unwrap(), 8)], Vec::new());
        let breach_check_url = format!("http://127.0.0.1:{}/range/", self.port);
        let settings = Settings { breach_check_url, reachable: opened, ..settings() };
        let mut app = app.clone();
        app.services = services_with(app.db().clone(), settings);
        app
    }
}

fn sha1_rest(password: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let text: String = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    text[5..].to_owned()
}

async fn sign_in(cx: &Services) -> model::Result<sign_in::Progress> {
    sign_in::with_password(cx, "mara@tidings.example", PASSWORD, &browser("192.0.2.1")).await
}

on_both_databases! {
    async fn nobody_is_asked_unless_an_administrator_wants_it(app: TestApp) {
        let list = List::knowing(Some(7)).await;
        let app = list.used_by(&app);
        app.account("Mara", Role::Staff).await;
        assert!(sign_in(&app.services).await.is_ok());
        assert!(list.asked().is_empty());
    }

    async fn a_known_password_is_told_after_it_proved_right_and_gives_no_session(app: TestApp) {
        let list = List::knowing(Some(7)).await;
        let app = list.used_by(&app);
        let cx = &app.services;
        set(cx, "breach_check_enabled", json!(true)).await;
        app.account("Mara", Role::Staff).await;
        let wrong = sign_in::with_password(cx, "mara@tidings.example", "wrong", &browser("192.0.2.1")).await;
        assert_eq!((wrong, list.asked().len()), (Err(Error::WrongCredentials), 0), "a wrong one is nobody's business");
        assert_eq!(sign_in(cx).await, Err(Error::PasswordBreached { count: 7 }));
        assert_eq!(testkit::count(app.db(), "refresh_tokens").await, 0);
        assert_eq!(times(cx, "PASSWORD_BREACH_DETECTED").await, 1);
        // Five digits and nothing else of it leave the server, and the length of the answer tells nothing.
        let asked = list.asked().remove(0);
        let path = asked.split(' ').nth(1).unwrap();
        assert!(path.starts_with(TOLD) && path.len() == TOLD.len() + 5, "{path}");
        assert!(asked.to_lowercase().contains("add-padding: true"), "{asked}");
        assert!(!format!("{:?}", log(cx).await).contains(&sha1_rest(PASSWORD)));
    }

    async fn whoever_goes_on_is_not_told_again_for_thirty_days(app: TestApp) {
        let list = List::knowing(Some(1)).await;
        let app = list.used_by(&app);
        let cx = &app.services;
        set(cx, "breach_check_enabled", json!(true)).await;
        app.account("Mara", Role::Staff).await;
        assert_eq!(sign_in(cx).await, Err(Error::PasswordBreached { count: 1 }));
        let client = browser("192.0.2.1");
        let went_on = sign_in::with_password_known_to_thieves(cx, "mara@tidings.example", PASSWORD, &client).await;
        assert!(went_on.unwrap().completed().is_some());
        let asked = list.asked().len();
        app.advance(Duration::days(30) - Duration::seconds(1));
        assert!(sign_in(cx).await.is_ok());
        assert_eq!(list.asked().len(), asked, "nobody was asked either");
        app.advance(Duration::seconds(1));
        assert_eq!(sign_in(cx).await, Err(Error::PasswordBreached { count: 1 }));
    }

    async fn a_list_that_fails_or_is_away_holds_nobody_up(app: TestApp) {
        let list = List::knowing(None).await;
        let failing = list.used_by(&app);
        set(&failing.services, "breach_check_enabled", json!(true)).await;
        failing.account("Mara", Role::Staff).await;
        assert!(sign_in(&failing.services).await.is_ok());
        assert_eq!(list.asked().len(), 1);
        let away = List { port: 1, asked: Arc::default() }.used_by(&app);
        assert!(sign_in(&away.services).await.is_ok());
    }

    async fn a_known_password_is_refused_as_a_new_one(app: TestApp) {
        let list = List::knowing(Some(52)).await;
        let app = list.used_by(&app);
        let cx = &app.services;
        let mara = app.staff("Mara").await;
        set(cx, "breach_check_enabled", json!(true)).await;
        let refused = own_password::change(cx, &own(&mara), PASSWORD, "password1").await.unwrap_err();
        let text = refused.for_field("new").unwrap();
        assert!(text.contains("52 times") && text.contains("Choose another"), "{text}");
        own_password::change(cx, &own(&mara), PASSWORD, "one that nobody knows").await.unwrap();
    }
}
