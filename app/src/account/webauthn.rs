//! Passkeys in the browser: options in the JSON form of WebAuthn in, answers in that form out.
//!
//! The browser's own conversions (`parseCreationOptionsFromJSON`, `toJSON`) are younger than passkeys; the few members
//! that are bytes are converted here, so that every browser with passkeys takes one path. Nothing here runs on the server.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The person closed the dialog, or took too long, or a later request took its place.
    Cancelled,
    /// The authenticator has a passkey for this account already.
    Known,
    /// In the browser's own words.
    Failed(String),
}

impl Refused {
    /// A sentence for the page; nothing where the person decided so.
    pub fn message(&self) -> Option<String> {
        match self {
            Refused::Cancelled => None,
            Refused::Known => Some("This device has a passkey for your account already.".to_owned()),
            Refused::Failed(text) => Some(format!("The browser could not use a passkey: {text}")),
        }
    }
}

impl From<JsValue> for Refused {
    fn from(error: JsValue) -> Self {
        let text = |name| get(&error, name).and_then(|value| value.as_string()).unwrap_or_default();
        match text("name").as_str() {
            "NotAllowedError" | "AbortError" => Refused::Cancelled,
            "InvalidStateError" => Refused::Known,
            name => Refused::Failed(format!("{} ({name})", text("message"))),
        }
    }
}

/// Whether this browser knows passkeys, here: it offers them over https and on the machine itself, and only for names.
pub fn is_supported() -> bool {
    let host = window().location().hostname().unwrap_or_default();
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    !is_address && class().is_some() && credentials().is_some()
}

/// Whether passkeys can be offered among what the browser fills in.
pub async fn can_fill_in() -> bool {
    let Some(class) = class() else { return false };
    match call(&class, "isConditionalMediationAvailable", &[]).map(JsFuture::from) {
        Some(answer) => answer.await.is_ok_and(|value| value.is_truthy()),
        None => false,
    }
}

/// Has a passkey made.
pub async fn create(options: &str) -> Result<String, Refused> {
    let options = JSON::parse(options)?;
    to_bytes(&options, "challenge");
    if let Some(user) = get(&options, "user") {
        to_bytes(&user, "id");
    }
    ids_to_bytes(&options, "excludeCredentials");
    let request = Object::new();
    set(&request, "publicKey", &options);
    let credential = ask("create", &request).await?;
    let response = get(&credential, "response").unwrap_or_default();
    let transports = call_for(&response, "getTransports")
        .map(|list| Array::from(&list).iter().filter_map(|item| item.as_string()).collect::<Vec<_>>())
        .unwrap_or_default();
    let transports: Vec<String> = transports
        .into_iter()
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        .map(|name| format!("\"{name}\""))
        .collect();
    let members = [member(&response, "clientDataJSON"), member(&response, "attestationObject")];
    let members = format!("{},\"transports\":[{}]", members.join(","), transports.join(","));
    Ok(answer(&credential, &members))
}

/// Has a challenge signed. With `fills_in` the browser offers it in a field, and waits until somebody chooses it or
/// `stop` ends it.
pub async fn sign(options: &str, fills_in: bool, stop: Option<&JsValue>) -> Result<String, Refused> {
    let options = JSON::parse(options)?;
    to_bytes(&options, "challenge");
    ids_to_bytes(&options, "allowCredentials");
    let request = Object::new();
    set(&request, "publicKey", &options);
    if fills_in {
        set(&request, "mediation", &"conditional".into());
    }
    if let Some(signal) = stop.and_then(|stop| get(stop, "signal")) {
        set(&request, "signal", &signal);
    }
    let credential = ask("get", &request).await?;
    let response = get(&credential, "response").unwrap_or_default();
    let mut members: Vec<String> =
        ["clientDataJSON", "authenticatorData", "signature"].iter().map(|name| member(&response, name)).collect();
    // Null where the authenticator does not say whose the passkey is.
    if get(&response, "userHandle").is_some_and(|value| value.is_truthy()) {
        members.push(member(&response, "userHandle"));
    } else {
        members.push("\"userHandle\":null".to_owned());
    }
    Ok(answer(&credential, &members.join(",")))
}

/// Something that can end a request that waits: an `AbortController`.
pub fn stopper() -> Option<JsValue> {
    let class = get(&window(), "AbortController")?.dyn_into::<Function>().ok()?;
    Reflect::construct(&class, &Array::new()).ok()
}

/// Ends the request that was given this stopper.
pub fn stop(stopper: &JsValue) {
    call(stopper, "abort", &[]);
}

fn class() -> Option<JsValue> {
    get(&window(), "PublicKeyCredential").filter(|class| !class.is_undefined())
}

fn credentials() -> Option<JsValue> {
    get(&window().navigator(), "credentials").filter(|value| value.is_truthy())
}

async fn ask(what: &str, request: &Object) -> Result<JsValue, Refused> {
    let missing = || Refused::Failed("it knows none".to_owned());
    let credentials = credentials().ok_or_else(missing)?;
    let promise = call(&credentials, what, &[request]).ok_or_else(missing)?;
    let credential = JsFuture::from(promise).await?;
    if credential.is_truthy() { Ok(credential) } else { Err(Refused::Cancelled) }
}

/// The answer as JSON. Every text in it is base64url, or one of the names of WebAuthn.
fn answer(credential: &JsValue, members: &str) -> String {
    let id = get(credential, "rawId").and_then(|id| encode(&id)).unwrap_or_default();
    format!(
        "{{\"id\":\"{id}\",\"rawId\":\"{id}\",\"type\":\"public-key\",\"clientExtensionResults\":{{}},\
         \"response\":{{{members}}}}}"
    )
}

fn member(response: &JsValue, name: &str) -> String {
    let value = get(response, name).and_then(|value| encode(&value)).unwrap_or_default();
    format!("\"{name}\":\"{value}\"")
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails for frozen objects only; these are our own.
    let _ = Reflect::set(object, &name.into(), value);
}

fn call_for(object: &JsValue, name: &str) -> Option<JsValue> {
    let function = get(object, name)?.dyn_into::<Function>().ok()?;
    function.call0(object).ok()
}

fn call(object: &JsValue, name: &str, arguments: &[&Object]) -> Option<Promise> {
    let function = get(object, name)?.dyn_into::<Function>().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    function.apply(object, &list).ok().map(Promise::from)
}

/// Turns a member that is base64url into bytes.
fn to_bytes(object: &JsValue, name: &str) {
    if let Some(bytes) = get(object, name).and_then(|value| value.as_string()).and_then(|text| decode(&text)) {
        set(object, name, &bytes);
    }
}

fn ids_to_bytes(object: &JsValue, name: &str) {
    for item in get(object, name).map(|list| Array::from(&list)).into_iter().flat_map(|list| list.to_vec()) {
        to_bytes(&item, "id");
    }
}

fn decode(text: &str) -> Option<Uint8Array> {
    // Each character stands for one byte, and missing padding is no error.
    let binary = window().atob(&text.replace('-', "+").replace('_', "/")).ok()?;
    let bytes: Vec<u8> = binary.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    Some(Uint8Array::from(bytes.as_slice()))
}

fn encode(buffer: &JsValue) -> Option<String> {
    let binary: String = Uint8Array::new(buffer).to_vec().into_iter().map(char::from).collect();
    let text = window().btoa(&binary).ok()?;
    Some(text.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}
