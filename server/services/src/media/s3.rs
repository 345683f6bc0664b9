//! A bucket, asked over the connections that everything else goes out by: no second HTTP client and no second TLS.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use object_store::{ClientOptions, ObjectStore};
use url::Url;

use super::files::Bucket;
use crate::outgoing::{Call, Outgoing, Reachable, Trouble};

/// For one request, the file included.
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest file that is read.
const LARGEST: usize = 512 * 1024 * 1024;

pub(super) fn open(bucket: &Bucket) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(&bucket.secret_key)
        .with_virtual_hosted_style_request(!bucket.path_style)
        // One request a file: not every service knows the one for many.
        .with_disable_bulk_delete(true)
        .with_allow_http(true);
    let mut hosts = Vec::new();
    if let Some(endpoint) = &bucket.endpoint {
        let endpoint = endpoint.trim_end_matches('/');
        let address = Url::parse(endpoint).ok();
        if let Some(host) = address.as_ref().and_then(Url::host_str) {
            hosts = vec![host.to_owned(), format!("{}.{host}", bucket.name)];
        }
        // With the bucket in the host, the endpoint is that of the bucket.
        let endpoint = match address {
            Some(mut address) if !bucket.path_style => {
                let host = format!("{}.{}", bucket.name, address.host_str().unwrap_or_default());
                match address.set_host(Some(&host)) {
                    Ok(()) => address.as_str().trim_end_matches('/').to_owned(),
                    Err(_) => endpoint.to_owned(),
                }
            }
            _ => endpoint.to_owned(),
        };
        builder = builder.with_endpoint(endpoint);
    }
    // Whoever configured the endpoint has opened it by that, in a private network too.
    let outgoing = Outgoing::new(Reachable::new(Vec::new(), hosts));
    Ok(Arc::new(builder.with_http_connector(Sender(outgoing)).build()?))
}

#[derive(Clone)]
struct Sender(Outgoing);

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

impl HttpConnector for Sender {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Sender {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let body: Bytes = body.collect().await?.to_bytes();
        let mut call = Call::send(head.method, &head.uri.to_string(), body).patience(PATIENCE).largest(LARGEST);
        for (name, value) in &head.headers {
            call = call.with(name.clone(), value.clone());
        }
        let answer = self.0.send(call).await.map_err(|trouble| {
            let kind = match trouble {
                Trouble::Slow { .. } => HttpErrorKind::Timeout,
                Trouble::Unreachable { .. } | Trouble::Unknown { .. } => HttpErrorKind::Connect,
                _ => HttpErrorKind::Unknown,
            };
            HttpError::new(kind, trouble)
        })?;
        let mut response = Response::new(HttpResponseBody::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
