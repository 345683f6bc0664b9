use super::*;

#[test]
fn projects_are_listed_and_shown_and_one_is_chosen_for_good() {
    let instance = instance();
    let person = instance.signed_in();
    person.run(&["project", "list"]).succeeded().says("Orbit Mail").says("orbit-mail").says(&instance.project);
    let list = person.run(&["project", "list", "--json"]).succeeded().json();
    assert_eq!(list[0]["id"], instance.project.as_str());
    assert_eq!(person.run(&["project", "list", "-q"]).succeeded().out, format!("{}\n", instance.project));

    person.run(&["entry", "list"]).failed(2).says("Which project").says("tidings project use");
    person.run(&["project", "use", "nowhere"]).failed(4).says("nowhere").says("tidings project list");
    person.run(&["project", "use", "ORBIT mail"]).succeeded().says("Orbit Mail");
    person.run(&["entry", "list"]).succeeded().says("No entries.");
    person
        .run(&["project", "show"])
        .succeeded()
        .says("everybody")
        .says(&format!("{}/changelog/orbit-mail", instance.url()));
    let shown = person.run(&["project", "show", "orbit-mail", "--json"]).succeeded().json();
    assert_eq!((&shown["id"], &shown["entryCount"]), (&list[0]["id"], &json!(0)));
    // Signing in again with another key changes nothing about the choice.
    login(&person, &instance.url(), &instance.key).succeeded();
    person.run(&["entry", "list"]).succeeded();
}

#[test]
fn a_name_that_several_projects_have_is_answered_with_their_ids() {
    let instance = instance();
    let other = instance.post("/api/projects", &json!({ "name": "orbit mail" }));
    let ids = [instance.project.as_str(), other["id"].as_str().unwrap()];
    let answer = instance.ci().run(&["entry", "list", "--project", "Orbit Mail"]).failed(2);
    let answer = ids.into_iter().fold(answer.says("fits several projects"), |answer, id| answer.says(id));
    assert_eq!(answer.out, "");
    instance.ci().run(&["entry", "list", "--project", ids[1]]).succeeded();
}

#[test]
fn a_key_for_one_project_needs_no_name_and_one_for_entries_alone_takes_an_id() {
    let instance = instance();
    let bound = instance.new_key("ada@example.com", &["--project", &instance.project]);
    let place = place().variable("TIDINGS_HOST", &instance.url()).variable("TIDINGS_API_KEY", &bound);
    place.run(&["entry", "list"]).succeeded().says("No entries.");

    let narrow = instance.new_key("ada@example.com", &["--scope", "changelog:write"]);
    let ci = instance.ci_with(&narrow);
    ci.run(&["entry", "list"]).failed(1).says("project:read");
    ci.run(&["entry", "list", "--project", &instance.project]).succeeded();
    ci.run(&["entry", "list", "--project", "cmk60kvj50ce9uvw53efr4edt"]).failed(4).says("cmk60kvj50ce9uvw53efr4edt");
}

#[test]
fn a_project_is_chosen_only_where_a_person_is_signed_in() {
    let instance = instance();
    instance.ci().run(&["project", "use", "orbit-mail"]).failed(1).says("TIDINGS_PROJECT");
}
