//! How a service is: what it says of itself, and whom it takes us for.

use super::Check;
use crate::cli::token::day;
use crate::remote::Service;

pub(super) fn checks(service: &Service) -> Vec<Check> {
    let readiness = match service.readiness() {
        Ok(readiness) => readiness,
        Err(error) => return vec![Check { what: "service", found: Err(error.to_string()) }],
    };
    let part = |what, well, fine: &str, ill: &str| Check {
        what,
        found: if well { Ok(fine.to_owned()) } else { Err(format!("{ill}; its log says more")) },
    };
    let token = service.whoami().map_err(|error| error.to_string()).map(|who| {
        let until = who.expires_at.map_or_else(|| "for ever".to_owned(), |at| format!("until {}", day(at)));
        format!("{} ({}), good {until}", who.name, who.role)
    });
    let at = |said: &str| format!("{}: {said}", service.address());
    vec![
        part("service", readiness.ready, &at("it is ready"), &at("it cannot do its work")),
        part("ledger", readiness.ledger, "what was decided last is on disk", "it cannot be read or written"),
        part("disk", readiness.disk, "there is room", "it is full, or nearly so"),
        part("queue", readiness.queue, "there is room", "as many suggestions wait as may"),
        part("configuration", readiness.configuration, "the newest is in use", "the newest is not in use"),
        Check { what: "token", found: token },
    ]
}
