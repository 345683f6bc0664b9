//! Letters: written with what they tell of, sent once, and never kept longer than they are needed.

use std::time::Duration as StdDuration;

use chrono::Duration;
use model::instance::{InstancePatch, TlsMode};
use model::mail::{LetterKind, LetterLine, LetterState, MailServerForm};
use model::{Error, Role};
use services::access::{ManageInstance, instance_grant};
use services::mail::letters::{self, Letter};
use services::mail::{self, Password, Queued};
use services::{Services, instance};
use store::Db;
use testkit::{FromDb, MailServer, TestApp, Twin, count, fixtures, on_both_databases, texts};

use crate::help::{log, told};

const PATIENCE: StdDuration = StdDuration::from_secs(20);
const LINK: &str = "http://tidings.example/reset-password/Zm9yIG9uZSBwZXJzb24gYWxvbmU";

/// An instance with a mail server.
struct Post {
    cx: Services,
    server: MailServer,
}

impl Post {
    async fn on(cx: Services) -> Self {
        let server = MailServer::start().await;
        server.serve_for(&cx).await;
        Self { cx, server }
    }

    async fn deliver(&self) -> usize {
        mail::deliver(&self.cx, PATIENCE).await.unwrap()
    }

    /// The only letter.
    async fn only(&self) -> LetterLine {
        let mut lines = outbox(&self.cx).await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }
}

impl FromDb for Post {
    async fn from_db(db: Db) -> Self {
        Self::on(testkit::services(db)).await
    }
}

async fn queue(cx: &Services, letter: Letter) -> Queued {
    let mut tx = cx.db.begin().await.unwrap();
    let queued = mail::queue(cx, tx.conn(), letter).await.unwrap();
    tx.commit().await.unwrap();
    queued
}

async fn outbox(cx: &Services) -> Vec<LetterLine> {
    let may = fixtures::may_everywhere::<ManageInstance>(cx);
    mail::list(cx, &may, None, None, 100).await.unwrap().items
}

/// What is stored of the texts of letters.
async fn bodies(cx: &Services) -> Vec<String> {
    texts(&cx.db, "SELECT body FROM letters WHERE body IS NOT NULL").await
}

fn paused(error: &LetterLine) -> bool {
    error.state == LetterState::Queued && error.attempts == 0 && error.error.is_some()
}

on_both_databases! {
    async fn without_a_mail_server_a_letter_is_noted_without_its_text(cx: Services) {
        assert!(!mail::is_configured(&cx).await.unwrap());
        assert_eq!(queue(&cx, letters::reset("ada@example.com", LINK)).await, Queued::NotConfigured);
        let lines = outbox(&cx).await;
        assert_eq!((lines[0].state, lines[0].kind), (LetterState::NotSent, LetterKind::Reset));
        assert_eq!(lines[0].to, "ada@example.com");
        assert!(bodies(&cx).await.is_empty());
        assert_eq!(mail::deliver(&cx, PATIENCE).await.unwrap(), 0);
    }

    async fn a_letter_is_sent_and_its_text_forgotten(post: Post) {
        let Post { cx, server } = &post;
        assert_eq!(queue(cx, letters::reset("ada@example.com", LINK)).await, Queued::Waiting);
        let sealed = bodies(cx).await;
        assert_eq!(sealed.len(), 1);
        assert!(!sealed[0].contains("reset-password") && !sealed[0].contains("Zm9yIG9uZSBwZXJzb24"), "{sealed:?}");
        assert_eq!(post.deliver().await, 1);
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].to, "ada@example.com");
        assert!(received[0].text().contains(LINK), "{}", received[0].data);
        assert_eq!(received[0].header("Auto-Submitted"), Some("auto-generated"));
        assert!(received[0].header("Message-ID").unwrap().ends_with("@tidings.example>"));
        assert!(received[0].header("From").unwrap().contains("changes@tidings.example"));
        assert_eq!(post.only().await.state, LetterState::Sent);
        assert!(bodies(cx).await.is_empty());
        assert_eq!(post.deliver().await, 0, "sent once");
    }

    async fn a_letter_of_a_change_that_did_not_happen_is_not_sent(post: Post) {
        let mut tx = post.cx.db.begin().await.unwrap();
        mail::queue(&post.cx, tx.conn(), letters::reset("ada@example.com", LINK)).await.unwrap();
        drop(tx);
        assert_eq!(post.deliver().await, 0);
        assert!(outbox(&post.cx).await.is_empty());
    }

    async fn what_may_work_later_is_tried_five_times_within_a_day(post: Post) {
        let Post { cx, server } = &post;
        server.answer("RCPT", "451 4.3.0 come back later");
        queue(cx, letters::password_changed("ada@example.com")).await;
        let waits = [Duration::minutes(1), Duration::minutes(9), Duration::hours(1), Duration::hours(23)];
        for (tried, wait) in waits.into_iter().enumerate() {
            assert_eq!(post.deliver().await, 1);
            let line = post.only().await;
            assert_eq!((line.state, line.attempts), (LetterState::Queued, tried as i64 + 1));
            assert!(line.error.unwrap().contains("451"));
            cx.clock.advance(wait - Duration::seconds(1));
            assert_eq!(post.deliver().await, 0, "not before its time");
            cx.clock.advance(Duration::seconds(1));
        }
        assert_eq!(post.deliver().await, 1);
        let line = post.only().await;
        assert_eq!((line.state, line.attempts), (LetterState::Failed, 5));
        assert!(bodies(cx).await.is_empty());
        cx.clock.advance(Duration::days(2));
        assert_eq!(post.deliver().await, 0);
        assert!(server.received().is_empty());
    }

    async fn a_second_attempt_that_works_is_the_same_letter(post: Post) {
        let Post { cx, server } = &post;
        server.answer("greeting", "421 4.3.2 too busy");
        queue(cx, letters::password_changed("ada@example.com")).await;
        post.deliver().await;
        assert!(post.only().await.error.unwrap().contains("421"));
        server.behave();
        cx.clock.advance(Duration::minutes(1));
        assert_eq!(post.deliver().await, 1);
        let line = post.only().await;
        assert_eq!((line.state, line.error), (LetterState::Sent, None));
        assert!(server.received()[0].header("Message-ID").unwrap().contains(line.id.as_str()));
    }

    async fn a_refusal_for_good_ends_a_letter_and_nothing_of_its_text_is_kept(post: Post) {
        let Post { cx, server } = &post;
        server.answer(".", "550 5.7.1 Spam: http://tidings.example/reset-password/Zm9yIG9uZSBwZXJzb24gYWxvbmU is listed");
        queue(cx, letters::reset("ada@example.com", LINK)).await;
        assert_eq!(post.deliver().await, 1);
        let line = post.only().await;
        assert_eq!((line.state, line.attempts), (LetterState::Failed, 1));
        let error = line.error.unwrap();
        assert!(error.contains("550") && error.contains("Spam"), "{error}");
        assert!(!error.contains("reset-password"), "{error}");
        assert!(bodies(cx).await.is_empty());
    }

    async fn a_mail_server_that_lets_nobody_in_stops_the_letters(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        let form = MailServerForm { user: "tidings".to_owned(), ..server.form() };
        mail::save(cx, &may, &form, Password::typed("wrong secret")).await.unwrap();
        server.answer("AUTH", "535 5.7.8 Username and Password not accepted: wrong secret");
        for name in ["ada", "bob", "eve"] {
            queue(cx, letters::password_changed(&format!("{name}@example.com"))).await;
        }
        assert_eq!(post.deliver().await, 1, "one is tried, the others would fare no better");
        assert_eq!(server.connections(), 1);
        let lines = outbox(cx).await;
        assert_eq!(lines.iter().filter(|line| paused(line)).count(), 1);
        assert!(lines.iter().all(|line| line.state == LetterState::Queued && !format!("{line:?}").contains("wrong secret")));
        let pause = mail::overview(cx, &may).await.unwrap().pause.unwrap();
        assert!(pause.reason.contains("535") && !pause.reason.contains("wrong secret"), "{pause:?}");
        assert_eq!(post.deliver().await, 0);
        server.behave();
        mail::save(cx, &may, &form, Password::typed("right secret")).await.unwrap();
        assert!(mail::overview(cx, &may).await.unwrap().pause.is_none());
        assert_eq!(post.deliver().await, 3);
        assert_eq!(server.received().len(), 3);
        assert_eq!(server.credentials().as_deref(), Some("AHRpZGluZ3MAcmlnaHQgc2VjcmV0"), "\\0tidings\\0right secret");
    }

    async fn a_pause_ends_by_itself_and_a_letter_waits_no_longer_than_a_day(post: Post) {
        let Post { cx, server } = &post;
        server.answer("MAIL", "530 5.7.0 Authentication required");
        queue(cx, letters::password_changed("ada@example.com")).await;
        post.deliver().await;
        cx.clock.advance(Duration::minutes(16));
        assert_eq!(post.deliver().await, 1);
        assert!(paused(&post.only().await), "no fault of the letter's");
        cx.clock.advance(Duration::hours(24));
        assert_eq!(post.deliver().await, 1);
        assert_eq!(post.only().await.state, LetterState::Failed);
    }

    async fn a_mail_server_that_does_not_answer_holds_nobody_up_for_long(post: Post) {
        let Post { cx, server } = &post;
        server.answer("DATA", "");
        queue(cx, letters::password_changed("ada@example.com")).await;
        assert_eq!(mail::deliver(cx, StdDuration::from_millis(150)).await.unwrap(), 1);
        let line = post.only().await;
        assert_eq!((line.state, line.attempts), (LetterState::Queued, 1));
        assert!(line.error.unwrap().contains("did not finish"));
    }

    async fn where_no_mail_server_is_the_letter_waits(post: Post) {
        let cx = &post.cx;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        mail::save(cx, &may, &MailServerForm { port: port.into(), ..post.server.form() }, Password::Keep).await.unwrap();
        queue(cx, letters::password_changed("ada@example.com")).await;
        post.deliver().await;
        assert!(post.only().await.error.unwrap().contains("cannot be reached"));
    }

    async fn nothing_is_sent_in_clear_where_encryption_was_asked_for(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        for (tls, why) in [(TlsMode::StartTls, "offers no STARTTLS"), (TlsMode::Implicit, "does not encrypt from the start")] {
            let form = MailServerForm { tls, user: "tidings".to_owned(), ..server.form() };
            mail::save(cx, &may, &form, Password::typed("secret")).await.unwrap();
            let error = mail::send_test(cx, &may, "ada@example.com").await.unwrap_err().to_string();
            assert!(error.contains(why), "{tls:?}: {error}");
        }
        assert!(server.received().is_empty());
        assert_eq!(server.credentials(), None);
    }

    async fn two_instances_never_send_a_letter_twice(twin: Twin) {
        let post = Post::on(testkit::services(twin.db.clone())).await;
        let other = testkit::services(twin.other.clone());
        for number in 0..20 {
            queue(&post.cx, letters::password_changed(&format!("p{number}@example.com"))).await;
        }
        let mut rounds = 0;
        while outbox(&post.cx).await.iter().any(|line| line.state == LetterState::Queued) && rounds < 100 {
            rounds += 1;
            let (one, two) = tokio::join!(mail::deliver(&post.cx, PATIENCE), mail::deliver(&other, PATIENCE));
            one.unwrap();
            two.unwrap();
        }
        let mut ids: Vec<String> =
            post.server.received().iter().map(|letter| letter.header("Message-ID").unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 20);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20);
        twin.other.close().await;
    }

    async fn what_a_worker_left_is_sent_by_another_when_its_lease_has_run_out(post: Post) {
        let Post { cx, server } = &post;
        queue(cx, letters::password_changed("ada@example.com")).await;
        let now = cx.clock.now();
        let mut tx = cx.db.begin().await.unwrap();
        let claimed = store::letters::claim(tx.conn(), "dead", now + Duration::minutes(2), now).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(post.deliver().await, 0);
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        let hurried = mail::hurry(cx, &may, &claimed.id).await;
        assert!(matches!(hurried, Err(Error::Conflict { .. })), "{hurried:?}");
        cx.clock.advance(Duration::minutes(2));
        assert_eq!(post.deliver().await, 1);
        assert_eq!(server.received().len(), 1);
        let mut tx = cx.db.begin().await.unwrap();
        let back = store::letters::mark_failed(tx.conn(), &claimed.id, "dead", "late", cx.clock.now()).await.unwrap();
        assert!(!back, "who comes back from the dead has nothing to say");
        tx.commit().await.unwrap();
        assert_eq!(post.only().await.state, LetterState::Sent);
    }

    async fn a_letter_whose_link_has_expired_is_not_sent(post: Post) {
        let Post { cx, server } = &post;
        queue(cx, letters::reset("ada@example.com", LINK)).await;
        queue(cx, letters::password_changed("ada@example.com")).await;
        cx.clock.advance(Duration::minutes(61));
        assert_eq!(post.deliver().await, 2);
        assert_eq!(server.received().len(), 1);
        let lines = outbox(cx).await;
        let reset = lines.iter().find(|line| line.kind == LetterKind::Reset).unwrap();
        assert_eq!(reset.state, LetterState::Failed);
    }

    async fn who_got_letters_is_forgotten_after_ninety_days(post: Post) {
        let Post { cx, server } = &post;
        queue(cx, letters::password_changed("ada@example.com")).await;
        post.deliver().await;
        server.answer("RCPT", "451 4.3.0 later");
        queue(cx, letters::password_changed("bob@example.com")).await;
        cx.clock.advance(Duration::days(90));
        assert_eq!(mail::purge(cx).await.unwrap(), 0);
        cx.clock.advance(Duration::seconds(1));
        assert_eq!(mail::purge(cx).await.unwrap(), 1);
        assert_eq!(post.only().await.to, "bob@example.com");
    }

    async fn the_password_is_sealed_kept_and_given_to_no_other_host(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        let form = MailServerForm { user: "tidings".to_owned(), ..server.form() };
        mail::save(cx, &may, &form, Password::typed("correct horse")).await.unwrap();
        let stored = texts(&cx.db, "SELECT CAST(value AS TEXT) FROM instance_settings").await.join(" ");
        assert!(!stored.contains("correct horse"), "{stored}");
        let seen = mail::overview(cx, &may).await.unwrap();
        assert!(seen.server.has_password);
        assert!(!serde_json::to_string(&seen).unwrap().contains("horse"));
        mail::save(cx, &may, &MailServerForm { sender: "news@tidings.example".to_owned(), ..form.clone() }, Password::Keep)
            .await
            .unwrap();
        mail::send_test(cx, &may, "ada@example.com").await.unwrap();
        assert_eq!(server.credentials().as_deref(), Some("AHRpZGluZ3MAY29ycmVjdCBob3JzZQ=="));
        let elsewhere = MailServerForm { host: "localhost".to_owned(), ..form.clone() };
        let error = mail::save(cx, &may, &elsewhere, Password::Keep).await.unwrap_err();
        assert!(error.for_field("smtpPassword").is_some(), "{error:?}");
        let saved = mail::save(cx, &may, &form, Password::Clear).await.unwrap();
        assert!(!saved.has_password);
        assert_eq!(count(&cx.db, "instance_settings WHERE name = 'mailPassword'").await, 0);
        let audit = format!("{:?}", log(cx).await);
        assert!(audit.contains("UPDATE_SYSTEM_EMAIL_CONFIG") && audit.contains("changed") && audit.contains("removed"));
        assert!(!audit.contains("horse"));
    }

    async fn a_test_letter_says_how_it_went_and_is_recorded(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        mail::send_test(cx, &may, " Ada@Example.com ").await.unwrap();
        assert_eq!(server.received()[0].to, "ada@example.com");
        assert_eq!(told(cx, "SYSTEM_EMAIL_TEST_SUCCESS").await.details["code"], serde_json::Value::Null);
        server.answer("RCPT", "550 5.1.1 No such user");
        let error = mail::send_test(cx, &may, "ada@example.com").await.unwrap_err();
        assert_eq!(error.status(), 400);
        assert!(error.to_string().contains("550 5.1.1 No such user") || error.to_string().contains("550"), "{error}");
        assert_eq!(told(cx, "SYSTEM_EMAIL_TEST_FAILURE").await.details["code"], 550);
        let states: Vec<LetterState> = outbox(cx).await.iter().map(|line| line.state).collect();
        assert!(states.contains(&LetterState::Sent) && states.contains(&LetterState::Failed));
        assert!(mail::send_test(cx, &may, "nobody").await.unwrap_err().for_field("testEmail").is_some());
    }

    async fn a_letter_that_waits_can_be_hurried_and_one_that_ended_cannot(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        server.answer("RCPT", "451 4.3.0 later");
        queue(cx, letters::password_changed("ada@example.com")).await;
        post.deliver().await;
        server.behave();
        assert_eq!(post.deliver().await, 0);
        let id = post.only().await.id;
        mail::hurry(cx, &may, &id).await.unwrap();
        assert_eq!(post.deliver().await, 1);
        let again = mail::hurry(cx, &may, &id).await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    }

    async fn without_its_server_what_waits_is_given_up(post: Post) {
        let Post { cx, server } = &post;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        queue(cx, letters::reset("ada@example.com", LINK)).await;
        mail::remove(cx, &may).await.unwrap();
        assert_eq!(post.deliver().await, 1);
        assert_eq!(post.only().await.state, LetterState::Failed);
        assert_eq!(server.connections(), 0);
        assert!(bodies(cx).await.is_empty());
    }

    async fn only_administrators_look_after_mail(app: TestApp) {
        for person in [app.staff("Sam").await, app.viewer("Vera").await] {
            let refused = instance_grant::<ManageInstance>(&person.actor());
            assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        }
        let mara = app.admin("Mara").await;
        let key = app.key(&mara, &[], None).await;
        assert!(matches!(instance_grant::<ManageInstance>(&key.actor()), Err(Error::NoKeys)));
        assert!(instance_grant::<ManageInstance>(&mara.actor()).is_ok());
    }

    async fn notices_follow_the_switch_and_letters_about_passwords_do_not(post: Post) {
        let cx = &post.cx;
        let may = fixtures::may_everywhere::<ManageInstance>(cx);
        let patch = InstancePatch { enable_notifications: Some(false), ..InstancePatch::default() };
        instance::update(cx, &may, patch).await.unwrap();
        let decided = letters::decided("sam@example.com", "to publish", "Dark mode", "Mara", true);
        assert_eq!(queue(cx, decided.clone()).await, Queued::SwitchedOff);
        assert_eq!(queue(cx, letters::password_changed("sam@example.com")).await, Queued::Waiting);
        let patch = InstancePatch { enable_notifications: Some(true), ..InstancePatch::default() };
        instance::update(cx, &may, patch).await.unwrap();
        assert_eq!(queue(cx, decided).await, Queued::Waiting);
        assert_eq!(post.deliver().await, 2);
    }

    async fn an_invitation_says_who_invites_as_what_and_until_when(post: Post) {
        let Post { cx, server } = &post;
        let expires = cx.clock.now() + Duration::days(7);
        let link = "http://tidings.example/register/abc";
        let letter = letters::invitation("new@example.com", link, Some("Mara Lind"), Role::Staff, expires);
        queue(cx, letter).await;
        post.deliver().await;
        let text = server.received()[0].text();
        for part in ["Mara Lind", link, "11 March 2026, 09:30 UTC"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
