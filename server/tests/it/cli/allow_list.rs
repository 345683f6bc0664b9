use model::instance::InstancePatch;
use services::access::ManageInstance;
use services::instance;
use store::Db;
use testkit::fixtures;

use super::place;

#[tokio::test]
async fn who_is_locked_out_switches_the_list_off() {
    let place = place();
    place.run(&["migrate"]).succeeded();
    place.run(&["ip-allowlist", "off"]).succeeded().says("off already");
    let db = Db::open_file(&place.path("data/tidings.db"), 2).await.unwrap();
    let cx = testkit::services(db.clone());
    let patch = InstancePatch {
        panel_ip_whitelist_enabled: Some(true),
        panel_ip_whitelist: Some(vec!["198.51.100.0/24".to_owned()]),
        ..InstancePatch::default()
    };
    instance::update(&cx, &fixtures::may_everywhere::<ManageInstance>(&cx), patch).await.unwrap();
    assert_eq!(place.run(&["ip-allowlist", "show"]).succeeded().out, "The list is on.\n198.51.100.0/24\n");
    place.run(&["ip-allowlist", "off"]).succeeded().says("The list is off");
    assert_eq!(place.run(&["ip-allowlist", "show"]).succeeded().out, "The list is off.\n198.51.100.0/24\n");
    db.close().await;
}
