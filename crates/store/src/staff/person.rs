//! Somebody who may log in, and what every change of them has in common.

use chrono::{DateTime, Utc};

use crate::audit::{self, Action};
use crate::{StoreError, Transaction};
use agendad_domain::{ActionKind, Detail, LoginName, Role};

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    pub id: i32,
    /// With what they log in.
    pub login: String,
    pub nome: String,
    /// What they may do.
    pub role: Role,
    pub usuario_id: Option<i32>,
    /// May not log in for now.
    pub disabled: bool,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// When they last logged in.
    pub last_login_at: Option<DateTime<Utc>>,
}

/// Somebody who is to log in.
#[derive(Debug)]
pub struct NewPerson<'a> {
    /// With what they log in.
    pub login: &'a LoginName,
    pub nome: &'a str,
    /// What they may do.
    pub role: Role,
    /// The examiner that they are; of examiners only.
    pub usuario_id: Option<i32>,
    pub password_hash: &'a str,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonChanged {
    Done(i32),
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

/// Adds somebody in the caller's transaction, and ends it.
pub(super) async fn insert(
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
    let action = Action {
        actor,
        action: ActionKind::PeopleAdd,
        usuario_id: new.usuario_id,
        details: [
            Detail::Login.with(new.login.as_str()),
            Detail::Role.with(new.role),
        ]
        .into(),
    };
    end(tx, id, &action).await
}

/// Whether nobody else is an operator who may log in. Two who take each other's rights away wait for one another.
pub(super) async fn is_last_operator(tx: &mut Transaction, id: i32) -> Result<bool, StoreError> {
    let operators = sqlx::query_scalar!(
        "SELECT id FROM agendad_people WHERE role = 'operador' AND NOT disabled ORDER BY id FOR UPDATE"
    );
    Ok(operators.fetch_all(&mut **tx).await? == [id])
}

/// An examiner's role is that of an examiner whom there is; no other role has one.
pub(super) async fn is_fitting(
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
pub(super) async fn end(
    mut tx: Transaction,
    id: i32,
    action: &Action<'_>,
) -> Result<PersonChanged, StoreError> {
    sqlx::query!(
        "DELETE FROM agendad_people_sessions WHERE person_id = $1",
        id
    )
    .execute(&mut *tx)
    .await?;
    audit::commit_if(true, tx, action).await?;
    Ok(PersonChanged::Done(id))
}
