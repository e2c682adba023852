//! `agendad_people`: those who log in to the dashboard under a name of their own. Whatever ends their rights ends their
//! sessions in the same transaction, and is written down in it.

mod guesses;
mod invites;
mod sessions;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::audit::{self, Action};
use super::{Store, StoreError, Transaction};
use agendad_domain::{LoginName, Role};

pub use sessions::{Credentials, Lasting, OpenedBy, PersonSession, SessionFound};

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    /// Their number.
    pub id: i32,
    /// With what they log in.
    pub login: String,
    /// Their name.
    pub nome: String,
    /// What they may do.
    pub role: Role,
    /// The examiner that they are.
    pub usuario_id: Option<i32>,
    /// May not log in for now.
    pub disabled: bool,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// When they last logged in.
    pub last_login_at: Option<DateTime<Utc>>,
}

/// Somebody who is to log in.
#[derive(Debug)]
pub struct NewPerson<'a> {
    /// With what they log in.
    pub login: &'a LoginName,
    /// Their name.
    pub nome: &'a str,
    /// What they may do.
    pub role: Role,
    /// The examiner that they are; of examiners only.
    pub usuario_id: Option<i32>,
    /// Their password, hashed.
    pub password_hash: &'a str,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonChanged {
    /// It is done, to this person.
    Done(i32),
    /// There is no such person.
    Nobody,
    /// Somebody else has this login name.
    LoginTaken,
    /// An examiner's role needs an examiner whom there is, and no other role has one.
    Examiner,
    /// Nobody would be left who can do everything.
    LastOperator,
    /// The invitation is used, or over.
    Invitation,
}

/// Who there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staffed {
    /// Somebody.
    pub anybody: bool,
    /// An operator who may log in: from then on the shared key lets no person in.
    pub operator: bool,
}

impl Store {
    /// Whether there is anybody, and an operator.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn staffed(&self) -> Result<Staffed, StoreError> {
        let found = sqlx::query_as!(
            Staffed,
            r#"SELECT EXISTS (SELECT FROM agendad_people) AS "anybody!",
                      EXISTS (SELECT FROM agendad_people WHERE role = 'operador' AND NOT disabled) AS "operator!""#
        );
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// All, by login name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn staff(&self) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query_as!(
            Person,
            r#"SELECT id, login, nome, role AS "role: Role", usuario_id, disabled, created_at, created_by, last_login_at
               FROM agendad_people ORDER BY login"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn staff_member(&self, id: i32) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query_as!(
            Person,
            r#"SELECT id, login, nome, role AS "role: Role", usuario_id, disabled, created_at, created_by, last_login_at
               FROM agendad_people WHERE id = $1"#,
            id
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The one with this login name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
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
        let nome = self.letters().await?.nearest(new.nome).into_owned();
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
        let what = ("people.password", json!({ "login": person.login }));
        end(tx, id, person.usuario_id, what, actor).await
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
        let what = ("people.role", json!({ "login": login, "role": role }));
        end(tx, id, usuario_id, what, actor).await
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
        let action = if disabled {
            "people.disable"
        } else {
            "people.enable"
        };
        let what = (action, json!({ "login": person.login }));
        end(tx, id, person.usuario_id, what, actor).await
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
        let what = ("people.remove", json!({ "login": person.login }));
        end(tx, id, person.usuario_id, what, actor).await
    }
}

/// Adds somebody in the caller's transaction, and ends it.
async fn insert(
    mut tx: Transaction,
    new: &NewPerson<'_>,
    nome: &str,
    actor: &str,
) -> Result<PersonChanged, StoreError> {
    if !is_fitting(&mut tx, new.role, new.usuario_id).await? {
        return Ok(PersonChanged::Examiner);
    }
    let id = sqlx::query_scalar!(
        "INSERT INTO agendad_people (login, nome, role, usuario_id, password_hash, created_by)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login) DO NOTHING RETURNING id",
        new.login.as_str(),
        nome,
        new.role as _,
        new.usuario_id,
        new.password_hash,
        actor,
    );
    let Some(id) = id.fetch_optional(&mut *tx).await? else {
        return Ok(PersonChanged::LoginTaken);
    };
    let details = json!({ "login": new.login.as_str(), "role": new.role });
    end(tx, id, new.usuario_id, ("people.add", details), actor).await
}

/// Whether nobody else is an operator who may log in. Two who take each other's rights away wait for one another.
async fn is_last_operator(tx: &mut Transaction, id: i32) -> Result<bool, StoreError> {
    let operators = sqlx::query_scalar!(
        "SELECT id FROM agendad_people WHERE role = 'operador' AND NOT disabled ORDER BY id FOR UPDATE"
    );
    Ok(operators.fetch_all(&mut **tx).await? == [id])
}

/// An examiner's role is that of an examiner whom there is; no other role has one.
async fn is_fitting(
    tx: &mut Transaction,
    role: Role,
    usuario_id: Option<i32>,
) -> Result<bool, StoreError> {
    let Some(id) = usuario_id else {
        return Ok(role != Role::Examiner);
    };
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM configuracoes_detran WHERE usuario_id = $1) AS "found!""#,
        id
    );
    Ok(role == Role::Examiner && found.fetch_one(&mut **tx).await?)
}

/// Ends their sessions, writes down what was done, and commits.
async fn end(
    mut tx: Transaction,
    id: i32,
    usuario_id: Option<i32>,
    (action, details): (&str, Value),
    actor: &str,
) -> Result<PersonChanged, StoreError> {
    sqlx::query!(
        "DELETE FROM agendad_people_sessions WHERE person_id = $1",
        id
    )
    .execute(&mut *tx)
    .await?;
    let action = Action {
        actor,
        action,
        usuario_id,
        details,
    };
    audit::commit_if(true, tx, &action).await?;
    Ok(PersonChanged::Done(id))
}
