//! Values in a body as browsers' forms and old front ends write them: whatever their JSON type, they
//! are read as the query's texts are.

use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{self, Deserializer, Unexpected, Visitor};

/// A value that clients write as a text, a number or a truth value.
#[derive(Debug)]
pub(super) struct Lenient(String);

impl Deref for Lenient {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Lenient;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Lenient, E> {
                Ok(Lenient(value.to_string()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Lenient, E> {
                Ok(Lenient(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Lenient, E> {
                Ok(Lenient(value.to_string()))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Lenient, E> {
                Ok(Lenient(value.to_owned()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Lenient, E> {
                Err(E::invalid_type(Unexpected::Float(value), &self))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
