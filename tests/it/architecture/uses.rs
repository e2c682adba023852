//! Which rooms and files of one crate use which others.

use std::collections::{BTreeMap, BTreeSet};

use super::Source;
use super::circles::Arrows;
use super::names::{Name, bare, names};

/// The files of a crate, by their modules (`words::pages`; the root has no name).
pub(super) struct Crate(BTreeMap<String, File>);

struct File {
    path: String,
    /// What is imported here by its name here; `None`: from another crate.
    imports: BTreeMap<String, Option<String>>,
    /// What is named of this crate, from its root.
    named: BTreeSet<String>,
    /// The same in the tests at the end of the file.
    named_in_tests: BTreeSet<String>,
    /// Whether the whole file is of tests.
    is_test: bool,
}

impl Crate {
    /// Of its sources, without what belongs to a program beside it.
    pub(super) fn of<'a>(sources: impl Iterator<Item = &'a Source>) -> Self {
        let sources: Vec<(String, &Source)> = sources
            .map(|source| (source.module_path(), source))
            .filter(|(module, _)| module != "main")
            .collect();
        let modules: BTreeSet<&str> = sources.iter().map(|(module, _)| module.as_str()).collect();
        let test_modules: BTreeSet<String> = sources
            .iter()
            .flat_map(|(module, source)| test_modules(module, &source.text))
            .collect();
        let files = sources.iter().map(|(module, source)| {
            let file = File::read(module, source, &modules);
            let is_test = test_modules.contains(module);
            (module.clone(), File { is_test, ..file })
        });
        Self(files.collect())
    }

    /// Between its rooms, the modules at its top, tests and all.
    pub(super) fn rooms(&self) -> Arrows {
        let room = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
        let rooms: BTreeSet<String> = self.0.keys().map(|module| room(module)).collect();
        let mut arrows = Arrows::new();
        for (module, file) in &self.0 {
            let me = room(module);
            let uses = arrows.entry(me.clone()).or_default();
            for named in file.named.union(&file.named_in_tests) {
                let other = room(named);
                if !me.is_empty() && other != me && rooms.contains(&other) {
                    let seen = format!("{} names {named}", file.path);
                    uses.entry(other).or_default().insert(seen);
                }
            }
        }
        arrows
    }

    /// Between its files, tests apart: whoever names something uses the file where it is at home, however it is handed on;
    /// a parent uses its children.
    pub(super) fn files(&self) -> Arrows {
        let mut arrows = Arrows::new();
        let mut draw = |from: &str, to: &str, seen: String| {
            let uses = arrows.entry(from.to_owned()).or_default();
            uses.entry(to.to_owned()).or_default().insert(seen);
        };
        for (module, file) in self.0.iter().filter(|(_, file)| !file.is_test) {
            for named in &file.named {
                if let Some(home) = self.home(named).filter(|home| home != module) {
                    draw(module, home, format!("{} names {named}", file.path));
                }
            }
            let (parent, _) = module.rsplit_once("::").unwrap_or(("", module));
            if !module.is_empty() && self.0.contains_key(parent) {
                draw(parent, module, format!("the parent of {}", file.path));
            }
        }
        arrows
    }

    /// The module of the file where something is at home. A module by itself is nothing that could be used.
    fn home(&self, named: &str) -> Option<&str> {
        let parts: Vec<&str> = named.split("::").collect();
        let known = |depth| self.0.get_key_value(&parts[..depth].join("::"));
        let mut depths = (0..=parts.len()).rev();
        let (depth, (module, file)) = depths.find_map(|depth| Some((depth, known(depth)?)))?;
        let (item, rest) = parts[depth..].split_first()?;
        match file.imports.get(*item) {
            None => Some(module),
            Some(None) => None,
            Some(Some(meant)) => self.home(&join(meant, rest)),
        }
    }
}

impl File {
    fn read(module: &str, source: &Source, modules: &BTreeSet<&str>) -> Self {
        let inline = source.text.find("\n#[cfg(test)]\nmod tests {");
        let (code, tests) = source.text.split_at(inline.unwrap_or(source.text.len()));
        let (code, tests) = (bare(code), bare(tests));
        let mut imports = BTreeMap::new();
        let names_of_code = names(&code);
        for name in names_of_code.iter().filter(|name| name.is_import) {
            let meant = absolute(module, &name.path, modules);
            imports.insert(name.alias.to_owned(), meant);
        }
        let meant = |name: &Name<'_>| match imports.get(name.path[0]) {
            Some(meant) if !name.is_import => Some(join(meant.as_deref()?, &name.path[1..])),
            _ => absolute(module, &name.path, modules),
        };
        let inner = join(module, &["tests"]);
        let named_in_tests = names(&tests);
        let named_in_tests = named_in_tests
            .iter()
            .filter_map(|name| absolute(&inner, &name.path, modules));
        Self {
            path: source.path.clone(),
            named: names_of_code.iter().filter_map(meant).collect(),
            named_in_tests: named_in_tests.collect(),
            imports,
            is_test: false,
        }
    }
}

/// A path from the crate's root, if it begins there, at a module around, or at a child.
fn absolute(module: &str, path: &[&str], modules: &BTreeSet<&str>) -> Option<String> {
    let (first, rest) = path.split_first()?;
    match *first {
        "crate" => Some(rest.join("::")),
        "self" => Some(join(module, rest)),
        "super" => {
            let (parent, _) = module.rsplit_once("::").unwrap_or_default();
            match rest.first() {
                Some(&"super") => absolute(parent, rest, modules),
                _ => Some(join(parent, rest)),
            }
        }
        child => modules
            .contains(join(module, &[child]).as_str())
            .then(|| join(module, path)),
    }
}

fn join(module: &str, rest: &[&str]) -> String {
    let module = Some(module).filter(|module| !module.is_empty());
    let parts: Vec<&str> = module.into_iter().chain(rest.iter().copied()).collect();
    parts.join("::")
}

/// The children of a module that are compiled for tests only.
fn test_modules(module: &str, text: &str) -> Vec<String> {
    let marked = text.split("#[cfg(test)]\nmod ").skip(1);
    let children = marked.filter_map(|rest| rest.split_once(';'));
    children.map(|(child, _)| join(module, &[child])).collect()
}
