//! Text in HTML and in scripts, written as unevenly as the portal writes it.

/// Escapes what HTML reserves.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// One text in one of several spellings that mean the same to a browser; empty cells hold `&nbsp;`.
pub(super) fn messy(text: &str, spelling: usize) -> String {
    let escaped = escape(text);
    if escaped.is_empty() {
        return "&nbsp;".to_owned();
    }
    match spelling % 5 {
        0 => escaped,
        1 => format!("\n\t\t\t{escaped}&nbsp;\n\t\t"),
        2 => references(&escaped.replace('\'', "&#39;")),
        3 => format!("&nbsp;{}", escaped.replacen(' ', "&nbsp;", 1)),
        _ => escaped.replacen(' ', "\n\t\t  ", 1),
    }
}

/// Accented letters as named references where there is a well-known name, else by number.
fn references(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'á' => "&aacute;".to_owned(),
            'ã' => "&atilde;".to_owned(),
            'é' => "&eacute;".to_owned(),
            'ç' => "&ccedil;".to_owned(),
            'Á' => "&Aacute;".to_owned(),
            'Ã' => "&Atilde;".to_owned(),
            'Ç' => "&Ccedil;".to_owned(),
            'É' => "&Eacute;".to_owned(),
            c if c.is_ascii() => c.to_string(),
            c => format!("&#{};", u32::from(c)),
        })
        .collect()
}

/// A text as a script's string, in double quotes.
pub(super) fn script_string(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('<', "\\x3C");
    format!("\"{escaped}\"")
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">\n",
        escape(name),
        escape(value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_keep_the_text_for_a_browser() {
        for spelling in 0..5 {
            let cell = messy("MARIA D'ÁVILA & FILHOS", spelling);
            let page = format!("<table><tr><td>{cell}</table>");
            let text: String = scraper::Html::parse_document(&page)
                .select(&scraper::Selector::parse("td").unwrap())
                .flat_map(|cell| cell.text())
                .collect();
            let folded: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(
                folded.join(" "),
                "MARIA D'ÁVILA & FILHOS",
                "spelling {spelling}"
            );
        }
    }

    #[test]
    fn strings_of_scripts_cannot_end_early() {
        assert_eq!(script_string(r#"a"b\</script>"#), r#""a\"b\\\x3C/script>""#);
    }
}
