use model::access::{Permission, Role, Scope, Verdict, verdict};
use model::api_keys::ApiKey;
use model::projects::{NewProject, Project};
use model::users::User;
use model::{ApiKeyId, Error, ProjectId, UserId};
use services::access::{self, DeleteEntries, DeleteProjects, PublishEntries, Way, grant, grant_or_ask, instance_grant};
use services::{Actor, ClientInfo, Services, Via};
use testkit::{Person, TestApp, fixtures, on_both_databases, start};

use crate::help::ask;

/// Runs `$run` with `C` as each capability in turn.
macro_rules! for_each_capability {
    (|$permission:ident| $run:block) => {
        for_each_capability!(@ $permission $run ReadProjects CreateProjects EditProjects SetProjectAccess
            DeleteProjects ReadEntries WriteEntries PublishEntries DeleteEntries DeleteAllEntries DeleteAllHistory DecideRequests ReadTags
            WriteTags DeleteTags RunImports ManageApiKeys ManageAllApiKeys ManageUsers
            ManageProviders ManageInstance ReadAuditLog ManageOwnAccount RestoreDeleted DeleteForGood)
    };
    (@ $permission:ident $run:block $($name:ident)*) => {
        let mut seen = 0;
        $({
            type C = access::$name;
            let $permission = Permission::$name;
            $run
            seen += 1;
        })*
        assert_eq!(seen, Permission::ALL.len(), "a permission is not covered");
    };
}

fn actor(role: Role, via: Via) -> Actor {
    let user = User {
        id: UserId::compose(start(), [1; 16]),
        email: "mara@tidings.example".into(),
        name: None,
        role,
        created_at: start(),
        last_login_at: None,
        disabled_at: None,
    };
    Actor { user, via, client: ClientInfo::default() }
}

fn key(scopes: &[Scope], project: Option<&ProjectId>) -> Via {
    Via::Key(Box::new(ApiKey {
        id: ApiKeyId::compose(start(), [2; 16]),
        name: "Build server".into(),
        prefix: "chr_12345678".into(),
        user_id: UserId::compose(start(), [1; 16]),
        created_by_id: None,
        project_id: project.cloned(),
        is_global: false,
        scopes: scopes.to_vec(),
        created_at: start(),
        last_used_at: None,
        last_used_ip: None,
        expires_at: None,
        revoked_at: None,
    }))
}

/// Every way to act: signed in, or by a key with one scope, none, or all, bound to a project or not.
fn ways(project: &ProjectId, other: &ProjectId) -> Vec<Via> {
    let mut ways = vec![Via::Token("session".parse().unwrap()), Via::Cookie("session".parse().unwrap()), Via::Console];
    let scopes = Scope::ALL.iter().map(std::slice::from_ref).chain([&[], Scope::ALL]);
    for scopes in scopes {
        ways.extend([None, Some(project), Some(other)].map(|bound| key(scopes, bound)));
    }
    ways
}

/// What must come out, said in words: the key first, then the role.
fn expected(actor: &Actor, permission: Permission, project: Option<&Project>) -> Result<(), Error> {
    if let Some(key) = actor.key() {
        let needed = permission.scopes();
        if needed.is_empty() {
            return Err(Error::NoKeys);
        }
        if let Some(&scope) = needed.iter().find(|needed| !key.scopes.iter().any(|mine| mine.covers(**needed))) {
            return Err(Error::MissingScope { scope });
        }
    }
    match verdict(actor.user.role, permission, project) {
        Verdict::Allowed => Ok(()),
        Verdict::NeedsApproval if permission == Permission::PublishEntries => Err(Error::NeedsApproval),
        _ => Err(Error::Forbidden { needs: permission }),
    }
}

on_both_databases! {
    async fn a_grant_is_what_role_project_and_key_allow_together(cx: Services) {
        let other = fixtures::project(&cx, "Other").await;
        for (require_approval, allow_auto_publish) in [(true, false), (true, true), (false, false), (false, true)] {
            let new = NewProject {
                name: "Atuin".into(),
                require_approval: Some(require_approval),
                allow_auto_publish: Some(allow_auto_publish),
                ..NewProject::default()
            };
            let project = fixtures::project_with(&cx, new).await;
            for role in Role::ALL {
                for via in ways(&project.id, &other.id) {
                    let actor = actor(role, via);
                    for_each_capability!(|permission| {
                        let got = grant::<C>(&cx, &actor, &project.id).await.map(|may| {
                            assert_eq!((may.project(), may.actor()), (&project, &actor));
                        });
                        let wanted = if actor.only_project() == Some(&other.id) && !permission.scopes().is_empty() {
                            Err(Error::OtherProject)
                        } else {
                            expected(&actor, permission, Some(&project))
                        };
                        assert_eq!(got, wanted, "{permission:?} {actor:?} {project:?}");
                    });
                }
            }
        }
    }

    async fn an_unknown_project_is_not_found_and_scopes_come_first(cx: Services) {
        let unknown: ProjectId = "c00000000000000000000000x".parse().unwrap();
        for role in Role::ALL {
            let signed_in = actor(role, Via::Token("session".parse().unwrap()));
            let found = grant::<access::ReadEntries>(&cx, &signed_in, &unknown).await.map(|_| ());
            assert_eq!(found, Err(Error::NotFound));
            let by_key = actor(role, key(&[Scope::TagsRead], None));
            let found = grant::<access::ReadEntries>(&cx, &by_key, &unknown).await.map(|_| ());
            assert_eq!(found, Err(Error::MissingScope { scope: Scope::ChangelogRead }));
        }
    }

    async fn who_may_not_publish_directly_may_ask_unless_they_only_read(app: TestApp) {
        let cx = &app.services;
        let guarded = fixtures::project(cx, "Guarded").await;
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let vera = app.viewer("Vera").await;
        let directly = grant_or_ask::<PublishEntries>(cx, &mara.actor(), &guarded.id).await;
        assert!(matches!(directly, Ok(Way::Directly(_))));
        let asks = grant_or_ask::<PublishEntries>(cx, &sam.actor(), &guarded.id).await;
        assert!(matches!(asks, Ok(Way::OnRequest(_))));
        let refused = grant_or_ask::<PublishEntries>(cx, &vera.actor(), &guarded.id).await.map(|_| ());
        assert_eq!(refused, Err(Error::Forbidden { needs: Permission::PublishEntries }));
        let key = app.key(&sam, &[Scope::ChangelogWrite], None).await;
        let refused = grant_or_ask::<PublishEntries>(cx, &key.actor(), &guarded.id).await.map(|_| ());
        assert_eq!(refused, Err(Error::MissingScope { scope: Scope::ChangelogPublish }));
    }

    async fn who_may_not_delete_may_ask_unless_they_only_read_or_their_key_ends_elsewhere(app: TestApp) {
        let cx = &app.services;
        let (project, other) = (fixtures::project(cx, "Here").await, fixtures::project(cx, "There").await);
        let mara = app.owner("Mara").await;
        let sam = app.staff("Sam").await;
        let vera = app.viewer("Vera").await;
        let way = async |person: &Person| grant_or_ask::<DeleteEntries>(cx, &person.actor(), &project.id).await;
        assert!(matches!(way(&mara).await, Ok(Way::Directly(_))));
        assert!(matches!(way(&sam).await, Ok(Way::OnRequest(_))));
        assert!(matches!(
            grant_or_ask::<DeleteProjects>(cx, &sam.actor(), &project.id).await,
            Ok(Way::OnRequest(_))
        ));
        let forbidden = Error::Forbidden { needs: Permission::DeleteEntries };
        assert_eq!(way(&vera).await.map(|_| ()), Err(forbidden));
        let writer = app.key(&sam, &[Scope::ChangelogWrite], None).await;
        let scope = Scope::ChangelogDelete;
        assert_eq!(way(&writer).await.map(|_| ()), Err(Error::MissingScope { scope }));
        let bound = app.key(&sam, &[scope], Some(&other.id)).await;
        assert_eq!(way(&bound).await.map(|_| ()), Err(Error::OtherProject));
    }

    async fn a_deleted_project_takes_its_grants_with_it(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let mara = app.owner("Mara").await;
        let write = ask::<access::WriteEntries>(cx, &mara, &project).await.unwrap();
        let delete = ask::<access::DeleteProjects>(cx, &mara, &project).await.unwrap();
        services::projects::delete(cx, &delete, "Atuin").await.unwrap();
        let late = services::entries::create(cx, &write, fixtures::text("Too late")).await;
        assert_eq!(late, Err(Error::NotFound));
    }
}

#[test]
fn a_grant_for_the_instance_is_what_role_and_key_allow() {
    let project = ProjectId::compose(start(), [3; 16]);
    let other = ProjectId::compose(start(), [4; 16]);
    for role in Role::ALL {
        for via in ways(&project, &other) {
            let actor = actor(role, via);
            for_each_capability!(|permission| {
                let got = instance_grant::<C>(&actor).map(|may| assert_eq!(may.actor(), &actor));
                let narrowed = matches!(
                    permission,
                    Permission::ReadProjects
                        | Permission::ReadEntries
                        | Permission::ReadTags
                        | Permission::WriteTags
                        | Permission::DeleteTags
                        | Permission::RestoreDeleted
                );
                let wanted = if actor.only_project().is_some() && !narrowed && !permission.scopes().is_empty() {
                    Err(Error::OtherProject)
                } else {
                    expected(&actor, permission, None)
                };
                assert_eq!(got, wanted, "{permission:?} {actor:?}");
            });
        }
    }
}
