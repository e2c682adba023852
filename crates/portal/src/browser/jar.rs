//! The cookies of one session.

use std::cmp::Reverse;

use cookie_store::CookieStore;
use url::Url;

/// The cookies of one session; session cookies are kept like all others.
#[derive(Default)]
pub(crate) struct Jar {
    store: CookieStore,
}

impl Jar {
    /// The `Cookie` header for `url`, each character a byte, as headers are read; without the cookies that no header
    /// can hold. Of two of one name a portal takes the first, so that of the longer path comes first, as browsers send
    /// them; the store has them in a different order each time.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let mut cookies = self.store.matches(url);
        cookies.sort_by_key(|cookie| (Reverse(cookie.path.len()), cookie.name(), cookie.value()));
        let pairs: Vec<String> = cookies
            .iter()
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .filter(|pair| pair.chars().all(|c| c <= '\u{ff}' && !c.is_ascii_control()))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes in the `Set-Cookie` headers of an answer; odd ones are passed over.
    pub(crate) fn take(&mut self, url: &Url, set_cookies: &[String]) {
        for set_cookie in set_cookies {
            if self.store.parse(set_cookie, url).is_err() {
                tracing::debug!("the portal set a cookie that does not parse");
            }
        }
    }

    /// The values, for blanking.
    pub(crate) fn values(&self) -> Vec<String> {
        self.store
            .iter_any()
            .map(|cookie| cookie.value().to_owned())
            .collect()
    }

    /// All of them, for the next run. Secret.
    pub(crate) fn to_json(&self) -> Option<serde_json::Value> {
        let mut json = Vec::new();
        // The plain `save` drops session cookies, which are the only ones that matter here.
        cookie_store::serde::json::save_incl_expired_and_nonpersistent(&self.store, &mut json)
            .ok()?;
        let mut json: serde_json::Value = serde_json::from_slice(&json).ok()?;
        // The store has them in a different order each time; the same cookies are to be the same text.
        if let Some(cookies) = json.as_array_mut() {
            cookies.sort_by_cached_key(ToString::to_string);
        }
        Some(json)
    }

    /// What [`Jar::to_json`] gave; `None` if it is something else.
    pub(crate) fn from_json(json: &serde_json::Value) -> Option<Self> {
        let text = json.to_string();
        let store = cookie_store::serde::json::load_all(text.as_bytes()).ok()?;
        Some(Self { store })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cookies_are_the_same_text_in_whatever_order_they_came() {
        let url: Url = "https://portal.example.com/gefor/x.do".parse().unwrap();
        let names = ["JSESSIONID=a", "visid_incap_1=b", "incap_ses_1_2=c", "d=e"];
        let text = |names: &[&str]| {
            let mut jar = Jar::default();
            jar.take(
                &url,
                &names.iter().map(ToString::to_string).collect::<Vec<_>>(),
            );
            jar.to_json().unwrap().to_string()
        };
        let mut back = names;
        back.reverse();
        assert_eq!(text(&names), text(&back));
        let kept = Jar::from_json(&serde_json::from_str(&text(&names)).unwrap()).unwrap();
        assert_eq!(kept.to_json().unwrap().to_string(), text(&names));
    }

    #[test]
    fn of_two_cookies_of_one_name_that_of_the_longer_path_comes_first_in_every_jar() {
        let url: Url = "https://portal.example.com/gefor/SGU/x.do".parse().unwrap();
        let cookies = [
            "JSESSIONID=root; Path=/",
            "JSESSIONID=own; Path=/gefor",
            "b=1; Path=/",
            "a=2; Path=/",
        ]
        .map(str::to_owned);
        // Each jar has another seed, and another order.
        for _ in 0..64 {
            let mut jar = Jar::default();
            jar.take(&url, &cookies);
            assert_eq!(
                jar.header(&url).unwrap(),
                "JSESSIONID=own; JSESSIONID=root; a=2; b=1"
            );
        }
    }

    #[test]
    fn session_cookies_survive() {
        let url: Url = "https://portal.example.com/gefor/x.do".parse().unwrap();
        let mut jar = Jar::default();
        jar.take(
            &url,
            &[
                "JSESSIONID=abc.1; Path=/gefor; Secure; HttpOnly".into(),
                ";;".into(),
            ],
        );
        let jar = Jar::from_json(&jar.to_json().unwrap()).unwrap();
        assert_eq!(jar.header(&url).unwrap(), "JSESSIONID=abc.1");
        let elsewhere = "https://portal.example.com/other".parse().unwrap();
        assert_eq!(jar.header(&elsewhere), None, "the path binds");
    }
}
