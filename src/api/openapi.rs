//! The API's description, made from the handlers themselves.

use std::collections::BTreeMap;

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{IntoResponses, Modify, OpenApi};

use crate::web::errors::ErrorBody;
use crate::words::{Sentence, api as words};

/// What the description says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(title = "agendad"),
    paths(crate::api::feed::serve, crate::api::sheet::serve),
    components(schemas(ErrorBody)),
    modifiers(&Tokens),
    security(("token" = []))
)]
pub(crate) struct Description;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A JWT of the application (HS256; `userId` and `exp` required; `perfil` = `administrador` may name \
                 other examiners), or the operator token.",
            ))
            .build();
        openapi.info.description = Some(words::DESCRIPTION.pt.to_owned());
        let tag = |name: &str, description: Sentence| {
            let tag = TagBuilder::new().name(name);
            tag.description(Some(description.pt)).build()
        };
        openapi.tags = Some(vec![
            tag("detran", words::FOR_APPLICATION),
            tag("health", words::FOR_INFRASTRUCTURE),
            tag("addresses", words::AT_SECRET_ADDRESSES),
        ]);
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The failures that every route may answer with.
pub(crate) struct Failures;

const FAILURES: [(&str, &str); 9] = [
    ("400", "A value is missing, malformed or out of range"),
    (
        "401",
        "No token, or not a good one; for a sync also: the portal refused CPF or password",
    ),
    ("403", "This token may not do this"),
    ("408", "The body came too slowly"),
    ("413", "The body is too large"),
    (
        "429",
        "Too many wrong tokens from this address; `Retry-After` says for how long",
    ),
    ("500", "A bug of agendad"),
    ("503", "Database, portal or daemon cannot serve now"),
    ("504", "The portal, or the answer, took too long"),
];

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        FAILURES
            .into_iter()
            .map(|(status, description)| {
                let body = ContentBuilder::new()
                    .schema(Some(Ref::from_schema_name("ErrorBody")))
                    .build();
                let response = ResponseBuilder::new()
                    .description(description)
                    .content("application/json", body)
                    .build();
                (status.to_owned(), response.into())
            })
            .collect()
    }
}
