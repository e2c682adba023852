//! A page in pieces: what never changes is encoded and packed once for the whole process, the rest for
//! each request. So pages of the portal's size cost little more than small ones.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// What never changes of a page.
pub(crate) struct Fixed {
    bytes: Vec<u8>,
    packed: Vec<u8>,
    crc: Crc,
}

impl Fixed {
    pub(super) fn new(text: &str) -> Self {
        let bytes = encode(text);
        let mut crc = Crc::new();
        crc.update(&bytes);
        Self {
            packed: pack(&bytes),
            bytes,
            crc,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}

#[derive(Clone)]
enum Piece {
    Fixed(&'static Fixed),
    Bytes(Vec<u8>),
}

/// A body, in pieces.
#[derive(Clone, Default)]
pub(crate) struct Page {
    pieces: Vec<Piece>,
}

impl Page {
    /// A page of text, in the portal's charset.
    pub(crate) fn text(text: &str) -> Self {
        Self::default().and(text)
    }

    /// A body of these bytes.
    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        Self {
            pieces: vec![Piece::Bytes(bytes)],
        }
    }

    pub(super) fn and(mut self, text: &str) -> Self {
        self.pieces.push(Piece::Bytes(encode(text)));
        self
    }

    pub(super) fn fixed(mut self, fixed: &'static Fixed) -> Self {
        self.pieces.push(Piece::Fixed(fixed));
        self
    }

    /// The whole body.
    pub(crate) fn whole(self) -> Vec<u8> {
        let mut pieces = self.pieces;
        if let [Piece::Bytes(only)] = pieces.as_mut_slice() {
            return std::mem::take(only);
        }
        let mut whole = Vec::with_capacity(pieces.iter().map(|piece| piece.read().len()).sum());
        for piece in &pieces {
            whole.extend_from_slice(piece.read());
        }
        whole
    }

    /// The whole body as gzip.
    pub(crate) fn gzip(&self) -> Vec<u8> {
        const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
        // An empty last block ends the stream.
        const END: [u8; 2] = [3, 0];
        let mut crc = Crc::new();
        let mut gzip = HEAD.to_vec();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(fixed) => {
                    gzip.extend_from_slice(&fixed.packed);
                    crc.combine(&fixed.crc);
                }
                Piece::Bytes(bytes) => {
                    gzip.append(&mut pack(bytes));
                    crc.update(bytes);
                }
            }
        }
        gzip.extend_from_slice(&END);
        gzip.extend_from_slice(&crc.sum().to_le_bytes());
        gzip.extend_from_slice(&crc.amount().to_le_bytes());
        gzip
    }
}

impl Piece {
    fn read(&self) -> &[u8] {
        match self {
            Self::Fixed(fixed) => &fixed.bytes,
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Bytes in the portal's charset; what it cannot write becomes a character reference.
pub(crate) fn encode(page: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(page).0.into_owned()
}

/// Deflate blocks that end at a byte's end and refer to nothing before them: they can be put together.
fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = Compress::new(Compression::fast(), false);
    let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
    loop {
        let done = usize::try_from(packer.total_in()).unwrap_or(bytes.len());
        let before = packed.len();
        let result = packer.compress_vec(&bytes[done..], &mut packed, FlushCompress::Full);
        let full = packed.len() == packed.capacity();
        if result.is_err() || (!full && packer.total_in() >= bytes.len() as u64) {
            return packed;
        }
        debug_assert!(full || packed.len() > before);
        packed.reserve(packed.capacity().max(64));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::LazyLock;

    use super::*;

    static LINES: LazyLock<Fixed> = LazyLock::new(|| Fixed::new(&"linha não dita\r\n".repeat(500)));

    #[test]
    fn packed_pieces_make_one_whole_gzip_body() {
        let noise: String = (0..20_000_u32)
            .filter_map(|n| char::from_u32(32 + n.wrapping_mul(2_654_435_761) % 90))
            .collect();
        for middle in ["", "x", "ação", noise.as_str()] {
            let page = Page::text("começo").fixed(&LINES).and(middle).fixed(&LINES);
            let gzip = page.gzip();
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(gzip.as_slice())
                .read_to_end(&mut unpacked)
                .unwrap();
            assert_eq!(unpacked, page.whole());
        }
    }
}
