//! The little that is read out of scripts without running them: string tables such as `errors[]`, and
//! where a click leads.

use super::reader;

/// A piece of a script: code between strings, or the content of a string.
#[derive(Debug, PartialEq)]
enum Piece {
    Code(String),
    Text(String),
}

/// What the scripts put into the array `name`, by `name[0] = "…"`, `name.push("…")` or
/// `name = new Array("…")`, in page order; empty texts left out. Comments count for nothing.
pub(crate) fn array(scripts: &[String], name: &str) -> Vec<String> {
    scripts
        .iter()
        .flat_map(|script| in_script(script, name))
        .map(|text| reader::plain(&text))
        .filter(|text| !text.is_empty())
        .collect()
}

/// The texts that the scripts put into fields (`….value = "…"`), each once.
pub(crate) fn field_values(scripts: &[String]) -> Vec<String> {
    let mut values = Vec::new();
    let mut before = String::new();
    for piece in scripts.iter().flat_map(|script| pieces(script)) {
        match piece {
            Piece::Code(code) => before = code.split_whitespace().collect(),
            Piece::Text(text) if before.ends_with(".value=") && !values.contains(&text) => {
                values.push(text);
            }
            Piece::Text(_) => {}
        }
    }
    values
}

fn in_script(script: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut filling = false;
    for piece in pieces(script) {
        match piece {
            Piece::Code(code) => {
                let code: String = code.split_whitespace().collect();
                // Within `new Array("a", "b")` only a comma keeps the list going.
                filling = (filling && code == ",") || fills(&code, name);
            }
            Piece::Text(text) if filling => found.push(text),
            Piece::Text(_) => {}
        }
    }
    found
}

/// Whether this code, white space gone, ends where a string goes into the array.
fn fills(code: &str, name: &str) -> bool {
    let statement = code.rsplit([';', '{', '}']).next().unwrap_or_default();
    let Some(after) = after_word(statement, name) else {
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
pub(crate) fn navigation(code: &str, scripts: &[String]) -> Option<String> {
    direct(code).or_else(|| {
        called(code)
            .take(MOST_CALLS)
            .filter_map(|name| scripts.iter().find_map(|script| body_of(script, &name)))
            .find_map(|body| direct(&body))
    })
}

/// A location that is set, or an address handed to a function.
fn direct(code: &str) -> Option<String> {
    let mut before = String::new();
    for piece in pieces(code) {
        match piece {
            Piece::Code(code) => before = code.split_whitespace().collect(),
            Piece::Text(text) if sets_location(&before) || is_address(&text) => return Some(text),
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
fn body_of(script: &str, name: &str) -> Option<String> {
    script.match_indices("function").find_map(|(at, word)| {
        let rest = script[at + word.len()..].trim_start().strip_prefix(name)?;
        let body = rest.trim_start().strip_prefix('(')?;
        let body = &body[..body.floor_char_boundary(LONGEST_BODY)];
        let end = body.find("function").unwrap_or(body.len());
        Some(body[..end].to_owned())
    })
}

/// Cuts a script into code and strings; comments are left out.
fn pieces(script: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut code = String::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = comment_length(rest) {
            rest = &rest[comment..];
            code.push(' ');
        } else if matches!(c, '"' | '\'') {
            let (text, length) = string(&rest[1..], c);
            pieces.push(Piece::Code(std::mem::take(&mut code)));
            pieces.push(Piece::Text(text));
            rest = &rest[1 + length..];
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    pieces.push(Piece::Code(code));
    pieces
}

fn comment_length(rest: &str) -> Option<usize> {
    if let Some(block) = rest.strip_prefix("/*") {
        return Some(block.find("*/").map_or(rest.len(), |end| end + 4));
    }
    // Old pages hide their scripts from older browsers: `<!--` begins a comment of one line.
    let line = rest.starts_with("//") || rest.starts_with("<!--");
    line.then(|| rest.find(['\n', '\r']).unwrap_or(rest.len()))
}

/// The string that begins here and the length of its source, closing quote included.
fn string(source: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut chars = source.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return (text, at + 1),
            // A string does not go over its line: this was not one, or it is broken.
            '\n' | '\r' => return (text, at),
            '\\' => text.extend(escape(&mut chars)),
            _ => text.push(c),
        }
    }
    (text, source.len())
}

fn escape(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let (_, c) = chars.next()?;
    match c {
        'n' | 'r' | 't' | 'b' | 'f' | 'v' | '\n' => Some(' '),
        'u' => hex(chars, 4),
        'x' => hex(chars, 2),
        _ => Some(c),
    }
}

fn hex(chars: &mut std::str::CharIndices<'_>, length: usize) -> Option<char> {
    let digits = chars.as_str().get(..length)?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    chars.nth(length - 1)?;
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(script: &str) -> Vec<String> {
        array(&[script.to_owned()], "errors")
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
        assert_eq!(array(&[script.to_owned()], "messages"), ["Bem-vindo"]);
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
