#!/usr/bin/env python3
"""Proves that rules and dashboard find data: starts a private database, the simulated portal, a daemon and a
Prometheus (all of them on the loopback, on free ports, gone at the end), lets them run for a while with some
trouble, and asks Prometheus every query of deploy/prometheus/alerts.yaml and deploy/grafana/agendad.json.

Needs Debian's package prometheus and a built agendad (target/debug/agendad, or AGENDAD=path). Not part of the
tests, because it takes two minutes: deploy/dev/check-metrics.py [SECONDS]
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("AGENDAD", str(ROOT / "target/debug/agendad"))
SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 90
RULES = ROOT / "deploy/prometheus/alerts.yaml"
DASHBOARD = ROOT / "deploy/grafana/agendad.json"

CONFIG = """
windows = [
    {{ name = "near", from_day = 0, to_day = 3, cron = "*/5 * * * * *" }},
    {{ name = "far", from_day = 4, to_day = 14, cron = "*/15 * * * * *" }},
]
state_dir = "{state}"
[portal]
base_url = "{portal}"
pause_between_requests = "0s"
max_requests_per_second = 0
[retry]
min_delay = "50ms"
max_delay = "200ms"
[scheduler]
splay = "2s"
[http]
listen = "127.0.0.1:{http}"
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def until(what, look, patience=60):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            found = look()
            if found:
                return found
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"not within {patience} s: {what}")


def agendad(home, *arguments, given=""):
    done = subprocess.run([PROGRAM, "--config", str(home / "config.toml"), *arguments],
                          input=given, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"agendad {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def start(home, name, *command):
    log = open(home / f"{name}.log", "w")
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=home)


def queries():
    """What is asked for, as (where, query)."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__rate_interval", "30s")
            query = query.replace("$job", "agendad").replace("$instance", ".*")
            yield f"dashboard: {panel['title']}", query


def selectors():
    """Each metric that a rule looks at, as (alert, selector)."""
    alert = None
    for line in RULES.read_text().splitlines():
        alert = line.split(":")[1].strip() if "- alert:" in line else alert
        for found in re.findall(r"\b(?:agendad|process)_\w+(?:\{[^}]*\})?", line):
            if not line.lstrip().startswith(("summary", "description", "#")):
                yield f"rule: {alert}", found


def check_data(prometheus):
    """Complaints about queries without data, or of which the server complains."""
    complaints, asked = [], 0
    for where, query in [*queries(), *selectors()]:
        asked += 1
        url = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            result = json.loads(get(url))["data"]["result"]
        except OSError as error:
            complaints.append(f"{where}: {error}: {query}")
            continue
        if not result:
            complaints.append(f"{where}: no data: {query}")
        elif all(series["value"][1] == "NaN" for series in result):
            complaints.append(f"{where}: only NaN: {query}")
    print(f"{asked} queries asked, {len(complaints)} without data")
    return complaints


def check_rules(prometheus):
    """Complaints about rules that Prometheus cannot evaluate; says which fire."""
    complaints, rules = [], []
    for group in json.loads(get(f"{prometheus}/api/v1/rules"))["data"]["groups"]:
        rules += group["rules"]
    for rule in rules:
        if rule["health"] != "ok":
            complaints.append(f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}")
    states = {rule["name"]: rule["state"] for rule in rules if rule["state"] != "inactive"}
    print(f"{len(rules)} rules evaluated; not inactive: {states or 'none'}")
    return complaints


def play(home, processes):
    control = free_port()
    portal = free_port()
    http = free_port()
    web = free_port()
    processes.append(start(home, "portal", PROGRAM, "simulate-portal", "--examiners", "4",
                           "--listen", f"127.0.0.1:{portal}", "--control", f"127.0.0.1:{control}",
                           "--churn", "2s", "--faults", "500:3%"))
    people = until("the portal", lambda: json.loads(get(f"http://127.0.0.1:{control}/examiners")))
    address = f"http://127.0.0.1:{portal}/"
    (home / "config.toml").write_text(CONFIG.format(state=home / "state", portal=address, http=http))
    daemon = start(home, "daemon", PROGRAM, "--config", str(home / "config.toml"), "run")
    processes.append(daemon)
    page = f"http://127.0.0.1:{http}/metrics"
    until("the daemon", lambda: get(page))
    users = [json.loads(agendad(home, "users", "add", "--json", "--name", person["nome"],
                                "--cpf", person["cpf"], given=person["senha"]))["usuario_id"]
             for person in people]
    example = (ROOT / "deploy/prometheus/prometheus.yml").read_text()
    config = example.replace("127.0.0.1:8787", f"127.0.0.1:{http}").replace("15s", "1s")
    (home / "prometheus.yml").write_text(config)
    shutil.copy(RULES, home)
    processes.append(start(home, "prometheus", "prometheus", "--config.file=prometheus.yml",
                           "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{web}"))
    prometheus = f"http://127.0.0.1:{web}"
    until("Prometheus", lambda: get(f"{prometheus}/-/ready"))

    print(f"running for {SECONDS} s: {page}, {prometheus}")
    time.sleep(SECONDS / 2)
    agendad(home, "users", "pause", "--user", str(users[0]))
    time.sleep(SECONDS / 2)
    (home / "page").write_text(get(page))
    with open(home / "page") as given:
        complaints = subprocess.run(["promtool", "check", "metrics"], stdin=given,
                                    capture_output=True, text=True).stderr.splitlines()
    print(f"promtool check metrics: {len(complaints)} complaints about {len(get(page).splitlines())} lines")
    complaints += check_data(prometheus) + check_rules(prometheus)
    return complaints


def main():
    for program in ["prometheus", "promtool", PROGRAM]:
        if not shutil.which(program):
            sys.exit(f"{program} is missing (Debian: apt-get install prometheus; cargo build)")
    home = Path(tempfile.mkdtemp(prefix="agendad-metrics-"))
    home.chmod(0o711)
    processes = []
    try:
        complaints = play(home, processes)
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    shutil.rmtree(home)
    for complaint in complaints:
        print(complaint)
    print("all is well" if not complaints else f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
