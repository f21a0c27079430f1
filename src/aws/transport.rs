//! How requests travel: one pool of connections for every client, through the proxy that the environment names, and
//! with TLS where a request needs it. What is sent is none of its business.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::proxy::matcher::Matcher;
use std::sync::Arc;

/// One pool for every client: the SDK's own default is one for each. A client that is made sets nothing up, unlike
/// the SDK's own, which reads the machine's root certificates then and there: that takes longer than all the rest before
/// the first call, and an endpoint on this machine has no use for them.
#[derive(Debug, Clone)]
struct Transport {
    /// To where no certificates are looked at.
    plain: SharedHttpClient,
    /// To everywhere else.
    tls: SharedHttpClient,
    proxies: Arc<Matcher>,
}

/// The client that every other one shares.
pub(super) fn client() -> SharedHttpClient {
    let transport = Transport {
        plain: pool(ProxyConfig::disabled(), TrustStore::empty()),
        tls: pool(ProxyConfig::from_env(), TrustStore::default()),
        proxies: Arc::new(Matcher::from_env()),
    };
    SharedHttpClient::new(transport)
}

fn pool(proxy: ProxyConfig, trusted: TrustStore) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let context = TlsContext::builder().with_trust_store(trusted.clone()).build().unwrap_or_default();
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context);
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(proxy.clone()));
        connector.build()
    })
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let (settings, components) = (settings.clone(), components.clone());
        SharedHttpConnector::new(Journey { transport: self.clone(), settings, components })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.tls.connector_metadata()
    }
}

/// A connector for one client's settings, which the pools keep.
#[derive(Debug)]
struct Journey {
    transport: Transport,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Journey {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Journey { transport: Transport { plain, tls, proxies }, settings, components } = self;
        let pool = if is_plain(request.uri(), proxies) { plain } else { tls };
        pool.http_connector(settings, components).call(request)
    }
}

/// Whether no certificate is looked at on the way there: a proxy may have one.
fn is_plain(uri: &str, proxies: &Matcher) -> bool {
    let uri: Option<Uri> = uri.parse().ok();
    uri.is_some_and(|uri| uri.scheme() == Some(&Scheme::HTTP) && proxies.intercept(&uri).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_without_a_proxy_needs_no_certificates() {
        let none = Matcher::builder().build();
        assert!(is_plain("http://127.0.0.1:4566/", &none));
        assert!(!is_plain("https://cloudtrail.us-east-1.amazonaws.com/", &none));
        assert!(!is_plain("nonsense", &none));
        let proxy = Matcher::builder().http("https://proxy.example").no("127.0.0.1").build();
        assert!(!is_plain("http://cloudtrail.example/", &proxy));
        assert!(is_plain("http://127.0.0.1:4566/", &proxy));
    }
}
