mod access;
mod checks;
mod entries;
mod feeds;
mod ids;
mod projects;
mod text;
mod versions;
