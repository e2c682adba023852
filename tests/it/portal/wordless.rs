//! Pages that speak by scripts and frames alone, beside what the portal's firewall loads into every page.

use agendad::portal::offline;

use crate::portal::bench::shipped_profile;
use crate::portal::classification::what;
use crate::portal::pages;

const FIREWALL: &str =
    "<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3&ns=1'></script>";

#[test]
fn a_page_that_speaks_by_a_script_alone_is_none_of_the_firewall_though_it_loads_its_script() {
    let script = |code: &str| format!("<html><script>{code}</script></html>");
    for (page, class) in [
        (
            script("alert('Sua sess\\xe3o expirou. Entre novamente.');"),
            "session over",
        ),
        (
            script("errors[0]='Sua sess&atilde;o expirou.'"),
            "session over",
        ),
        (
            script("messages[0]='Sua sess&atilde;o expirou.'"),
            "session over",
        ),
        (
            script("top.location.href='/gefor/SGU/login.do?method=iniciarLogin';"),
            "session over",
        ),
        (script("top.location='/gefor/'"), "session over"),
        (
            script("function f() { top.location='/gefor/' }"),
            "unknown page",
        ),
        (
            script("alert('Senha inv\\xe1lida');history.back();"),
            "unknown page",
        ),
        (script("alert('Bloqueado')"), "unknown page"),
        (script("errors.push('Bloqueado')"), "unknown page"),
        (
            script("$(function(){ showMsg('Senha inv\\xe1lida') })"),
            "unknown page",
        ),
        (script("history.go(-1)"), "unknown page"),
        (
            "<html><body onload=\"alert('Senha inv\\xe1lida')\"></body></html>".to_owned(),
            "unknown page",
        ),
        (
            "<html><meta http-equiv=refresh content='0;url=/x'></html>".to_owned(),
            "page that leads on",
        ),
        (pages::FRAMESET.to_owned(), "frameset"),
        ("<html><body></body></html>".to_owned(), "firewall"),
        (
            "<html><body><iframe src='/_Incapsula_Resource?xinfo=7'></iframe></body></html>"
                .to_owned(),
            "firewall",
        ),
        (
            script("(function() { var b='7472797b'; eval(b); })();"),
            "firewall",
        ),
    ] {
        let loaded = page.replacen("<html>", &format!("<html>{FIREWALL}"), 1);
        assert_ne!(loaded, page);
        assert_eq!(what(&loaded), class, "{loaded}");
        if class != "firewall" {
            assert_eq!(what(&page), class, "{page}");
        }
    }
}

#[test]
fn a_question_beside_the_firewalls_script_is_asked() {
    let profile = shipped_profile();
    let call = format!("{}('1');", profile.session_dialog);
    let page = format!("<html>{FIREWALL}<script>{call}</script></html>");
    let class = offline::classify(page.as_bytes(), None, &profile).unwrap();
    assert_ne!(class, "firewall");
    let question = offline::question(page.as_bytes(), None, &profile).unwrap();
    assert_eq!(question, Some("session elsewhere"));
}

#[test]
fn only_the_portals_own_frame_holds_the_content() {
    let over = "<p>Sua sessão expirou.</p>";
    for watching in [
        "<iframe src='https://www.example.com/ns.html?id=1'></iframe>",
        "<iframe src='//www.example.com/'></iframe>",
        "<iframe src='about:blank'></iframe>",
        "<iframe src='/_Incapsula_Resource?xinfo=7'></iframe>",
        "<noscript><iframe src='/x.do'></iframe></noscript>",
    ] {
        let page = format!("<html><body>{over}{watching}</body></html>");
        assert_eq!(what(&page), "session over", "{watching}");
        let content = "<iframe src='/gefor/x.do'></iframe>";
        let page = format!("<html><body>Aguarde{content}{watching}</body></html>");
        assert_eq!(what(&page), "frameset", "{watching}");
    }
    let two = "<iframe src='/x.do'></iframe><iframe src='/y.do'></iframe>";
    let page = format!("<html><body>{over}{two}</body></html>");
    assert_eq!(what(&page), "session over");
}
