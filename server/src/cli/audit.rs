//! `tidings audit verify`, `export` and `begin`.

use std::path::Path;

use model::audit::{AuditFilter, ChainReport};
use model::time::to_wire;
use services::access::{ManageUsers, ReadAuditLog, instance_grant};
use services::audit::{export, seal, verify};
use services::{Services, users};

use super::accounts::console;
use super::export::{bound, to_file, to_output};
use super::{AuditBeginArgs, AuditCommand, AuditExportArgs, AuditVerifyArgs, Failure, Result, output};
use crate::config::Config;
use crate::open;

pub async fn run(config: &Config, command: AuditCommand) -> Result {
    let cx = open::services(config).await?;
    let done = match command {
        AuditCommand::Verify(args) => verify(&cx, args).await,
        AuditCommand::Export(args) => export(&cx, args).await,
        AuditCommand::Begin(args) => begin(&cx, args).await,
    };
    cx.db.close().await;
    done
}

async fn verify(cx: &Services, args: AuditVerifyArgs) -> Result {
    let report = verify::check(cx, args.head.as_ref()).await?;
    if args.json {
        let mut json = serde_json::to_value(&report).map_err(|error| Failure::new(error.to_string()))?;
        json["whole"] = report.is_whole().into();
        output::print(&format!("{json:#}\n"))?;
    } else {
        output::print(&in_words(&report))?;
    }
    if let Some(head) = args.head.filter(|head| head.number < report.pruned) {
        output::note(&format!(
            "Record {} was deleted because of its age, so the end that was noted down cannot be compared.",
            head.number
        ));
    }
    match report.broken {
        0 => Ok(()),
        1 => Err(Failure::new("The audit log is damaged at one place.")),
        places => Err(Failure::new(format!("The audit log is damaged at {places} places."))),
    }
}

fn in_words(report: &ChainReport) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    for place in &report.places {
        say(place.to_string());
    }
    let untold = report.broken - i64::try_from(report.places.len()).unwrap_or(i64::MAX);
    if untold > 0 {
        say(format!("… and {untold} more places."));
    }
    let records = if report.records == 1 { "1 record".to_owned() } else { format!("{} records", report.records) };
    if report.is_whole() {
        say(format!("{records} checked: everything is as it was written."));
    } else {
        say(format!("{records} checked."));
    }
    if let Some(began) = report.began_at {
        let older = match report.adopted {
            0 => String::new(),
            number => format!(" Records up to {number} are older; what happened to them before cannot be told."),
        };
        say(format!("The chain began at {}.{older}", to_wire(began)));
    }
    if report.pruned > 0 {
        say(format!("Records up to {} were deleted because of their age.", report.pruned));
    }
    say(format!("End of the chain: {}", report.head));
    text
}

async fn export(cx: &Services, args: AuditExportArgs) -> Result {
    let console = console(cx)?;
    let actor = match &args.user {
        None => None,
        Some(email) => {
            let may = instance_grant::<ManageUsers>(&console)?;
            let person = users::find_by_email(cx, &may, email).await?;
            let unknown = || Failure::new(format!("--user: There is no person with the address {email}."));
            Some(person.ok_or_else(unknown)?.id)
        }
    };
    let filter = AuditFilter {
        action: args.action.map(|action| action.trim().to_uppercase()),
        outcome: args.outcome,
        actor,
        from: bound("--from", args.from.as_deref())?,
        until: bound("--to", args.to.as_deref())?.map(|day| day + chrono::TimeDelta::days(1)),
        ..AuditFilter::default()
    };
    let may = instance_grant::<ReadAuditLog>(&console)?;
    let download = export::start(cx, &may, &filter, args.format).await?;
    match args.output.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => {
            let bytes = to_file(download, path).await?;
            output::note(&format!("{bytes} bytes in {}", path.display()));
        }
        None => to_output(download).await?,
    }
    // Nobody else may be there to do it.
    seal::seal(cx).await?;
    Ok(())
}

async fn begin(cx: &Services, args: AuditBeginArgs) -> Result {
    let sealed = seal::begin_again(cx, &console(cx)?, &args.reason).await;
    let sealed = sealed.map_err(|error| Failure::from_service(error, &[("reason", "--reason")]))?;
    output::print(&format!("The chain begins anew. Its end is {}\n", sealed.head))
}
