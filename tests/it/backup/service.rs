//! Root's commands where systemd keeps the state of a service: in a directory that nobody else passes. It is made anew for the
//! test, in a name space of mounts of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::process::Command;

/// What each command says, behind a line with its words, and its exit code. `nobody` is the service's user.
const SCRIPT: &str = r#"
set -eu
agendad=$1
cd "$2"
: >config.toml
chmod 600 config.toml
mount -t tmpfs none /var/lib
mkdir -m 711 /var/lib/private
mkdir -m 700 /var/lib/private/agendad
chown nobody: /var/lib/private/agendad
ln -s private/agendad /var/lib/agendad
say() {
    echo "== $*"
    "$agendad" "$@" 2>&1 && echo "code 0" || echo "code $?"
}
say migrate
say backup --output my.backup
say backup verify - <my.backup
cat my.backup | say restore - --replace
chmod 700 /var/lib/private
say users list
say check --wide
say backup verify my.backup
LANG=pt_BR.UTF-8 say backup verify my.backup
say restore my.backup --replace
say database move --to postgres://u:canary@127.0.0.1:9/x
echo 12 >/var/lib/agendad/postgres/data/PG_VERSION
say database upgrade --from-backup my.backup
echo "== left"
ls /var/lib/agendad /var/lib/agendad/postgres
"#;

/// What was said to each command, in order.
fn said() -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", SCRIPT, "sh"])
        .arg(env!("CARGO_BIN_EXE_agendad"))
        .arg(dir.path())
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("AGENDAD_STATE_DIR", "/var/lib/agendad")
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{why}");
    text.split("== ").skip(1).map(str::to_owned).collect()
}

#[test]
fn where_only_the_services_user_passes_root_is_told_the_line_that_works() {
    if !nix::unistd::Uid::effective().is_root() {
        return; // who is not root does not see what lies there
    }
    let mut unshare = Command::new("unshare");
    let may_mount = unshare.args(["--mount", "true"]).status().unwrap();
    if !may_mount.success() {
        eprintln!("skipped: this container allows no mounts (unshare: {may_mount})");
        return;
    }
    let said = said();
    let [
        before @ ..,
        list,
        check,
        verify,
        portuguese,
        restore,
        moving,
        upgrade,
        left,
    ] = &said[..]
    else {
        panic!("{said:?}");
    };
    for good in before {
        assert!(good.contains("code 0"), "{good}");
    }
    // Any server would do for these.
    for told in [list, check] {
        assert!(told.contains("systemctl start agendad"), "{told}");
        assert!(!told.contains("systemd-run"), "{told}");
    }
    // The service has a user of its own.
    assert!(check.contains("chmod 644 config.toml"), "{check}");
    let program = env!("CARGO_BIN_EXE_agendad");
    let ours = |words: &str| format!("{program} {words}\n");
    for (told, input, words) in [
        (verify, "cat my.backup | systemd-run", "backup verify -"),
        (
            restore,
            "cat my.backup | systemd-run",
            "restore - --replace",
        ),
        (moving, "    systemd-run", "database move --to …"),
        (
            upgrade,
            "cat my.backup | systemd-run",
            "database upgrade --from-backup -",
        ),
    ] {
        assert!(told.contains("code 1"), "{told}");
        for part in [
            "run the command as the service's own user",
            input,
            "-p DynamicUser=yes -p User=agendad -p StateDirectory=agendad",
            &ours(words),
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        for part in ["systemctl", "does not run", "chmod", "canary@"] {
            let answer = told.split_once('\n').unwrap().1;
            assert!(!answer.contains(part), "{part}: {told}");
        }
    }
    for part in ["usuário do serviço", "-E LANG", &ours("backup verify -")] {
        assert!(portuguese.contains(part), "{part}: {portuguese}");
    }
    let names: Vec<&str> = left.lines().collect();
    assert!(
        names.contains(&"data") && names.contains(&"vault.key"),
        "{left}"
    );
    assert!(
        !names.contains(&"verify") && !names.contains(&"next"),
        "{left}"
    );
}
