//! One JSON object a line, flat: what an event says, and beside it, as keys of the same object, what the
//! spans around it say (`run_id`, `usuario_id`, `window`, `step`), so that whoever collects logs can filter
//! by them without knowing spans.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// The format; to be used with [`JsonFields`].
pub(super) struct Flat;

impl<S> FormatEvent<S, JsonFields> for Flat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::default();
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        line.put("timestamp", time.into());
        line.put("level", event.metadata().level().as_str().into());
        let mut said = String::new();
        context.format_fields(Writer::new(&mut said), event)?;
        let mut said = object(&said);
        line.put("message", said.remove("message").unwrap_or(Value::Null));
        line.put_all(said);
        // The innermost knows best.
        let spans = context.event_scope().into_iter().flatten();
        for span in spans {
            if let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>() {
                line.put_all(object(fields));
            }
        }
        line.put("target", event.metadata().target().into());
        writeln!(writer, "{{{}}}", line.text)
    }
}

/// The inside of an object, written key by key; the first value of a key stays.
#[derive(Default)]
struct Line {
    text: String,
    keys: Vec<String>,
}

impl Line {
    fn put(&mut self, key: &str, value: Value) {
        if self.keys.iter().any(|known| known == key) {
            return;
        }
        if !self.keys.is_empty() {
            self.text.push(',');
        }
        let key_text = Value::from(key).to_string();
        self.text.push_str(&key_text);
        self.text.push(':');
        self.text.push_str(&value.to_string());
        self.keys.push(key.to_owned());
    }

    fn put_all(&mut self, fields: Map<String, Value>) {
        for (key, value) in fields {
            self.put(&key, value);
        }
    }
}

/// The formatter writes objects and nothing else; whatever else it wrote is kept as it is.
fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let mut kept = Map::new();
        kept.insert("fields".to_owned(), text.into());
        kept
    })
}
