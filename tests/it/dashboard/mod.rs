//! The dashboard, looked at and used as an operator does, and as somebody who is none.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod base_path;
pub(crate) mod browser;
mod clinic;
mod examiner;
mod first_steps;
mod forms;
mod login;
mod notes;
mod pages;
mod past;
mod switched_off;
mod trouble;

use crate::dashboard::browser::Page;
use crate::support::World;

const WHOLE_CPF: fn(&str) -> bool = |html| {
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    html.as_bytes().windows(14).any(|w| {
        digits(&w[..3])
            && w[3] == b'.'
            && digits(&w[4..7])
            && w[7] == b'.'
            && digits(&w[8..11])
            && w[11] == b'-'
            && digits(&w[12..])
    })
};

async fn audited(world: &World, action: &str, user: i32) -> i64 {
    world
        .count(&format!(
            "SELECT count(*) FROM agendad_audit WHERE action = '{action}' AND actor = 'dashboard:operator' AND usuario_id = {user}"
        ))
        .await
}

fn guarded(page: &Page) {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    for inline in [
        "<style",
        " style=",
        "<script>",
        " onclick=",
        "javascript:",
        "http://",
        "https://",
    ] {
        let found = page.html.contains(inline);
        assert!(
            !found || page.headers["content-type"] != "text/html; charset=utf-8",
            "{inline}: {}",
            page.html
        );
    }
}
