//! Where something stands in a script, by its braces.

/// The braces that are open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    depth: usize,
    /// How many are open around the function with a name in which it is.
    named: Option<usize>,
}

impl Place {
    /// Outside of functions and conditions.
    pub(super) fn is_top(self) -> bool {
        self.depth == 0
    }

    /// In no function that somebody may call and perhaps nobody does. What has no name is mostly handed to something
    /// that runs it: `$(function () { … })`.
    pub(super) fn may_run(self) -> bool {
        self.named.is_none()
    }

    pub(super) fn after(mut self, code: &str) -> Self {
        let mut statement = 0;
        for (at, byte) in code.bytes().enumerate() {
            match byte {
                b'{' => {
                    if self.named.is_none() && names_function(&code[statement..at]) {
                        self.named = Some(self.depth);
                    }
                    self.depth += 1;
                }
                b'}' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.named = self.named.filter(|around| *around < self.depth);
                }
                b';' => {}
                _ => continue,
            }
            statement = at + 1;
        }
        self
    }
}

/// `function name(…)`.
fn names_function(code: &str) -> bool {
    let rest = code.rsplit_once("function").map(|(_, rest)| rest);
    rest.is_some_and(|rest| !rest.trim_start().starts_with(['(', '*']))
}
