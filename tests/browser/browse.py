#!/usr/bin/env python3
"""Drives Chromium through the dashboard of a running demo, as an operator would, and fails if something is
not as it should be: log in, overview, one examiner, a sync from its start to its end, pause and resume, CPFs
hidden and shown, the day of a receptionist, people with roles, a daemon that falls silent, a login that ends, both languages, no error in the console. Saves screenshots at 390 and 1280 pixels, and prints
what each page weighs and how long the server took.

Not part of `cargo test`, but of `make test` where Debian's chromium and chromium-driver, and selenium from pip, are there
(`run.sh`); by itself:

    cargo build && tests/browser/browse.py [directory for the screenshots]

With AXE=…/axe.min.js in the environment (`make browse` fetches it) every page is looked at by axe too, at both widths, light
and dark, and at 200 %: one violation is a failure.
"""

import atexit
import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]
AGENDAD = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "agendad"
SHOTS = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="agendad-shots-"))
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
# At 200 % a desk of 1280 is 640 wide.
DESK, PHONE, SMALL, ZOOMED = (1280, 800), (390, 844), (360, 740), (640, 400)
AXE = Path(os.environ["AXE"]).read_text() if "AXE" in os.environ else None
# A page, without style and script.
HEAVIEST = 60_000


# Each page is looked at so: loaded at each size, light, and dark where the second is true.
LOOKS = [(PHONE, (False, True)), (SMALL, (False,)), (ZOOMED, (False,)), (DESK, (False, True))]
# What somebody writes into a form, and does not send.
MAIL = "ana@example.com"
# What the browser remarks without anything being wrong: a secret of the settings is no login, for instance.
MUTTERED = ("INFO", "DEBUG")


class Demo:
    """`agendad demo`, with somebody whose password the portal refuses."""

    def __init__(self):
        self.program = subprocess.Popen([AGENDAD, "demo", "--examiners", "12"], stdout=subprocess.PIPE,
                                        text=True, stdin=subprocess.DEVNULL)
        atexit.register(self.stop)
        self.said = ""
        told = self.read_until(r"dashboard +(http://\S+)/ +operator token: (\S+)")
        self.address, self.token = told.groups()
        self.control = re.search(r"its own state: (http://\S+?)/?\)", self.said)[1]
        # Nobody waits for the rest, but the pipe must not fill up.
        os.set_blocking(self.program.stdout.fileno(), False)

    def read_until(self, pattern):
        for line in self.program.stdout:
            self.said += line
            if found := re.search(pattern, line):
                return found
        raise SystemExit(f"the demo ended:\n{self.said}")

    def tell_portal(self, method, path, body):
        request = urllib.request.Request(self.control + path, json.dumps(body).encode(), method=method,
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    def stop(self):
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGINT)
            self.program.wait(30)


class Browser:
    def __init__(self, demo):
        self.demo = demo
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        self.profile = tempfile.TemporaryDirectory(prefix="agendad-browser-", ignore_cleanup_errors=True)
        for flag in [*FLAGS, f"--user-data-dir={self.profile.name}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        atexit.register(self.driver.quit)
        self.violations = []
        self.size(DESK)

    def size(self, size, dark=False):
        self.width = size[0]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 500})
        # Without motion, or a colour that is on its way would be measured.
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def go(self, path):
        self.driver.get(self.demo.address + path)
        self.weigh(path)

    def weigh(self, path):
        page = self.driver.execute_script(
            "const n = performance.getEntriesByType('navigation')[0];"
            "const others = performance.getEntriesByType('resource');"
            "return {bytes: n.transferSize, server: n.responseStart - n.requestStart,"
            " others: others.reduce((sum, o) => sum + o.transferSize, 0), ready: n.domContentLoadedEventEnd}")
        print(f"{path:<28} {page['bytes'] / 1000:6.1f} kB  + {page['others'] / 1000:5.1f} kB assets"
              f"  server {page['server']:6.1f} ms  ready {page['ready']:6.1f} ms")
        assert page["bytes"] < HEAVIEST, f"{path} weighs {page['bytes']} bytes"
        wide = self.driver.execute_script("return document.documentElement.scrollWidth")
        if wide > self.width:
            self.shoot("too-wide", whole=True)
            raise SystemExit(f"{path} is {wide} wide on a screen of {self.width}; see {SHOTS}/too-wide.png")

    def accessible(self, path):
        """What axe says of the page."""
        if not AXE:
            return
        self.driver.execute_script(AXE)
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(r => done({bad: r.violations.map(v => v.id + ': ' + v.help + ' '"
            " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')), good: r.passes.length}))")
        print(f"    axe: {len(found['bad'])} violations, {found['good']} rules passed ({path}, {self.width} px)")
        self.violations += [f"{path} at {self.width}: {bad}" for bad in found["bad"]]

    def tab_through(self, path):
        """Whatever can be reached by the keyboard is seen when it is reached."""
        for _ in range(12):
            self.driver.switch_to.active_element.send_keys(Keys.TAB)
            seen = self.driver.execute_script(
                "const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();"
                "return e === document.body || (r.width > 0 && s.outlineStyle !== 'none')")
            assert seen, f"{path}: the focus is not seen"

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css="body"):
        return self.find(css).text

    def press(self, words):
        self.driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']").click()

    def wait(self, what, look, seconds=30):
        try:
            # The page is replaced in parts while it is looked at.
            WebDriverWait(self.driver, seconds, 0.1, [StaleElementReferenceException]).until(lambda _: look())
        except TimeoutException:
            self.shoot("trouble", whole=True)
            raise SystemExit(f"not in {seconds} s: {what}; see {SHOTS}/trouble.png:\n{self.text('main')[:800]}")

    def shoot(self, name, whole=False):
        arguments = {"captureBeyondViewport": whole}
        if whole:
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            arguments["clip"] = {"x": 0, "y": 0, "width": self.width, "height": min(size["height"], 3000), "scale": 1}
        data = self.driver.execute_cdp_cmd("Page.captureScreenshot", arguments)["data"]
        (SHOTS / f"{name}.png").write_bytes(base64.b64decode(data))

    def no_errors(self):
        errors = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] not in MUTTERED]
        # A wrong token is answered 401, and the browser says so.
        errors = [error for error in errors if "401" not in error]
        assert not errors, errors


def log_in(browser):
    browser.go("/")
    assert "/entrar" in browser.driver.current_url
    browser.accessible("/entrar")
    browser.shoot("door-1280")
    browser.find("#chave").send_keys("wrong")
    browser.press("Entrar")
    assert "não é a do operador" in browser.text(".notice")
    browser.find("#chave").send_keys(browser.demo.token)
    browser.press("Entrar")
    browser.wait("the overview", lambda: browser.driver.find_elements(By.CSS_SELECTOR, ".people"))
    cookies = [c for c in browser.driver.get_cookies() if c["name"] == "agendad"]
    assert cookies[0]["httpOnly"] and cookies[0]["sameSite"] == "Strict", cookies
    assert browser.demo.token not in json.dumps(browser.driver.get_cookies())


def write_mail(browser):
    browser.find("#emails input[name=email]").send_keys(MAIL)
    # Nobody types any more.
    browser.driver.execute_script("document.activeElement.blur()")


def written_mail(browser):
    return browser.find("#emails input[name=email]").get_property("value")


def leave_marks(browser):
    browser.driver.execute_script("document.querySelectorAll('[data-refresh][id]').forEach((e) => { e.dataset.old = '1' })")


def marks(browser):
    """The parts that were not replaced since."""
    return [e.get_attribute("id") for e in browser.driver.find_elements(By.CSS_SELECTOR, "[data-old]")]


def synchronise(browser):
    """Until it has been seen to begin and to end, without loading the page again."""
    demo = browser.demo
    browser.go("/peritos/3")
    demo.tell_portal("POST", "/faults", {"faults": "latency=250ms"})
    for _ in range(10):
        browser.press("Sincronizar agora")
        browser.wait("an answer", lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#progress, .notice"))
        if "execucao=" in browser.driver.current_url:
            break
        # A scheduled run is at it.
        time.sleep(2)
        browser.go("/peritos/3")
    mark = "window.stillTheSamePage = true"
    browser.driver.execute_script(mark)
    browser.wait("days being read", lambda: re.search(r"\d+ / \d+ dias", browser.text("#progress")))
    browser.shoot("sync-1280")
    # What somebody writes meanwhile stays, and all around it is replaced.
    write_mail(browser)
    leave_marks(browser)
    print("   ", browser.text("#progress").replace("\n", " "))
    browser.wait("its end", lambda: "completa" in browser.text("#progress"), 60)
    print("   ", browser.text("#progress").replace("\n", " "))
    browser.wait("fresh parts", lambda: marks(browser) == ["account"])
    assert written_mail(browser) == MAIL, "what was written is gone"
    assert browser.driver.execute_script("return window.stillTheSamePage"), "the page was loaded again"
    browser.shoot("synced-1280")
    demo.tell_portal("DELETE", "/faults", {})


def pause_and_resume(browser):
    browser.go("/peritos/4")
    # Twice, as by a double tap: the second one is not sent.
    browser.driver.execute_script(
        "window.sent = []; addEventListener('submit', (event) => { sent.push(event.defaultPrevented); event.preventDefault(); });"
        "const button = document.querySelector('#head form[action$=pausar] button'); button.click(); button.click();")
    assert browser.driver.execute_script("return window.sent") == [False, True], "a form is sent twice"
    browser.go("/peritos/4")
    browser.press("Pausar")
    browser.wait("the pause", lambda: "Pausado" in browser.text(".notice"))
    browser.wait("its word", lambda: "Retomar" in browser.text(".acts"))
    browser.press("Retomar")
    browser.wait("the end of the pause", lambda: "Retomado" in browser.text(".notice"))


def cpfs(browser):
    browser.go("/peritos/3")
    whole = r"\d{3}\.\d{3}\.\d{3}-\d{2}"
    assert not re.search(whole, browser.driver.page_source)
    browser.press("Mostrar CPF")
    browser.wait("whole CPFs", lambda: re.search(whole, browser.text(".day")))
    browser.driver.find_element(By.LINK_TEXT, "Ocultar CPF").click()
    assert not re.search(whole, browser.driver.page_source)


def calendar(browser):
    """As a phone reads it: without cookies, by an iCalendar parser of another make if there is one."""
    browser.go("/peritos/3")
    browser.press("Criar endereço")
    browser.wait("an address", lambda: browser.driver.find_elements(By.CSS_SELECTOR, ".secret"))
    address = browser.text(".secret")
    browser.shoot("calendar-1280")
    text = urllib.request.urlopen(address).read()
    try:
        import icalendar
    except ImportError:
        print("    pip install icalendar to have the calendar read")
    else:
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert events and not any(event.errors for event in events)
        print(f"    icalendar {icalendar.__version__} reads {len(events)} events, the first:", events[0]["SUMMARY"],
              events[0].decoded("DTSTART"), events[0]["STATUS"])
    browser.go("/peritos/3")
    browser.press("Revogar")
    browser.wait("its end", lambda: "não vale mais" in browser.text(".notice"))
    try:
        urllib.request.urlopen(address)
        raise SystemExit("a revoked address still opens")
    except urllib.error.HTTPError as error:
        assert error.code == 404, error


def open_page_stays_true(browser):
    """The daemon falls silent and comes back, the day turns, the login ends: an open page tells each."""
    demo = browser.demo
    browser.go("/")
    ages = lambda: [age.text for age in browser.driver.find_elements(By.CSS_SELECTOR, "time[data-as=age]")]
    demo.program.send_signal(signal.SIGSTOP)
    try:
        browser.wait("the banner", lambda: "Sem contato desde" in browser.text("#contact"), 60)
        print("   ", browser.text("#contact"))
        assert "stale" in browser.find("body").get_attribute("class")
        browser.shoot("no-contact-1280")
        before = ages()
        browser.wait("ages that go on counting", lambda: ages() != before, 90)
    finally:
        demo.program.send_signal(signal.SIGCONT)
    browser.wait("contact again", lambda: not browser.find("#contact").is_displayed(), 60)
    browser.driver.execute_script("document.body.dataset.day = '2000-01-01'; window.stillTheSamePage = true")
    browser.wait("the next day's page", lambda: not browser.driver.execute_script("return window.stillTheSamePage"), 60)
    browser.go("/peritos/3")
    write_mail(browser)
    leave_marks(browser)
    browser.driver.execute_script("document.querySelector('#head form[action$=pausar] button').focus()")
    # Past midnight, with a part that stays as it was.
    browser.driver.execute_script(
        "const stays = document.getElementById('account'), { json } = Response.prototype;"
        "stays.insertAdjacentHTML('beforeend', '<i class=today>hoje</i>');"
        "stays.dataset.until = document.body.dataset.day = '2000-01-01';"
        "Response.prototype.json = async function () { return { ...await json.call(this), day: '2000-01-02' }; };")
    browser.wait("fresh parts of another day", lambda: marks(browser) == ["account"], 60)
    of_today = lambda css: browser.driver.find_elements(By.CSS_SELECTOR, f"{css} .today")
    assert of_today("#slots") and not of_today("#account"), "what was today is still called so"
    browser.wait("that it is old", lambda: "não é de hoje" in browser.text("#contact"))
    assert browser.driver.switch_to.active_element.text == "Pausar", "the focus is lost"
    browser.driver.delete_all_cookies()
    browser.wait("the end of the login", lambda: "A sessão terminou" in browser.text("#contact"), 60)
    assert "Os dados são antigos" in browser.text("#contact"), browser.text("#contact")
    assert "stale" in browser.find("body").get_attribute("class")
    assert written_mail(browser) == MAIL and "/peritos/3" in browser.driver.current_url
    assert "/entrar?para=%2Fperitos%2F3" in browser.find("#contact a").get_attribute("href")
    browser.accessible("/peritos/3, ended")
    browser.shoot("ended-1280")
    browser.find("#emails input[name=email]").clear()
    browser.wait("the login page", lambda: "/entrar?para=%2Fperitos%2F3" in browser.driver.current_url, 60)
    # From the next login on, the page that was open.
    browser.find("#chave").send_keys(demo.token)
    browser.press("Entrar")
    browser.wait("the page again", lambda: browser.driver.current_url.endswith("/peritos/3"))
    # What the browser itself says of the silence is no error of ours.
    browser.driver.get_log("browser")


def reception(browser):
    """The day of whoever receives the candidates: the list, a candidate found, a file, paper."""
    browser.driver.find_element(By.LINK_TEXT, "Agenda do dia").click()
    browser.driver.find_element(By.LINK_TEXT, "7 dias").click()
    browser.weigh("/agenda, 7 days")
    names = [cell.text.split("\n")[0] for cell in browser.driver.find_elements(By.CSS_SELECTOR, ".clinic .who")]
    assert names, browser.text("main")[:400]
    numbers = browser.driver.find_elements(By.CSS_SELECTOR, ".clinic .tel a")
    assert numbers and all(number.get_attribute("href").startswith("tel:") for number in numbers)
    first, *_, last = names[0].split()
    field = browser.find("#busca")
    field.send_keys(f"{last.upper()} {first.lower()}")
    field.submit()
    browser.wait("the candidate", lambda: names[0] in browser.text(".clinic"))
    browser.shoot("search-1280")
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in browser.driver.get_cookies())
    file = browser.driver.find_element(By.LINK_TEXT, "CSV (Excel)").get_attribute("href")
    csv = urllib.request.urlopen(urllib.request.Request(file, headers={"Cookie": cookies})).read().decode("utf-8-sig")
    assert names[0] in csv and csv.startswith("Data;Hora;Candidato;"), csv[:400]
    browser.go("/agenda?imprimir=perito")
    assert "impresso em" in browser.text("main")
    paper = browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
    (SHOTS / "agenda.pdf").write_bytes(base64.b64decode(paper))


def some_trouble(browser):
    """So that there is something to look at."""
    browser.go("/peritos/9")
    browser.press("Pausar")
    browser.demo.tell_portal("POST", "/faults", {"faults": "layout@result:2"})
    time.sleep(15)


def look_at_all(browser):
    run = browser.driver.execute_script(
        "return document.querySelector('.runs a').getAttribute('href')")
    for name, path in [("overview", "/"), ("trouble", "/?problema=1"), ("examiner", "/peritos/3"),
                       ("refused", "/peritos/2"), ("run", run), ("runs", "/leituras"), ("alerts", "/alertas"),
                       ("history", "/historico"), ("clinic", "/agenda"), ("changes", "/agenda?mudancas=1"),
                       ("paper", "/agenda?imprimir=perito"), ("no-day", "/agenda?de=31/11&perito=zzz"), ("people", "/pessoas"),
                       ("account", "/conta"), ("audit", "/auditoria"), ("settings", "/ajustes"), ("webhooks", "/webhooks"),
                       ("enrol", "/novo-perito"), ("edit", "/peritos/3/editar"), ("remove", "/peritos/3/remover"),
                       ("import", "/importar"), ("verify", "/verificar"), ("steps", "/comecar"), ("missing", "/peritos/999999")]:
        for size, colours in LOOKS:
            browser.size(size)
            browser.go(path)
            for dark in colours:
                browser.size(size, dark)
                browser.accessible(path)
                browser.shoot(f"{name}-{size[0]}{'-dark' if dark else ''}", whole=True)
        browser.tab_through(path)
    assert not browser.violations, "\n".join(browser.violations)
    browser.size(DESK)
    browser.go("/?lang=en")
    assert "Overview" in browser.text("nav")
    browser.shoot("overview-1280-en")
    browser.go("/peritos/3")
    assert "Synchronise now" in browser.text(), "the language is not remembered"
    browser.go("/?lang=pt")


def add_person(browser, login, role):
    browser.go("/pessoas")
    for field, text in [("acesso", login), ("nome", f"{login} prado"), ("senha", "chuva no telhado")]:
        browser.find(f"input[name={field}]").send_keys(text)
    browser.find(f"select[name=papel] option[value={role}]").click()
    if role == "perito":
        browser.find("select[name=perito] option[value='3']").click()
    browser.press("Acrescentar")


def enter(browser, login):
    browser.find("#nome").send_keys(login)
    browser.find("#senha").send_keys("chuva no telhado")
    browser.press("Entrar")
    browser.wait("the first page", lambda: browser.driver.find_elements(By.CSS_SELECTOR, ".top form"))


def people(browser):
    """Names instead of the key: the first operator closes the door for it; each role has its own view."""
    add_person(browser, "ana", "operador")
    browser.wait("the login page", lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#nome"))
    assert not browser.driver.find_elements(By.CSS_SELECTOR, "#chave"), "the key still lets people in"
    for size in [DESK, PHONE]:
        browser.size(size)
        browser.accessible("/entrar by name")
        browser.shoot(f"door-by-name-{size[0]}")
    browser.size(DESK)
    enter(browser, "ana")
    for login, role in [("caio", "recepcao"), ("bia", "perito")]:
        add_person(browser, login, role)
        browser.wait("the notice", lambda: "Acrescentado" in browser.text(".notice"))
    looked_at = {"ana": ["/pessoas", "/pessoas/1", "/pessoas/1/remover", "/conta", "/auditoria", "/comecar"],
                 "caio": ["/agenda", "/peritos/3", "/conta", "/pessoas"], "bia": ["/peritos/3", "/agenda", "/peritos/4"]}
    for login, pages in looked_at.items():
        if login != "ana":
            browser.go("/entrar")
            enter(browser, login)
        for path in pages:
            for size in [DESK, PHONE]:
                browser.size(size)
                browser.go(path)
                browser.accessible(f"{path} as {login}")
                browser.shoot(f"{login}{path.replace('/', '-')}-{size[0]}", whole=True)
        browser.size(DESK)
        browser.go("/conta")
        print("   ", login, "sees:", browser.text(".top nav").replace("\n", " | "))
        browser.find(".top form button").click()
    assert not browser.violations, "\n".join(browser.violations)
    browser.go("/entrar")
    enter(browser, "ana")


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    demo = Demo()
    demo.tell_portal("PUT", "/examiners/1/senha", {"senha": "Outra-1234"})
    demo.tell_portal("POST", "/sessions/expire", {})
    browser = Browser(demo)
    log_in(browser)
    browser.no_errors()
    synchronise(browser)
    pause_and_resume(browser)
    cpfs(browser)
    calendar(browser)
    reception(browser)
    browser.no_errors()
    open_page_stays_true(browser)
    some_trouble(browser)
    look_at_all(browser)
    people(browser)
    errors = [e for e in browser.driver.get_log("browser") if e["level"] not in MUTTERED 
              and not any(code in e["message"] for code in ("401", "403", "404"))]
    assert not errors, errors
    browser.go("/")
    browser.find(".top form button").click()
    browser.go("/peritos/3")
    assert "/entrar" in browser.driver.current_url, "logged out, and still inside"
    print(f"all is well; screenshots in {SHOTS}")


if __name__ == "__main__":
    main()
