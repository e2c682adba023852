//! Secrets as text. Editors put a byte order mark before what they save, and people paste it along; it is never
//! part of a password, a key or an address.

/// U+FEFF, the byte order mark, invisible wherever it stands.
const MARK: char = '\u{feff}';

/// The text without byte order marks.
#[must_use]
pub fn without_marks(text: String) -> String {
    if text.contains(MARK) {
        text.replace(MARK, "")
    } else {
        text
    }
}

/// A file's text without byte order marks and without white space at its ends; `None` if it is no text.
#[must_use]
pub fn of_file(bytes: Vec<u8>) -> Option<String> {
    decode(bytes).map(|text| text.trim().to_owned())
}

/// The text without byte order marks: UTF-8, or UTF-16 as the mark says. `None` if it is neither.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> Option<String> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| order(*pair)).collect();
        rest.is_empty().then(|| String::from_utf16(&units).ok())?
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        _ => String::from_utf8(bytes).ok()?,
    };
    Some(without_marks(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_never_part_of_a_secret() {
        let plain = "Senha-1ã";
        let utf16: Vec<u16> = format!("{MARK}{plain}\r\n").encode_utf16().collect();
        let little = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [
            plain.as_bytes().to_vec(),
            format!("{MARK}{plain}\n").into_bytes(),
            format!(" {MARK}{MARK} {plain}{MARK}\n").into_bytes(),
            little,
            big,
        ] {
            assert_eq!(of_file(bytes).as_deref(), Some(plain));
        }
        assert_eq!(without_marks(format!("{MARK}{plain}")), plain);
        assert_eq!(of_file(vec![0xff, 0x41]), None);
        assert_eq!(of_file(vec![0xff, 0xfe, 0x41]), None);
    }
}
