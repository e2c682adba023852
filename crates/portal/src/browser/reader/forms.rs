//! Forms and their fields, with the values that a browser would send.

use std::borrow::Cow;

use super::state::{Element, Reader};
use crate::browser::form::Choice;
use crate::browser::form::{Field, FieldKind, Form};
use agendad_domain::text::{fold, fold_space};

impl<'a> Reader<'a> {
    pub(super) fn open_form(&mut self, element: Element<'_, 'a>) {
        self.form = Some(self.document.forms.len());
        self.cut_off = None;
        if let Some(id) = element.text("id") {
            let index = self.document.forms.len();
            self.forms_by_id.entry(id).or_insert(index);
        }
        self.document.forms.push(Form {
            name: element.text("name"),
            action: element.text("action"),
            post: element
                .attr("method")
                .is_some_and(|method| method.trim().eq_ignore_ascii_case("post")),
            accept_charset: element.text("accept-charset"),
            fields: Vec::new(),
        });
    }

    pub(super) fn input(&mut self, element: Element<'_, 'a>) {
        let value = || value_of(element).unwrap_or_default();
        let kind = element.attr("type").map(|kind| kind.to_ascii_lowercase());
        let kind = kind.unwrap_or_default();
        match kind.as_str() {
            "submit" | "image" | "button" | "reset" => {
                let label = element.attr("value").or(element.attr("alt"));
                self.open_link(element, label.map(|label| &**label));
                self.close_link();
                if kind == "submit" {
                    self.add_field(element, FieldKind::Submit, value(), false);
                }
            }
            "checkbox" | "radio" => {
                let value = value_of(element).unwrap_or_else(|| "on".to_owned());
                let checked = element.has("checked");
                self.add_field(element, FieldKind::Other, value, checked);
            }
            "file" => {}
            "hidden" => {
                self.add_field(element, FieldKind::Hidden, value(), true);
            }
            "password" => {
                self.add_field(element, FieldKind::Password, value(), true);
            }
            _ => {
                self.add_field(element, FieldKind::Other, value(), true);
                if let Some(value) = element.attr("value") {
                    self.speak(value);
                }
            }
        }
    }

    pub(super) fn button(&mut self, element: Element<'_, 'a>) {
        let submits = element
            .attr("type")
            .is_none_or(|kind| kind.eq_ignore_ascii_case("submit"));
        if submits {
            let value = value_of(element).unwrap_or_default();
            self.add_field(element, FieldKind::Submit, value, false);
        }
    }

    pub(super) fn add_field(
        &mut self,
        element: Element<'_, 'a>,
        kind: FieldKind,
        value: String,
        sent: bool,
    ) -> Option<(usize, usize)> {
        let named = element
            .attr("form")
            .and_then(|id| self.forms_by_id.get(&**id).copied());
        let form = named.or(self.form).or(self.cut_off)?;
        let fields = &mut self.document.forms[form].fields;
        let disabled = element.has("disabled");
        fields.push(Field {
            at: self.at,
            name: element.text("name").unwrap_or_default(),
            value,
            kind,
            sent: sent && !disabled,
            disabled,
            typed: false,
        });
        Some((form, fields.len() - 1))
    }

    pub(super) fn open_select(&mut self, element: Element<'_, 'a>) {
        self.select_multiple = element.has("multiple");
        self.select = self.add_field(element, FieldKind::Select(Vec::new()), String::new(), true);
        if self.select.is_none() {
            self.select_outside_forms = Some(Field {
                at: self.at,
                name: element.text("name").unwrap_or_default(),
                value: String::new(),
                kind: FieldKind::Select(Vec::new()),
                sent: true,
                disabled: element.has("disabled"),
                typed: false,
            });
        }
    }

    pub(super) fn close_select(&mut self) {
        let chosen = self.chosen().cloned();
        if let Some(option) = chosen.as_ref().filter(|option| !asks(option)) {
            self.speak(&Cow::Owned(option.text.clone()));
        }
        self.document
            .selects_outside_forms
            .extend(self.select_outside_forms.take());
        let Some((form, field)) = self.select.take() else {
            return;
        };
        let field = &mut self.document.forms[form].fields[field];
        // What is behind it is behind its options.
        field.at = self.at;
        match chosen {
            Some(option) => field.value = option.value,
            None => field.sent = false,
        }
    }

    /// The option of the open select that a browser shows.
    fn chosen(&self) -> Option<&Choice> {
        let field = match self.select {
            Some((form, field)) => &self.document.forms[form].fields[field],
            None => self.select_outside_forms.as_ref()?,
        };
        let FieldKind::Select(options) = &field.kind else {
            return None;
        };
        let selected = options.iter().rev().find(|option| option.selected);
        let first = || options.iter().find(|option| !option.disabled);
        if self.select_multiple {
            selected
        } else {
            selected.or_else(first)
        }
    }

    pub(super) fn close_textarea(&mut self) {
        if let Some((form, field)) = self.textarea.take()
            && self.is_in_blank_cell()
        {
            let value = self.document.forms[form].fields[field].value.clone();
            self.speak(&Cow::Owned(value));
        }
    }

    pub(super) fn open_option(&mut self, element: Element<'_, 'a>) {
        let value = value_of(element);
        self.option_has_value = value.is_some();
        self.option = Some(Choice {
            value: value.unwrap_or_default(),
            text: String::new(),
            selected: element.has("selected"),
            disabled: element.has("disabled"),
        });
    }

    pub(super) fn close_option(&mut self) {
        let Some(mut option) = self.option.take() else {
            return;
        };
        option.text = fold_space(&option.text);
        if !self.option_has_value {
            option.value.clone_from(&option.text);
        }
        let field = self
            .select
            .map(|(form, field)| &mut self.document.forms[form].fields[field]);
        if let Some(Field { kind, .. }) = &mut self.select_outside_forms
            && let FieldKind::Select(options) = kind
        {
            options.push(option.clone());
        }
        match field.map(|field| &mut field.kind) {
            Some(FieldKind::Select(options)) => options.push(option),
            _ => self.document.options_outside_selects.push(option),
        }
    }
}

/// Whether an option is none yet, but asks for one: `Selecione`, `- Escolha -`.
fn asks(option: &Choice) -> bool {
    let text = fold(&option.text);
    let words = ["selecion", "escolh"];
    option.value.trim().is_empty()
        || text.starts_with('-')
        || words.iter().any(|word| text.contains(word))
}

fn value_of(element: Element<'_, '_>) -> Option<String> {
    element
        .attr("value")
        .map(|value| value.clone().into_owned())
}
