//! What is kept in memory, and for how long.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{HeaderMap, HeaderValue, header};
use model::projects::Project;
use services::Services;
use services::cache::{Cache, Encoding, Rendered, Variant};
use services::public::{self, PublicQuery};
use store::changes::listen;
use testkit::{Twin, fixtures, on_both_databases};
use tokio::sync::Notify;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

fn list() -> Variant {
    Variant::new("list", "acme")
}

/// The titles of the public list, as a page of the cache, and how often they were read.
async fn titles(cx: &Services, project: &Project, made: &AtomicUsize) -> String {
    let page = cx.cache.get(list(), async || -> Result<Rendered, model::Error> {
        made.fetch_add(1, Ordering::SeqCst);
        let page = public::list(cx, project, &PublicQuery::default(), 50).await?;
        let titles: Vec<String> = page.items.into_iter().map(|entry| entry.title).collect();
        Ok(Rendered::of(&project.id, TEXT, titles.join(" ")))
    });
    let body = page.await.unwrap().body(Encoding::Identity).await;
    String::from_utf8(body.to_vec()).unwrap()
}

/// Keeps a text of so many bytes under a name.
async fn keep(cache: &Cache, variant: Variant, bytes: usize) {
    let page = cache.get(variant, async || -> Result<Rendered, Infallible> {
        Ok(Rendered::of_everything(TEXT, "x".repeat(bytes)))
    });
    page.await.unwrap();
}

/// Whether something is kept under a name.
async fn is_kept(cache: &Cache, variant: Variant) -> bool {
    cache.get(variant, async || -> Result<Rendered, ()> { Err(()) }).await.is_ok()
}

on_both_databases! {
    async fn what_nobody_changed_is_read_once(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let other = fixtures::public_project(&cx, "Other").await;
        fixtures::published(&cx, &acme, "One").await;
        let made = AtomicUsize::new(0);
        for _ in 0..3 {
            assert_eq!(titles(&cx, &acme, &made).await, "One");
            fixtures::published(&cx, &other, "Of another project").await;
            fixtures::entry(&cx, &acme, "A draft").await;
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    async fn a_publication_shows_on_the_next_request(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let made = AtomicUsize::new(0);
        assert_eq!(titles(&cx, &acme, &made).await, "");
        fixtures::published(&cx, &acme, "One").await;
        assert_eq!(titles(&cx, &acme, &made).await, "One");
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }

    /// The reader reads, then the writer commits, then the reader finishes: what it kept must reach nobody else.
    async fn what_was_read_before_a_commit_is_not_served_after_it(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let (has_read, has_committed) = (Notify::new(), Notify::new());
        let slow = cx.cache.get(list(), async || -> Result<Rendered, Infallible> {
            let page = public::list(&cx, &acme, &PublicQuery::default(), 50).await.unwrap();
            has_read.notify_one();
            has_committed.notified().await;
            Ok(Rendered::of(&acme.id, TEXT, format!("{} entries", page.items.len())))
        });
        let writer = async {
            has_read.notified().await;
            fixtures::published(&cx, &acme, "One").await;
            has_committed.notify_one();
        };
        let (early, ()) = tokio::join!(slow, writer);
        assert_eq!(early.unwrap().body(Encoding::Identity).await, "0 entries", "it asked before the commit");
        assert_eq!(titles(&cx, &acme, &AtomicUsize::new(0)).await, "One");
    }

    async fn many_who_ask_at_once_wait_for_one(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let made = AtomicUsize::new(0);
        let ask = || titles(&cx, &acme, &made);
        tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    async fn a_failure_is_told_to_who_asked_and_not_kept(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let failed = cx.cache.get(list(), async || -> Result<Rendered, &str> { Err("no") }).await;
        assert_eq!(failed.unwrap_err(), "no");
        fixtures::published(&cx, &acme, "One").await;
        assert_eq!(titles(&cx, &acme, &AtomicUsize::new(0)).await, "One");
    }

    async fn a_request_that_is_given_up_does_not_hold_up_the_others(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let mut given_up = Box::pin(cx.cache.get(list(), async || -> Result<Rendered, Infallible> {
            std::future::pending().await
        }));
        std::future::poll_fn(|context| {
            assert!(given_up.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(given_up);
        assert_eq!(titles(&cx, &acme, &AtomicUsize::new(0)).await, "");
    }

    async fn what_another_instance_changes_shows_here_too(twin: Twin) {
        let (cx, elsewhere) = (testkit::services(twin.db), testkit::services(twin.other));
        let acme = fixtures::public_project(&cx, "Acme").await;
        let mut told = cx.db.changes().subscribe();
        let listening = tokio::spawn(listen(cx.db.clone()));
        let made = AtomicUsize::new(0);
        // While it cannot hear the others yet, nothing is served from memory.
        loop {
            titles(&cx, &acme, &made).await;
            let before = made.load(Ordering::SeqCst);
            titles(&cx, &acme, &made).await;
            if *told.borrow() > 1 && made.load(Ordering::SeqCst) == before {
                break;
            }
            told.changed().await.unwrap();
        }
        told.borrow_and_update();
        fixtures::published(&elsewhere, &acme, "One").await;
        let shows = async {
            while titles(&cx, &acme, &made).await.is_empty() {
                told.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), shows).await.expect("it shows");
        listening.abort();
    }

    async fn memory_is_bounded_and_the_rare_cannot_push_out_the_common(cx: Services) {
        let cache = Cache::new(cx.db.changes().clone(), 1 << 20);
        keep(&cache, list(), 30_000).await;
        for number in 0..400 {
            let search = Variant::new("list", "acme").with(&format!("search {number}")).rare();
            keep(&cache, search, 30_000).await;
            assert!(is_kept(&cache, list()).await, "after {number} searches");
        }
        for number in 0..400 {
            keep(&cache, Variant::new("list", &format!("project {number}")), 30_000).await;
            cache.html(&"text ".repeat(1000 + number), &markdown::Options::default());
        }
        assert!(cache.weight() <= 1 << 20, "{} bytes", cache.weight());
    }

    async fn without_memory_everything_is_made_anew(cx: Services) {
        let cache = Cache::new(cx.db.changes().clone(), 0);
        keep(&cache, list(), 10).await;
        assert!(!is_kept(&cache, list()).await);
    }

    async fn each_form_of_a_body_is_the_same_text_under_a_tag_of_its_own(cx: Services) {
        let text = "A line that repeats itself.\n".repeat(100);
        let page = cx.cache.get(list(), async || -> Result<Rendered, Infallible> {
            Ok(Rendered::of_everything(TEXT, text.clone()))
        });
        let page = page.await.unwrap();
        let wanted = |accepted: &'static str| {
            page.choose(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]))
        };
        assert_eq!(wanted("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(wanted("gzip"), Encoding::Gzip);
        assert_eq!(wanted("br;q=0"), Encoding::Identity);
        let mut plain = Vec::new();
        let brotli = page.body(Encoding::Brotli).await;
        brotli::BrotliDecompress(&mut &brotli[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        let mut plain = String::new();
        let gzip = page.body(Encoding::Gzip).await;
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut plain).unwrap();
        assert_eq!(plain, text);
        assert!(brotli.len() < gzip.len() && gzip.len() < text.len() / 4);
        let tags = [Encoding::Identity, Encoding::Brotli, Encoding::Gzip].map(|encoding| page.tag(encoding));
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    }
}
