//! The vocabulary as values of options: its names are the possible values.

use std::error::Error;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::VariantArray;

/// One of the values of `T`, by its stable text form.
pub(super) fn one_of<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantArray + Copy + Into<&'static str> + FromStr + Send + Sync,
    T::Err: Error + Send + Sync + 'static,
{
    let names = T::VARIANTS.iter().map(|value| (*value).into());
    PossibleValuesParser::new(names.collect::<Vec<&'static str>>())
        .try_map(|name| T::from_str(&name))
}
