mod access;
mod checks;
mod entries;
mod ids;
mod text;
