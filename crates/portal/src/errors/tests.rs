//! What becomes of failures.

use super::*;

const ALL: [PortalErrorKind; 12] = [
    PortalErrorKind::Network,
    PortalErrorKind::Timeout,
    PortalErrorKind::Unavailable { retry_after: None },
    PortalErrorKind::SessionExpired,
    PortalErrorKind::Auth(AuthReason::Refused),
    PortalErrorKind::Auth(AuthReason::Blocked),
    PortalErrorKind::Auth(AuthReason::ChangePassword),
    PortalErrorKind::Auth(AuthReason::Unexplained),
    PortalErrorKind::Captcha,
    PortalErrorKind::Firewall,
    PortalErrorKind::InUse,
    PortalErrorKind::Layout,
];

#[test]
fn only_the_first_three_kinds_are_retried_and_blamed_on_the_portal() {
    for kind in ALL {
        let error = PortalError::new(kind, "");
        let retried = error.decision(Duration::MAX) != Decision::GiveUp;
        let first_three = matches!(
            kind,
            PortalErrorKind::Network
                | PortalErrorKind::Timeout
                | PortalErrorKind::Unavailable { .. }
        );
        assert_eq!(
            (retried, error.blames_portal()),
            (first_three, first_three),
            "{kind:?}"
        );
    }
}

#[test]
fn only_a_status_of_the_way_answers_a_post_without_judging_it() {
    let answered = |status| {
        PortalError::unavailable("")
            .answered(status)
            .delivery(Delivery::Unknown)
    };
    for (status, is_of_the_way) in [
        (408, true),
        (500, false),
        (502, true),
        (503, true),
        (504, false),
        (520, false),
        (521, true),
        (524, false),
        (598, false),
        (599, false),
    ] {
        let error = answered(status);
        let (judged, lost) = (!error.was_not_judged(), error.answer_is_lost());
        assert_eq!((judged, lost), (!is_of_the_way, !is_of_the_way), "{status}");
        // The portal has taken the post, and sent its sender on.
        let behind_a_redirect = answered(status).not_alone(true);
        assert!(!behind_a_redirect.was_not_judged(), "{status}");
        assert!(behind_a_redirect.answer_is_lost(), "{status}");
    }
}

#[test]
fn a_retry_after_is_honoured_within_bounds() {
    let asking = |seconds| {
        let retry_after = Some(Duration::from_secs(seconds));
        PortalError::new(PortalErrorKind::Unavailable { retry_after }, "")
            .decision(Duration::from_secs(30))
    };
    let at_least = Duration::from_secs(30);
    assert_eq!(asking(30), Decision::Retry { at_least });
    assert_eq!(asking(31), Decision::GiveUp);
}

#[test]
fn a_password_is_posted_again_only_if_it_cannot_hurt() {
    let decision = |delivery, proven| {
        PortalError::new(PortalErrorKind::Network, "")
            .delivery(delivery)
            .login_decision(proven, Duration::ZERO)
    };
    for (delivery, proven, again) in [
        (Delivery::NotSent, false, true),
        (Delivery::Declined, false, true),
        (Delivery::Unknown, false, false),
        (Delivery::Unknown, true, true),
    ] {
        let retried = decision(delivery, proven) != Decision::GiveUp;
        assert_eq!(retried, again, "{delivery:?} {proven}");
    }
}

#[test]
fn our_own_limits_are_not_retried() {
    for error in [
        PortalError::page_limit(200),
        PortalError::breaker_is_open(Duration::from_secs(1)),
    ] {
        assert_eq!(error.decision(Duration::MAX), Decision::GiveUp, "{error}");
    }
}
