use http::Method;
use model::projects::NewProject;
use testkit::{fixtures, on_both_databases};

use crate::app::App;

on_both_databases! {
    async fn an_embed_tag_gets_a_script_whatever_it_accepts(app: App) {
        let project = fixtures::project_with(&app.services, NewProject {
            name: "Orbit </script> Mail".to_owned(),
            is_public: Some(true),
            color: Some("#4f46e5".to_owned()),
            ..NewProject::default()
        }).await;
        let path = format!("/api/integrations/widget/{}", project.id);
        for accept in ["*/*", "application/json", "text/html"] {
            let answer = app.stranger().call(Method::GET, &format!("{path}?theme=dark")).header("accept", accept);
            let answer = answer.send().await.expect(200);
            assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
            assert_eq!(answer.header("cache-control"), Some("public, max-age=300, stale-while-revalidate=86400"));
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            let script = answer.text();
            assert!(script.contains("\"frameJs\":\"http://tidings.example/assets/frame-1.js\""), "{script}");
            assert!(script.contains(&format!("\"project\":\"{}\"", project.id)));
            assert!(script.contains("\"base\":\"http://tidings.example\""));
            assert!(script.contains("\"accentColor\":\"#4f46e5\""));
            assert!(!script.contains("</script>"));
            let again = app.stranger().call(Method::GET, &path).header("if-none-match", answer.header("etag").unwrap());
            let again = again.send().await.expect(304);
            assert_eq!(again.header("content-type"), None);
            assert_eq!(again.header("cache-control"), answer.header("cache-control"));
        }
    }

    async fn a_refused_embed_speaks_to_the_developer_alone(app: App) {
        let project = fixtures::project(&app.services, "Private").await;
        for (address, status) in [(project.id.as_str(), 403), (project.slug.as_str(), 404), ("unknown", 404), ("%00", 404)] {
            let path = format!("/api/integrations/widget/{address}");
            let script = app.stranger().get(&path).await.expect(status);
            assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"), "{address}");
            assert!(script.text().starts_with("console.warn(") && script.text().lines().count() == 1);
            assert_eq!(script.header("cache-control"), Some("private, no-store"));
            assert_eq!(script.header("vary"), Some("accept"));
            assert!(!script.text().contains("Private"), "the name of the project stays inside");
            let json = app.stranger().call(Method::GET, &path).header("accept", "application/json").send().await;
            assert!(!json.expect(status).json()["error"].as_str().unwrap().is_empty());
        }
    }
}
