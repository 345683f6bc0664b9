//! `tidings export`: the entries of one project as a file.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use model::Error;
use model::exports::Format;
use model::time::from_wire;
use services::access::{Actor, ReadEntries, grant};
use services::exports::{self, Download, ExportQuery};

use crate::config::{Config, reason};
use crate::open;

use super::{ExportArgs, Failure, Result, output};

pub async fn run(config: &Config, args: ExportArgs) -> Result {
    let path = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if path.is_none() && args.format == Format::Zip && io::stdout().is_terminal() {
        return Err(Failure::misunderstood("--output: A zip archive is nothing for a terminal. Name a file."));
    }
    let query = ExportQuery {
        format: args.format,
        extent: args.status,
        tags: args.tags,
        from: bound("--from", args.from.as_deref())?,
        until: bound("--to", args.to.as_deref())?.map(|day| day + chrono::TimeDelta::days(1)),
        // Links to an address that nobody set would lead nowhere.
        links: config.server.base_url.is_some(),
    };
    let cx = open::services(config).await?;
    let actor = Actor::console(cx.clock.now())?;
    let project = exports::find_project(&cx, &args.project).await.map_err(|error| match error {
        Error::NotFound => {
            Failure::new(format!("--project: There is no project with the id or address {}.", args.project))
        }
        error => error.into(),
    })?;
    let may = grant::<ReadEntries>(&cx, &actor, &project.id).await?;
    let download = exports::start(&cx, &may, &query).await?;
    match path {
        Some(path) => {
            let bytes = to_file(download, path).await?;
            let size = if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
            output::note(&format!("{}: {size} in {}", project.name, path.display()));
        }
        None => {
            to_output(download).await?;
        }
    }
    cx.db.close().await;
    Ok(())
}

/// A day. The time of day would be more than a command line needs.
pub(super) fn bound(flag: &str, text: Option<&str>) -> Result<Option<model::time::Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let day = Some(text).filter(|text| text.len() == "2026-03-04".len()).and_then(from_wire);
    day.map(Some).ok_or_else(|| Failure::misunderstood(format!("{flag}: Give a day such as 2026-03-04.")))
}

/// Writes beside the file first, so that a failure leaves whatever was there before.
pub(super) async fn to_file(download: Download, path: &Path) -> Result<u64> {
    let failed = |error: io::Error| Failure::new(format!("{} cannot be written: {}.", path.display(), reason(&error)));
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut file = File::create(&beside).map_err(failed)?;
    let written = copy(download, &mut file).await.and_then(|bytes| {
        file.sync_all().and_then(|()| fs::rename(&beside, path)).map_err(failed)?;
        Ok(bytes)
    });
    if written.is_err() {
        // What is left of it is worth nothing; when it cannot even be removed, the first failure tells more.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A reader that stops listening, as `head` does, is no error.
pub(super) async fn to_output(download: Download) -> Result {
    let mut out = io::stdout().lock();
    copy(download, &mut out).await?;
    Ok(())
}

async fn copy(mut download: Download, to: &mut impl Write) -> Result<u64> {
    let mut bytes = 0;
    while let Some(piece) = download.next().await {
        let piece = piece.map_err(|error| Failure::new(format!("The export was cut off: {error}.")))?;
        match to.write_all(&piece).and_then(|()| to.flush()) {
            Ok(()) => bytes += piece.len() as u64,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => return Err(Failure::new(format!("The file cannot be written: {}.", reason(&error)))),
        }
    }
    Ok(bytes)
}
