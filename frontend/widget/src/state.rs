//! What the frame hands over, read once into plain Rust values. Every member is present and has the type named here: the
//! frame sees to that, because it has to for its own drawing.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The words of the panel in the reader's language.
    pub type WordsObject;
    #[wasm_bindgen(method, getter)]
    fn fresh(this: &WordsObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn more(this: &WordsObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn all(this: &WordsObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn feed(this: &WordsObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn failed(this: &WordsObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn retry(this: &WordsObject) -> String;

    /// `{ note, items, page, feed }`: a sentence to show instead of the entries, or empty; the entries, newest first; the
    /// addresses of the public page and of its feed, the latter empty when there is none.
    pub type ListObject;
    #[wasm_bindgen(method, getter)]
    fn note(this: &ListObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn items(this: &ListObject) -> Vec<ItemObject>;
    #[wasm_bindgen(method, getter)]
    fn page(this: &ListObject) -> String;
    #[wasm_bindgen(method, getter, js_name = feed)]
    fn list_feed(this: &ListObject) -> String;

    /// `{ title, text, version, url, at, date, dateTitle, isFresh, tags }`: `at` is ISO 8601 in UTC, `date` and
    /// `dateTitle` are its short and long form for people.
    pub type ItemObject;
    #[wasm_bindgen(method, getter)]
    fn title(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn text(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn version(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn url(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn at(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn date(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter, js_name = dateTitle)]
    fn date_title(this: &ItemObject) -> String;
    #[wasm_bindgen(method, getter, js_name = isFresh)]
    fn is_fresh(this: &ItemObject) -> bool;
    #[wasm_bindgen(method, getter)]
    fn tags(this: &ItemObject) -> Vec<TagObject>;

    /// `{ name, color }`: `color` is a CSS colour or empty.
    pub type TagObject;
    #[wasm_bindgen(method, getter)]
    fn name(this: &TagObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn color(this: &TagObject) -> String;
}

pub struct Words {
    pub fresh: String,
    pub more: String,
    pub all: String,
    pub feed: String,
    pub failed: String,
    pub retry: String,
}

impl From<&WordsObject> for Words {
    fn from(words: &WordsObject) -> Self {
        Self {
            fresh: words.fresh(),
            more: words.more(),
            all: words.all(),
            feed: words.feed(),
            failed: words.failed(),
            retry: words.retry(),
        }
    }
}

pub enum State {
    Loading,
    Failed,
    Listed(List),
}

pub struct List {
    pub note: String,
    pub items: Vec<Item>,
    pub page: String,
    pub feed: String,
}

#[derive(Clone)]
pub struct Item {
    pub title: String,
    pub text: String,
    pub version: String,
    pub url: String,
    pub at: String,
    pub date: String,
    pub date_title: String,
    pub is_fresh: bool,
    pub tags: Vec<Tag>,
}

#[derive(Clone)]
pub struct Tag {
    pub name: String,
    pub color: String,
}

impl From<JsValue> for State {
    fn from(state: JsValue) -> Self {
        if state.is_undefined() {
            Self::Loading
        } else if state.is_null() {
            Self::Failed
        } else {
            let list = state.unchecked_into::<ListObject>();
            let items = list.items().iter().map(Item::from).collect();
            Self::Listed(List { note: list.note(), items, page: list.page(), feed: list.list_feed() })
        }
    }
}

impl From<&ItemObject> for Item {
    fn from(item: &ItemObject) -> Self {
        Self {
            title: item.title(),
            text: item.text(),
            version: item.version(),
            url: item.url(),
            at: item.at(),
            date: item.date(),
            date_title: item.date_title(),
            is_fresh: item.is_fresh(),
            tags: item.tags().iter().map(|tag| Tag { name: tag.name(), color: tag.color() }).collect(),
        }
    }
}
