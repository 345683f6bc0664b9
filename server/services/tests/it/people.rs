use chrono::Duration;
use model::api_keys::{NewKey, scopes_or_all};
use model::invitations::NewInvitation;
use model::people::{PeopleFilter, UserPatch, Way};
use model::requests::RequestStatus;
use model::second_factor::Mode;
use model::users::{SYSTEM_ID, User};
use model::{Error, Role, UserId};
use services::access::{ManageApiKeys, ManageUsers, ReadEntries, ReadProjects, WriteEntries, instance_grant};
use services::sign_in::{self, Kind};
use services::{InstanceGrant, Via, api_keys, entries, home, invitations, users};
use testkit::{PASSWORD, Person, TestApp, count, execute, fixtures, on_both_databases, texts};

use crate::help::{browser, may, times, told};

fn grant(person: &Person) -> InstanceGrant<ManageUsers> {
    instance_grant(&person.actor()).expect("an administrator")
}

fn role(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

/// Whether the present access token, the refresh token and a key of a person still open anything.
async fn is_in(app: &TestApp, person: &Person) -> (bool, bool) {
    let signed_in = person.signed_in();
    let client = browser("192.0.2.7");
    let access = sign_in::authenticate(&app.services, &signed_in.access_token, &client, Via::Cookie).await.is_ok();
    let refresh = sign_in::refresh(&app.services, &signed_in.refresh_token, Kind::Web, &client).await.is_ok();
    (access, refresh)
}

async fn roles(app: &TestApp) -> Vec<String> {
    texts(app.db(), "SELECT role FROM users WHERE id <> 'system' AND disabled_at IS NULL ORDER BY id").await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: model::Result<T>) -> String {
    match result {
        Err(Error::BadRequest { message }) => message,
        other => panic!("not refused: {other:?}"),
    }
}

on_both_databases! {
    async fn the_built_in_actor_is_nobody(app: TestApp) {
        let mara = app.owner("Mara").await;
        let (cx, may) = (&app.services, grant(&mara));
        let system: UserId = SYSTEM_ID.parse().unwrap();
        let listed = users::list(cx, &may, &PeopleFilter::default()).await.unwrap();
        assert_eq!(listed.iter().map(|person| person.user.email.as_str()).collect::<Vec<_>>(), ["mara@tidings.example"]);
        let found = users::list(cx, &may, &PeopleFilter { words: "system".into(), ..PeopleFilter::default() }).await;
        assert!(found.unwrap().is_empty());
        assert!(users::find_by_email(cx, &may, "system@tidings.invalid").await.unwrap().is_none());
        assert_eq!(users::overview(cx, &may).await.unwrap().people(), 1);
        assert!(matches!(users::get(cx, &may, &system).await, Err(Error::NotFound)));
        assert!(matches!(users::update(cx, &may, &system, role(Role::Viewer)).await, Err(Error::NotFound)));
        assert!(matches!(users::disable(cx, &may, &system).await, Err(Error::NotFound)));
        assert!(matches!(users::end_sessions(cx, &may, &system).await, Err(Error::NotFound)));
        assert!(matches!(users::delete(cx, &may, &system).await, Err(Error::NotFound)));
        // It does not count as an administrator who remains.
        let console = fixtures::may_everywhere::<ManageUsers>(cx);
        assert!(refused(users::update(cx, &console, mara.id(), role(Role::Staff)).await).contains("last administrator"));
    }

    async fn people_are_found_by_name_and_address_whatever_the_case(app: TestApp) {
        let mara = app.owner("Mara").await;
        app.account("Ögmundur Öst", Role::Staff).await;
        app.account("Vera", Role::Viewer).await;
        let may = grant(&mara);
        let find = async |words: &str, role: Option<Role>| {
            let filter = PeopleFilter { words: words.into(), role, page: 1 };
            let page = users::page(&app.services, &may, &filter).await.unwrap();
            page.people.into_iter().map(|person| person.user.name.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(find("", None).await, ["Mara", "Vera", "Ögmundur Öst"]);
        assert_eq!(find("ÖGMUNDUR", None).await, ["Ögmundur Öst"]);
        assert_eq!(find(" vera@TIDINGS ", None).await, ["Vera"]);
        assert_eq!(find("", Some(Role::Staff)).await, ["Ögmundur Öst"]);
        assert!(find("100%", None).await.is_empty());
        assert!(find("nobody\0", None).await.is_empty());
    }

    async fn long_lists_have_pages_that_skip_and_repeat_nobody(app: TestApp) {
        let mara = app.owner("Mara").await;
        for number in 0..119 {
            app.account(&format!("Person {number}"), Role::Viewer).await;
        }
        let mut seen = Vec::new();
        for page in 1..=3 {
            let filter = PeopleFilter { page, ..PeopleFilter::default() };
            let found = users::page(&app.services, &grant(&mara), &filter).await.unwrap();
            assert_eq!((found.total, found.page, found.pages), (120, page, 3));
            seen.extend(found.people.into_iter().map(|person| person.user.id));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 120);
        let beyond = PeopleFilter { page: 99, ..PeopleFilter::default() };
        assert_eq!(users::page(&app.services, &grant(&mara), &beyond).await.unwrap().page, 3);
    }

    async fn the_list_says_where_people_are_signed_in(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        app.sign_in(sam.user().clone()).await;
        let person = users::get(&app.services, &grant(&mara), sam.id()).await.unwrap();
        assert_eq!((person.open_sessions, person.has_password), (2, true));
        assert!(person.user.last_login_at.is_some());
        users::end_sessions(&app.services, &grant(&mara), sam.id()).await.unwrap();
        assert_eq!(users::get(&app.services, &grant(&mara), sam.id()).await.unwrap().open_sessions, 0);
        assert_eq!(is_in(&app, &sam).await, (false, false));
        assert_eq!(told(&app.services, "SESSION_REVOKED").await.entity_id.as_deref(), Some(sam.id().as_str()));
        // Of one's own, the one at hand stays.
        let elsewhere = app.sign_in(mara.user().clone()).await;
        users::end_sessions(&app.services, &grant(&mara), mara.id()).await.unwrap();
        assert_eq!(is_in(&app, &elsewhere).await, (false, false));
        assert_eq!(is_in(&app, &mara).await, (true, true));
    }

    async fn an_administrator_mails_the_way_to_a_new_password(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let (cx, may) = (&app.services, grant(&mara));
        assert!(matches!(users::send_reset(cx, &may, sam.id()).await, Err(Error::FeatureOff { .. })));
        assert_eq!(count(app.db(), "password_resets").await, 0);
    }

    async fn the_ways_in_are_listed_and_a_second_factor_can_be_taken_away(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let (cx, may) = (&app.services, grant(&mara));
        let seen = users::get(cx, &may, sam.id()).await.unwrap();
        assert_eq!((seen.ways(), seen.has_factors()), (vec![Way::Password], false));
        let sql = format!("INSERT INTO passkeys (id, user_id, name, credential_id, credential, counter, created_at) \
            VALUES ('cp', '{}', 'Phone', 'x', '{{}}', 0, '2026-03-04T09:30:00+00:00')", sam.id());
        execute(app.db(), &sql).await;
        execute(app.db(), &format!("UPDATE users SET two_factor_mode = 'PASSWORD_PLUS_PASSKEY' WHERE id = '{}'", sam.id())).await;
        let seen = users::get(cx, &may, sam.id()).await.unwrap();
        assert_eq!((seen.ways(), seen.two_factor_mode), (vec![Way::Password, Way::Passkey], Mode::PasswordPlusPasskey));
        services::second_factor::reset_for(cx, &may, sam.id()).await.unwrap();
        let seen = users::get(cx, &may, sam.id()).await.unwrap();
        assert_eq!((seen.ways(), seen.has_factors(), seen.open_sessions), (vec![Way::Password], false, 0));
        assert_eq!(users::delete(cx, &may, sam.id()).await.unwrap().former.email, "sam@tidings.example");
    }

    async fn another_role_counts_at_once_and_ends_the_sign_ins(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let changed = users::update(&app.services, &grant(&mara), sam.id(), role(Role::Viewer)).await.unwrap();
        assert_eq!(changed.role, Role::Viewer);
        assert_eq!(is_in(&app, &sam).await, (false, false));
        let record = told(&app.services, "UPDATE_ROLE").await;
        assert_eq!((record.user_id.as_ref(), record.entity_id.as_deref()), (Some(mara.id()), Some(sam.id().as_str())));
        assert_eq!((&record.details["from"], &record.details["to"]), (&"STAFF".into(), &"VIEWER".into()));
        let again = app.sign_in(sam.user().clone()).await;
        let (token, client) = (&again.signed_in().access_token, browser("192.0.2.7"));
        let actor = sign_in::authenticate(&app.services, token, &client, Via::Cookie).await.unwrap();
        assert_eq!(actor.user.role, Role::Viewer);
        // The same role again is no change.
        users::update(&app.services, &grant(&mara), sam.id(), role(Role::Viewer)).await.unwrap();
        assert_eq!((times(&app.services, "UPDATE_ROLE").await, is_in(&app, &again).await.0), (1, true));
    }

    async fn another_name_leaves_people_where_they_are(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let (cx, may) = (&app.services, grant(&mara));
        let name = |name: &str| UserPatch { name: Some(name.to_owned()), role: None };
        let changed = users::update(cx, &may, sam.id(), name("  Samuel ")).await.unwrap();
        assert_eq!((changed.name.as_deref(), changed.role), (Some("Samuel"), Role::Staff));
        assert!(is_in(&app, &sam).await.0);
        assert_eq!(told(cx, "UPDATE_USER").await.details["name"]["to"], "Samuel");
        for bad in ["S", &"x".repeat(10_000), "a\nb"] {
            let error = users::update(cx, &may, sam.id(), name(bad)).await.unwrap_err();
            assert!(error.for_field("name").is_some(), "{error:?}");
        }
        let nobody = users::update(cx, &may, &"cnobody".parse().unwrap(), name("Nobody")).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
    }

    async fn nobody_changes_their_own_role_or_takes_themselves_away(app: TestApp) {
        let mara = app.owner("Mara").await;
        app.admin("Ole").await;
        let (cx, may) = (&app.services, grant(&mara));
        refused(users::update(cx, &may, mara.id(), role(Role::Staff)).await);
        refused(users::disable(cx, &may, mara.id()).await);
        refused(users::delete(cx, &may, mara.id()).await);
        for action in ["SELF_ROLE_MODIFICATION_ATTEMPT", "SELF_DISABLE_ATTEMPT", "SELF_DELETE_ATTEMPT"] {
            assert_eq!(told(cx, action).await.user_id.as_ref(), Some(mara.id()), "{action}");
        }
        assert_eq!(roles(&app).await, ["ADMIN", "ADMIN"]);
        assert_eq!(is_in(&app, &mara).await, (true, true));
        // A form that sends the role one has, with another name, is fine.
        let same = UserPatch { name: Some("Mara L.".into()), role: Some(Role::Admin) };
        assert_eq!(users::update(cx, &may, mara.id(), same).await.unwrap().name.as_deref(), Some("Mara L."));
    }

    async fn the_last_administrator_who_can_sign_in_stays_one(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let cx = &app.services;
        users::disable(cx, &grant(&mara), ole.id()).await.unwrap();
        // A disabled administrator does not help, and neither does the command line's own actor.
        let console = fixtures::may_everywhere::<ManageUsers>(cx);
        refused(users::update(cx, &console, mara.id(), role(Role::Viewer)).await);
        refused(users::disable(cx, &console, mara.id()).await);
        refused(users::delete(cx, &console, mara.id()).await);
        assert_eq!(times(cx, "LAST_ADMIN_DELETE_ATTEMPT").await, 1);
        assert!(is_in(&app, &mara).await.0);
        users::enable(cx, &console, ole.id()).await.unwrap();
        users::delete(cx, &console, mara.id()).await.unwrap();
        assert_eq!(roles(&app).await, ["ADMIN"]);
        refused(users::delete(cx, &console, ole.id()).await);
    }

    async fn of_two_administrators_who_demote_each_other_one_remains(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let cx = &app.services;
        let (may_mara, may_ole) = (grant(&mara), grant(&ole));
        let (a, b) = tokio::join!(
            users::update(cx, &may_mara, ole.id(), role(Role::Viewer)),
            users::update(cx, &may_ole, mara.id(), role(Role::Viewer)),
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|done| **done).count(), 1, "{a:?} {b:?}");
        assert_eq!(roles(&app).await.iter().filter(|role| *role == "ADMIN").count(), 1);
    }

    async fn of_two_administrators_who_delete_each_other_one_remains(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let cx = &app.services;
        let (may_mara, may_ole) = (grant(&mara), grant(&ole));
        let (a, b) = tokio::join!(users::delete(cx, &may_mara, ole.id()), users::disable(cx, &may_ole, mara.id()));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|done| **done).count(), 1, "{a:?} {b:?}");
        assert_eq!(roles(&app).await, ["ADMIN"]);
    }

    async fn who_lost_the_role_a_moment_ago_changes_nobody(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let sam = app.staff("Sam").await;
        let cx = &app.services;
        // The request began while Ole was an administrator.
        let late = grant(&ole);
        users::update(cx, &grant(&mara), ole.id(), role(Role::Staff)).await.unwrap();
        assert!(matches!(users::disable(cx, &late, sam.id()).await, Err(Error::Forbidden { .. })));
        assert!(matches!(users::update(cx, &late, mara.id(), role(Role::Staff)).await, Err(Error::Forbidden { .. })));
        let invited = invitations::create(cx, &late, NewInvitation::new("new@tidings.example", Role::Admin)).await;
        assert!(matches!(invited, Err(Error::Forbidden { .. })), "{invited:?}");
        assert_eq!(count(app.db(), "invitations").await, 0);
    }

    async fn who_is_disabled_is_out_at_once_in_every_way(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let key = app.key(&sam, &[], None).await;
        let cx = &app.services;
        let client = browser("192.0.2.7");
        assert!(api_keys::authenticate(cx, key.secret(), &client).await.is_ok());
        let disabled = users::disable(cx, &grant(&mara), sam.id()).await.unwrap();
        assert_eq!(disabled.disabled_at, Some(cx.clock.now()));
        assert_eq!(is_in(&app, &sam).await, (false, false));
        assert!(matches!(api_keys::authenticate(cx, key.secret(), &client).await, Err(Error::SignedOut)));
        let login = sign_in::with_password(cx, &sam.user().email, PASSWORD, &client).await;
        assert!(matches!(login, Err(Error::WrongCredentials)), "{login:?}");
        users::disable(cx, &grant(&mara), sam.id()).await.unwrap();
        assert_eq!(times(cx, "USER_DISABLED").await, 1, "a second time changes nothing");

        users::enable(cx, &grant(&mara), sam.id()).await.unwrap();
        assert!(sign_in::with_password(cx, &sam.user().email, PASSWORD, &client).await.is_ok());
        assert_eq!(is_in(&app, &sam).await, (false, false), "what ended stays ended");
        assert!(api_keys::authenticate(cx, key.secret(), &client).await.is_ok());
        assert_eq!(times(cx, "USER_ENABLED").await, 1);
    }

    async fn who_goes_leaves_everything_behind_with_a_name(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let cx = &app.services;
        let project = fixtures::project(cx, "Orbit").await;
        let writes = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = entries::create(cx, &writes, fixtures::text("Dark mode")).await.unwrap();
        entries::request_publication(cx, &writes, &entry.id).await.unwrap();
        let key = app.key(&sam, &[], None).await;
        let own: services::api_keys::Keyring = may::<ManageApiKeys>(cx, &sam, &project).await.into();
        let new = NewKey { name: "CI".into(), scopes: scopes_or_all(Vec::new()), ..NewKey::default() };
        api_keys::create(cx, &own, new).await.unwrap();

        let deleted = users::delete(cx, &grant(&mara), sam.id()).await.unwrap();

        let kept = deleted.preserved;
        assert_eq!((kept.change_requests, kept.api_keys, kept.entries, kept.invitations), (1, 2, 1, 0));
        assert!(kept.audit_logs >= 4, "{kept:?}");
        assert_eq!(is_in(&app, &sam).await, (false, false));
        assert!(matches!(api_keys::authenticate(cx, key.secret(), &browser("192.0.2.7")).await, Err(Error::SignedOut)));
        assert_eq!(count(app.db(), "users WHERE email = 'sam@tidings.example'").await, 0);
        assert_eq!(count(app.db(), "api_keys WHERE user_id = 'system' AND revoked_at IS NOT NULL").await, 2);
        assert_eq!(count(app.db(), "change_requests WHERE staff_id IS NULL AND status = 'PENDING'").await, 1);
        assert_eq!(count(app.db(), "refresh_tokens WHERE user_id <> (SELECT MIN(id) FROM users WHERE email LIKE 'mara%')").await, 0);

        // Lists still name the person.
        let overview = home::overview(cx, &instance_grant::<ReadProjects>(&mara.actor()).unwrap()).await.unwrap();
        assert_eq!(overview.drafts[0].author.as_deref(), Some("Sam (deleted)"));
        assert_eq!(overview.waiting[0].request.asked_by.as_deref(), Some("Sam (deleted)"));
        let reads = fixtures::may::<ReadEntries>(cx, &project).await;
        let list = entries::list(cx, &reads, &entries::ListQuery::default(), None, 10).await.unwrap();
        assert_eq!(list.items[0].author.as_deref(), Some("Sam (deleted)"));
        let mut lease = app.db().acquire().await.unwrap();
        let former = store::people::find_former(lease.conn(), sam.id()).await.unwrap().unwrap();
        assert_eq!((former.email.as_str(), former.role, &former.deleted_by), ("sam@tidings.example", Role::Staff, mara.id()));

        let record = told(cx, "DELETE_USER").await;
        assert_eq!((record.entity_id.as_deref(), &record.details["email"]), (Some(sam.id().as_str()), &"sam@tidings.example".into()));
        assert_eq!(record.details["preservedData"]["apiKeys"], 2);
        // The request can still be decided, and the address is free again.
        let publish = fixtures::may(cx, &project).await;
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        let statuses = texts(app.db(), "SELECT status FROM change_requests").await;
        assert_eq!(statuses, [RequestStatus::Approved.as_str()]);
        let again = users::create(cx, &grant(&mara), "Sam", " SAM@tidings.example", Role::Viewer, PASSWORD).await.unwrap();
        assert_eq!(again.email, "sam@tidings.example");
    }

    async fn a_reviewer_who_goes_stays_in_the_requests_without_a_reference(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let sam = app.staff("Sam").await;
        let cx = &app.services;
        let project = fixtures::project(cx, "Orbit").await;
        let writes = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = entries::create(cx, &writes, fixtures::text("Dark mode")).await.unwrap();
        entries::request_publication(cx, &writes, &entry.id).await.unwrap();
        entries::publish(cx, &may(cx, &ole, &project).await, &entry.id, None).await.unwrap();
        let deleted = users::delete(cx, &grant(&mara), ole.id()).await.unwrap();
        assert_eq!(deleted.preserved.change_requests, 1);
        assert_eq!(count(app.db(), "change_requests WHERE admin_id IS NULL AND former_admin_id IS NOT NULL AND staff_id IS NOT NULL").await, 1);
    }

    async fn open_invitations_of_who_goes_die_with_the_account(app: TestApp) {
        let mara = app.owner("Mara").await;
        let ole = app.admin("Ole").await;
        let cx = &app.services;
        let invite = async |email: &str| invitations::create(cx, &grant(&ole), NewInvitation::new(email, Role::Staff)).await.unwrap();
        let open = invite("open@tidings.example").await;
        let used = invite("used@tidings.example").await;
        let client = browser("192.0.2.9");
        invitations::accept(cx, &used.token, "Una", PASSWORD, &client).await.unwrap();
        let deleted = users::delete(cx, &grant(&mara), ole.id()).await.unwrap();
        assert_eq!(deleted.preserved.invitations, 1);
        let error = invitations::accept(cx, &open.token, "Olga", PASSWORD, &client).await.unwrap_err();
        assert!(error.to_string().contains("withdrawn"), "{error}");
        let states: Vec<_> = invitations::list(cx, &grant(&mara)).await.unwrap();
        let names: Vec<_> = states.iter().map(|(one, state)| (state.as_str(), one.invited_by.as_deref(), one.is_inviter_gone)).collect();
        assert!(names.contains(&("revoked", Some("Ole"), true)) && names.contains(&("accepted", Some("Ole"), true)), "{names:?}");
        // The address can be invited again.
        invitations::create(cx, &grant(&mara), NewInvitation::new("open@tidings.example", Role::Staff)).await.unwrap();
    }

    async fn a_person_is_deleted_once(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let (cx, may) = (&app.services, grant(&mara));
        let (a, b) = tokio::join!(users::delete(cx, &may, sam.id()), users::delete(cx, &may, sam.id()));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|done| **done).count(), 1, "{a:?} {b:?}");
        assert!([a, b].into_iter().any(|one| matches!(one, Err(Error::NotFound))));
        assert_eq!((count(app.db(), "former_users").await, times(cx, "DELETE_USER").await), (1, 1));
    }

    async fn a_sign_in_that_is_renewed_while_its_person_goes_opens_nothing(app: TestApp) {
        let mara = app.owner("Mara").await;
        let (cx, may) = (&app.services, grant(&mara));
        for round in 0..5 {
            let sam = app.staff(&format!("Sam {round}")).await;
            let client = browser("192.0.2.8");
            let (_, deleted) = tokio::join!(
                sign_in::refresh(cx, &sam.signed_in().refresh_token, Kind::Web, &client),
                users::delete(cx, &may, sam.id()),
            );
            // The database may have had to choose one of them; then it is asked again.
            if let Err(error) = deleted {
                assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
                users::delete(cx, &may, sam.id()).await.unwrap();
            }
            assert_eq!(is_in(&app, &sam).await, (false, false));
        }
        assert_eq!(count(app.db(), "users WHERE role = 'STAFF'").await, 0);
    }

    async fn addresses_are_trimmed_and_in_small_letters_on_every_path(app: TestApp) {
        let mara = app.owner("Mara").await;
        let (cx, may) = (&app.services, grant(&mara));
        let client = browser("192.0.2.9");
        let made: User = users::create(cx, &may, "Uma", "  UMA@Tidings.Example ", Role::Staff, PASSWORD).await.unwrap();
        assert_eq!(made.email, "uma@tidings.example");
        let invited = invitations::create(cx, &may, NewInvitation::new(" Ida@TIDINGS.example\n", Role::Staff)).await.unwrap();
        assert_eq!(invited.listed.invitation.email, "ida@tidings.example");
        let ida = invitations::accept(cx, &invited.token, "Ida", PASSWORD, &client).await.unwrap();
        assert_eq!(ida.user.email, "ida@tidings.example");
        assert!(sign_in::with_password(cx, "IDA@tidings.example ", PASSWORD, &client).await.is_ok());
        assert_eq!(users::find_by_email(cx, &may, " Uma@Tidings.example").await.unwrap().unwrap().id, made.id);
        let taken = users::create(cx, &may, "Other", "IDA@TIDINGS.EXAMPLE", Role::Staff, PASSWORD).await.unwrap_err();
        assert!(taken.for_field("email").is_some());
    }

    async fn the_overview_counts_people_invitations_and_entries(app: TestApp) {
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        app.viewer("Vera").await;
        let (cx, may) = (&app.services, grant(&mara));
        users::disable(cx, &may, sam.id()).await.unwrap();
        invitations::create(cx, &may, NewInvitation::new("a@tidings.example", Role::Staff)).await.unwrap();
        let gone = invitations::create(cx, &may, NewInvitation::new("b@tidings.example", Role::Staff)).await.unwrap();
        invitations::revoke(cx, &may, &gone.listed.invitation.id).await.unwrap();
        let project = fixtures::project(cx, "Orbit").await;
        fixtures::entry(cx, &project, "Old").await;
        execute(app.db(), "UPDATE entry_rows SET created_at = '2026-02-28T10:00:00+00:00'").await;
        fixtures::entry(cx, &project, "New").await;
        let seen = users::overview(cx, &may).await.unwrap();
        assert_eq!((seen.admins, seen.staff, seen.viewers, seen.disabled), (1, 1, 1, 1));
        assert_eq!((seen.open_invitations, seen.invitations), (1, 2));
        assert_eq!((seen.entries, seen.entries_this_month), (2, 1));
        app.advance(Duration::days(8));
        assert_eq!(users::overview(cx, &may).await.unwrap().open_invitations, 0, "expired");
    }
}
