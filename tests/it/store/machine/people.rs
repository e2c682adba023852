//! What people do to appointments meanwhile, in the database and in the model.

use proptest::sample::Index;

use super::history::{Deed, HOURS};
use super::model_appointments::Appointment;
use super::portal;
use super::replay::Replay;
use crate::store::bench::CPFS;

impl Replay<'_> {
    pub(super) async fn person(&mut self, user: usize, pick: Index, deed: Deed) {
        let mine: Vec<usize> = (0..self.model.appointments.len())
            .filter(|a| {
                self.model.appointments[*a].user == user && !self.model.appointments[*a].is_deleted
            })
            .collect();
        if mine.is_empty() {
            return;
        }
        let a = *pick.get(&mine);
        self.model.person(a, deed);
        let sql = match deed {
            Deed::Confirm => "UPDATE agendamentos SET status = 'confirmado' WHERE id = $1",
            Deed::Cancel => "UPDATE agendamentos SET status = 'cancelado' WHERE id = $1",
            Deed::Reopen => "UPDATE agendamentos SET status = 'agendado' WHERE id = $1",
            Deed::Correct => {
                "UPDATE agendamentos SET nome = 'CORRIGIDA', telefone_celular = '11900000000' WHERE id = $1"
            }
            Deed::Convert => "UPDATE agendamentos SET convertido_em_paciente = TRUE WHERE id = $1",
            Deed::Postpone => {
                "UPDATE agendamentos SET data_agendamento = data_agendamento + interval '7 days' WHERE id = $1"
            }
            Deed::Delete => "DELETE FROM agendamentos WHERE id = $1",
        };
        let done = sqlx::query(sql)
            .bind(self.model.appointments[a].id)
            .execute(self.store.pool())
            .await;
        assert_eq!(done.unwrap().rows_affected(), 1);
    }

    pub(super) async fn handmade(
        &mut self,
        user: usize,
        day: usize,
        hour: usize,
        candidate: usize,
    ) {
        let time = chrono::NaiveTime::parse_from_str(HOURS[hour], "%H:%M").unwrap();
        let quando = portal::day(day).and_time(time) + chrono::Duration::seconds(30);
        let cpf: String = CPFS[candidate]
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let mut made = Appointment::handmade(user, "A MÃO", &cpf, quando);
        let insert = "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento)
                      VALUES ($1, 'A MÃO', $2, $3) RETURNING id";
        let id = sqlx::query_scalar(insert)
            .bind(self.users[user])
            .bind(CPFS[candidate])
            .bind(quando);
        made.id = Some(id.fetch_one(self.store.pool()).await.unwrap());
        self.model.appointments.push(made);
    }
}
