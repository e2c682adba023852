//! What is kept is kept whole, loses to what is fixed, and never to another writer.

use secrecy::ExposeSecret;

use super::*;

fn sources(dir: &Path, env: &[(&str, &str)]) -> Sources {
    let built_in = layers::built_in().unwrap();
    let file = format!("state_dir = {dir:?}\n[tomorrow]\nhour = \"18:00\"\n");
    let file = layers::parse("config.toml", &file).unwrap();
    let variables = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    let environment = layers::environment(variables, &built_in.table).unwrap();
    Sources::Given(vec![built_in, file, environment])
}

fn set(key: &'static str, text: &str) -> Edits {
    [(key, Some(value(key, text).unwrap()))].into()
}

fn good(_: &Config) -> Result<(), Problem> {
    Ok(())
}

fn load(sources: &Sources) -> Result<Config, ConfigError> {
    Config::from_sources(sources.clone())
}

#[test]
fn what_is_kept_lies_over_the_file_and_under_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let plain = sources(dir.path(), &[]);
    change(&plain, None, &set("tomorrow.hour", "17:30"), good).unwrap();
    let config = load(&plain).unwrap();
    assert_eq!(config.tomorrow.hour, "17:30");
    assert_eq!(config.saved.keys().collect::<Vec<_>>(), ["tomorrow.hour"]);

    let env = [("AGENDAD_TOMORROW__HOUR", "16:00")];
    let fixing = sources(dir.path(), &env);
    let config = load(&fixing).unwrap();
    assert_eq!(config.tomorrow.hour, "16:00");
    assert_eq!(
        config.saved.fixed_by("tomorrow.hour"),
        Some("AGENDAD_TOMORROW__HOUR")
    );
    let refused = change(&fixing, None, &set("tomorrow.hour", "15:00"), good);
    assert!(
        matches!(refused, Err(ChangeError::Fixed { .. })),
        "{refused:?}"
    );

    let none: Edits = [("tomorrow.hour", None)].into();
    change(&plain, None, &none, good).unwrap();
    assert_eq!(
        load(&plain).unwrap().tomorrow.hour,
        "18:00",
        "as in the file"
    );
}

#[test]
fn a_wrong_value_is_refused_as_everywhere_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    change(&sources, None, &set("tomorrow.hour", "17:30"), good).unwrap();
    let before = fingerprint(&path_in(dir.path()));
    for (key, text, said) in [
        ("tomorrow.hour", "25h", "give a time such as \"19:00\""),
        ("windows", "[]", "nothing would ever be synchronised"),
        (
            "alerts.slack.webhook",
            "nonsense",
            "its value is not shown here",
        ),
        (
            "alerts.email.host",
            "mail.example.com",
            "name at least one recipient",
        ),
    ] {
        let refused = change(&sources, None, &set(key, text), good).unwrap_err();
        assert!(refused.to_string().contains(said), "{key}: {refused}");
        assert!(!refused.to_string().contains("nonsense"), "{refused}");
    }
    let unusable = |_: &Config| {
        Err(Problem {
            place: Place::Given,
            key: "alerts.ntfy.url".to_owned(),
            wrong: Wrong::NoTopic,
        })
    };
    assert!(change(&sources, None, &set("tomorrow.hour", "17:00"), unusable).is_err());
    assert_eq!(fingerprint(&path_in(dir.path())), before);
}

#[test]
fn a_file_that_is_cut_or_edited_is_refused_wherever_that_was() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let path = path_in(dir.path());
    change(&sources, None, &set("tomorrow.hour", "17:30"), good).unwrap();
    change(&sources, None, &set("backup.at", "02:00"), good).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for end in 0..whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        let refused = load(&sources);
        assert!(matches!(refused, Err(ConfigError::Damaged { .. })), "{end}");
        // Nor is it written over.
        assert!(change(&sources, None, &set("backup.at", "03:00"), good).is_err());
    }
    for at in 0..whole.len() {
        let mut other = whole.clone();
        other[at] ^= 1;
        std::fs::write(&path, &other).unwrap();
        assert!(load(&sources).is_err(), "{at}");
    }
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(load(&sources).unwrap().tomorrow.hour, "17:30");
}

#[test]
fn nothing_is_locked_or_handed_over_where_a_link_leads() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let nothing = dir.path().join("nothing");
    std::os::unix::fs::symlink(&nothing, dir.path().join("settings.lock")).unwrap();
    assert!(change(&sources, None, &set("backup.at", "02:00"), good).is_err());
    assert!(!nothing.exists());
}

#[test]
fn only_settings_of_the_list_may_be_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let values = [("state_dir".to_owned(), Value::from("/elsewhere"))].into();
    std::fs::write(path_in(dir.path()), file::text(&values)).unwrap();
    let refused = load(&sources).unwrap_err().to_string();
    assert!(refused.contains("state_dir is no setting"), "{refused}");
}

#[test]
fn two_who_write_at_once_lose_nothing_and_one_who_saw_an_older_state_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let edits = [
        set("tomorrow.hour", "17:30"),
        set("backup.at", "02:00"),
        set("alerts.telegram.chat", "1"),
        set("changes.quiet_from", "20:00"),
    ];
    std::thread::scope(|scope| {
        for edits in &edits {
            let sources = &sources;
            scope.spawn(move || change(sources, None, edits, good).unwrap());
        }
    });
    assert_eq!(load(&sources).unwrap().saved.keys().count(), edits.len());
    let other = set("tomorrow.hour", "16:45");
    let overtaken = change(&sources, Some(""), &other, good);
    assert!(matches!(overtaken, Err(ChangeError::Overtaken)));
}

#[test]
fn what_is_kept_already_may_be_sent_again_from_an_older_page() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let secret = set("alerts.slack.webhook", "https://hooks.example.com/canary");
    change(&sources, Some(""), &secret, good).unwrap();
    let kept = fingerprint(&path_in(dir.path()));
    change(&sources, Some(""), &secret, good).unwrap();
    assert_eq!(fingerprint(&path_in(dir.path())), kept);
    // With anything that is new, or away, it is overtaken as a whole.
    for (key, value) in [
        ("tomorrow.hour", Some(Value::from("17:30"))),
        ("alerts.slack.webhook", None),
    ] {
        let mut more = secret.clone();
        more.insert(key, value);
        let overtaken = change(&sources, Some(""), &more, good);
        assert!(matches!(overtaken, Err(ChangeError::Overtaken)), "{key}");
    }
    assert_eq!(fingerprint(&path_in(dir.path())), kept);
}

#[test]
fn it_is_for_its_owner_only_and_shows_no_secret_in_messages() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let secret = "https://hooks.example.com/canary";
    let config = change(&sources, None, &set("alerts.slack.webhook", secret), good).unwrap();
    let webhook = config.secrets.alerts_slack_webhook.as_ref().unwrap();
    assert_eq!(webhook.expose_secret(), secret);
    let mode = path_in(dir.path()).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let config = load(&sources).unwrap();
    assert!(!format!("{config:?} {sources:?}").contains("canary"));
}

#[test]
fn what_changed_is_taken_up_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let sources = sources(dir.path(), &[]);
    let mut config = load(&sources).unwrap();
    config.backup.at = "01:00".to_owned();
    change(&sources, None, &set("tomorrow.hour", "17:30"), good).unwrap();
    let fresh = load(&sources).unwrap();
    assert_eq!(take_up(&mut config, &fresh), ["tomorrow.hour"]);
    assert_eq!(
        (config.tomorrow.hour.as_str(), config.backup.at.as_str()),
        ("17:30", "01:00")
    );
    assert!(take_up(&mut config, &fresh).is_empty());
}

#[test]
fn every_setting_that_may_be_kept_is_one_and_is_taken_up() {
    let built_in = layers::built_in().unwrap();
    for setting in SETTINGS {
        assert!(
            layers::lookup(&built_in.table, setting.key).is_some(),
            "{setting:?}"
        );
        let is_secret = crate::secrets::KEYS.contains(&setting.key);
        assert_eq!(setting.is_secret(), is_secret, "{setting:?}");
        let fixed = super::super::restart::FIXED.iter();
        assert!(
            fixed.clone().all(|one| one.key != setting.key),
            "{setting:?}"
        );
    }
}
