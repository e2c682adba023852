//! The file, as editors save it.

use super::super::layers;

/// As editors of other systems save it.
#[test]
fn a_file_in_utf_16_is_read_and_one_in_latin_1_is_told_by_its_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "# São Paulo\r\n[http]\r\nlisten = \"127.0.0.1:1\"\r\n";
    let wide: Vec<u16> = format!("\u{feff}{text}").encode_utf16().collect();
    let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [text.as_bytes(), &little, &big] {
        std::fs::write(file.path(), bytes).unwrap();
        let layer = layers::file(Some(file.path())).unwrap().unwrap();
        let listen = layers::lookup(&layer.table, "http.listen").unwrap();
        assert_eq!(listen.as_str(), Some("127.0.0.1:1"));
    }
    let half = &little[..little.len() - 1];
    for (bytes, line) in [
        (&b"[http]\n# S\xe3o Paulo\n"[..], 2),
        (b"\xe3", 1),
        (half, 1),
    ] {
        std::fs::write(file.path(), bytes).unwrap();
        let refused = layers::file(Some(file.path())).unwrap_err().to_string();
        let said = format!("line {line} is not UTF-8: save the file as UTF-8");
        assert!(refused.contains(&said), "{refused}");
    }
}
