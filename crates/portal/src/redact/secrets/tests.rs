//! A password is spelled in every way there is, and looked for in what is left of the page.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::*;
use crate::browser::plain::plain;
use crate::redact;
use agendad_config::Config;

fn cut(secret: &str, text: &str) -> String {
    Secrets::new([secret.to_owned()]).cut(text)
}

#[test]
fn a_cpf_is_found_however_it_is_punctuated() {
    for text in [
        "52998224725",
        "529.982.247-25",
        "529 982 247 25",
        "529.982.247 - 25",
        "529&#46;982&period;247&ndash;25",
        "529%2E982%2E247%2D25",
        "\\x35\\x32\\x39.982.247-25",
        "<b>529</b>.982.247-25",
        "'529.' + '982.247-25'",
    ] {
        let left = cut("529.982.247-25", text);
        assert!(!left.contains("982"), "{text}: {left}");
    }
    assert_eq!(cut("52998224725", "529.982.247-26"), "529.982.247-26");
}

#[test]
fn what_only_resembles_a_secret_stays() {
    for text in ["Ipe-123", "Ipê-12", "Ip\u{ea}", "", "&Ipê", "100% = Ipê"] {
        assert_eq!(cut("Ipê-123", text), text);
    }
    assert_eq!(cut("abc", "abcd"), "abcd", "too short to be a secret");
}

#[test]
fn a_secret_that_was_packed_is_cut_with_what_is_packed_beside_it() {
    for bytes in [&b"Ip\xea-1234"[..], "Ipê-1234".as_bytes()] {
        for before in ["", "x", "52998224725:"] {
            let packed = STANDARD_NO_PAD.encode([before.as_bytes(), bytes, b"!"].concat());
            assert_eq!(cut("Ipê-1234", &format!("<{packed}>")), "<…>");
            let hexadecimal = hex::encode([before.as_bytes(), bytes].concat());
            assert_eq!(cut("Ipê-1234", &format!("<{hexadecimal}>")), "<…>");
        }
    }
}

/// One character, in one of its spellings.
fn spell(c: char, how: usize) -> String {
    let code = u32::from(c);
    let utf_8 = c.to_string().into_bytes();
    let latin = WINDOWS_1252.encode(&c.to_string()).0.into_owned();
    let percent = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("%{b:02X}")).collect() };
    let garbled = |text: &str| {
        WINDOWS_1252
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    };
    let entity = format!("&#{code};");
    match how % 15 {
        0 => entity,
        1 => format!("&#x{code:x};"),
        2 => format!("\\u{code:04x}"),
        3 if latin.len() == 1 => format!("\\x{:02X}", latin[0]),
        4 => percent(&utf_8),
        5 => percent(&latin).to_lowercase(),
        6 => percent(percent(&utf_8).as_bytes()),
        7 => percent(&utf_8).replace('%', "%25"),
        8 if !c.is_ascii() => garbled(&c.to_string()),
        9 if !c.is_ascii() => garbled(&garbled(&c.to_string())),
        10 => entity.replace('&', "&amp;"),
        11 => entity.replace('&', "\\u0026"),
        12 if c == ' ' => "+".to_owned(),
        13 if "'\"\\/".contains(c) => format!("\\{c}"),
        _ => match c {
            '<' => "&lt;".to_owned(),
            '&' => "&amp;".to_owned(),
            '"' => "&quot;".to_owned(),
            'ê' => "&ecirc;".to_owned(),
            'Ç' => "&Ccedil;".to_owned(),
            'ã' => "&atilde;".to_owned(),
            c => c.to_string(),
        },
    }
}

/// What others would read in a page: entities, escapes and percents undone again and again.
fn readings(page: &str) -> Vec<String> {
    let mut readings = vec![page.to_owned()];
    for _ in 0..3 {
        let mut next = Vec::new();
        for text in &readings {
            next.push(unescaped(text));
            next.push(plain(text));
            let spaced = text.replace('+', " ");
            let bytes: Vec<u8> = percent_decode_str(&spaced).collect();
            next.push(String::from_utf8_lossy(&bytes).into_owned());
            next.push(
                WINDOWS_1252
                    .decode_without_bom_handling(&bytes)
                    .0
                    .into_owned(),
            );
            let latin = WINDOWS_1252.encode(text).0;
            next.push(String::from_utf8_lossy(&latin).into_owned());
        }
        readings.extend(next);
        readings.sort();
        readings.dedup();
    }
    readings
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let hex = |from: usize, to: usize| {
            let code = u32::from_str_radix(after.get(from..to)?, 16).ok()?;
            Some((char::from_u32(code)?, to))
        };
        let escape = match after.chars().next() {
            Some('x') => hex(1, 3),
            Some('u') => hex(1, 5),
            Some(c) => Some((c, c.len_utf8())),
            None => None,
        };
        let (c, length) = escape.unwrap_or(('\\', 0));
        plain.push(c);
        rest = &after[length..];
    }
    plain + rest
}

const LETTERS: [char; 18] = [
    'a', 'B', '7', '0', '-', '!', '@', '#', '\'', '"', '&', '<', ' ', '\\', 'ê', 'Ç', 'ã', '€',
];

fn embed(place: usize, spelled: &str) -> String {
    match place {
        0 => format!("<html><body><p>senha {spelled} fim</p></body></html>"),
        1 => format!(
            "<html><body><input name=x title=\"{spelled}\" data-y='{spelled}'></body></html>"
        ),
        2 => format!("<html><script>var a = 'x{spelled}y';\nf(a);</script></html>"),
        3 => format!(
            "<html><body onload=\"entrar('{spelled}')\"><a href='/x.do?s={spelled}'>x</a></body></html>"
        ),
        4 => format!("<html><!-- {spelled} --><textarea>{spelled}</textarea></html>"),
        _ => format!(
            "<html><script>openDialogNewSession('529.982.247-25', '{spelled}', 'false');</script></html>"
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_blanked_page_holds_the_password_in_no_spelling(
        letters in prop::collection::vec(0..LETTERS.len(), 6..12),
        hows in prop::collection::vec(0..15usize, 12),
        place in 0..6usize,
    ) {
        let password: String = letters.iter().map(|n| LETTERS[*n]).collect();
        // White space at either end would be cut by a form, and so is no part of what is to be found.
        prop_assume!(password.trim() == password);
        let spelled: String = password.chars().zip(&hows).map(|(c, how)| spell(c, *how)).collect();
        let secrets = Secrets::new([password.clone()]);
        let page = embed(place, &spelled);
        let blanked = redact::page(&page, &secrets, &Config::shipped().unwrap().portal.profile).unwrap();
        for reading in readings(&blanked) {
            prop_assert!(!reading.contains(&password), "{password:?} of {page} in {blanked}");
        }
    }
}
