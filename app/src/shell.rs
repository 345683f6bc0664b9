//! The document around every page of the dashboard.

use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use crate::App;
use crate::account::form_target;
use crate::server::{PageAssets, page_theme};

/// The whole document; also sets the content security policy, whose nonce only this document knows.
pub fn shell(assets: PageAssets) -> impl IntoView {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    set_policy(&nonce);
    let zone = use_context::<services::own_settings::Shown>().map(|shown| shown.zone);
    let start = format!(
        "import start,{{hydrate}} from '{}';start({{module_or_path:'{}'}}).then(hydrate);",
        assets.script, assets.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=page_theme().as_str() data-zone=zone>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex, nofollow"/>
                <meta name="application-name" content=crate::instance::instance_name()/>
                <link rel="stylesheet" href=assets.style/>
                <link rel="icon" type="image/svg+xml" href=assets.favicon/>
                <link rel="modulepreload" href=assets.script/>
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <MetaTags/>
                <script type="module" nonce=nonce inner_html=start></script>
                <script src=assets.reader defer=true></script>
                {assets.reload.map(|src| view! { <script src=src defer=true></script> })}
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Scripts only from us or with the nonce, and no `unsafe-inline`. Style attributes are allowed because the kit sets
/// custom properties with them, and text of users never reaches one.
fn set_policy(nonce: &str) {
    // Browsers hold a form to this also where its answer leads elsewhere.
    let forms = form_target().map(|target| format!(" {target}")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: http: https:; connect-src 'self'; object-src 'none'; \
         frame-src 'self' {}; base-uri 'none'; form-action 'self'{forms}; frame-ancestors 'none'",
        markdown::EMBED_ORIGINS.join(" ")
    );
    if let (Some(answer), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy)) {
        answer.insert_header(CONTENT_SECURITY_POLICY, value);
    }
}
