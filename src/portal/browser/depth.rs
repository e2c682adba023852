//! Whether a page can be read in reasonable time. The HTML parser looks through all open elements at many
//! tags, so that a page of a few hundred kilobytes that nests without end would hold a worker for minutes.

/// Tags times open elements that a page may cost. The portal's largest pages cost a hundredth of it, and
/// the parser needs less than a second for it.
const MAX_COST: u64 = 30_000_000;

/// Elements that never hold others, or that end by themselves where the next one begins.
const SHALLOW: [&str; 34] = [
    "area", "base", "basefont", "bgsound", "body", "br", "col", "colgroup", "dd", "dt", "embed",
    "frame", "head", "hr", "html", "img", "input", "li", "link", "meta", "optgroup", "option", "p",
    "param", "script", "source", "style", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
];

/// Whether the estimated cost of reading `html` is bearable.
pub(crate) fn is_readable(html: &str) -> bool {
    let mut depth: u64 = 1;
    let mut cost: u64 = 0;
    for tag in html.split('<').skip(1) {
        let (ends, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let length = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = &tag[..length];
        if name.is_empty() {
            continue;
        }
        if !SHALLOW.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            depth = if ends {
                depth.saturating_sub(1)
            } else {
                depth + 1
            };
        }
        cost += depth;
        if cost > MAX_COST {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::browser::reader;

    #[test]
    fn a_page_without_end_is_refused_and_a_large_one_is_not() {
        assert!(!is_readable(&"<div>".repeat(100_000)));
        let deep = "<table><tr><td>".repeat(40);
        let rows = "<tr><td><font>14:00</font><td><b>x</b></tr>".repeat(50_000);
        assert!(is_readable(&format!("{deep}{rows}")));
        assert!(is_readable("< <é </ <1"));
    }

    #[test]
    fn what_is_let_through_is_read_soon() {
        let start = std::time::Instant::now();
        let html = "<div>".repeat(7_000);
        assert!(is_readable(&html));
        reader::read(&html);
        assert!(
            start.elapsed().as_secs() < 30,
            "seconds even without optimisation"
        );
    }
}
