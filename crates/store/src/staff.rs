//! `agendad_people`: those who log in to the dashboard under a name of their own. Whatever ends their rights ends their
//! sessions in the same transaction, and is written down in it.

mod guesses;
mod invites;
mod person;
mod sessions;

use super::audit::Action;
use super::{Store, StoreError};
use agendad_domain::{ActionKind, Detail, LoginName, Role};

pub use person::{NewPerson, Person, PersonChanged, Staffed};
use person::{end, insert, is_fitting, is_last_operator};
pub use sessions::{Credentials, OpenedBy, PersonSession, SessionFound, SessionTimeouts};

impl Store {
    /// Whether there is anybody, and an operator.
    pub async fn staffed(&self) -> Result<Staffed, StoreError> {
        let found = sqlx::query_as!(
            Staffed,
            r#"SELECT EXISTS (SELECT FROM agendad_people) AS "anybody!",
                      EXISTS (SELECT FROM agendad_people WHERE role = 'operador' AND NOT disabled) AS "operator!""#
        );
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// All, by login name.
    pub async fn staff(&self) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query_as!(
            Person,
            r#"SELECT id, login, nome, role AS "role: Role", usuario_id, disabled, created_at, created_by, last_login_at
               FROM agendad_people ORDER BY login"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// One of them.
    pub async fn staff_member(&self, id: i32) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query_as!(
            Person,
            r#"SELECT id, login, nome, role AS "role: Role", usuario_id, disabled, created_at, created_by, last_login_at
               FROM agendad_people WHERE id = $1"#,
            id
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    pub async fn staff_by_login(&self, login: &LoginName) -> Result<Option<i32>, StoreError> {
        let id = sqlx::query_scalar!(
            "SELECT id FROM agendad_people WHERE login = $1",
            login.as_str()
        );
        Ok(id.fetch_optional(&self.pool).await?)
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn add_person(
        &self,
        new: &NewPerson<'_>,
        actor: &str,
    ) -> Result<PersonChanged, StoreError> {
        let nome = self.encoding().await?.nearest(new.nome).into_owned();
        let tx = self.begin().await?;
        insert(tx, new, &nome, actor).await
    }

    /// Gives somebody another password; ends their sessions, and lets them log in at once if guesses had locked them out.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn set_person_password(
        &self,
        id: i32,
        password_hash: &str,
        actor: &str,
    ) -> Result<PersonChanged, StoreError> {
        let mut tx = self.begin().await?;
        let found = sqlx::query!(
            "UPDATE agendad_people SET password_hash = $2, changed_at = now() WHERE id = $1 RETURNING login, usuario_id",
            id,
            password_hash
        );
        let Some(person) = found.fetch_optional(&mut *tx).await? else {
            return Ok(PersonChanged::Nobody);
        };
        guesses::forget(&mut tx, &person.login).await?;
        let action = Action {
            actor,
            action: ActionKind::PeoplePassword,
            usuario_id: person.usuario_id,
            details: [Detail::Login.with(&person.login)].into(),
        };
        end(tx, id, &action).await
    }

    /// Gives somebody another role; ends their sessions.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn set_person_role(
        &self,
        id: i32,
        role: Role,
        usuario_id: Option<i32>,
        actor: &str,
    ) -> Result<PersonChanged, StoreError> {
        let mut tx = self.begin().await?;
        if role != Role::Operator && is_last_operator(&mut tx, id).await? {
            return Ok(PersonChanged::LastOperator);
        }
        if !is_fitting(&mut tx, role, usuario_id).await? {
            return Ok(PersonChanged::Examiner);
        }
        let found = sqlx::query_scalar!(
            "UPDATE agendad_people SET role = $2, usuario_id = $3, changed_at = now() WHERE id = $1 RETURNING login",
            id,
            role as _,
            usuario_id
        );
        let Some(login) = found.fetch_optional(&mut *tx).await? else {
            return Ok(PersonChanged::Nobody);
        };
        let action = Action {
            actor,
            action: ActionKind::PeopleRole,
            usuario_id,
            details: [Detail::Login.with(login), Detail::Role.with(role)].into(),
        };
        end(tx, id, &action).await
    }

    /// Lets somebody log in no more, or again; ends their sessions.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn set_person_disabled(
        &self,
        id: i32,
        disabled: bool,
        actor: &str,
    ) -> Result<PersonChanged, StoreError> {
        let mut tx = self.begin().await?;
        if disabled && is_last_operator(&mut tx, id).await? {
            return Ok(PersonChanged::LastOperator);
        }
        let found = sqlx::query!(
            "UPDATE agendad_people SET disabled = $2, changed_at = now() WHERE id = $1 RETURNING login, usuario_id",
            id,
            disabled
        );
        let Some(person) = found.fetch_optional(&mut *tx).await? else {
            return Ok(PersonChanged::Nobody);
        };
        if !disabled {
            guesses::forget(&mut tx, &person.login).await?;
        }
        let action = Action {
            actor,
            action: if disabled {
                ActionKind::PeopleDisable
            } else {
                ActionKind::PeopleEnable
            },
            usuario_id: person.usuario_id,
            details: [Detail::Login.with(&person.login)].into(),
        };
        end(tx, id, &action).await
    }

    /// Takes somebody away; what they did stays written down.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn remove_person(&self, id: i32, actor: &str) -> Result<PersonChanged, StoreError> {
        let mut tx = self.begin().await?;
        if is_last_operator(&mut tx, id).await? {
            return Ok(PersonChanged::LastOperator);
        }
        let found = sqlx::query!(
            "DELETE FROM agendad_people WHERE id = $1 RETURNING login, usuario_id",
            id
        );
        let Some(person) = found.fetch_optional(&mut *tx).await? else {
            return Ok(PersonChanged::Nobody);
        };
        let action = Action {
            actor,
            action: ActionKind::PeopleRemove,
            usuario_id: person.usuario_id,
            details: [Detail::Login.with(&person.login)].into(),
        };
        end(tx, id, &action).await
    }
}
