//! `timezone`: a name of the IANA database, and the system's table of that zone if there is one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serializer};

use agendad_domain::Zone;

/// Where systems keep their tables, unless `TZDIR` says where.
const DIRECTORIES: [&str; 3] = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"];

/// What is expected, by which a refusal is known.
pub(super) const EXPECTED: &str = "a time zone";

/// A table that is there and cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used", path.display())]
pub struct UnusableTable {
    path: PathBuf,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The system's table of a zone, and where it lies; `None` if the system has none.
pub fn of_system(zone: Zone) -> Result<Option<(Zone, PathBuf)>, UnusableTable> {
    match std::env::var_os("TZDIR").filter(|directory| !directory.is_empty()) {
        Some(directory) => of_directory(zone, Path::new(&directory)),
        None => {
            let mut found = DIRECTORIES.iter().map(|d| of_directory(zone, Path::new(d)));
            found
                .find(|found| !matches!(found, Ok(None)))
                .unwrap_or(Ok(None))
        }
    }
}

fn of_directory(zone: Zone, directory: &Path) -> Result<Option<(Zone, PathBuf)>, UnusableTable> {
    let path = directory.join(zone.name());
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let source = error.into();
            return Err(UnusableTable { path, source });
        }
    };
    match zone.by_table(&bytes) {
        Ok(zone) => Ok(Some((zone, path))),
        Err(error) => {
            let source = error.into();
            Err(UnusableTable { path, source })
        }
    }
}

pub(super) fn serialize<S: Serializer>(zone: &Zone, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(zone.name())
}

/// A table that cannot be used is told by `agendad check`; the one that is built in does as well.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Zone, D::Error> {
    let name = String::deserialize(from)?;
    let built_in: Tz = name
        .parse()
        .map_err(|_| D::Error::invalid_value(Unexpected::Str(&name), &EXPECTED))?;
    let built_in = Zone::from(built_in);
    let of_system = of_system(built_in).ok().flatten();
    Ok(of_system.map_or(built_in, |(zone, _)| zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_table_is_found_in_its_directory_and_a_broken_one_is_named() {
        let zone = Zone::from(Tz::America__Sao_Paulo);
        let directory = tempfile::tempdir().unwrap();
        assert!(of_directory(zone, directory.path()).unwrap().is_none());
        let path = directory.path().join("America/Sao_Paulo");
        std::fs::create_dir(directory.path().join("America")).unwrap();
        std::fs::write(&path, "no table").unwrap();
        let error = of_directory(zone, directory.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("America/Sao_Paulo"), "{error}");
        for known in DIRECTORIES {
            if let Ok(bytes) = std::fs::read(Path::new(known).join("America/Sao_Paulo")) {
                std::fs::write(&path, bytes).unwrap();
                let (found, _) = of_directory(zone, directory.path()).unwrap().unwrap();
                assert_ne!(found, zone);
            }
        }
    }
}
