use chrono::Duration;
use model::invitations::{Expiry, Found, NewInvitation, State};
use model::{Error, Role};
use serde_json::json;
use services::access::ManageUsers;
use services::{InstanceGrant, Services, instance, invitations, sign_in, users};
use testkit::{PASSWORD, count, execute, fixtures, on_both_databases};

use crate::help::{browser, log, times, told};

fn may(cx: &Services) -> InstanceGrant<ManageUsers> {
    fixtures::may_everywhere(cx)
}

fn new(email: &str) -> NewInvitation {
    NewInvitation::new(email, Role::Staff)
}

async fn invite(cx: &Services, email: &str) -> invitations::Made {
    invitations::create(cx, &may(cx), new(email)).await.expect("an invitation")
}

async fn accept(cx: &Services, token: &str, name: &str) -> model::Result<sign_in::SignedIn> {
    invitations::accept(cx, token, name, PASSWORD, &browser("192.0.2.1")).await
}

async fn look_up(cx: &Services, token: &str) -> Found {
    invitations::look_up(cx, token, &browser("192.0.2.2")).await.expect("an answer")
}

on_both_databases! {
    async fn whoever_has_the_link_makes_one_account_and_is_signed_in(cx: Services) {
        let made = invitations::create(&cx, &may(&cx), NewInvitation { name: Some("Ole".into()), ..new("Ole@Tidings.example ") }).await.unwrap();
        assert_eq!(made.url, format!("http://tidings.example/register/{}", made.token));
        assert_eq!((made.token.len(), made.is_mailed), (32, false));
        assert_eq!(count(&cx.db, &format!("invitations WHERE token_hash = '{}'", made.token)).await, 0, "only a hash is kept");
        let Found::Open { email, role, name, expires_at, invited_by } = look_up(&cx, &made.token).await else { panic!("open") };
        assert_eq!((email.as_str(), role, name.as_deref(), invited_by.as_deref()), ("ole@tidings.example", Role::Staff, Some("Ole"), Some("System")));
        assert_eq!(expires_at, cx.clock.now() + Duration::days(7));

        let ole = accept(&cx, &made.token, " Ole Berg ").await.unwrap();
        assert_eq!((ole.user.email.as_str(), ole.user.name.as_deref(), ole.user.role), ("ole@tidings.example", Some("Ole Berg"), Role::Staff));
        let actor = sign_in::authenticate(&cx, &ole.access_token, &browser("192.0.2.1"), services::Via::Cookie).await.unwrap();
        assert_eq!(actor.user.id, ole.user.id);
        let record = told(&cx, "USER_REGISTERED").await;
        assert_eq!((record.user_id.as_ref(), &record.details["role"]), (Some(&ole.user.id), &json!("STAFF")));
        assert_eq!(times(&cx, "LOGIN_SUCCESS").await, 1);
        assert!(sign_in::with_password(&cx, "ole@tidings.example", PASSWORD, &browser("192.0.2.1")).await.is_ok());

        assert_eq!(look_up(&cx, &made.token).await, Found::Accepted);
        assert!(matches!(accept(&cx, &made.token, "Eve").await, Err(Error::BadRequest { .. })));
        assert_eq!(count(&cx.db, "users WHERE id <> 'system'").await, 1);
        let listed = invitations::list(&cx, &may(&cx)).await.unwrap();
        assert_eq!((listed[0].1, listed[0].0.invitation.accepted_user_id.as_ref()), (State::Accepted, Some(&ole.user.id)));
    }

    async fn of_two_who_use_a_link_at_the_same_moment_one_gets_the_account(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        let (a, b) = tokio::join!(accept(&cx, &made.token, "Ole"), accept(&cx, &made.token, "Eve"));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|done| **done).count(), 1, "{a:?} {b:?}");
        assert_eq!(count(&cx.db, "users WHERE id <> 'system'").await, 1);
        assert_eq!(times(&cx, "USER_REGISTERED").await, 1);
    }

    async fn every_role_can_be_invited_and_no_unknown_expiry(cx: Services) {
        let days = async |days: i64| invitations::create(&cx, &may(&cx), NewInvitation { expiry: Some(Expiry::Days(days)), ..new(&format!("d{days}@tidings.example")) }).await;
        for good in [1, 30] {
            let made = days(good).await.unwrap();
            assert_eq!(made.listed.invitation.expires_at, cx.clock.now() + Duration::days(good));
        }
        for bad in [0, 31, -1, i64::MAX] {
            assert!(days(bad).await.unwrap_err().for_field("expiresAt").is_some(), "{bad}");
        }
        let at = async |ahead: Duration| {
            let expiry = Some(Expiry::At(cx.clock.now() + ahead));
            invitations::create(&cx, &may(&cx), NewInvitation { expiry, ..new(&format!("s{}@tidings.example", ahead.num_seconds().unsigned_abs())) }).await
        };
        assert!(at(Duration::days(3)).await.is_ok());
        for bad in [Duration::zero(), Duration::hours(-1), Duration::hours(2), Duration::days(31)] {
            assert!(at(bad).await.unwrap_err().for_field("expiresAt").is_some(), "{bad}");
        }
        for role in Role::ALL {
            let made = invitations::create(&cx, &may(&cx), NewInvitation::new(format!("{}@tidings.example", role.as_str()), role)).await.unwrap();
            assert_eq!(accept(&cx, &made.token, "Somebody").await.unwrap().user.role, role);
        }
    }

    async fn an_invitation_stands_as_long_as_the_instance_says(cx: Services) {
        execute(&cx.db, "INSERT INTO instance_settings (name, value, updated_at) VALUES ('default_invitation_expiry', '3', '2026-03-04T09:30:00+00:00')").await;
        assert_eq!(instance::load(&cx).await.unwrap().default_invitation_expiry, 3);
        let made = invite(&cx, "ole@tidings.example").await;
        cx.clock.advance(Duration::days(3) - Duration::seconds(1));
        assert!(matches!(look_up(&cx, &made.token).await, Found::Open { .. }));
        cx.clock.advance(Duration::seconds(1));
        assert_eq!(look_up(&cx, &made.token).await, Found::Expired);
        assert!(accept(&cx, &made.token, "Ole").await.unwrap_err().to_string().contains("expired"));
        assert_eq!(invitations::list(&cx, &may(&cx)).await.unwrap()[0].1, State::Expired);
        // An expired one is in nobody's way.
        let again = invite(&cx, "ole@tidings.example").await;
        assert!(accept(&cx, &again.token, "Ole").await.is_ok());
    }

    async fn who_has_an_account_or_an_open_invitation_is_not_invited(cx: Services) {
        let invited = |email: &'static str| { let cx = cx.clone(); async move { invitations::create(&cx, &may(&cx), new(email)).await } };
        users::create(&cx, &may(&cx), "Mara", "mara@tidings.example", Role::Admin, PASSWORD).await.unwrap();
        let first = invited("ole@tidings.example").await.unwrap();
        for taken in ["MARA@tidings.example", " Ole@tidings.example", "system@tidings.invalid", "x@changerawr.sys", "nobody", "a b@c.d", ""] {
            let error = invited(taken).await.unwrap_err();
            assert!(error.for_field("email").is_some(), "{taken}: {error:?}");
        }
        invitations::revoke(&cx, &may(&cx), &first.listed.invitation.id).await.unwrap();
        invited("ole@tidings.example").await.unwrap();
        let (a, b) = tokio::join!(invited("una@tidings.example"), invited("una@tidings.example"));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|done| **done).count(), 1, "{a:?} {b:?}");
    }

    async fn withdrawn_is_not_accepted(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        let id = &made.listed.invitation.id;
        let revoked = invitations::revoke(&cx, &may(&cx), id).await.unwrap().invitation;
        assert_eq!((revoked.revoked_at, revoked.used_at), (Some(cx.clock.now()), None));
        assert_eq!(look_up(&cx, &made.token).await, Found::Revoked);
        assert!(accept(&cx, &made.token, "Ole").await.unwrap_err().to_string().contains("withdrawn"));
        assert_eq!(told(&cx, "INVALID_INVITATION_ATTEMPT").await.details["reason"], "REVOKED");
        invitations::revoke(&cx, &may(&cx), id).await.unwrap();
        assert_eq!(times(&cx, "REVOKE_INVITATION").await, 1, "a second time changes nothing");
        assert!(matches!(invitations::resend(&cx, &may(&cx), id).await, Err(Error::BadRequest { .. })));
        let used = invite(&cx, "una@tidings.example").await;
        accept(&cx, &used.token, "Una").await.unwrap();
        let id = &used.listed.invitation.id;
        assert!(matches!(invitations::revoke(&cx, &may(&cx), id).await, Err(Error::BadRequest { .. })));
        assert!(matches!(invitations::resend(&cx, &may(&cx), id).await, Err(Error::BadRequest { .. })));
        assert!(matches!(invitations::revoke(&cx, &may(&cx), &"cnobody".parse().unwrap()).await, Err(Error::NotFound)));
    }

    async fn a_new_link_makes_the_old_one_worthless(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        cx.clock.advance(Duration::days(5));
        let again = invitations::resend(&cx, &may(&cx), &made.listed.invitation.id).await.unwrap();
        assert_ne!(again.token, made.token);
        assert_eq!(again.listed.invitation.expires_at, cx.clock.now() + Duration::days(7), "as long as the first");
        assert_eq!(look_up(&cx, &made.token).await, Found::Unknown);
        assert!(matches!(accept(&cx, &made.token, "Ole").await, Err(Error::NotFound)));
        assert_eq!(times(&cx, "INVITATION_RESENT").await, 1);
        // An expired one stands again, unless somebody else invited the address.
        cx.clock.advance(Duration::days(8));
        let third = invitations::resend(&cx, &may(&cx), &made.listed.invitation.id).await.unwrap();
        cx.clock.advance(Duration::days(8));
        let other = invite(&cx, "ole@tidings.example").await;
        assert!(matches!(invitations::resend(&cx, &may(&cx), &third.listed.invitation.id).await, Err(Error::BadRequest { .. })));
        accept(&cx, &other.token, "Ole").await.unwrap();
        assert!(matches!(invitations::resend(&cx, &may(&cx), &third.listed.invitation.id).await, Err(Error::BadRequest { .. })));
    }

    async fn an_address_that_got_an_account_otherwise_keeps_it(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        users::create(&cx, &may(&cx), "Ole", "ole@tidings.example", Role::Viewer, PASSWORD).await.unwrap();
        assert_eq!(look_up(&cx, &made.token).await, Found::Registered);
        assert!(matches!(accept(&cx, &made.token, "Eve").await, Err(Error::Conflict { .. })));
        assert_eq!(count(&cx.db, "users WHERE id <> 'system'").await, 1);
        assert_eq!(count(&cx.db, "invitations WHERE used_at IS NOT NULL").await, 0);
    }

    async fn what_is_wrong_is_said_and_the_link_stays_good(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        let client = browser("192.0.2.3");
        for (name, password, field) in [
            ("O", PASSWORD, "name"),
            (&*"x".repeat(10_000), PASSWORD, "name"),
            ("Ole", "short", "password"),
            ("Ole", &"x".repeat(257), "password"),
        ] {
            let error = invitations::accept(&cx, &made.token, name, password, &client).await.unwrap_err();
            assert!(error.for_field(field).is_some(), "{field}: {error:?}");
        }
        assert!(invitations::accept(&cx, "", "Ole", PASSWORD, &client).await.unwrap_err().for_field("token").is_some());
        for token in ["guess", "\0", &made.token[1..], &made.token.to_lowercase()] {
            let error = invitations::accept(&cx, token, "Ole", PASSWORD, &client).await.unwrap_err();
            assert!(matches!(error, Error::NotFound), "{error:?}");
        }
        assert!(accept(&cx, &made.token, "Ole").await.is_ok());
    }

    async fn links_are_not_guessed(cx: Services) {
        let client = browser("192.0.2.4");
        for _ in 0..30 {
            assert_eq!(invitations::look_up(&cx, "guess", &client).await.unwrap(), Found::Unknown);
        }
        assert!(matches!(invitations::look_up(&cx, "guess", &client).await, Err(Error::SlowDown { .. })));
        for _ in 0..10 {
            assert!(matches!(invitations::accept(&cx, "guess", "Eve", PASSWORD, &client).await, Err(Error::NotFound)));
        }
        assert!(matches!(invitations::accept(&cx, "guess", "Eve", PASSWORD, &client).await, Err(Error::SlowDown { .. })));
        cx.clock.advance(Duration::hours(1));
        assert!(matches!(invitations::accept(&cx, "guess", "Eve", PASSWORD, &client).await, Err(Error::NotFound)));
    }

    async fn several_are_invited_together_or_nobody(cx: Services) {
        invite(&cx, "una@tidings.example").await;
        let error = invitations::create_all(&cx, &may(&cx), vec![new("ole@tidings.example"), new("una@tidings.example"), new("nobody")]).await.unwrap_err();
        let Error::Invalid { fields } = error else { panic!("{error:?}") };
        let names: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["invitations.1.email", "invitations.2.email"]);
        assert_eq!(count(&cx.db, "invitations").await, 1);
        let made = invitations::create_all(&cx, &may(&cx), vec![new("ole@tidings.example"), new("ida@tidings.example")]).await.unwrap();
        assert_eq!(made.len(), 2);
    }

    async fn no_link_is_in_the_log(cx: Services) {
        let made = invite(&cx, "ole@tidings.example").await;
        let again = invitations::resend(&cx, &may(&cx), &made.listed.invitation.id).await.unwrap();
        accept(&cx, &again.token, "Ole").await.unwrap();
        for record in log(&cx).await {
            let text = format!("{record:?}");
            assert!(!text.contains(&made.token) && !text.contains(&again.token) && !text.contains(PASSWORD), "{text}");
        }
        assert!(!format!("{made:?}").contains(&made.token));
    }
}
