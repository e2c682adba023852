//! What an error says, with its causes: for log lines, records and answers.

use std::error::Error;

/// An error and its causes, outermost first, without repetitions.
#[must_use]
pub fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if texts.last().is_some_and(|last| !last.ends_with(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts
}

/// The same in one line.
#[must_use]
pub fn in_a_line(error: &dyn Error) -> String {
    chain(error).join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Failure {
        text: &'static str,
        #[source]
        source: Option<Box<Failure>>,
    }

    fn failure(text: &'static str, source: Option<Failure>) -> Failure {
        Failure {
            text,
            source: source.map(Box::new),
        }
    }

    #[test]
    fn causes_follow_once_each() {
        let innermost = failure("connection refused", None);
        let repeated = failure("the database failed: connection refused", Some(innermost));
        let error = failure("start the run", Some(repeated));
        assert_eq!(
            in_a_line(&error),
            "start the run: the database failed: connection refused"
        );
        assert_eq!(chain(&error).len(), 2);
    }
}
