//! Numbers and times outside of what is allowed.

use super::refusal;

#[test]
fn a_number_or_time_that_is_refused_is_said_beside_what_is_allowed() {
    for (file, said) in [
        ("[retry]\nmax_retries = 21", "is 21; at most 20"),
        ("[portal]\nmax_pages_per_run = 2", "is 2; at least 3"),
        ("[guard]\nmin_slots = 0", "is 0; at least 1"),
        (
            "[guard]\nconfirmations = 101",
            "is 101; allowed are 0 to 100",
        ),
        (
            "[calendar]\ndays_back = -3",
            "is -3; allowed are 0 to 65535",
        ),
        ("[database]\nmax_connections = 1", "is 1; at least 2"),
        ("[portal]\nmax_connections = 0", "is 0; allowed are 1 to "),
        (
            "[portal]\nmax_body_bytes = 999",
            "is 999; allowed are 1000 to ",
        ),
        (
            "[portal]\nmax_requests_per_second = 1000001",
            "is 1000001; ",
        ),
        ("[http]\nmax_connections = 0", "is 0; allowed are 1 to "),
        ("[http]\nmax_body_bytes = 5", "is 5; allowed are 1000 to "),
        ("[http]\nrequest_timeout = \"99ms\"", "is 99ms, shorter"),
        ("[http]\nsession_idle = \"59s\"", "is 59s, shorter"),
        ("[http]\nsession_longest = \"30s\"", "is 30s, shorter"),
        ("[scheduler]\nbusy_delay = \"20ms\"", "is 20ms, shorter"),
        ("[alerts]\ninterval = \"500ms\"", "is 500ms; at least 1s"),
        ("[session]\nttl = \"10ms\"", "is 10ms, shorter"),
        ("[session]\nportal_idle = \"0s\"", "is 0ns, shorter"),
    ] {
        let text = refusal(file, &[]);
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_time_of_zero_that_would_let_nothing_succeed_is_refused() {
    for (section, key) in [
        ("portal", "connect_timeout"),
        ("portal", "request_timeout"),
        ("scheduler", "run_timeout"),
        ("http", "request_timeout"),
        ("webhooks", "timeout"),
        ("alerts", "timeout"),
        ("session", "ttl"),
        ("alerts.portal_down", "window"),
    ] {
        let text = refusal(&format!("[{section}]\n{key} = \"0s\""), &[]);
        assert!(
            text.starts_with(&format!("test.toml: {section}.{key} is 0")),
            "{text}"
        );
    }
}

#[test]
fn an_hour_whose_mail_would_wait_beyond_midnight_is_refused() {
    let text = refusal("[tomorrow]\nhour = \"23:45\"", &[]);
    let said = "tomorrow.hour is \"23:45\", and with tomorrow.wait, 900s, the day ends before";
    assert!(text.contains(said), "{text}");
    for hour in ["23:44", "00:00"] {
        super::load(&format!("[tomorrow]\nhour = \"{hour}\""), &[]).unwrap();
    }
    super::load("[tomorrow]\nenabled = false\nhour = \"23:45\"", &[]).unwrap();
}
