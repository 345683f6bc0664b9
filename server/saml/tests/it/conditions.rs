//! An honest answer, but not for us, not now, or not to our request.

use saml::{Expected, Refusal};

use crate::forge::{
    ACS, AUDIENCE, ISSUER, Provider, REQUEST, Statement, at, audience, conditions, confirmation, expected, now,
    read_with, response_to, with_signature,
};

const START: &str = "2026-11-30T10:00:00Z";
const END: &str = "2026-11-30T10:05:00Z";

fn refuses(statement: Statement, code: &str) {
    let provider = Provider::new();
    provider.refuses(&provider.answer(&statement), code);
    // And when the whole answer is signed.
    provider.refuses(&provider.signed_answer(&statement), code);
}

#[test]
fn an_answer_for_another_audience_is_refused() {
    let other = audience("https://other.example.com/metadata");
    refuses(Statement { conditions: conditions(START, END, &other), ..Statement::default() }, "AUDIENCE");
    // One of several lists does not name us.
    let both = format!("{}{other}", audience(AUDIENCE));
    refuses(Statement { conditions: conditions(START, END, &both), ..Statement::default() }, "AUDIENCE");
    refuses(Statement { conditions: conditions(START, END, ""), ..Statement::default() }, "AUDIENCE");
    let prefix = audience(&AUDIENCE[..AUDIENCE.len() - 1]);
    refuses(Statement { conditions: conditions(START, END, &prefix), ..Statement::default() }, "AUDIENCE");
}

#[test]
fn one_of_several_audiences_may_be_us() {
    let provider = Provider::new();
    let both = audience("https://other.example.com").replace(
        "</saml:AudienceRestriction>",
        &format!("<saml:Audience> {AUDIENCE} </saml:Audience></saml:AudienceRestriction>"),
    );
    provider
        .believes(&provider.answer(&Statement { conditions: conditions(START, END, &both), ..Statement::default() }));
}

#[test]
fn an_answer_from_another_provider_is_refused() {
    refuses(Statement { issuer: "https://evil.example".to_owned(), ..Statement::default() }, "ISSUER");
    let provider = Provider::new();
    let answer = provider.answer(&Statement::default());
    // The answer says one thing, the assertion another.
    let mixed = answer.replacen(ISSUER, "https://evil.example", 1);
    provider.refuses(&mixed, "ISSUER");
}

#[test]
fn an_answer_for_another_address_is_refused() {
    let elsewhere = confirmation(REQUEST, "https://other.example.com/acs", END);
    refuses(Statement { confirmation: elsewhere, ..Statement::default() }, "DESTINATION");
    let provider = Provider::new();
    let signed = provider.signed(&Statement::default());
    provider.refuses(&response_to("_response", "https://other.example.com/acs", REQUEST, &signed), "DESTINATION");
    // A signed answer has to say where it goes.
    let plain = response_to("_response", ACS, REQUEST, &Statement::default().canonical());
    let plain = plain.replace(&format!(r#" Destination="{ACS}""#), "");
    provider.refuses(&with_signature(&plain, &provider.signature("_response", &plain)), "STRUCTURE");
}

#[test]
fn an_answer_to_another_request_is_refused() {
    refuses(Statement { confirmation: confirmation("_other", ACS, END), ..Statement::default() }, "REQUEST");
    let provider = Provider::new();
    let signed = provider.signed(&Statement::default());
    provider.refuses(&response_to("_response", ACS, "_other", &signed), "REQUEST");
    // Nobody asked: providers that begin by themselves are not listened to.
    let unasked = provider.answer(&Statement::default()).replace(&format!(r#" InResponseTo="{REQUEST}" V"#), " V");
    provider.refuses(&unasked, "REQUEST");
}

#[test]
fn answers_are_good_for_minutes_and_clocks_may_differ_by_two() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::default());
    let read = |now: &str| {
        read_with(&answer, &provider.certificate, &Expected { now: at(now), ..expected() })
            .map(|found| found.expires_at)
    };
    assert_eq!(read("2026-11-30T09:57:59Z"), Err(Refusal::TooEarly));
    assert_eq!(read("2026-11-30T09:58:00Z"), Ok(at("2026-11-30T10:07:00Z")));
    assert_eq!(read("2026-11-30T10:06:59Z"), Ok(at("2026-11-30T10:07:00Z")));
    assert_eq!(read("2026-11-30T10:07:00Z"), Err(Refusal::TooLate));
}

#[test]
fn every_end_counts() {
    let late = "2026-11-30T09:50:00Z";
    refuses(Statement { confirmation: confirmation(REQUEST, ACS, late), ..Statement::default() }, "TOO_LATE");
    let over = conditions("2026-11-30T09:40:00Z", late, &audience(AUDIENCE));
    refuses(Statement { conditions: over, ..Statement::default() }, "TOO_LATE");
    let authn = format!(r#"<saml:AuthnStatement SessionNotOnOrAfter="{late}"></saml:AuthnStatement>"#);
    refuses(Statement { authn, ..Statement::default() }, "TOO_LATE");
    let endless = confirmation(REQUEST, ACS, END).replace(&format!(r#" NotOnOrAfter="{END}""#), "");
    refuses(Statement { confirmation: endless, ..Statement::default() }, "STRUCTURE");
    let unreadable = confirmation(REQUEST, ACS, "tomorrow");
    refuses(Statement { confirmation: unreadable, ..Statement::default() }, "STRUCTURE");
    assert!(now() > at(late));
}

#[test]
fn an_assertion_says_whom_it_is_for_and_that_somebody_signed_in() {
    refuses(Statement { confirmation: String::new(), ..Statement::default() }, "STRUCTURE");
    let holder = confirmation(REQUEST, ACS, END).replace("cm:bearer", "cm:holder-of-key");
    refuses(Statement { confirmation: holder, ..Statement::default() }, "STRUCTURE");
    refuses(Statement { authn: String::new(), ..Statement::default() }, "STRUCTURE");
    refuses(Statement { conditions: String::new(), ..Statement::default() }, "STRUCTURE");
    refuses(Statement { name_id: "  ".to_owned(), ..Statement::default() }, "STRUCTURE");
    refuses(Statement { name_id: "a".repeat(600), ..Statement::default() }, "STRUCTURE");
    let unknown = format!(r#"{}<x:Condition xmlns:x="urn:x"></x:Condition>"#, audience(AUDIENCE));
    refuses(Statement { conditions: conditions(START, END, &unknown), ..Statement::default() }, "STRUCTURE");
}

#[test]
fn one_confirmation_has_to_say_everything() {
    let provider = Provider::new();
    let elsewhere = confirmation(REQUEST, "https://other.example.com/acs", END);
    let late = confirmation(REQUEST, ACS, "2026-11-30T09:50:00Z");
    let halves = format!("{elsewhere}{late}");
    provider.refuses(&provider.answer(&Statement { confirmation: halves, ..Statement::default() }), "TOO_LATE");
    let one = format!("{elsewhere}{}", confirmation(REQUEST, ACS, END));
    provider.believes(&provider.answer(&Statement { confirmation: one, ..Statement::default() }));
}

#[test]
fn a_failure_is_reported_as_the_provider_tells_it() {
    let provider = Provider::new();
    let answer = provider.answer(&Statement::default()).replace(
        r#"status:Success"></samlp:StatusCode>"#,
        r#"status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"></samlp:StatusCode></samlp:StatusCode>"#,
    );
    let refusal = provider.read(&answer).unwrap_err();
    assert_eq!(refusal, Refusal::Status("urn:oasis:names:tc:SAML:2.0:status:AuthnFailed".to_owned()));
}
