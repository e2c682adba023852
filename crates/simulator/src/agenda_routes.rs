//! What comes after a login: search page, dates on offer, agenda of a day. Who may see them is `routes`'
//! business.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::answer::Answer;
use super::form::read_date;
use super::invent::Unit;
use super::pages::{self, Notices, Owner, ResultPage, SearchForm};
use super::routes::Request;

/// Days after the reference date whose dates are offered; without one, also before today.
const DAYS_OFFERED: u64 = 7;

/// One date on offer, as the list has it.
#[derive(Serialize)]
struct Offer {
    value: String,
    label: String,
}

impl Request<'_> {
    /// The dates with appointments, as JSON.
    pub(super) fn dates(&self, examiner: usize, unit: Unit) -> Answer {
        let names = &self.world.config.names;
        let wanted: Vec<&str> = names.list_fields.split(',').map(str::trim).collect();
        if !self.received.has_all(&wanted) || !self.is_own_id(examiner) {
            return Answer::error(500, None);
        }
        let reference = self
            .received
            .field(&names.reference_field)
            .unwrap_or_default();
        let reference = match self.reference(reference) {
            Some(date) => Some(date),
            None if reference.is_empty() => None,
            None => return Answer::error(500, None),
        };
        let units = if self.twist.list_for_all_units {
            self.world.plan(examiner).units()
        } else {
            self.units(examiner, unit)
        };
        let reference = reference.filter(|_| !self.twist.list_ignores_reference);
        self.list(&self.offered(examiner, &units, reference))
    }

    /// A list with a date that is a month off.
    pub(super) fn far_list(&self, examiner: usize, unit: Unit) -> Answer {
        let reference = self
            .received
            .field(&self.world.config.names.reference_field);
        let reference = reference.and_then(|text| self.reference(text));
        let mut dates = self.offered(examiner, &[unit], reference);
        let around = reference.unwrap_or(self.world.plan(examiner).today);
        dates.push(around + Days::new(30));
        self.list(&dates)
    }

    fn list(&self, dates: &[NaiveDate]) -> Answer {
        let offers: Vec<Offer> = dates
            .iter()
            .map(|date| {
                let shown = self.world.config.names.shown(*date);
                Offer {
                    label: shown.clone(),
                    value: shown,
                }
            })
            .collect();
        match serde_json::to_string(&offers) {
            Ok(json) => Answer::json(json),
            Err(_) => Answer::error(500, None),
        }
    }

    /// The agenda of a day.
    pub(super) fn result(&self, examiner: usize, session_unit: Unit) -> Answer {
        let names = &self.world.config.names;
        let sorry = |text| self.search_page(examiner, session_unit, Notices::error(text));
        let fields = [
            names.method_field.as_str(),
            &names.unit_field,
            &names.examiner_field,
            &names.reference_field,
            &names.date_field,
        ];
        if !self.received.has_all(&fields) {
            return sorry("Preencha todos os campos obrigatórios.");
        }
        if self.method_field() != Some(self.search_method(examiner)) {
            return sorry("Operação não disponível para este perfil.");
        }
        if !self.is_own_id(examiner) {
            return sorry("Selecione o perito.");
        }
        let code = self.received.field(&names.unit_field);
        let units = self.units(examiner, session_unit);
        let Some(unit) = units.into_iter().find(|unit| Some(unit.code) == code) else {
            return sorry("Selecione a Unidade de Trânsito.");
        };
        let date = self.received.field(&names.date_field).unwrap_or_default();
        let Ok(date) = NaiveDate::parse_from_str(date, &names.date_format) else {
            return sorry("O campo Data de Agendamento é obrigatório.");
        };
        self.result_of(examiner, unit, date)
    }

    fn result_of(&self, examiner: usize, unit: Unit, date: NaiveDate) -> Answer {
        let date = if self.twist.wrong_date {
            self.another_day(examiner, unit, date)
        } else {
            date
        };
        let bookings = self
            .world
            .state(examiner)
            .map(|state| state.agenda.day(self.world.plan(examiner), unit, date))
            .unwrap_or_default();
        Answer::page(pages::result(&ResultPage {
            names: &self.world.config.names,
            owner: self.owner(examiner),
            rest: self.world.config.session_ttl,
            unit,
            date,
            bookings: &bookings,
            empty_day: self.world.config.variants.empty_day,
            twist: self.twist.result,
        }))
    }

    pub(super) fn search_page(&self, examiner: usize, unit: Unit, notices: Notices) -> Answer {
        let units = self.units(examiner, unit);
        Answer::page(pages::search(&SearchForm {
            names: &self.world.config.names,
            owner: self.owner(examiner),
            rest: self.world.config.session_ttl,
            method: self.search_method(examiner),
            dates: self.offered(examiner, &units, None),
            units,
            unit,
            notices,
            twist: self.twist.search,
        }))
    }

    /// The dates with appointments from the reference date to seven days later; without a reference date,
    /// from seven days before today to seven days after it.
    pub(super) fn offered(
        &self,
        examiner: usize,
        units: &[Unit],
        reference: Option<NaiveDate>,
    ) -> Vec<NaiveDate> {
        let plan = self.world.plan(examiner);
        let Ok(state) = self.world.state(examiner) else {
            return Vec::new();
        };
        let days = Days::new(DAYS_OFFERED);
        let first = reference.or(plan.today.checked_sub_days(days));
        let first = first.unwrap_or(plan.today);
        let last = reference.unwrap_or(plan.today).checked_add_days(days);
        let last = last.unwrap_or(first);
        let has_any = |date| {
            units
                .iter()
                .any(|unit| state.agenda.has_any(plan, *unit, date))
        };
        first
            .iter_days()
            .take_while(|date| *date <= last)
            .filter(|date| has_any(*date))
            .collect()
    }

    fn another_day(&self, examiner: usize, unit: Unit, date: NaiveDate) -> NaiveDate {
        let next = date.succ_opt().unwrap_or(date);
        let offered = self.offered(examiner, &[unit], Some(next));
        offered.first().copied().unwrap_or(next)
    }

    /// The units that the search form offers.
    pub(super) fn units(&self, examiner: usize, session_unit: Unit) -> Vec<Unit> {
        if self.world.config.variants.all_units_offered {
            self.world.plan(examiner).units()
        } else {
            vec![session_unit]
        }
    }

    fn reference(&self, text: &str) -> Option<NaiveDate> {
        let other = &self.world.config.names.reference_format;
        read_date(text).or_else(|| NaiveDate::parse_from_str(text, other).ok())
    }

    fn is_own_id(&self, examiner: usize) -> bool {
        let field = &self.world.config.names.examiner_field;
        self.received.field(field) == Some(self.owner(examiner).id.as_str())
    }

    fn owner(&self, examiner: usize) -> Owner {
        Owner {
            physician: self.world.config.is_physician(examiner),
            id: super::people::portal_id(examiner),
        }
    }

    fn search_method(&self, examiner: usize) -> &str {
        let renamed = self.world.config.names.method_search.as_str();
        if !renamed.is_empty() {
            renamed
        } else if self.world.config.is_physician(examiner) {
            "consultarAgendaMedico"
        } else {
            "consultarAgendaPsicologo"
        }
    }
}
