//! Section 1.6: two ways through a list, and no entry lost or seen twice on either.

use serde_json::json;
use testkit::on_both_databases;

use crate::client::encoded;
use crate::objects::{pagination, public_list};
use crate::site::{Caller, Site, column, id};

/// Twenty-five published entries, of which three share one moment; every second one is tagged `Even`. Gives their ids,
/// the newest first, as far as dates tell.
async fn twenty_five(mara: &Caller, project: &str) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..25 {
        // The eleventh, twelfth and thirteenth are of the same moment.
        let minute = if (10..13).contains(&number) { 11 } else { number };
        let date = format!("2026-03-03T10:{:02}:00.000Z", 59 - minute);
        let tags = if number % 2 == 0 { json!(["Even"]) } else { json!(["Odd"]) };
        let text = json!({ "title": format!("Release {number}"), "content": format!("Number {number}"), "tags": tags });
        made.push(id(&mara.published(project, text, Some(&date)).await));
    }
    made
}

/// All ids of a list, walked by its cursors; `each_time` happens between two parts.
async fn walk(site: &Site, project: &str, query: &str, mut each_time: impl AsyncFnMut(&[String])) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut cursor = None;
    loop {
        let place = cursor.map(|cursor: String| format!("&cursor={}", encoded(&cursor))).unwrap_or_default();
        let path = format!("/api/changelog/{project}/entries?{query}{place}");
        let part = site.stranger().get(&path).await.is(200, &public_list()).json();
        let ids = column(&part["items"], "id");
        assert!(!ids.is_empty() || seen.is_empty(), "an empty part after {}", seen.len());
        seen.extend(ids.clone());
        assert!(seen.len() <= 60, "the walk does not end");
        match part["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return seen,
        }
        each_time(&ids).await;
    }
}

#[track_caller]
fn all_once(seen: &[String], expected: &[String]) {
    let mut sorted = seen.to_vec();
    sorted.sort();
    let mut wanted = expected.to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted, "an entry is lost or repeated");
}

on_both_databases! {
    async fn cursors_lose_and_repeat_nothing(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = twenty_five(&mara, &project).await;
        let whole = walk(&site, &project, "limit=100", async |_| {}).await;
        all_once(&whole, &made);
        // By date, and the three of one moment by id.
        assert_eq!((&whole[..10], &whole[13..]), (&made[..10], &made[13..]));
        let mut three = whole[10..13].to_vec();
        let order = three.clone();
        three.sort();
        three.reverse();
        assert_eq!(order, three);
        for limit in ["1", "2", "5", "10", "11", "12", "24", "25"] {
            assert_eq!(walk(&site, &project, &format!("limit={limit}"), async |_| {}).await, whole, "limit {limit}");
        }
        // Ten without a word, at most a hundred, and what is no number is ten.
        for (query, length) in
            [("", 10), ("limit=", 10), ("limit=abc", 10), ("limit=0", 1), ("limit=-3", 1), ("limit=1000", 25)]
        {
            let part =
                site.stranger().get(&format!("/api/changelog/{project}/entries?{query}")).await.expect(200).json();
            assert_eq!(part["items"].as_array().unwrap().len(), length, "{query}");
        }
        let oldest = walk(&site, &project, "limit=4&sort=oldest", async |_| {}).await;
        assert!(oldest.iter().eq(whole.iter().rev()), "the other way round");
    }

    async fn filters_hold_on_every_part(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = twenty_five(&mara, &project).await;
        let even: Vec<String> = made.iter().step_by(2).cloned().collect();
        for query in [
            "limit=5&tags=Even",
            "limit=5&tags=even,nobody",
            "limit=3&tags=EVEN%2CNobody&search=release",
            "limit=2&tags=Even&sort=oldest",
        ] {
            all_once(&walk(&site, &project, query, async |_| {}).await, &even);
        }
        let ones: Vec<String> = made
            .iter()
            .enumerate()
            .filter(|(number, _)| number.to_string().contains('1'))
            .map(|(_, id)| id.clone())
            .collect();
        all_once(&walk(&site, &project, "limit=3&search=release+1", async |_| {}).await, &ones[..ones.len() - 1]);
        for page in 1..=3 {
            let path = format!("/api/projects/{project}/changelog?tag=even&search=Release&limit=5&page={page}");
            let list = mara.get(&path).await.is(200, &json!({ "pagination": pagination(page, 5, 13) })).json();
            let numbers = column(&list["entries"], "id");
            assert_eq!(numbers.len(), if page == 3 { 3 } else { 5 });
            assert!(numbers.iter().all(|one| even.contains(one)));
        }
    }

    async fn a_deleted_entry_takes_no_place_with_it(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = twenty_five(&mara, &project).await;
        let mut seen = Vec::new();
        // After each part its last entry goes, which is where the cursor stands.
        let walked = walk(&site, &project, "limit=5", async |part: &[String]| {
            let last = part.last().unwrap();
            mara.patch(&format!("/api/projects/{project}/changelog/{last}"), json!({ "action": "unpublish" }))
                .await
                .expect(200);
        })
        .await;
        seen.extend(walked);
        all_once(&seen, &made);
    }

    async fn a_cursor_survives_that_its_entry_is_deleted_for_good(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = twenty_five(&mara, &project).await;
        let walked = walk(&site, &project, "limit=11", async |part: &[String]| {
            let last = part.last().unwrap();
            mara.delete(&format!("/api/projects/{project}/changelog/{last}")).await.expect(200);
        })
        .await;
        all_once(&walked, &made);
    }

    async fn new_entries_do_not_move_what_is_still_to_come(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = twenty_five(&mara, &project).await;
        let walked = walk(&site, &project, "limit=6", async |_| {
            mara.published(&project, json!({ "title": "Fresh", "content": "x" }), Some("2026-03-04T09:00:00.000Z"))
                .await;
        })
        .await;
        all_once(&walked, &made);
    }

    async fn the_id_of_an_entry_is_a_cursor_too(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        twenty_five(&mara, &project).await;
        let whole = walk(&site, &project, "limit=100", async |_| {}).await;
        for place in [0, 9, 10, 11, 12, 23] {
            let part = site
                .stranger()
                .get(&format!("/api/changelog/{project}/entries?limit=100&cursor={}", whole[place]))
                .await;
            assert_eq!(column(&part.expect(200).json()["items"], "id"), &whole[place + 1..], "after {place}");
        }
        let last = site.stranger().get(&format!("/api/changelog/{project}/entries?cursor={}", whole[24])).await;
        last.is(200, &json!({ "items": [], "nextCursor": "<absent>" }));
    }

    async fn foreign_and_unknown_cursors_are_refused(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        twenty_five(&mara, &project).await;
        let other = mara.project("Other").await;
        twenty_five(&mara, &other).await;
        let list = site.stranger().get(&format!("/api/changelog/{other}/entries?limit=3")).await.expect(200).json();
        let foreign_id = id(&list["items"][0]);
        let foreign = list["nextCursor"].as_str().unwrap().to_owned();
        let draft = id(&mara.draft(&project, json!({ "title": "Draft", "content": "x" })).await);
        for cursor in [foreign_id, foreign, draft, "cunknown".to_owned(), "nonsense!".to_owned(), "e30".to_owned()] {
            let path = format!("/api/changelog/{project}/entries?cursor={}", encoded(&cursor));
            site.stranger().get(&path).await.refused(400);
        }
    }

    async fn pages_lose_and_repeat_nothing(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        // All of the same moment, since the clock stands still.
        let made = twenty_five(&mara, &project).await;
        for limit in [1, 4, 5, 10, 25, 30] {
            let mut seen = Vec::new();
            let pages = (25 + limit - 1) / limit;
            for page in 1..=pages {
                let answer = mara.get(&format!("/api/projects/{project}/changelog?page={page}&limit={limit}")).await;
                let list = answer.is(200, &json!({ "pagination": pagination(page, limit, 25) })).json();
                seen.extend(column(&list["entries"], "id"));
            }
            all_once(&seen, &made);
            let beyond = mara.get(&format!("/api/projects/{project}/changelog?page={}&limit={limit}", pages + 1)).await;
            beyond.is(200, &json!({ "entries": [], "pagination": pagination(pages + 1, limit, 25) }));
        }
        for (query, page, limit) in [
            ("page=0", 1, 50),
            ("page=-5", 1, 50),
            ("page=x&limit=y", 1, 50),
            ("limit=0", 1, 1),
            ("limit=5000", 1, 1000),
            ("limit=1000", 1, 1000),
        ] {
            let answer = mara.get(&format!("/api/projects/{project}/changelog?{query}")).await;
            answer.is(200, &json!({ "pagination": pagination(page, limit, 25) }));
        }
    }

    async fn projects_are_paged_alike(site: Site) {
        let mara = site.admin().await;
        let mut made = Vec::new();
        for number in 0..23 {
            made.push(mara.project(&format!("Project {number}")).await);
        }
        let mut seen = Vec::new();
        for page in 1..=3 {
            let list = mara
                .get(&format!("/api/projects?page={page}"))
                .await
                .is(200, &json!({ "pagination": pagination(page, 10, 23) }))
                .json();
            seen.extend(column(&list["items"], "id"));
        }
        all_once(&seen, &made);
        for (query, page, limit) in
            [("limit=500", 1, 100), ("limit=0", 1, 1), ("page=x", 1, 10), ("page=0&limit=5", 1, 5)]
        {
            mara.get(&format!("/api/projects?{query}"))
                .await
                .is(200, &json!({ "pagination": pagination(page, limit, 23) }));
        }
        assert_eq!(mara.get("/api/projects").await.expect(200).json().as_array().unwrap().len(), 23);
    }
}
