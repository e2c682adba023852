//! The little that is read out of scripts without running them: string tables such as `errors[]`, and
//! where a click leads.

mod pieces;

use std::borrow::Cow;

use memchr::memmem;

use pieces::{Piece, pieces};

use super::html::lines::unix_lines;
use super::plain::plain;

/// What the scripts put into the array `name`, by `name[0] = "…"`, `name.push("…")` or
/// `name = new Array("…")`, in page order; empty texts left out. Comments count for nothing.
pub(crate) fn array(scripts: &[Cow<'_, str>], name: &str) -> Vec<String> {
    put_into(scripts, name).map(|(text, _)| text).collect()
}

/// The same without what is put in within a function or a condition: nobody knows when that runs.
pub(crate) fn array_at_top(scripts: &[Cow<'_, str>], name: &str) -> Vec<String> {
    let at_top = put_into(scripts, name).filter(|(_, depth)| *depth == 0);
    at_top.map(|(text, _)| text).collect()
}

fn put_into<'t>(
    scripts: &'t [Cow<'_, str>],
    name: &'t str,
) -> impl Iterator<Item = (String, usize)> + 't {
    with(scripts, name)
        .flat_map(move |script| in_script(script, name))
        .map(|(text, depth)| (plain(&text), depth))
        .filter(|(text, _)| !text.is_empty())
}

/// What the scripts tell whoever looks at the page: `errors[]`, `messages[]` and `alert`.
pub(crate) fn told(scripts: &[Cow<'_, str>]) -> Vec<String> {
    let arrays = ["errors", "messages"].map(|name| array(scripts, name));
    let alerts = calls(scripts, "alert").into_iter().flatten();
    // Of what is handed to it a sentence is meant, no piece of code.
    let alerts = alerts
        .map(|text| plain(&text))
        .filter(|text| text.contains(' '));
    arrays.into_iter().flatten().chain(alerts).collect()
}

/// Every string of the scripts that says something, and whether it stands outside of functions and conditions.
pub(crate) fn texts(scripts: &[Cow<'_, str>]) -> impl Iterator<Item = (String, bool)> {
    let texts = scripts.iter().flat_map(|script| {
        let mut depth = 0;
        pieces(script).filter_map(move |piece| match piece {
            Piece::Text(text) => Some((plain(&text), depth == 0)),
            Piece::Code(code) => {
                depth = depth_after(&code, depth);
                None
            }
        })
    });
    texts.filter(|(text, _)| !text.is_empty())
}

/// The scripts in which a name stands: the others need not be read.
fn with<'t>(scripts: &'t [Cow<'_, str>], name: &str) -> impl Iterator<Item = &'t str> {
    let name = memmem::Finder::new(name).into_owned();
    let scripts = scripts.iter().map(|script| &**script);
    scripts.filter(move |script| name.find(script.as_bytes()).is_some())
}

/// The texts that the scripts put into fields (`….value = "…"`), each once.
pub(crate) fn field_values(scripts: &[Cow<'_, str>]) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut before = String::new();
    for piece in scripts.iter().flat_map(|script| pieces(script)) {
        match piece {
            Piece::Code(code) => before = code.split_whitespace().collect(),
            Piece::Text(text) => {
                if before.ends_with(".value=") && !values.iter().any(|value| *value == text) {
                    values.push(text.into_owned());
                }
            }
        }
    }
    values
}

/// The arguments of each call of the function `name`, in page order: strings as they are meant, all else as it
/// stands. A definition is no call; neither is one that hands on nothing but names, as wrappers do, nor one
/// within a function unless it says a CPF.
pub(crate) fn calls(scripts: &[Cow<'_, str>], name: &str) -> Vec<Vec<String>> {
    if name.is_empty() {
        return Vec::new();
    }
    with(scripts, name)
        .flat_map(|script| calls_in(script, name))
        .collect()
}

/// The names of all calls that have a CPF among their arguments, each once, with the number of arguments.
pub(crate) fn calls_about_persons(scripts: &[Cow<'_, str>]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for script in scripts {
        let mut name: Option<String> = None;
        let mut arguments = Vec::new();
        for piece in pieces(script) {
            let code = match (piece, &name) {
                (Piece::Text(text), Some(_)) => {
                    arguments.push(text.into_owned());
                    continue;
                }
                (Piece::Text(_), None) => continue,
                (Piece::Code(code), _) => code,
            };
            let (rest, after) = match code.split_once(')') {
                Some((rest, after)) => (rest, Some(after)),
                None => (&*code, None),
            };
            if let Some(open) = &name {
                arguments.extend(bare_arguments(rest));
                let Some(_) = after else {
                    continue;
                };
                let call = (open.clone(), arguments.len());
                if arguments.iter().any(|text| has_cpf(text)) && !found.contains(&call) {
                    found.push(call);
                }
            }
            arguments.clear();
            name = last_open_call(&code).map(|(open, first)| {
                arguments.extend(bare_arguments(first));
                open.to_owned()
            });
        }
    }
    found
}

/// The name of the call that is still open at the end of this code, and what it says so far.
fn last_open_call(code: &str) -> Option<(&str, &str)> {
    let (before, first) = code.rsplit_once('(')?;
    let before = before.trim_end();
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let start = before.rfind(|c| !is_word(c));
    let start = start.map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    let name = &before[start..];
    (!name.is_empty() && !first.contains(')')).then_some((name, first))
}

/// A call whose arguments are being read.
struct OpenCall {
    arguments: Vec<String>,
    at_top: bool,
}

fn calls_in(script: &str, name: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open: Option<OpenCall> = None;
    let mut depth = 0_usize;
    for piece in pieces(script) {
        match (piece, &mut open) {
            (Piece::Text(text), Some(call)) => call.arguments.push(text.into_owned()),
            (Piece::Text(_), None) => {}
            (Piece::Code(code), _) => {
                if let Some(mut call) = open.take() {
                    let (rest, closed) = match code.split_once(')') {
                        Some((rest, _)) => (rest, true),
                        None => (&*code, false),
                    };
                    call.arguments.extend(bare_arguments(rest));
                    if !closed {
                        open = Some(call);
                        continue;
                    }
                    if call.at_top || call.arguments.iter().any(|text| has_cpf(text)) {
                        found.push(call.arguments);
                    }
                }
                depth = depth_after(&code, depth);
                open = opens_call(&code, name).map(|arguments| OpenCall {
                    arguments,
                    at_top: depth == 0,
                });
            }
        }
    }
    // A script that breaks off in the middle of the call has said enough.
    found.extend(open.map(|call| call.arguments).filter(|a| !a.is_empty()));
    found
}

/// The first arguments, none of them a string, of a call of `name` that is still open at the end of this code.
fn opens_call(code: &str, name: &str) -> Option<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let (at, _) = code.rmatch_indices(name).next()?;
    let (before, after) = (&code[..at], &code[at + name.len()..]);
    let inside = after.trim_start().strip_prefix('(')?;
    let defined = before.trim_end().ends_with("function");
    let other = before.ends_with(is_word) || inside.contains([')', ';', '{', '}']);
    (!defined && !other).then(|| bare_arguments(inside).collect())
}

fn bare_arguments(code: &str) -> impl Iterator<Item = String> {
    let parts = code.split([',', '+']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(|part| unix_lines(part).into_owned())
}

fn depth_after(code: &str, depth: usize) -> usize {
    code.bytes().fold(depth, |depth, byte| match byte {
        b'{' => depth + 1,
        b'}' => depth.saturating_sub(1),
        _ => depth,
    })
}

fn has_cpf(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() == 11
}

fn in_script(script: &str, name: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let (mut filling, mut depth) = (false, 0);
    for piece in pieces(script) {
        match piece {
            Piece::Code(code) => {
                depth = depth_after(&code, depth);
                // Within `new Array("a", "b")` only a comma keeps the list going.
                filling = (filling && code.trim() == ",") || fills(&code, name);
            }
            Piece::Text(text) if filling => found.push((text.into_owned(), depth)),
            Piece::Text(_) => {}
        }
    }
    found
}

/// Whether this code ends where a string goes into the array.
fn fills(code: &str, name: &str) -> bool {
    let statement = code.rsplit([';', '{', '}']).next().unwrap_or_default();
    let statement: String = statement.split_whitespace().collect();
    let Some(after) = after_word(&statement, name) else {
        return false;
    };
    let indexed = after.starts_with('[') && after.ends_with("]=");
    indexed || matches!(after, ".push(" | "=newArray(" | "=[")
}

/// What follows the identifier `name`, wherever it stands on its own.
fn after_word<'a>(code: &'a str, name: &str) -> Option<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    code.match_indices(name).find_map(|(at, _)| {
        let before = &code[..at];
        // White space is gone, so a declaration reads `varerrors`.
        let starts = !before.ends_with(is_word) || matches!(before, "var" | "let" | "const");
        let after = &code[at + name.len()..];
        (starts && !after.starts_with(is_word)).then_some(after)
    })
}

/// So many of the functions that a click calls are looked into.
const MOST_CALLS: usize = 8;

/// A function that goes somewhere is no longer than this, in bytes.
const LONGEST_BODY: usize = 4 * 1024;

/// The address that running `code` would go to, if it says so in a string.
pub(crate) fn navigation(code: &str, scripts: &[Cow<'_, str>]) -> Option<String> {
    direct(code).or_else(|| {
        called(code)
            .take(MOST_CALLS)
            .filter_map(|name| scripts.iter().find_map(|script| body_of(script, &name)))
            .find_map(direct)
    })
}

/// The addresses to which a page leads by itself: a script sets them as its location, outside of functions.
pub(crate) fn leads_to(scripts: &[Cow<'_, str>]) -> Vec<String> {
    let mut targets = Vec::new();
    for script in with(scripts, "location") {
        let (mut before, mut depth) = (String::new(), 0);
        for piece in pieces(script) {
            match piece {
                Piece::Code(code) => {
                    depth = depth_after(&code, depth);
                    before = code.split_whitespace().collect();
                }
                Piece::Text(text) if depth == 0 && sets_location(&before) => {
                    targets.push(text.into_owned());
                }
                Piece::Text(_) => {}
            }
        }
    }
    targets
}

/// A location that is set, or an address handed to a function.
fn direct(code: &str) -> Option<String> {
    let mut before = String::new();
    for piece in pieces(code) {
        match piece {
            Piece::Code(code) => before = code.split_whitespace().collect(),
            Piece::Text(text) if sets_location(&before) || is_address(&text) => {
                return Some(text.into_owned());
            }
            Piece::Text(_) => {}
        }
    }
    None
}

fn sets_location(code: &str) -> bool {
    [
        "location=",
        "location.href=",
        "location.assign(",
        "location.replace(",
    ]
    .iter()
    .any(|end| code.ends_with(end))
}

fn is_address(text: &str) -> bool {
    let path = text.split(['?', ';']).next().unwrap_or_default();
    !text.contains(char::is_whitespace)
        && (path.starts_with('/') || path.ends_with(".do") || path.starts_with("http"))
}

/// The names of the functions that `code` calls, in order.
fn called(code: &str) -> impl Iterator<Item = String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    code.match_indices('(').filter_map(move |(at, _)| {
        let before = code[..at].trim_end();
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_word(*c))
            .last()?
            .0;
        Some(before[start..].to_owned())
    })
}

/// What follows `function name(` in a script, up to the next function.
fn body_of<'a>(script: &'a str, name: &str) -> Option<&'a str> {
    script.match_indices("function").find_map(|(at, word)| {
        let rest = script[at + word.len()..].trim_start().strip_prefix(name)?;
        let body = rest.trim_start().strip_prefix('(')?;
        let body = &body[..body.floor_char_boundary(LONGEST_BODY)];
        let end = body.find("function").unwrap_or(body.len());
        Some(&body[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(script: &str) -> Vec<String> {
        array(&[script.into()], "errors")
    }

    #[test]
    fn the_portals_own_spelling_is_read() {
        let script = r#"
            var errors = new Array();
            var messages = new Array();
            messages[0] = "Bem-vindo";
            errors[0] = "Usuário ou senha inválidos.";
            errors[ 1 ]='Tente \'de novo\'';
            for (var i = 0; i < errors.length; i++) { alert(errors[i] + "!"); }
        "#;
        assert_eq!(
            errors(script),
            ["Usuário ou senha inválidos.", "Tente 'de novo'"]
        );
        assert_eq!(array(&[script.into()], "messages"), ["Bem-vindo"]);
    }

    #[test]
    fn other_spellings_and_escapes_are_read() {
        assert_eq!(errors(r#"errors.push("a\u00e1\x41 \/");"#), ["aáA /"]);
        assert_eq!(
            errors(r#"var errors = new Array("a", "b"); f("c")"#),
            ["a", "b"]
        );
        assert_eq!(errors(r#"var errors = ["a"];"#), ["a"]);
        assert_eq!(
            errors(r#"errors[0] = "Usu&aacute;rio &lt;x&gt;\n inv&#225;lido";"#),
            ["Usuário <x> inválido"]
        );
    }

    #[test]
    fn comments_and_other_arrays_say_nothing() {
        assert_eq!(
            errors("// errors[0] = \"a\";\n/* errors[0] = 'b'; */\n<!-- errors[0] = 'c'"),
            [""; 0]
        );
        assert_eq!(
            errors(
                r#"myerrors[0] = "a"; errorsOld[0] = "b"; x = "errors[0] = 'c'"; errors[0] = "";"#
            ),
            [""; 0]
        );
    }

    #[test]
    fn what_a_function_would_say_is_told_apart() {
        let script = r#"function vazio() { errors[0] = "Nenhum registro"; } errors.push("a");
            $(function () { if (x) { errors.push("b"); } errors = ["c", "d"]; }); errors[1] = "e";"#;
        assert_eq!(errors(script), ["Nenhum registro", "a", "b", "c", "d", "e"]);
        assert_eq!(array_at_top(&[script.into()], "errors"), ["a", "e"]);
        let all: Vec<(String, bool)> =
            texts(&[script.into(), "f('<b>g</b>', '')".into()]).collect();
        let at_top: Vec<&str> = all
            .iter()
            .filter(|(_, top)| *top)
            .map(|(t, _)| &**t)
            .collect();
        assert_eq!((all.len(), at_top), (7, vec!["a", "e", "g"]));
    }

    #[test]
    fn a_call_is_found_and_a_definition_or_a_wrapper_is_not() {
        let defined = "function abrir(cpf, senha, c) { dialogo(cpf); }
            function abrirWithCyberark(cpf) { abrir(cpf, senha, c); }
            function outra() { abrir('', ''); }";
        let found = |code: &str| calls(&[format!("{defined}\n{code}").into()], "abrir");
        assert_eq!(found(""), Vec::<Vec<String>>::new());
        let expected = vec![
            ["529.982.247-25", "s'x", "false"]
                .map(str::to_owned)
                .to_vec(),
        ];
        for code in [
            r"abrir('529.982.247-25', 's\'x', 'false');",
            r#"abrir ( "529.982.247-25" , "s'x" , false )"#,
            r"window.abrir('529.982.247-25','s\x27x','false')",
            r"$(function () { abrir('529.982.247-25', 's\u0027x', 'false'); });",
            "abrir(`529.982.247-25`,\n `s'x`,\n `false`\n)",
            "if (true) { top.abrir('529.982.247-25', \"s'x\", 'false') }",
        ] {
            assert_eq!(found(code), expected, "{code}");
        }
        assert_eq!(found("abrir(false, '1', 'x')"), [["false", "1", "x"]]);
        for code in [
            "// abrir('529.982.247-25', 'x', 'false');",
            "naoAbrir('529.982.247-25');",
            "abrirWithCyberark('529.982.247-25');",
            "x = 'abrir(1)';",
        ] {
            assert!(found(code).is_empty(), "{code}");
        }
        // A password that breaks the script does not hide the call.
        assert_eq!(found("abrir('529.982.247-25', 'a'b', 'false');").len(), 1);
    }

    #[test]
    fn calls_that_name_a_person_are_told_by_their_names() {
        let script = "$(function () { novo('529.982.247-25', 's', false); velho('x'); });
            outro(1, \"52998224725\"); novo('529.982.247-25', 't', true); f(g('529.982.247-25'))";
        let calls = calls_about_persons(&[script.into()]);
        let calls: Vec<(&str, usize)> = calls.iter().map(|(n, a)| (n.as_str(), *a)).collect();
        assert_eq!(calls, [("novo", 3), ("outro", 2), ("g", 1)]);
    }

    #[test]
    fn broken_scripts_end() {
        for script in [
            "errors[0] = \"a",
            "errors[0] = 'a\\",
            "/*",
            "errors[0] = \"\\u00",
            "é\\",
        ] {
            errors(script);
        }
    }
}
