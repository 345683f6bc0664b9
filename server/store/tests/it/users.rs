use model::Role;
use model::users::User;
use store::{Db, Error, users};
use testkit::{on_both_databases, texts};

use crate::values::{at, stored_user, user};

on_both_databases! {
    async fn a_person_comes_back_as_stored(db: Db) {
        for (number, role) in Role::ALL.into_iter().enumerate() {
            let mara = User {
                role,
                name: (number > 0).then(|| "Mara Lind ☂".to_owned()),
                last_login_at: Some(at(1)),
                disabled_at: (number > 1).then(|| at(999)),
                ..user(&format!("mara{number}"))
            };
            write!(db, users::insert, &mara, Some("a hash")).unwrap();
            assert_eq!(read!(db, users::find, &mara.id), Some(mara.clone()));
            let found = read!(db, users::find_by_email, &mara.email).unwrap();
            assert_eq!((found.user, found.password_hash.as_deref()), (mara, Some("a hash")));
        }
        assert_eq!(read!(db, users::find, &user("unknown").id), None);
        assert!(read!(db, users::find_by_email, "unknown@tidings.example").is_none());
    }

    async fn an_address_belongs_to_one_person(db: Db) {
        stored_user(&db, "mara").await;
        let again = write!(db, users::insert, &user("mara"), None);
        assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
    }

    async fn the_built_in_actor_is_there_and_is_nobody(db: Db) {
        assert_eq!(read!(db, users::count), 0);
        let system = read!(db, users::find_by_email, "system@tidings.invalid").unwrap();
        assert_eq!((system.user.id.as_str(), system.user.role, system.password_hash), ("system", Role::Admin, None));
        stored_user(&db, "mara").await;
        assert_eq!(read!(db, users::count), 1);
    }

    async fn a_sign_in_keeps_the_moment_of_the_one_before(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, users::note_login, &mara.id, at(1)).unwrap();
        write!(db, users::note_login, &mara.id, at(2)).unwrap();
        assert_eq!(read!(db, users::find, &mara.id).unwrap().last_login_at, Some(at(2)));
        let sql = "SELECT CAST(previous_login_at AS TEXT) FROM users WHERE email = 'mara@tidings.example'";
        let before = texts(&db, sql).await;
        assert!(before[0].contains("09:30:00.001"), "{before:?}");
    }
}
