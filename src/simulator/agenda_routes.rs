//! The inner pages: search form, dates on offer, agenda of a day. Who may see them is `routes`' business.

use std::time::Duration;

use chrono::{Days, NaiveDate};

use super::answer::Answer;
use super::config::DatesStyle;
use super::form::read_date;
use super::invent::Unit;
use super::pages::{self, Notices, ResultPage, SearchForm};
use super::routes::{Request, STALE};
use super::sessions::Visitor;

/// Days after the reference date whose dates are offered.
const DAYS_OFFERED: u64 = 7;

impl Request<'_> {
    pub(super) fn dates(&self, examiner: usize, visitor: &Visitor) -> Answer {
        let config = &self.world.config;
        let sorry =
            |text| Answer::page(&self.search_page(examiner, visitor, &Notices::error(text)));
        if !self.has_token(visitor) {
            self.world.counters.wrong_token();
            return sorry(STALE);
        }
        let Some(unit) = self.unit(examiner) else {
            return sorry("Selecione a Unidade de Trânsito.");
        };
        let Some(reference) = self.date_in(&config.names.reference_field) else {
            return sorry("Data Referência inválida.");
        };
        let dates = self.offered(examiner, unit, reference);
        match config.variants.dates {
            DatesStyle::Fragment if !self.twist.layout => {
                Answer::page(&pages::options(&dates, false))
            }
            style @ (DatesStyle::Fragment | DatesStyle::Page | DatesStyle::Iso) => {
                let form = SearchForm {
                    unit: Some(unit),
                    reference: pages::shown(reference),
                    dates,
                    iso: style == DatesStyle::Iso,
                    ..self.blank_form(examiner, visitor)
                };
                Answer::page(&pages::search(&form, &Notices::default()))
            }
        }
    }

    pub(super) fn result(&self, examiner: usize, visitor: &Visitor) -> Answer {
        let names = &self.world.config.names;
        let sorry =
            |text| Answer::page(&self.search_page(examiner, visitor, &Notices::error(text)));
        if !self.has_token(visitor) {
            self.world.counters.wrong_token();
            return sorry(STALE);
        }
        let Some(unit) = self.unit(examiner) else {
            return sorry("Selecione a Unidade de Trânsito.");
        };
        if self.date_in(&names.reference_field).is_none() {
            return sorry("O campo Data Referência é obrigatório.");
        }
        let Some(date) = self.date_in(&names.date_field) else {
            return sorry("O campo Data de Agendamento é obrigatório.");
        };
        self.result_of(examiner, visitor, unit, date)
    }

    fn result_of(&self, examiner: usize, visitor: &Visitor, unit: Unit, date: NaiveDate) -> Answer {
        let date = if self.twist.wrong_date {
            self.another_day(examiner, unit, date)
        } else {
            date
        };
        let bookings = self
            .world
            .desk(examiner)
            .map(|desk| desk.agenda.day(self.world.plan(examiner), unit, date))
            .unwrap_or_default();
        Answer::page(&pages::result(&ResultPage {
            names: &self.world.config.names,
            token: &visitor.token,
            rest: self.rest(),
            physician: is_physician(examiner),
            unit,
            date,
            bookings: &bookings,
            twist: self.twist.result,
        }))
    }

    pub(super) fn search_page(
        &self,
        examiner: usize,
        visitor: &Visitor,
        notices: &Notices,
    ) -> String {
        pages::search(&self.blank_form(examiner, visitor), notices)
    }

    fn blank_form<'b>(&'b self, examiner: usize, visitor: &'b Visitor) -> SearchForm<'b> {
        SearchForm {
            names: &self.world.config.names,
            token: &visitor.token,
            rest: self.rest(),
            physician: is_physician(examiner),
            units: self.world.plan(examiner).units(),
            unit: None,
            reference: String::new(),
            dates: Vec::new(),
            iso: false,
            formless: self.twist.layout,
        }
    }

    /// The dates with appointments from the reference date to seven days later.
    fn offered(&self, examiner: usize, unit: Unit, reference: NaiveDate) -> Vec<NaiveDate> {
        let plan = self.world.plan(examiner);
        let Ok(desk) = self.world.desk(examiner) else {
            return Vec::new();
        };
        let last = reference
            .checked_add_days(Days::new(DAYS_OFFERED))
            .unwrap_or(reference);
        reference
            .iter_days()
            .take_while(|date| *date <= last)
            .filter(|date| desk.agenda.has_any(plan, unit, *date))
            .collect()
    }

    fn another_day(&self, examiner: usize, unit: Unit, date: NaiveDate) -> NaiveDate {
        let next = date.succ_opt().unwrap_or(date);
        let offered = self.offered(examiner, unit, next);
        offered.first().copied().unwrap_or(next)
    }

    fn unit(&self, examiner: usize) -> Option<Unit> {
        let code = self.asked.field(&self.world.config.names.unit_field)?;
        self.world.unit(examiner, code).ok()
    }

    fn date_in(&self, field: &str) -> Option<NaiveDate> {
        self.asked.field(field).and_then(read_date)
    }

    fn rest(&self) -> Duration {
        self.world.config.session_ttl
    }
}

fn is_physician(examiner: usize) -> bool {
    examiner % 2 == 1
}
