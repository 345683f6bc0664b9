//! `tidings ip-allowlist`.

use model::instance::InstancePatch;
use services::access::{ManageInstance, instance_grant};
use services::instance;

use crate::config::Config;
use crate::open;

use super::accounts::console;
use super::{IpAllowlistCommand, Result, output};

pub async fn run(config: &Config, command: IpAllowlistCommand) -> Result {
    let cx = open::services(config).await?;
    let may = instance_grant::<ManageInstance>(&console(&cx)?)?;
    let before = instance::get(&cx, &may).await?;
    let answer = match command {
        IpAllowlistCommand::Show => {
            let state = if before.panel_ip_whitelist_enabled { "on" } else { "off" };
            let mut answer = format!("The list is {state}.\n");
            before.panel_ip_whitelist.iter().for_each(|network| answer.push_str(&format!("{network}\n")));
            answer
        }
        IpAllowlistCommand::Off if !before.panel_ip_whitelist_enabled => "The list was off already.\n".to_owned(),
        IpAllowlistCommand::Off => {
            let patch = InstancePatch { panel_ip_whitelist_enabled: Some(false), ..InstancePatch::default() };
            instance::update(&cx, &may, patch).await?;
            "The list is off. Every address reaches the dashboard again.\n".to_owned()
        }
    };
    cx.db.close().await;
    output::print(&answer)
}
