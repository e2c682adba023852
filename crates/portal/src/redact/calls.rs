//! Takes the arguments out of script calls that may hold a CPF or a password, and leaves the names of the calls:
//! `openDialogNewSession('529.982.247-25', 's3nha', 'false')` becomes `openDialogNewSession('…', '…', '…')`.
//!
//! A password may hold quotes that break the script around it, so more rather than less is taken.

use super::pattern::is_personal;
use super::spelling;

/// Arguments of calls within arguments are looked at once for each call around them. So many times the length of the code,
/// and for a short one so many bytes more, are looked at in all: what nests deeper is not written by people, and a page
/// of nothing but beginnings of calls would take hours.
const PASSES: usize = 16;
const SHORT: usize = 2048;

/// The script of a page, an attribute or a comment without those arguments. Calls of `dialogs`, and of whatever
/// begins with such a name, have none left; others only if a person is named among theirs, or if it takes too long to
/// see.
pub(super) fn without_arguments(code: &str, dialogs: &[&str]) -> String {
    veil_arguments(code, dialogs).0
}

/// That, and how many bytes of arguments were looked at.
fn veil_arguments(code: &str, dialogs: &[&str]) -> (String, usize) {
    let mut kept = String::with_capacity(code.len());
    let mut at = 0;
    let mut looked_at = 0;
    while let Some(call) = next_call(code, at) {
        kept.push_str(&code[at..call.open]);
        at = call.open;
        let end = end_of_arguments(code, call.open);
        looked_at += end - call.open;
        if looked_at > PASSES * code.len() + SHORT {
            kept.push_str(&veiled(&code[at..]));
            return (kept, looked_at);
        }
        let name = &code[call.name..call.name_end];
        let is_dialog = dialogs
            .iter()
            .any(|dialog| !dialog.is_empty() && name.starts_with(dialog));
        if is_dialog || names_person(&code[call.open..end]) {
            let end = end_of_line(code, end);
            kept.push_str(&veiled(&code[call.open..end]));
            at = end;
        }
    }
    kept.push_str(&code[at..]);
    (kept, looked_at)
}

/// A call: where its name begins and ends, and where its arguments begin.
struct Call {
    name: usize,
    name_end: usize,
    open: usize,
}

const KEYWORDS: [&str; 7] = [
    "if", "for", "while", "switch", "catch", "function", "return",
];

fn next_call(code: &str, from: usize) -> Option<Call> {
    let mut from = from;
    loop {
        let paren = from + code[from..].find('(')?;
        from = paren + 1;
        let before = code[..paren].trim_end();
        let length = before
            .chars()
            .rev()
            .take_while(|c| is_word(*c))
            .map(char::len_utf8);
        let name = before.len() - length.sum::<usize>();
        let defined = before[..name].trim_end().ends_with("function");
        let word = &before[name..];
        if word.is_empty() || defined || KEYWORDS.contains(&word) {
            continue;
        }
        return Some(Call {
            name,
            name_end: before.len(),
            open: from,
        });
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where the parenthesis closes that opened before `from`, strings passed over; the end of the code if it does not.
fn end_of_arguments(code: &str, from: usize) -> usize {
    let mut depth = 1_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in code[from..].char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            // A string does not go over its line.
            (Some('\'' | '"'), '\n' | '\r') => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return from + at;
                }
            }
            (None, _) => {}
        }
    }
    code.len()
}

/// Quotes within a password may have ended the arguments too early: the last parenthesis of the line is their end.
fn end_of_line(code: &str, end: usize) -> usize {
    let rest = &code[end..];
    let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
    rest[..line].rfind(')').map_or(end, |last| end + last)
}

/// Whether a person is named among the arguments themselves, bodies of functions left out.
fn names_person(arguments: &str) -> bool {
    let mut depth = 0_usize;
    let direct: String = arguments
        .chars()
        .filter(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
        .collect();
    is_personal(&direct)
        || direct.contains(spelling::may_begin) && is_personal(&spelling::meant(&direct))
}

/// Arguments without what they say: names of calls, commas, semicolons, parentheses and the ends of lines stay.
fn veiled(arguments: &str) -> String {
    let mut kept = String::new();
    let mut rest = arguments;
    while let Some(c) = rest.chars().next() {
        if matches!(c, ',' | ';' | '(' | ')' | ' ' | '\n' | '\r' | '\t') {
            kept.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (length, is_call) = match c {
            '\'' | '"' | '`' => (string(rest, c), false),
            _ => {
                let end = rest.find([',', ';', '(', ')', ' ', '\n', '\r', '\t', '\'', '"', '`']);
                let end = end.unwrap_or(rest.len());
                let is_name = rest[..end].chars().all(|c| is_word(c) || c == '.');
                (end, is_name && rest[end..].starts_with('('))
            }
        };
        if is_call {
            kept.push_str(&rest[..length]);
        } else if !kept.ends_with("'…'") {
            kept.push_str("'…'");
        }
        rest = &rest[length..];
    }
    kept
}

/// The length of the string that begins here, quotes included.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' | '\r' if quote != '`' => return at,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(code: &str) -> String {
        without_arguments(code, &["dialogo", "escolha"])
    }

    #[test]
    fn names_of_calls_stay_and_what_may_be_a_person_goes() {
        for (code, left) in [
            (
                "dialogo('529.982.247-25', 's\\'x', 'false');",
                "dialogo('…', '…', '…');",
            ),
            (
                "escolha ( 'false' , a+b, \"x\" )",
                "escolha ( '…' , '…', '…' )",
            ),
            (
                "outro('52998224725', \"senha\");f('x')",
                "outro('…', '…');f('…')",
            ),
            (
                "$(function () { outro('529.982.247-25', 'x'); });",
                "$(function () { outro('…', '…'); '…'",
            ),
            (
                "outro(limpa('529.982.247-25'), 'x')",
                "outro(limpa('…'), '…')",
            ),
            ("outro('\\x35\\u0032998224725', 'x')", "outro('…', '…')"),
            ("outro('&#53;2998224725', 'x')", "outro('…', '…')"),
            (
                "dialogo(\n '529.982.247-25',\n 'x'\n);\nf('y');",
                "dialogo(\n '…',\n '…'\n);\nf('y');",
            ),
            ("irPara('/a.do', 800, 600);", "irPara('/a.do', 800, 600);"),
            (
                "function dialogo(cpf, acesso) { abre('x'); }",
                "function dialogo(cpf, acesso) { abre('x'); }",
            ),
            ("dialogoWithCyberark(cpf);", "dialogoWithCyberark('…');"),
            ("if (a) { b('c'); }", "if (a) { b('c'); }"),
        ] {
            let found = blanked(code);
            assert!(found.starts_with(left), "{code}: {found}");
        }
    }

    #[test]
    fn quotes_within_a_password_hide_nothing_of_it() {
        for code in [
            "dialogo('529.982.247-25', 'pa'ss', 'false');",
            "dialogo('529.982.247-25', 'pa') ss', 'false');",
            "dialogo(\"529.982.247-25\", \"pa\"ss\", \"false\");",
            "dialogo('529.982.247-25', 'pa\\', 'ss');",
            "outro('529.982.247-25', 'pa'ss', 'false'); f('x')",
            "dialogo('529.982.247-25', 'pass",
        ] {
            let found = blanked(code);
            for gone in ["pa", "ss", "529"] {
                assert!(!found.contains(gone), "{code}: {found}");
            }
            assert!(
                found.contains("dialogo(") || found.contains("outro("),
                "{found}"
            );
        }
    }

    #[test]
    fn functions_within_calls_are_told_apart_as_deep_as_people_write_them() {
        for depth in [1, 10, 25] {
            let (open, close) = ("f(function () { ".repeat(depth), " });".repeat(depth));
            let found = blanked(&format!("{open}dialogo('529.982.247-25');\n{close}"));
            assert_eq!(found, format!("{open}dialogo('…');\n{close}"));
        }
        let script = format!(
            "$(function () {{\n{}}});",
            "irPara('/a.do', 800);\n".repeat(9999)
        );
        assert_eq!(blanked(&script), script);
    }

    #[test]
    fn the_work_grows_with_the_length_alone_and_what_is_not_looked_at_is_veiled() {
        const SIZE: usize = 200_000;
        let closed = |depth| "f(".repeat(depth) + &")".repeat(depth);
        let pieces = [
            "f(",
            "dialogo(",
            "f('",
            "f(\"'",
            "f(529.982.247-25,",
            "f(\n",
            "f((",
            "f(f)(",
            "f(function(){",
        ];
        let pieces = pieces.map(str::to_owned).into_iter();
        for piece in pieces.chain([100, 1000, SIZE / 3].map(closed)) {
            let code = piece.repeat(SIZE / piece.len()) + "dialogo('529.982.247-25', 's3nha')";
            let (found, looked_at) = veil_arguments(&code, &["dialogo"]);
            let name = &piece[..piece.len().min(20)];
            assert!(looked_at <= (PASSES + 1) * code.len() + SHORT, "{name}");
            assert!(!found.contains("529") && !found.contains("s3nha"), "{name}");
        }
    }
}
