//! nginx as the yardstick: the same bytes, from a file.

use std::{fs, net::TcpStream, path::Path, time::Duration};

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::{
    postgres::free_port,
    process::Background,
    workspace::{Workspace, on_path},
};

/// Serves `folder/www/page.html`; the address of it comes with the running server. `None` where nginx is not installed.
pub fn start(workspace: &Workspace, folder: &Path, page: &[u8]) -> Result<Option<(Background, String)>> {
    let elsewhere = || Some(Path::new("/usr/sbin/nginx").to_owned()).filter(|path| path.is_file());
    let Some(program) = on_path("nginx").or_else(elsewhere) else { return Ok(None) };
    let place = folder.join("nginx");
    fs::create_dir_all(place.join("www"))?;
    fs::write(place.join("www/page.html"), page)?;
    let port = free_port()?;
    // Started by root, its workers would be another account, which cannot look into our folder.
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("  {name}_temp_path {}/{name};\n", place.display()))
        .concat();
    let configuration = format!(
        "{user}worker_processes 2;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{ worker_connections 256; }}\n\
         http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 100000000;\n\
         \x20 open_file_cache max=100;\n  default_type 'text/html; charset=utf-8';\n{places}\
         \x20 server {{ listen 127.0.0.1:{port}; root {0}/www; }}\n}}\n",
        place.display()
    );
    let file = place.join("nginx.conf");
    fs::write(&file, configuration)?;
    let mut command = workspace.command(program);
    command.arg("-e").arg(place.join("error.log")).arg("-p").arg(&place).arg("-c").arg(&file);
    let mut server = Background::start(command.args(["-g", "daemon off;"]), Signal::TERM)?;
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(Some((server, format!("http://127.0.0.1:{port}/page.html"))));
        }
        if server.ended()?.is_some() {
            break;
        }
        workspace.signals.sleep(Duration::from_millis(20))?;
    }
    bail!("nginx does not start: {}", fs::read_to_string(place.join("error.log")).unwrap_or_default())
}
