//! A browser without a script: cookies, pages, forms.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::HashMap;
use std::net::SocketAddr;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};

use crate::http::client::{Client, OPERATOR};

/// Remembers cookies, and follows nothing by itself.
pub(crate) struct Browser {
    address: SocketAddr,
    http: reqwest::Client,
    pub(crate) cookies: HashMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// Where it sends the browser.
    pub(crate) fn leads_to(&self) -> &str {
        self.headers
            .get(LOCATION)
            .map_or("", |to| to.to_str().unwrap())
    }

    /// The token that its forms send along.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.html.split_once(r#"name="token" value=""#).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no portal client"
    )]
    pub(crate) fn of(client: &Client) -> Self {
        // It speaks plain HTTP: reading the system's certificates would take longer than a test's requests.
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            address: client.address,
            http: http.build().unwrap(),
            cookies: HashMap::new(),
        }
    }

    /// One that has logged in.
    pub(crate) async fn inside(client: &Client) -> Self {
        let mut browser = Self::of(client);
        let page = browser.enter(OPERATOR).await;
        assert_eq!(page.status, 303, "{page:?}");
        browser
    }

    pub(crate) async fn enter(&mut self, token: &str) -> Page {
        self.send("/entrar", &[("chave", token), ("para", "/")])
            .await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.http
            .request(method, format!("http://{}{path}", self.address))
            .header(COOKIE, cookies.join("; "))
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.load(request).await
    }

    /// Sends a form, as from a page of the same site.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = format!("http://{}", self.address);
        let request = self.form(path, fields).header(ORIGIN, origin);
        self.load(request).await
    }

    /// Sends a form with a file.
    pub(crate) async fn upload(&mut self, path: &str, token: &str, file: &[u8]) -> Page {
        const BOUNDARY: &str = "----synthetic-boundary";
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n\
             Content-Disposition: form-data; name=\"arquivo\"; filename=\"peritos.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        let tail = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [head.as_bytes(), file, tail.as_bytes()].concat();
        let origin = format!("http://{}", self.address);
        let request = self
            .request(Method::POST, path)
            .header(
                "content-type",
                format!("multipart/form-data; boundary={BOUNDARY}"),
            )
            .header(ORIGIN, origin)
            .body(body);
        self.load(request).await
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    pub(crate) async fn load(&mut self, request: RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Page {
            status,
            headers,
            html: response.text().await.unwrap(),
        }
    }

    /// Presses a button of an examiner's page.
    pub(crate) async fn press(&mut self, user: i32, act: &str) -> Page {
        let token = self.get(&format!("/peritos/{user}")).await.token();
        self.send(&format!("/peritos/{user}/{act}"), &[("token", &token)])
            .await
    }
}
