use chrono::Duration;
use services::access::ReadProjects;
use services::{Services, home};
use testkit::{execute, fixtures, on_both_databases};

on_both_databases! {
    async fn home_shows_real_figures_and_the_right_order(cx: Services) {
        let may = fixtures::may_everywhere::<ReadProjects>(&cx);
        let empty = home::overview(&cx, &may).await.unwrap();
        assert_eq!((empty.projects, empty.entries, empty.published_this_month), (0, 0, 0));

        for number in 0..7 {
            let project = fixtures::project(&cx, &format!("Project {number}")).await;
            fixtures::entry(&cx, &project, &format!("Draft {number}")).await;
            fixtures::published(&cx, &project, &format!("New {number}")).await;
            let old = cx.clock.now() - Duration::days(60);
            fixtures::published_at(&cx, &project, &format!("Old {number}"), old).await;
            cx.clock.advance(Duration::minutes(1));
        }
        let future = "UPDATE entries SET published_at = '2026-03-20T00:00:00+00:00' WHERE title = 'New 6'";
        execute(&cx.db, future).await;

        let full = home::overview(&cx, &may).await.unwrap();
        assert_eq!((full.projects, full.entries, full.published_this_month), (7, 21, 6));
        let names: Vec<_> = full.recent_projects.iter().map(|p| p.project.name.as_str()).collect();
        assert_eq!(names, ["Project 6", "Project 5", "Project 4", "Project 3", "Project 2", "Project 1"]);
        assert_eq!(full.recent_projects[0].figures.entries, 3);
        assert_eq!(full.drafts.len(), 7);
        assert_eq!((full.drafts[0].title.as_str(), full.drafts[0].project_name.as_str()), ("Draft 6", "Project 6"));
        assert_eq!(full.published.len(), 10);
        assert_eq!(full.published[0].title, "New 5", "what is dated ahead is not published yet");
        assert!(full.waiting.is_empty());
    }
}
