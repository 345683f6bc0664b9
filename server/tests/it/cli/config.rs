use super::place;

#[test]
fn print_shows_where_values_come_from_and_masks_secrets() {
    let place = place()
        .variable("TIDINGS__DATABASE__URL", "postgres://me:hunter2@host/db")
        .variable("TIDINGS__LOG__FORMAT", "json");
    place.write("tidings.toml", "[server]\nlisten = '127.0.0.1:4000'\n");
    let answer = place.run(&["config", "print", "--data-dir", "elsewhere"]).succeeded();
    assert!(answer.out.contains("listen = \"127.0.0.1:4000\"  # from tidings.toml\n"), "{}", answer.out);
    assert!(answer.out.contains("dir = \"elsewhere\"  # from the flag --data-dir\n"), "{}", answer.out);
    assert!(answer.out.contains("url = \"***\"  # from the environment variable TIDINGS__DATABASE__URL\n"));
    assert!(!answer.out.contains("hunter2"));
}

#[test]
fn every_command_refuses_a_configuration_it_does_not_understand() {
    let place = place();
    place.write("tidings.toml", "[server]\nlisten_on = '127.0.0.1:4000'\n");
    for args in [&["config", "check"][..], &["migrate"], &["serve"], &["healthcheck"]] {
        place.run(args).failed(2).says("`server.listen_on` in tidings.toml is not a configuration key.");
    }
    assert!(!place.path("data").exists());
}

#[test]
fn check_tells_what_would_be_used_and_changes_nothing() {
    let place = place();
    place
        .run(&["config", "check"])
        .succeeded()
        .says("Configuration file: none (there is no tidings.toml here)")
        .says("Database:           SQLite in ./data/tidings.db")
        .says("Signing key:        will be generated in ./data/signing_key")
        .says("The configuration is valid.");
    assert!(!place.path("data").exists());
}

#[test]
fn check_refuses_postgresql_without_a_key_of_its_own() {
    place()
        .run(&["config", "check", "--database-url", "postgres://me:hunter2@host/db"])
        .failed(2)
        .says("`secrets.signing_key` is required with PostgreSQL")
        .says("openssl rand -hex 32");
}

#[test]
fn check_says_where_media_lie_and_what_a_bucket_lacks() {
    place().run(&["config", "check"]).succeeded().says("Media:              ./data/media");
    let bucket = || place().variable("TIDINGS__MEDIA__STORE", "s3").variable("TIDINGS__MEDIA__S3_BUCKET", "shelf");
    bucket().run(&["config", "check"]).failed(2).says("`media.store` is s3, but `media.s3_access_key` is missing");
    bucket()
        .variable("TIDINGS__MEDIA__S3_ACCESS_KEY", "key")
        .variable("TIDINGS__MEDIA__S3_SECRET_KEY", "hunter2")
        .run(&["config", "check"])
        .succeeded()
        .says("Media:              the bucket shelf");
}

#[test]
fn check_refuses_a_data_directory_that_is_a_file() {
    let place = place();
    place.write("data", "");
    place.run(&["config", "check"]).failed(2).says("`data.dir` is ./data, which is not a directory.");
}

#[test]
fn check_warns_of_what_is_probably_not_meant() {
    place()
        .variable("TIDINGS__SERVER__LISTEN", "0.0.0.0:3000")
        .variable("TIDINGS__SERVER__TRUSTED_PROXIES", "0.0.0.0/0")
        .run(&["config", "check"])
        .succeeded()
        .says("Warning: `server.base_url` is not set")
        .says("Warning: `server.trusted_proxies` trusts everybody");
}

#[test]
fn a_named_file_that_does_not_exist_is_an_error() {
    place().run(&["--config", "nowhere.toml", "config", "check"]).failed(2).says("nowhere.toml");
}

#[test]
fn reference_prints_the_page_even_with_a_broken_configuration() {
    let place = place();
    place.write("tidings.toml", "[server]\nlisten_on = 1\n");
    place.run(&["config", "reference"]).succeeded().says("#### `server.listen`");
}
