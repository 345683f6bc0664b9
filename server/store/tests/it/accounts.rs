use model::own_settings::{OwnSettings, ThemeChoice};
use store::password_resets::{self, PasswordReset};
use store::{Db, passwords, user_settings};
use testkit::on_both_databases;

use crate::values::{at, stored_user};

on_both_databases! {
    async fn a_hash_is_replaced_only_where_it_is_still_the_one_that_was_read(db: Db) {
        let mara = stored_user(&db, "mara").await;
        write!(db, passwords::set, &mara.id, "first", at(1)).unwrap();
        assert!(write!(db, passwords::replace, &mara.id, "first", "second").unwrap());
        assert!(!write!(db, passwords::replace, &mara.id, "first", "third").unwrap());
        assert_eq!(read!(db, passwords::find, &mara.id).as_deref(), Some("second"));
        assert_eq!(write!(db, passwords::find_locked, &mara.id).unwrap().as_deref(), Some("second"));
    }

    async fn a_new_password_forgets_what_was_accepted_of_the_old_one(db: Db) {
        let mara = stored_user(&db, "mara").await;
        assert_eq!(read!(db, passwords::breach_accepted_until, &mara.id), None);
        write!(db, passwords::accept_breach, &mara.id, at(30)).unwrap();
        assert_eq!(read!(db, passwords::breach_accepted_until, &mara.id), Some(at(30)));
        write!(db, passwords::set, &mara.id, "new", at(2)).unwrap();
        assert_eq!(read!(db, passwords::breach_accepted_until, &mara.id), None);
    }

    async fn a_link_to_a_new_password_works_once_and_not_for_ever(db: Db) {
        let mara = stored_user(&db, "mara").await;
        let reset = |hash: &str| PasswordReset {
            token_hash: hash.to_owned(),
            user_id: mara.id.clone(),
            email: mara.email.clone(),
            created_at: at(0),
            expires_at: at(60),
            used_at: None,
        };
        for hash in ["a", "b", "c"] {
            write!(db, password_resets::insert, &reset(hash)).unwrap();
        }
        assert_eq!(read!(db, password_resets::find_open, "a", at(59)), Some(reset("a")));
        assert_eq!(read!(db, password_resets::find_open, "a", at(60)), None);
        assert!(!write!(db, password_resets::use_up, "a", at(60)).unwrap());
        assert!(write!(db, password_resets::use_up, "a", at(59)).unwrap());
        assert!(!write!(db, password_resets::use_up, "a", at(59)).unwrap());
        assert!(!write!(db, password_resets::use_up, "nonsense", at(1)).unwrap());
        write!(db, password_resets::end_all, &mara.id, at(5)).unwrap();
        assert_eq!(read!(db, password_resets::find_open, "b", at(6)), None);
        assert_eq!(write!(db, password_resets::purge, at(61)).unwrap(), 3);
    }

    async fn settings_come_back_as_saved(db: Db) {
        let mara = stored_user(&db, "mara").await;
        assert_eq!(read!(db, user_settings::find, &mara.id), None);
        let first = OwnSettings::of(mara.id.clone(), at(1));
        write!(db, user_settings::save, &first).unwrap();
        assert_eq!(read!(db, user_settings::find, &mara.id), Some(first.clone()));
        let second = OwnSettings {
            theme: Some(ThemeChoice::Dark),
            enable_notifications: false,
            timezone: Some("Europe/Berlin".to_owned()),
            updated_at: at(2),
            ..first
        };
        write!(db, user_settings::save, &second).unwrap();
        assert_eq!(read!(db, user_settings::find, &mara.id), Some(second));
        write!(db, user_settings::rename, &mara.id, "Mara Lind", at(3)).unwrap();
        assert_eq!(read!(db, store::users::find, &mara.id).unwrap().name.as_deref(), Some("Mara Lind"));
    }
}
