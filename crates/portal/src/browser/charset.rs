//! Bytes to text, more careful than browsers: valid UTF-8 is UTF-8; then by header, by `<meta>` wherever it
//! stands, and windows-1252, within which a letter of UTF-8 stays what it is. Forms are answered as by browsers, which
//! believe what is declared.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memchr3_iter, memmem};
use percent_encoding::percent_decode_str;

/// In what the forms of a page are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charsets {
    /// What the page is declared to be in, by its mark, its header or its `<meta>`, else windows-1252: a browser sends
    /// in it what is typed, such as a password.
    pub declared: &'static Encoding,
    /// What it was read in: what stands in its forms goes back in it, in the bytes in which it came, as from a browser
    /// that reads and writes what is declared.
    pub read: &'static Encoding,
}

impl Charsets {
    pub(crate) fn of(encoding: &'static Encoding) -> Self {
        let encoding = encoding.output_encoding();
        Self {
            declared: encoding,
            read: encoding,
        }
    }
}

/// The text, and in what the page's forms are to be answered. What needs no change is not copied.
///
/// A declared encoding in which the bytes make no sense is passed over in reading: a wrong decoding would change
/// names and content hashes. The label `iso-8859-1` means windows-1252, as in browsers.
pub(crate) fn decode(bytes: Vec<u8>, content_type: Option<&str>) -> (String, Charsets) {
    let mut bytes = bytes;
    let mut mark = None;
    if let Some((encoding, bom)) = Encoding::for_bom(&bytes) {
        let marked = &bytes[bom..];
        let text = if encoding == UTF_8 {
            strictly(encoding, marked).or_else(|| broken_utf_8(encoding, marked))
        } else {
            let (text, _) = encoding.decode_without_bom_handling(marked);
            Some(text.into_owned())
        };
        if let Some(text) = text {
            return (text, Charsets::of(encoding));
        }
        // It came with a file that was included in the page, which goes on in another encoding.
        bytes.drain(..bom);
        mark = Some(encoding);
    }
    let is_ascii = bytes.is_ascii();
    let header = content_type.and_then(from_header);
    let declared = mark.or(header).or_else(|| from_meta(&bytes));
    let declared = declared.unwrap_or(WINDOWS_1252).output_encoding();
    let bytes = match String::from_utf8(bytes) {
        // By chance no text of another charset is: its accented letters would have to come in the right pairs.
        Ok(text) if !is_ascii => {
            let read = UTF_8;
            return (text, Charsets { declared, read });
        }
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let meta = std::iter::once_with(|| from_meta(&bytes)).flatten();
    let mut labels = header.into_iter().chain(meta);
    let makes_sense = |encoding: &'static Encoding| {
        if is_ascii && encoding.is_ascii_compatible() {
            return Some((None, encoding));
        }
        if encoding == WINDOWS_1252 {
            return Some((None, encoding));
        }
        let text = strictly(encoding, &bytes).or_else(|| broken_utf_8(encoding, &bytes))?;
        Some((Some(text), encoding))
    };
    let found = labels.find_map(makes_sense);
    let (text, encoding) = found.unwrap_or((None, WINDOWS_1252));
    let text = text.unwrap_or_else(|| {
        String::from_utf8(bytes).unwrap_or_else(|error| windows_1252(error.as_bytes()))
    });
    let read = encoding.output_encoding();
    (text, Charsets { declared, read })
}

/// Of an encoding that says what each byte means. `None` if it does not.
fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    // Of pages in Portuguese one letter in fifty grows to two bytes.
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16 + 64);
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return Some(text),
            DecoderResult::Malformed(..) => return None,
            DecoderResult::OutputFull => {
                text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len())?);
            }
        }
    }
}

/// Where a page is put together from parts of which some are in UTF-8, their letters and signs are read too: in names, no
/// Ã, Â or â stands before what would have to follow it. Letter by letter, so that half a page says the same as all of it.
pub(crate) fn windows_1252(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16 + 64);
    let mut from = 0;
    for at in memchr3_iter(0xc2, 0xc3, 0xe2, bytes) {
        if let Some(letter) = letter_of_utf_8(&bytes[at..]) {
            push_1252(&mut text, &bytes[from..at]);
            text.push_str(letter);
            from = at + letter.len();
        }
    }
    push_1252(&mut text, &bytes[from..]);
    text
}

/// From À to ÿ, what ends an abbreviation, dashes and quotation marks. The signs × and ÷ are none; à could be an Ã before a
/// space that does not break; and what was written in UTF-8 twice stays as odd as it is.
fn letter_of_utf_8(bytes: &[u8]) -> Option<&str> {
    let length = match bytes {
        [0xc3, 0x82 | 0x83, 0xc2 | 0xc3, ..] | [0xc3, 0x97 | 0xa0 | 0xb7, ..] => None,
        [0xc3, ..] | [0xc2, 0xaa | 0xb0 | 0xba, ..] => Some(2),
        [0xe2, 0x80, 0x93 | 0x94 | 0x98 | 0x99 | 0x9c | 0x9d, ..] => Some(3),
        _ => None,
    };
    std::str::from_utf8(bytes.get(..length?)?).ok()
}

fn push_1252(text: &mut String, bytes: &[u8]) {
    text.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
}

/// UTF-8, and what is none in windows-1252; but a letter that the page's end has cut apart is lost.
fn in_either_encoding(bytes: &[u8]) -> String {
    let is_cut = |part: &[u8]| match std::str::from_utf8(part) {
        Ok(_) => false,
        Err(error) => error.error_len().is_none(),
    };
    let parts = bytes.utf8_chunks().flat_map(|chunk| {
        let foreign = chunk.invalid();
        let is_last = foreign.as_ptr_range().end == bytes.as_ptr_range().end;
        let letters = if is_last && is_cut(foreign) {
            "\u{fffd}".into()
        } else {
            WINDOWS_1252.decode_without_bom_handling(foreign).0
        };
        [chunk.valid().into(), letters]
    });
    parts.collect()
}

/// A query as people read it: valid UTF-8 is UTF-8, all else windows-1252.
pub(crate) fn readable(query: &str) -> String {
    let query = query.replace('+', " ");
    let bytes: Vec<u8> = percent_decode_str(&query).collect();
    let text = String::from_utf8(bytes);
    text.unwrap_or_else(|error| windows_1252(error.as_bytes()))
}

/// UTF-8 of which a little is broken: a foreign byte, or a letter cut apart where half a page ends. In another
/// encoding every name on the page would change. `None` if little of it is UTF-8.
fn broken_utf_8(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    if encoding != UTF_8 {
        return None;
    }
    let (letters, broken) = bytes
        .utf8_chunks()
        .fold((0, 0), |(letters, broken), chunk| {
            let more = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            (
                letters + more,
                broken + usize::from(!chunk.invalid().is_empty()),
            )
        });
    (letters > 0 && letters >= broken).then(|| in_either_encoding(bytes))
}

fn from_header(content_type: &str) -> Option<&'static Encoding> {
    label_after_charset(&content_type.to_ascii_lowercase())
}

fn from_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let found = metas(bytes).find_map(|tag| {
        let tag = encoding_rs::mem::decode_latin1(tag).to_ascii_lowercase();
        label_after_charset(&tag)
    })?;
    // A page whose `<meta>` could be read as ASCII is not UTF-16, whatever it says.
    Some(if found == UTF_16BE || found == UTF_16LE {
        UTF_8
    } else {
        found
    })
}

/// What stands in the `<meta>` tags outside comments.
fn metas(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        while let Some(at) = memchr(b'<', rest) {
            let tag = &rest[at + 1..];
            if let Some(comment) = tag.strip_prefix(b"!--") {
                let end = memmem::find(comment, b"-->");
                rest = &comment[end.map_or(comment.len(), |end| end + 3)..];
                continue;
            }
            rest = tag;
            if tag
                .get(..4)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"meta"))
            {
                return memchr(b'>', tag).map(|end| &tag[..end]);
            }
        }
        None
    })
}

/// The encoding that follows the first `charset=` of a lower-case text.
fn label_after_charset(text: &str) -> Option<&'static Encoding> {
    text.match_indices("charset").find_map(|(at, word)| {
        let value = text[at + word.len()..].trim_start().strip_prefix('=')?;
        let label = value
            .trim_start()
            .trim_start_matches(['"', '\''])
            .split(['"', '\'', ';', ' ', '\t', '\n', '/', '>'])
            .next()?;
        Encoding::for_label(label.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    const META: &str = r#"<META http-equiv="Content-Type" content="text/html; charset="#;

    fn decoded(bytes: &[u8], header: Option<&str>) -> (String, &'static str) {
        let (text, charsets) = decode(bytes.to_vec(), header);
        (text, charsets.declared.name())
    }

    fn read_in(bytes: &[u8], header: Option<&str>) -> &'static str {
        decode(bytes.to_vec(), header).1.read.name()
    }

    #[test]
    fn the_header_comes_first_then_meta_then_windows_1252() {
        let latin = b"D'\xc1VILA \x93x\x94";
        assert_eq!(
            decoded(latin, Some("text/html; charset=ISO-8859-1")),
            ("D'ÁVILA “x”".into(), "windows-1252")
        );
        let page = [META.as_bytes(), b"iso-8859-1\">", latin].concat();
        assert!(decoded(&page, Some("text/html")).0.ends_with("D'ÁVILA “x”"));
        assert_eq!(decoded(latin, None), ("D'ÁVILA “x”".into(), "windows-1252"));
        let utf8 = "ÁVILA".as_bytes();
        assert_eq!(
            decoded(utf8, Some(r#"text/html;charset="utf-8""#)),
            ("ÁVILA".into(), "UTF-8")
        );
        let page = [b"<meta charset=utf-8>", utf8].concat();
        assert!(decoded(&page, None).0.ends_with("ÁVILA"));
    }

    #[test]
    fn a_declaration_that_cannot_be_true_is_passed_over() {
        let page = [META.as_bytes(), b"iso-8859-1\">\xc1VILA"].concat();
        assert!(
            decoded(&page, Some("text/html; charset=utf-8"))
                .0
                .ends_with("ÁVILA")
        );
        assert_eq!(decoded(b"\xc1", Some("text/html; charset=klingon")).0, "Á");
    }

    #[test]
    fn a_mark_of_utf_8_before_a_page_of_another_charset_says_nothing() {
        let page = b"\xef\xbb\xbfJO\xc3O D'\xc1VILA";
        for header in [None, Some("text/html;charset=ISO-8859-1")] {
            // Of how it is to be read: a browser believes the mark, and sends what is typed in UTF-8.
            assert_eq!(decoded(page, header), ("JOÃO D'ÁVILA".into(), "UTF-8"));
            assert_eq!(read_in(page, header), "windows-1252");
        }
        let page = "\u{feff}JOÃO D'ÁVILA".as_bytes();
        for page in [page, &page[..page.len() - 5]] {
            assert_eq!(decoded(page, Some("charset=ISO-8859-1")).1, "UTF-8");
        }
    }

    #[test]
    fn a_broken_letter_changes_no_other() {
        let page = "<meta charset=utf-8>JOÃO, JOSÉ, São".as_bytes();
        let cut = &page[..page.len() - 2];
        let foreign = [&cut[..cut.len() - 1], b"\xe3o"].concat();
        for (page, end) in [(cut, "S\u{fffd}"), (&foreign, "São")] {
            let (text, encoding) = decoded(page, None);
            assert!(text.contains("JOÃO, JOSÉ, S"), "{text}");
            assert!(text.ends_with(end), "{text}");
            assert_eq!(encoding, "UTF-8");
        }
    }

    #[test]
    fn a_page_of_two_encodings_is_read_in_both() {
        let utf_8 = "JOÃO D’ÁVILA, 1º exame médico".as_bytes();
        let latin = b"Relat\xf3rio de JOS\xc9 da CONCEI\xc7\xc3O, amanh\xe3, AMANH\xc3\xa0";
        for page in [[utf_8, latin].concat(), [latin, utf_8].concat()] {
            for header in [None, Some("text/html;charset=ISO-8859-1")] {
                let (text, encoding) = decoded(&page, header);
                assert_eq!(encoding, "windows-1252");
                assert!(text.contains("JOÃO D’ÁVILA, 1º exame médico"), "{text}");
                assert!(
                    text.contains("Relatório de JOSÉ da CONCEIÇÃO, amanhã, AMANH"),
                    "{text}"
                );
            }
        }
        let twice = b"Jo\xc3\x83\xc2\xa3o, JOS\xc9";
        assert_eq!(decoded(twice, None).0, "JoÃ\u{192}Â£o, JOSÉ");
        assert_eq!(decoded(latin, None).0, {
            "Relatório de JOSÉ da CONCEIÇÃO, amanhã, AMANHÃ\u{a0}"
        });
    }

    /// Any byte, one of ASCII that is printed, or one with which letters of several bytes begin.
    fn byte(seed: u16) -> u8 {
        let [kind, byte] = seed.to_be_bytes();
        match kind % 3 {
            0 => byte,
            1 => 32 + byte % 95,
            _ => 0xc0 + byte % 64,
        }
    }

    proptest! {
        #[test]
        fn a_page_is_decoded_as_by_the_library_however_much_it_grows(
            // A choice of three for each byte would take longer than all the rest.
            seeds in prop::collection::vec(any::<u16>(), 0..3000),
            label in prop::sample::select(vec!["utf-8", "latin1", "koi8-r", "shift_jis", "gb18030", "iso-2022-jp", "utf-16"]),
        ) {
            let bytes: Vec<u8> = seeds.into_iter().map(byte).collect();
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let whole = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
            prop_assert_eq!(strictly(encoding, &bytes), whole.map(Cow::into_owned));
        }
    }

    #[test]
    fn a_page_without_foreign_letters_is_taken_as_it_is() {
        let page = [META.as_bytes(), b"iso-8859-1\">AVILA"].concat();
        let at = page.as_ptr();
        let (text, charsets) = decode(page, None);
        assert_eq!(text.as_ptr(), at);
        assert_eq!(charsets, Charsets::of(WINDOWS_1252));
        let page = "<p>ÁVILA".to_owned().into_bytes();
        let at = page.as_ptr();
        let (text, charsets) = decode(page, Some("text/html; charset=iso-8859-1"));
        assert_eq!((text.as_ptr(), charsets.read.name()), (at, "UTF-8"));
    }

    #[test]
    fn forms_are_answered_in_what_is_declared_whatever_the_bytes_are() {
        let utf_8 = "<p>ÁVILA".as_bytes();
        let meta = [META.as_bytes(), b"iso-8859-1\">", utf_8].concat();
        let (iso, utf) = (Some("text/html;charset=ISO-8859-1"), Some("charset=utf-8"));
        // A password of which the portal gets other bytes than from browsers would be refused.
        for (page, header, declared, read) in [
            (utf_8, iso, "windows-1252", "UTF-8"),
            (utf_8, None, "windows-1252", "UTF-8"),
            (utf_8, utf, "UTF-8", "UTF-8"),
            (&meta, None, "windows-1252", "UTF-8"),
            (&meta, utf, "UTF-8", "UTF-8"),
            (&b"<p>\xc1VILA"[..], utf, "UTF-8", "windows-1252"),
            (&b"<p>AVILA"[..], utf, "UTF-8", "UTF-8"),
            (utf_8, Some("charset=utf-16"), "UTF-8", "UTF-8"),
        ] {
            assert_eq!(decoded(page, header).1, declared, "{header:?}");
            assert_eq!(read_in(page, header), read, "{header:?}");
        }
    }

    #[test]
    fn a_query_is_read_in_either_charset() {
        for query in [
            "senha+inv%E1lida",
            "senha%20inv%C3%A1lida",
            "senha inválida",
        ] {
            assert_eq!(readable(query), "senha inválida");
        }
    }

    #[test]
    fn a_commented_meta_says_nothing() {
        let page = b"<!-- <meta charset=utf-8> --><meta charset=koi8-r>\xc1";
        assert_eq!(decoded(page, None).1, "KOI8-R");
    }

    #[test]
    fn any_bytes_become_text() {
        for bytes in [
            &b"\xff\xfe\x00"[..],
            b"",
            b"\xef\xbb\xbfx",
            b"<meta charset=",
        ] {
            decode(bytes.to_vec(), Some("charset"));
        }
    }
}
