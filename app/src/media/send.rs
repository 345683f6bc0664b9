//! Sending a file from the page. Forms of Leptos send text only.

use model::media::Medium;
use model::{Error, ProjectId, Result};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, Headers, RequestInit, Response};

use super::UPLOAD;

/// Uploads a file to a project.
pub async fn send(project: &ProjectId, file: &File, alt: &str, is_decorative: bool) -> Result<Medium> {
    let made = FormData::new().and_then(|form| {
        form.append_with_str("project", project.as_str())?;
        form.append_with_str("alt", alt)?;
        form.append_with_str("decorative", if is_decorative { "true" } else { "" })?;
        // Last: whether the person may is known before it is read.
        form.append_with_blob_and_filename("file", file, &file.name())?;
        Ok(form)
    });
    send_form(made.map_err(|_| Error::Network)?).await
}

/// Uploads what is in a form.
pub async fn send_form(form: FormData) -> Result<Medium> {
    let (status, text) = exchange(&form).await.map_err(|_| Error::Network)?;
    let strange = |_| Error::Network;
    match status {
        200..300 => serde_json::from_str(&text).map_err(strange),
        // A proxy before the server says it in its own words.
        413 => Err(serde_json::from_str(&text).unwrap_or(Error::TooLarge { limit_bytes: 0 })),
        _ => Err(serde_json::from_str(&text).map_err(strange)?),
    }
}

async fn exchange(form: &FormData) -> std::result::Result<(u16, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(headers.as_ref());
    init.set_body(form.as_ref());
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(UPLOAD, &init)).await?;
    let answer: Response = answer.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?;
    Ok((answer.status(), text.as_string().unwrap_or_default()))
}
