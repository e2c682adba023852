#!/usr/bin/env python3
"""From an empty directory to the first agenda, in a real browser, with the seconds of each step: `agendad run` against the
portal's double, the one-time address from its log, the first operator, the first examiner with the live test, the agenda; then
more examiners from a file, an edit, a removal, and all logins verified. Every page is looked at by axe if there is one
(see browse.py). Part of `run.sh`; by itself:

    cargo build && tests/browser/first_day.py [directory for the screenshots]
"""

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from browse import AGENDAD, DESK, PHONE, SHOTS, Browser, By

WORDS = "chuva no telhado"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Steps:
    """What took how long."""

    def __init__(self):
        self.begun = self.last = time.monotonic()

    def done(self, what):
        now = time.monotonic()
        print(f"{now - self.last:6.1f} s  {what}")
        self.last = now

    def end(self):
        print(f"{time.monotonic() - self.begun:6.1f} s  from an empty directory to the first agenda")


class EmptyMachine:
    """The portal's double, and a daemon whose directory is empty."""

    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="agendad-first-day-", ignore_cleanup_errors=True)
        # Root's PostgreSQL is run by somebody else, who must get in.
        os.chmod(self.dir.name, 0o755)
        self.log = Path(self.dir.name) / "daemon.log"
        portal, control = free_port(), free_port()
        self.control = f"http://127.0.0.1:{control}"
        self.portal = self.start(["simulate-portal", "--listen", f"127.0.0.1:{portal}", "--control",
                                  f"127.0.0.1:{control}", "--examiners", "4"], {})
        self.until("the portal", lambda: self.ask_portal("/examiners"))
        self.address = f"http://127.0.0.1:{free_port()}"
        self.settings = {"AGENDAD_STATE_DIR": self.dir.name + "/state", "AGENDAD_PORTAL__BASE_URL": f"http://127.0.0.1:{portal}",
                         "AGENDAD_HTTP__LISTEN": self.address.removeprefix("http://")}

    def start(self, arguments, settings):
        environment = {"PATH": os.environ["PATH"], **settings}
        program = subprocess.Popen([AGENDAD, *arguments], cwd=self.dir.name, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=self.log.open("a"), stderr=subprocess.STDOUT)
        atexit.register(self.stop, program)
        return program

    def stop(self, program):
        if program.poll() is None:
            program.send_signal(signal.SIGINT)
            program.wait(30)

    def until(self, what, look, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if found := look():
                    return found
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"not in {seconds} s: {what}\n{self.log.read_text()[-3000:]}")

    def ask_portal(self, path):
        return json.load(urllib.request.urlopen(self.control + path))

    def is_running(self):
        return "no operator has a name yet" in self.log.read_text()

    def invitation(self):
        environment = {"PATH": os.environ["PATH"], **self.settings}
        said = subprocess.run([AGENDAD, "people", "invite"], cwd=self.dir.name, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=True).stdout
        return re.search(r"http://\S+(/primeiro-acesso\?codigo=[\w-]+)", said)[1]


def fill(browser, **fields):
    for name, text in fields.items():
        browser.find(f"#{name}").send_keys(text)


def look(browser, name, path):
    for size in [DESK, PHONE]:
        browser.size(size)
        browser.go(path)
        browser.accessible(path)
        browser.shoot(f"first-day-{name}-{size[0]}", whole=True)
    browser.size(DESK)


def to_the_first_agenda(machine, browser, one, steps):
    machine.until("the daemon", machine.is_running)
    path = machine.invitation()
    steps.done("the daemon with a database of its own, and the one-time address")
    browser.go(path)
    browser.accessible("/primeiro-acesso")
    browser.shoot("first-day-invited-1280")
    fill(browser, acesso="ana", nome="Ana Souza", senha=WORDS)
    browser.press("Acrescentar")
    browser.wait("the login page", lambda: "/entrar" in browser.driver.current_url)
    fill(browser, nome="ana", senha=WORDS)
    browser.press("Entrar")
    browser.wait("what is left", lambda: "O que falta configurar" in browser.text())
    steps.done("the first operator, and logging in")
    browser.shoot("first-day-steps-1280", whole=True)
    browser.driver.find_element(By.LINK_TEXT, "Acrescentar perito").click()
    fill(browser, nome=one["nome"], cpf=one["cpf"], senha=one["senha"], email="perita@example.com")
    browser.shoot("first-day-enrol-1280")
    browser.press("Acrescentar e testar agora")
    browser.wait("the agenda", lambda: browser.driver.find_elements(By.CSS_SELECTOR, "table.day"), 120)
    steps.done("the first examiner, their login tried, their agenda read")
    steps.end()
    browser.shoot("first-day-agenda-1280", whole=True)


def from_a_file(machine, browser, others):
    file = Path(machine.dir.name) / "peritos.csv"
    rows = "".join(f"{one['nome']};{one['cpf']};{one['senha']};terca, quinta\r\n" for one in others)
    file.write_bytes(("\ufeffNome;CPF;Senha;Dias\r\n" + rows).encode())
    look(browser, "import", "/importar")
    browser.find("#arquivo").send_keys(str(file))
    browser.press("Ver o que mudaria")
    browser.wait("what would change", lambda: f"novos: {len(others)}" in browser.text())
    assert all(one["senha"] not in browser.driver.page_source for one in others)
    browser.accessible("/importar, shown")
    browser.shoot("first-day-preview-1280", whole=True)
    browser.press("Importar")
    browser.wait("that it is done", lambda: f"novos: {len(others)}" in browser.text("[role=status]"))


def verify_all(browser, examiners):
    look(browser, "verify", "/verificar")
    browser.press("Verificar todos agora")
    browser.wait("the end of the round", lambda: "Todos tiveram a sua vez" in browser.text(), 180)
    browser.shoot("first-day-verified-1280", whole=True)
    # One may be read just then; nobody is refused.
    logins = browser.text("#logins")
    assert "recusou" not in logins and "aceitou" in logins, logins
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#logins tbody tr")) == examiners


def edit_and_remove(browser):
    look(browser, "edit", "/peritos/2/editar")
    browser.find("#nome").clear()
    fill(browser, nome="Outra Perita", email="outra@example.com")
    browser.press("Salvar")
    browser.wait("the new name", lambda: "Outra Perita" in browser.text("h1"))
    look(browser, "remove", "/peritos/2/remover")
    for _ in range(20):
        fill(browser, nome="outra perita")
        browser.press("Remover")
        browser.wait("an answer", lambda: browser.driver.find_elements(By.CSS_SELECTOR, "[role=status], [role=alert]"))
        if browser.driver.find_elements(By.CSS_SELECTOR, "[role=status]"):
            break
        # They are being read just now.
        time.sleep(1)
    assert "não é mais lido" in browser.text(), browser.text()
    browser.shoot("first-day-removed-1280")


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    machine = EmptyMachine()
    browser = Browser(machine)
    one, *others = machine.ask_portal("/examiners")
    steps = Steps()
    machine.start(["run"], machine.settings)
    to_the_first_agenda(machine, browser, one, steps)
    from_a_file(machine, browser, others)
    verify_all(browser, 1 + len(others))
    edit_and_remove(browser)
    assert not browser.violations, "\n".join(browser.violations)
    browser.no_errors()
    print(f"the first day is well; screenshots in {SHOTS}")


if __name__ == "__main__":
    main()
