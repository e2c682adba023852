//! What makes the pages as large as the portal's: style, scripts, menus and footers that say nothing of
//! an agenda. Made once for the process.

use std::sync::LazyLock;

use super::page::Fixed;

/// The still parts of one kind of page.
pub(super) struct Filler {
    /// In the head: style and scripts.
    pub(super) head: Fixed,
    /// Before the content: banner and menus.
    pub(super) top: Fixed,
    /// After the content: footer and scripts.
    pub(super) foot: Fixed,
}

/// Bytes of still parts that bring each kind of page to the size that was recorded.
const ENTRY: usize = 25_495;
const LOGIN: usize = 12_135;
const CHOICE: usize = 5_000;
const SEARCH: usize = 66_940;
const RESULT: usize = 67_100;

pub(super) static ENTRY_FILLER: LazyLock<Filler> = LazyLock::new(|| Filler::new(ENTRY));
pub(super) static LOGIN_FILLER: LazyLock<Filler> = LazyLock::new(|| Filler::new(LOGIN));
pub(super) static CHOICE_FILLER: LazyLock<Filler> = LazyLock::new(|| Filler::new(CHOICE));
pub(super) static SEARCH_FILLER: LazyLock<Filler> = LazyLock::new(|| Filler::new(SEARCH));
pub(super) static RESULT_FILLER: LazyLock<Filler> = LazyLock::new(|| Filler::new(RESULT));

impl Filler {
    fn new(bytes: usize) -> Self {
        let (head, top) = (bytes * 4 / 10, bytes * 4 / 10);
        let filler = Self {
            head: Fixed::new(&style_and_scripts(head)),
            top: Fixed::new(&menus(top)),
            foot: Fixed::new(&footer(bytes - head - top)),
        };
        debug_assert_eq!(
            filler.head.len() + filler.top.len() + filler.foot.len(),
            bytes
        );
        filler
    }
}

const COLOURS: [&str; 5] = ["#003366", "#5c7fa3", "#e8eef4", "#cc0000", "#999999"];
const FIELDS: [&str; 8] = [
    "Renach",
    "Registro",
    "Nome",
    "Placa",
    "Laudo",
    "Municipio",
    "Protocolo",
    "Periodo",
];
const MENUS: [&str; 6] = [
    "Atendimento",
    "Habilitação",
    "Credenciamento",
    "Relatórios",
    "Tabelas",
    "Ajuda",
];
const ITEMS: [&str; 8] = [
    "Consultar",
    "Cadastrar",
    "Imprimir",
    "Acompanhar",
    "Distribuir",
    "Transferir",
    "Histórico",
    "Estatística",
];

fn style_and_scripts(bytes: usize) -> String {
    let mut text = "<style type=\"text/css\">\r\n".to_owned();
    for n in 0..bytes / 400 {
        let (front, back) = (COLOURS[n % 5], COLOURS[(n + 2) % 5]);
        text += &format!(
            ".navbar .item{n:02} {{ color: {front}; background-color: {back}; padding: {}px 8px; }}\r\n",
            n % 7
        );
    }
    text += "</style>\r\n<script type=\"text/javascript\">\r\n";
    for n in 0.. {
        let field = FIELDS[n % FIELDS.len()];
        let function = format!(
            "\tfunction valida{field}{n:02}(campo) {{\r\n\t\tif (campo.value == '' || campo.value.length < {}) {{\r\n\
             \t\t\tcampo.focus();\r\n\t\t\treturn false;\r\n\t\t}}\r\n\t\treturn true;\r\n\t}}\r\n",
            n % 9 + 1
        );
        if text.len() + function.len() + 60 > bytes {
            break;
        }
        text += &function;
    }
    text += "</script>\r\n";
    padded(text, bytes)
}

fn menus(bytes: usize) -> String {
    let mut text = "<div id=\"barra_governo\"><a href=\"/\" class=\"brasao\">Governo do Estado de São Paulo</a></div>\r\n\
                    <div class=\"acessibilidade\"><a href=\"#conteudo\" accesskey=\"1\">Ir para o conteúdo</a>\r\n\
                    <a href=\"#\" onclick=\"textZoom(1);\">A+</a> <a href=\"#\" onclick=\"textZoom(-1);\">A-</a></div>\r\n\
                    <ul id=\"menu_principal\" class=\"nav navbar-nav\">\r\n"
        .to_owned();
    for n in 0.. {
        let (menu, item) = (MENUS[n / 8 % MENUS.len()], ITEMS[n % ITEMS.len()]);
        let line = format!(
            "\t<li class=\"item{:02}\">\r\n\t\t<a href=\"#\" class=\"menu\" title=\"{menu}\" \
             onclick=\"irPara('/gefor/GFR/base/pagina{n:03}.do', 800, 600, 0, '{item}');\">{item} {menu}</a>\r\n\t</li>\r\n",
            n % 64
        );
        if text.len() + line.len() + 40 > bytes {
            break;
        }
        text += &line;
    }
    text += "</ul>\r\n";
    padded(text, bytes)
}

fn footer(bytes: usize) -> String {
    let mut text = "<div id=\"rodape\" class=\"rodape\">\r\n<a href=\"/gefor/GFR/ajuda/duvidas.jsp\">Dúvidas</a> |\r\n\
                    <a href=\"/gefor/GFR/ajuda/atendimento.jsp\">Central de Atendimento</a> |\r\n\
                    <a href=\"/\">Prodesp - Tecnologia da Informação</a>\r\n</div>\r\n\
                    <script type=\"text/javascript\">\r\n\tvar ajuda = new Array();\r\n"
        .to_owned();
    for n in 0.. {
        let field = FIELDS[n % FIELDS.len()];
        let line = format!(
            "\tajuda[{n}] = {{campo: '{field}{n:02}', largura: {}, texto: 'Informe o campo {field} sem pontos.'}};\r\n",
            n % 5 * 40
        );
        if text.len() + line.len() + 60 > bytes {
            break;
        }
        text += &line;
    }
    text += "</script>\r\n";
    padded(text, bytes)
}

/// The text, brought to so many bytes of the portal's charset by white space in a comment.
fn padded(mut text: String, bytes: usize) -> String {
    const AROUND: usize = 7;
    let missing = bytes.saturating_sub(super::page::encode(&text).len());
    match missing.checked_sub(AROUND) {
        Some(spaces) => {
            text += "<!--";
            text.extend(std::iter::repeat_n(' ', spaces));
            text += "-->";
        }
        None => text.extend(std::iter::repeat_n(' ', missing)),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn still_parts_are_exactly_as_long_as_asked_for() {
        for bytes in [3_000, 11_151, 65_600] {
            let filler = Filler::new(bytes);
            let sum = filler.head.len() + filler.top.len() + filler.foot.len();
            assert_eq!(sum, bytes);
        }
    }
}
