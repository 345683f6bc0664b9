//! Records to store, and short ways to read and write.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::Duration;
use model::api_keys::ApiKey;
use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::time::Timestamp;
use model::users::User;
use model::{ApiKeyId, EntryId, ProjectId, Role, Scope, SessionId, TagId, UserId};
use store::Db;
use store::sessions::RefreshToken;

/// Calls a repository function in a transaction of its own, which is committed.
macro_rules! write {
    ($db:expr, $function:path $(, $argument:expr)* $(,)?) => {{
        let mut tx = $db.begin().await.unwrap();
        let outcome = $function(tx.conn() $(, $argument)*).await;
        tx.commit().await.unwrap();
        outcome
    }};
}

/// Calls a repository function that changes what readers see, in a transaction of its own.
macro_rules! change {
    ($db:expr, $function:path $(, $argument:expr)* $(,)?) => {{
        let mut tx = $db.begin().await.unwrap();
        let outcome = $function(&mut tx $(, $argument)*).await;
        tx.commit().await.unwrap();
        outcome
    }};
}

/// Calls a repository function that reads.
macro_rules! read {
    ($db:expr, $function:path $(, $argument:expr)* $(,)?) => {{
        let mut lease = $db.acquire().await.unwrap();
        $function(lease.conn() $(, $argument)*).await.unwrap()
    }};
}

/// Nobody in particular, at the start of the test.
pub const BY: store::trash::By<'static> = store::trash::By { user: None, at: chrono::DateTime::UNIX_EPOCH };

/// So many milliseconds after the start of the test.
pub fn at(milliseconds: i64) -> Timestamp {
    testkit::start() + Duration::milliseconds(milliseconds)
}

/// Returns once somebody waits for a lock, so that a test can finish what they wait for. On SQLite writers wait before
/// they begin, which needs no proof. Gives up after a while: then nobody waits, and the test fails for what follows.
pub async fn until_somebody_waits(db: &Db) {
    if let Db::Postgres { .. } = db {
        let waiting = "pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
            WHERE NOT l.granted AND a.datname = current_database()";
        for _ in 0..2000 {
            if testkit::count(db, waiting).await > 0 {
                return;
            }
        }
    }
}

/// A different id every time, growing.
fn id<I>(compose: fn(Timestamp, [u8; 16]) -> I) -> I {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    compose(at(0), u128::from(NEXT.fetch_add(1, Ordering::Relaxed)).to_be_bytes())
}

pub fn user(name: &str) -> User {
    User {
        id: id(UserId::compose),
        email: format!("{}@tidings.example", name.to_lowercase()),
        name: Some(name.to_owned()),
        role: Role::Staff,
        created_at: at(0),
        last_login_at: None,
        disabled_at: None,
    }
}

pub fn project(name: &str) -> Project {
    Project {
        id: id(ProjectId::compose),
        changelog_id: id(model::ids::compose),
        name: name.to_owned(),
        slug: name.to_lowercase(),
        description: None,
        color: None,
        icon: None,
        is_public: false,
        allow_auto_publish: false,
        require_approval: true,
        maintenance_mode: false,
        maintenance_message: None,
        allow_indexing: true,
        enable_rss: true,
        rss_item_limit: 10,
        rss_full_content: true,
        rss_feed_config: None,
        logo_url: None,
        favicon_url: None,
        social_image_url: None,
        custom_css: None,
        layout: model::projects::Layout::Timeline,
        timezone: None,
        default_tags: Vec::new(),
        revision: 0,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn entry(project: &Project, title: &str) -> Entry {
    Entry {
        id: id(EntryId::compose),
        project_id: project.id.clone(),
        title: title.to_owned(),
        content: format!("Text of {title}"),
        excerpt: format!("Excerpt of {title}"),
        version: None,
        slug: title.to_lowercase().replace(' ', "-"),
        published_at: None,
        scheduled_at: None,
        created_at: at(0),
        updated_at: at(0),
        created_by_id: None,
        updated_by_id: None,
        external_id: None,
        lock_version: 0,
        tags: Vec::new(),
    }
}

pub fn tag(name: &str) -> Tag {
    Tag {
        id: id(TagId::compose),
        name: name.to_owned(),
        color: None,
        description: None,
        position: 0,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn refresh_token(user: &User, hash: &str) -> RefreshToken {
    RefreshToken {
        token_hash: hash.to_owned(),
        session_id: id(SessionId::compose),
        user_id: user.id.clone(),
        kind: "web".to_owned(),
        started_at: Some(at(0)),
        created_at: at(0),
        expires_at: at(1000),
        rotated_at: None,
        revoked_at: None,
        last_used_at: Some(at(0)),
        label: Some("The office".to_owned()),
        user_agent: Some("Firefox".to_owned()),
        ip: Some("192.0.2.1".to_owned()),
    }
}

pub fn api_key(owner: &User, name: &str) -> ApiKey {
    ApiKey {
        id: id(ApiKeyId::compose),
        name: name.to_owned(),
        prefix: "chr_12345678".to_owned(),
        user_id: owner.id.clone(),
        created_by_id: Some(owner.id.clone()),
        project_id: None,
        is_global: false,
        scopes: vec![Scope::ChangelogRead, Scope::TagsWrite],
        created_at: at(0),
        last_used_at: None,
        last_used_ip: None,
        expires_at: None,
        revoked_at: None,
    }
}

pub async fn stored_user(db: &Db, name: &str) -> User {
    let user = user(name);
    write!(db, store::users::insert, &user, None).unwrap();
    user
}

pub async fn stored_project(db: &Db, name: &str) -> Project {
    let project = project(name);
    change!(db, store::projects::insert, &project, None).unwrap();
    project
}

pub async fn stored_entry(db: &Db, entry: Entry) -> Entry {
    write!(db, store::entries::insert, &entry, None).unwrap();
    entry
}

pub async fn stored_tag(db: &Db, name: &str) -> Tag {
    let tag = tag(name);
    assert!(write!(db, store::tags::insert, &tag).unwrap());
    tag
}
