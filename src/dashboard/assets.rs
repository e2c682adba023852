//! The dashboard's own style, script and icon: part of the program, under addresses that change with
//! their content, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::id::Id;

/// A file.
pub(super) struct Asset {
    /// Where it is found.
    pub(super) address: String,
    etag: String,
    kind: &'static str,
    text: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::of("css", "text/css; charset=utf-8", include_str!("style.css")));
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::of(
        "js",
        "text/javascript; charset=utf-8",
        include_str!("script.js"),
    )
});
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::of("svg", "image/svg+xml", include_str!("icon.svg")));

impl Asset {
    fn of(ending: &str, kind: &'static str, text: &'static str) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let hash = hex::encode(&hash[..8]);
        Self {
            address: format!("/assets/{hash}.{ending}"),
            etag: format!("\"{hash}\""),
            kind,
            text,
        }
    }
}

/// `GET /assets/{file}`
pub(super) async fn serve(file: Id<String>, headers: HeaderMap) -> Response {
    let all: [&Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    let wanted = file.map(|Path(file)| format!("/assets/{file}"));
    let mut all = all.into_iter();
    let Some(asset) =
        all.find(|asset| wanted.as_ref().is_ok_and(|wanted| asset.address == *wanted))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let keep = [
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (ETAG, asset.etag.as_str()),
    ];
    let known = headers.get(IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == asset.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, keep).into_response();
    }
    (keep, [(CONTENT_TYPE, asset.kind)], asset.text).into_response()
}
