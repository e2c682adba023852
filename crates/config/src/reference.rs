//! The reference of all settings, in Markdown, made of the shipped `config.toml` and its comments: what
//! is documented is what is built in.

use super::{layers, restart, saved_settings, secrets};

/// What stands above the list.
const PREFACE: &str = "\
# Configuration

<!-- Made by `agendad config reference` of config.toml: change it there, then write this file anew with
     cargo run -- config reference > docs/configuration.md -->

[Em português: como ler esta página](pt/configuracao.md).

Every setting has a default, so a file needs to hold only what differs. Later wins:

1. the built-in defaults: [`config.toml`](../config.toml), which is part of the program;
2. one file: `--config FILE`, else `/etc/agendad/config.toml`, else `./config.toml`;
3. what was set in the browser (Ajustes) or by `agendad config set`: `settings.toml` under `state_dir`, written by the
   program, of the settings marked *browser* below;
4. secrets in `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`), else in `/etc/agendad/credentials` where that can be
   read: one file each, named after the key: `database.url`;
5. the environment, by the names below. A secret may also be a file: `AGENDAD_DATABASE__URL_FILE=/run/secrets/url`,
   or `url_file = \"…\"` in the file. One that is empty is refused.

An unknown key or an impossible value is refused before anything starts, with the place, the key and what is allowed.
`agendad config show` prints the effective values and where each comes from, secrets hidden; `agendad check` looks at
what they lead to.

*Reload*: **yes** means that SIGHUP (`systemctl reload agendad`) puts it in force; **no**, that it needs a restart, which
the log says after a reload. Durations read `1500ms`, `45s`, `15m`, `2h`; an empty text in an optional setting means
\"not set\". What credentials or the environment fix is shown in the browser, and is not changed there.
";

/// What stands above the settings of a section.
const HEADER: &str = "| key | default | reload | environment | what |\n|---|---|---|---|---|\n";

#[derive(Debug, PartialEq, Eq)]
struct Setting {
    key: String,
    default: String,
    explanation: String,
}

/// One section; the first has no name.
#[derive(Debug, Default)]
struct Section {
    name: String,
    explanation: String,
    settings: Vec<Setting>,
}

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let sections: String = sections(layers::BUILT_IN).iter().map(show).collect();
    format!("{PREFACE}{sections}")
}

/// Reads the shipped file as a person would: a comment explains what stands below it, as far as the next
/// comment; one before a section's name explains the section.
fn sections(text: &str) -> Vec<Section> {
    let mut all = vec![Section::default()];
    let mut comment = Comment::default();
    let mut is_repeated = false;
    // The file's own head is not about a setting.
    let body = text.split_once("\n\n").map_or(text, |(_, body)| body);
    for line in body.lines() {
        if let Some(words) = line.strip_prefix('#') {
            comment.add(words.trim());
        } else if line.starts_with('[') {
            let name = line.to_owned();
            let explanation = comment.take();
            let settings = Vec::new();
            // A further window, say.
            is_repeated = all.iter().any(|section| section.name == name);
            if !is_repeated {
                all.push(Section {
                    name,
                    explanation,
                    settings,
                });
            }
        } else if let (Some((key, default)), Some(section)) =
            (line.split_once(" = "), all.last_mut())
            && !is_repeated
        {
            section.settings.push(Setting {
                key: key.to_owned(),
                default: default.to_owned(),
                explanation: comment.of_a_key(),
            });
        }
    }
    all
}

/// The lines of the last comment, and whether something below it has been read.
#[derive(Debug, Default)]
struct Comment {
    text: String,
    used: bool,
}

impl Comment {
    fn add(&mut self, words: &str) {
        if std::mem::take(&mut self.used) {
            self.text.clear();
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }

    fn of_a_key(&mut self) -> String {
        self.used = true;
        self.text.clone()
    }

    fn take(&mut self) -> String {
        let unread = !std::mem::take(&mut self.used);
        let text = std::mem::take(&mut self.text);
        if unread { text } else { String::new() }
    }
}

fn show(section: &Section) -> String {
    let title = match section.name.as_str() {
        "" => "At the top".to_owned(),
        name => format!("`{name}`"),
    };
    let explanation = match section.explanation.as_str() {
        "" => String::new(),
        text => format!("{text}\n\n"),
    };
    let prefix = section.name.trim_matches(['[', ']']);
    let rows: String = section
        .settings
        .iter()
        .map(|setting| row(prefix, setting))
        .collect();
    format!("\n## {title}\n\n{explanation}{HEADER}{rows}")
}

fn row(section: &str, setting: &Setting) -> String {
    let Setting {
        key,
        default,
        explanation,
    } = setting;
    let whole = match section {
        "" => key.clone(),
        section => format!("{section}.{key}"),
    };
    let is_fixed = restart::FIXED.iter().any(|fixed| fixed.key == whole);
    let reload = if is_fixed { "**no**" } else { "yes" };
    // A list is one setting in the environment.
    let variable = layers::environment_name(if section == "windows" {
        section
    } else {
        &whole
    });
    let secret = if secrets::KEYS.contains(&whole.as_str()) {
        "Secret. "
    } else {
        ""
    };
    let kept_as = if section == "windows" {
        section
    } else {
        &whole
    };
    let browser = saved_settings::find(kept_as).map_or("", |_| "*browser* ");
    let what = format!("{browser}{secret}{explanation}").replace('|', "\\|");
    format!("| `{key}` | `{default}` | {reload} | `{variable}` | {what} |\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_page_is_what_the_program_prints() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            committed == markdown(),
            "docs/configuration.md is not what config.toml says; write it anew: \
             cargo run -- config reference > docs/configuration.md"
        );
    }

    #[test]
    fn each_setting_of_the_file_is_on_the_page_with_its_explanation() {
        let built_in = layers::built_in().unwrap();
        let page = markdown();
        let mut keys = 0;
        let mut open = vec![(String::new(), built_in.table)];
        while let Some((prefix, table)) = open.pop() {
            for (name, value) in table {
                let key = format!("{prefix}{name}");
                if let toml::Value::Table(inner) = value {
                    open.push((format!("{key}."), inner));
                    continue;
                }
                let variable = format!("| `{}` |", layers::environment_name(&key));
                let row = page.lines().find(|line| line.contains(&variable));
                assert!(!row.unwrap().ends_with("|  |"), "{key} is explained");
                keys += 1;
            }
        }
        assert!(keys > 80, "{keys}");
        for fixed in restart::FIXED {
            assert!(page.contains(&layers::environment_name(fixed.key)));
        }
    }
}
