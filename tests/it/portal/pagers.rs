//! Whether a day goes on on a further page, whatever a pager is made of; and what looks like one and is none.

use agendad::portal::offline;

use crate::portal::bench::{day, profile, unit};
use crate::portal::classification::{HEAD, ROW, around};

/// The row errors of a day with this above its table and this behind it.
fn errors_around_a_row(above: &str, behind: &str) -> usize {
    let table = format!("<table>{HEAD}{ROW}</table>");
    let page = around(&format!("DATA: 24/11/2026 {above}{table}{behind}"));
    let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
    let reading = offline::read_day(&bytes, None, &profile(), &unit(), day("2026-11-24")).unwrap();
    assert_eq!(reading.rows.len(), 1, "{above}{behind}");
    reading.row_errors.len()
}

#[test]
fn a_pager_is_seen_whatever_it_is_made_of() {
    let event = "onclick=\"Event.fire(this,'rich:datascroller:onscroll',{'page':'2'})\"";
    for pager in [
        "<a href='?pagina=2' title='Próxima'><i></i></a>".to_owned(),
        "<a href='?pagina=2' aria-label='Próxima página'><i class=seta></i></a>".to_owned(),
        "<a href='?pagina=2' title='Página 2'><img src=2.gif></a>".to_owned(),
        "<a href='?pagina=2'><img src=2.gif alt='Próxima'></a>".to_owned(),
        "<a href='?pagina=2'>Próx.</a>".to_owned(),
        "<a href='?pagina=2'>Mais</a>".to_owned(),
        "<a href='?pagina=2'>Fim</a>".to_owned(),
        "<a href='?pagina=2'>11-20</a>".to_owned(),
        "<a href='?pagina=2'>13-24</a>".to_owned(),
        "<a href='agenda.do?method=proximaPagina'>Próxima</a>".to_owned(),
        "<a href='agenda.do?method=paginar&sentido=proxima'>Próxima</a>".to_owned(),
        "<a href='agenda.do?method=irPagina&data=24/11/2026&n=2'>2</a>".to_owned(),
        "<a data-page=2>2</a>".to_owned(),
        "<button type=button data-page=2>2</button>".to_owned(),
        "<ul><li data-page=2>2</li></ul>".to_owned(),
        "<a data-page=next>&raquo;</a>".to_owned(),
        format!("<table><tr><td {event}>2</td></tr></table>"),
        format!("<span {event}>2</span>"),
        format!("<div {event}><b>2</b></div>"),
        format!("<ul><li {event}>2</li></ul>"),
        format!("<img {event} alt='2'>"),
        format!("<img {event} title='Próxima'>"),
        format!("<span {event}>&raquo;</span>"),
        "<p>Página <input value=1 size=2> de 2</p>".to_owned(),
        "<p>Página <select><option>1<option>2</select> de 2</p>".to_owned(),
        "<p>Exibindo 1 - 15 / 25</p>".to_owned(),
    ] {
        assert_eq!(errors_around_a_row("", &pager), 1, "{pager}");
        let is_bare_sign = pager.contains("raquo");
        let expected = usize::from(!is_bare_sign);
        assert_eq!(errors_around_a_row(&pager, ""), expected, "{pager}");
    }
    for pager in [
        "<a href='javascript:__doPostBack(&quot;grid&quot;,&quot;Page$2&quot;)'>2</a>",
        "<a href='?data=24/11/2026&inicio=16'>Próxima</a>",
        "<a href='?data=24/11/2026&inicio=16'>&raquo;</a>",
        "<a href='?data=24/11/2026&inicio=16'>2</a> <a href='?data=24/11/2026&inicio=136'>10</a>",
        "<a href='?mes=11&ano=2026&inicio=16'>&raquo;</a>",
        "<a href='#' onclick='proximosExames(2)'>&raquo;</a>",
        "<span onclick='ir(2)'>2</span>",
        "<span onclick='ir(this)'>2</span> <span onclick='ir(this)'>3</span>",
        "<span onclick='ir(this)'>Página 2</span>",
        "<a href='?inicio=16'>16-30</a>",
    ] {
        assert_eq!(errors_around_a_row("", pager), 1, "{pager}");
    }
    for other in [
        "<p>Página 1 de 1</p>",
        "<p>Exibindo 15 de 15 registros, 1 a 25 de 25</p>",
        "<button type=button data-page=2 disabled>2</button>",
        "<a href='x' title='Imprimir'><i></i></a>",
        "<span onclick='abrir()'>&raquo;</span>",
        "<div onclick='ordenar(1)'>Hora</div>",
        "Atendidos: <span onclick=\"filtrar('R')\">2</span>",
        "Atendidos: <span onclick=\"filtrar('R')\">5</span> Faltosos: <span onclick=\"filtrar('F')\">2</span>",
        "<a href='?periodo=1'>8-12</a> <a href='?periodo=2'>13-18</a>",
    ] {
        assert_eq!(errors_around_a_row("", other), 0, "{other}");
    }
}

#[test]
fn a_label_leads_on_by_its_words() {
    for label in [
        "Carregar mais resultados",
        "Próximos 10 &gt;&gt;",
        "Ver todos (25)",
        "Ver mais (10)",
        "Mostrar mais registros...",
        "Ver todos os registros",
        "Próximos 15 registros",
        "Avançar página",
        "Ir para a próxima página",
        "Next page",
    ] {
        for link in [
            format!("<a href='javascript:buscar(this)'>{label}</a>"),
            format!("<span onclick='buscar(this)'>{label}</span>"),
            format!("<a href='x.do' aria-label='{label}'><i></i></a>"),
        ] {
            assert_eq!(errors_around_a_row("", &link), 1, "{link}");
        }
    }
    for label in [
        "Próximo dia",
        "Próximo mês",
        "Próximos 7 dias",
        "Próxima semana",
        "Próximo: 25/11",
        "Próximo 14:30",
        "Mais informações",
        "Mais detalhes",
        // Those of other days.
        "Próximos agendamentos",
        "Ver todos os agendamentos",
        "Todos",
        "Todos (25)",
        "Ver agendamentos",
        "Imprimir todos",
    ] {
        let link = format!("<a href='javascript:buscar(this)'>{label}</a>");
        assert_eq!(errors_around_a_row("", &link), 0, "{link}");
    }
}

#[test]
fn a_pager_without_words_is_seen() {
    for pager in [
        "<a href=\"javascript:paginar('proxima')\"><img src='/gefor/img/btn_proximo.gif' border=0></a>",
        "<a href='?x=2'><img src='proximo.gif'></a>",
        "<input type=image src=proximo.gif>",
        "<img onclick='ir(this)' src='/img/seta_proximo.gif'>",
        "<table><tr><td onclick='ir(this)'><img src=next.gif></td></tr></table>",
        "<a href='?pagina=2' class=next><i></i></a>",
        "<a href='?pagina=2'><img src=seta.gif></a>",
        "<a href=\"javascript:paginar('proxima')\"><img src=seta.gif></a>",
        "Página: <select name=pagina onchange='ir(this)'><option>1<option>2</select>",
        "<form><select name=pagina><option value=1>1<option value=2>2</select></form>",
    ] {
        assert_eq!(errors_around_a_row("", pager), 1, "{pager}");
    }
    for other in [
        "<a href='javascript:imprimirPagina()'><img src=impressora.gif></a>",
        "<a href='javascript:imprimirPagina(2)'><img src=impressora.gif></a>",
        "<a href='?pagina=1&porPagina=50'><img src=planilha.gif></a>",
        "<a href='javascript:apagar(12)'><img src=lixeira.gif></a>",
        "<a href='?pagina=2' class='next disabled'><i></i></a>",
        "<a class=next><i></i></a>",
        "<a href='#' class=next><i></i></a>",
        "<a href='javascript:mais(3)' class=last><img src=mais.gif></a>",
        "<a href='?mes=12'><img src=proximo_mes.gif></a>",
        "<a href='x'><img src=proximo.gif alt=Imprimir></a>",
        "<select name=tamanhoPagina><option>10<option>25<option>50</select>",
        "<select name=pagina><option>1</select>",
    ] {
        assert_eq!(errors_around_a_row("", other), 0, "{other}");
        assert_eq!(errors_around_a_row(other, ""), 0, "{other}");
    }
}

#[test]
fn a_calendar_is_no_pager_wherever_it_stands() {
    let days = |address: &str, days: &[u32]| -> String {
        let day = |day: &u32| {
            let address = address.replace('$', &day.to_string());
            format!("<a href=\"{address}\">{day}</a> ")
        };
        days.iter().map(day).collect()
    };
    let switch = "<a href='#' onclick='mes(12)'>&raquo;</a>";
    let next = "<a href='#' onclick='proximo()'>&raquo;</a>";
    for calendar in [
        days("/gefor/pages/agenda.jsf?dia=$", &[3, 5, 17]),
        days("?dia=$", &[3, 17]),
        days("agenda.do?method=carregarPagina&dia=$", &[3, 17]),
        days("?dia=$&mes=12", &[2, 3, 4]),
        days("?dataReferencia=$/12/2026", &[9, 10]),
        days("?data=2026-12-$", &[9, 10]),
        days("javascript:irParaDia(this, $)", &[12]),
    ] {
        for switch in ["", switch, next] {
            let calendar = format!("{calendar}{switch}");
            assert_eq!(errors_around_a_row("", &calendar), 0, "{calendar}");
            assert_eq!(errors_around_a_row(&calendar, ""), 0, "{calendar}");
            let pager = "<a href='?dia=24&d-1-p=2'>Próxima</a>";
            let both = format!("{calendar}{pager}");
            assert_eq!(errors_around_a_row("", &both), 1, "{both}");
            assert_eq!(errors_around_a_row(&both, ""), 1, "{both}");
        }
    }
    for switch in [
        switch,
        "<a href='?mes=12&ano=2026'>&raquo;</a>",
        "<a href='#' onclick='proximoMes()'>Próximo</a>",
    ] {
        assert_eq!(errors_around_a_row("", switch), 0, "{switch}");
    }
    let step = "<a href='/gefor/pages/agenda.jsf?mes=proximo'>Próximo</a>";
    assert_eq!(errors_around_a_row(step, ""), 0);
    // Neither does what counts beside it.
    let count = "<a href='?dia=3'>3</a> <a href='?dia=9'>9</a> Faltosos: <span onclick='ver(this)'>4</span>";
    assert_eq!(errors_around_a_row("", count), 0);
    // Pages that carry the day along.
    for pager in [
        days("?dia=24&pagina=$", &[2, 3]),
        days("?data=24/11/2026&inicio=$1", &[2, 3, 10]),
        days("?data=02/03/2026&x=$", &[2]),
    ] {
        assert_eq!(errors_around_a_row("", &pager), 1, "{pager}");
    }
}
