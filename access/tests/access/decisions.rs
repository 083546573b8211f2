//! Every role, action and relation against the policies: the matrix is what a reviewer reads, so it is kept as a snapshot.

use std::fmt::Write;

use daybook_access::{Action, Decision, Policies, Principal, Resource, ResourceKind};
use daybook_domain::access_events::Purpose;
use daybook_domain::visit::{self, Visit};
use daybook_domain::{ClinicId, Code, PatientId, ProviderId, Role, VisitId};
use uuid::Uuid;

use crate::support::scheduled;

const OWN: Uuid = Uuid::from_u128(0xA);
const ANOTHER: Uuid = Uuid::from_u128(0xB);
const CLINIC: ClinicId = ClinicId(Uuid::from_u128(1));
const OTHER_CLINIC: ClinicId = ClinicId(Uuid::from_u128(2));
const ROLES: [Role; 9] = [
    Role::Patient,
    Role::Provider,
    Role::ClinicalStaff,
    Role::FrontDesk,
    Role::Billing,
    Role::Compliance,
    Role::Auditor,
    Role::Administrator,
    Role::System,
];

fn principal(role: Role) -> Principal {
    let person = matches!(role, Role::Patient | Role::Provider).then_some(OWN);
    Principal { subject: "someone".into(), role, clinic: CLINIC, person, session: Uuid::from_u128(3) }
}

/// A resource of this kind that concerns this person, as patient and as provider.
fn resource(kind: ResourceKind, clinic: ClinicId, person: Uuid) -> Resource {
    let (patient, provider) = (PatientId(person), ProviderId(person));
    match kind {
        ResourceKind::Clinic => Resource::clinic(clinic),
        ResourceKind::Provider => Resource::provider(clinic, provider),
        ResourceKind::Patient => Resource::patient(clinic, patient, Some(provider)),
        ResourceKind::Visit => {
            let visit = Resource::visit(clinic, VisitId(Uuid::from_u128(9)), &scheduled(patient, provider));
            Resource { cosigners: vec![provider], requested: true, ..visit }
        }
        ResourceKind::WaitingRoom => Resource::waiting_room(clinic),
        ResourceKind::Day => Resource::day(clinic, Some(provider)),
        ResourceKind::Log => Resource::log(clinic),
    }
}

fn decide(policies: &Policies, role: Role, action: Action, resource: &Resource) -> Decision {
    let principal = principal(role);
    policies.decide(&principal, action, resource, principal.usual_purpose())
}

/// Whom a resource must concern for the role to be permitted.
fn relation(policies: &Policies, role: Role, action: Action, kind: ResourceKind) -> &'static str {
    let permits = |person| decide(policies, role, action, &resource(kind, CLINIC, person)).is_permit();
    match (permits(OWN), permits(ANOTHER)) {
        (true, true) => "any",
        (true, false) => "own",
        (false, false) => "-",
        (false, true) => "NOT OWN",
    }
}

#[test]
fn the_matrix_of_who_may_do_what() {
    let policies = Policies::embedded().unwrap();
    let mut table = format!("{:<22} {:<13}", "action", "resource");
    for role in ROLES {
        write!(table, " {:<14}", role.name()).unwrap();
    }
    for action in Action::all() {
        for kind in ResourceKind::ALL {
            let cells = ROLES.map(|role| relation(&policies, role, action, kind));
            if cells.iter().any(|cell| *cell != "-") {
                write!(table, "\n{:<22} {:<13}", action.name(), kind.name()).unwrap();
                cells.iter().for_each(|cell| write!(table, " {cell:<14}").unwrap());
            }
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn the_log_gets_the_policies_that_decided() {
    let policies = Policies::embedded().unwrap();
    let visit = resource(ResourceKind::Visit, CLINIC, OWN);
    let named = |role, action| match decide(&policies, role, action, &visit) {
        Decision::Permit { policies } => format!("permit {}", policies.join(",")),
        Decision::Deny { policies } => format!("deny {}", policies.join(",")),
    };
    assert_eq!(named(Role::Provider, Action::ReadNote), "permit provider-asked-to-cosign,provider-own-visit-reads");
    assert_eq!(named(Role::FrontDesk, Action::ReadNote), "deny front-desk-no-clinical");
    assert_eq!(named(Role::Patient, Action::ReadNote), "deny ");
}

#[test]
fn nothing_of_another_clinic_is_open_to_anybody() {
    let policies = Policies::embedded().unwrap();
    for role in ROLES {
        for action in Action::all() {
            for kind in ResourceKind::ALL {
                let decision = decide(&policies, role, action, &resource(kind, OTHER_CLINIC, OWN));
                assert!(!decision.is_permit(), "{} {} {}", role.name(), action.name(), kind.name());
            }
        }
    }
}

#[test]
fn a_patient_or_provider_without_person_is_nobodys() {
    let policies = Policies::embedded().unwrap();
    for role in [Role::Patient, Role::Provider] {
        let stranger = Principal { person: None, ..principal(role) };
        for visit in [Visit::default(), scheduled(PatientId(OWN), ProviderId(OWN))] {
            let visit = Resource::visit(CLINIC, VisitId(OWN), &visit);
            for action in Action::all() {
                let decision = policies.decide(&stranger, action, &visit, stranger.usual_purpose());
                assert!(!decision.is_permit(), "{} {}", role.name(), action.name());
            }
        }
    }
}

/// A patient's id that happens to be a provider's must not open the provider's doors.
#[test]
fn the_patient_of_a_visit_is_not_its_provider() {
    let policies = Policies::embedded().unwrap();
    let of = |patient, provider| {
        Resource::visit(CLINIC, VisitId(ANOTHER), &scheduled(PatientId(patient), ProviderId(provider)))
    };
    let as_provider = of(ANOTHER, OWN);
    assert!(!decide(&policies, Role::Patient, Action::ReadVisit, &as_provider).is_permit());
    let as_patient = of(OWN, ANOTHER);
    assert!(!decide(&policies, Role::Provider, Action::ReadVisit, &as_patient).is_permit());
}

#[test]
fn a_visit_is_open_to_its_whole_team_and_to_no_other_provider() {
    let policies = Policies::embedded().unwrap();
    let (own, another) = (ProviderId(OWN), ProviderId(ANOTHER));
    let with = |provider: ProviderId, team: &[ProviderId]| {
        let visit = Resource::visit(CLINIC, VisitId(ANOTHER), &scheduled(PatientId(ANOTHER), provider));
        Resource { team: team.to_vec(), ..visit }
    };
    for action in [Action::ReadNote, Action::VisitCommand("admit")] {
        let permits = |visit| decide(&policies, Role::Provider, action, &visit).is_permit();
        assert!(permits(with(another, &[another, own])), "{}", action.name());
        assert!(!permits(with(another, &[another])), "{}", action.name());
        assert!(!permits(with(another, &[])), "{}", action.name());
    }
    let visit = Resource::visit(CLINIC, VisitId(ANOTHER), &scheduled(PatientId(ANOTHER), own));
    assert_eq!((visit.provider, visit.team), (Some(own), vec![own]), "who treats belongs to the team");
}

#[test]
fn who_is_asked_to_cosign_reads_and_cosigns_and_does_nothing_else() {
    let policies = Policies::embedded().unwrap();
    let visit = Resource::visit(CLINIC, VisitId(ANOTHER), &scheduled(PatientId(ANOTHER), ProviderId(ANOTHER)));
    let asked = Resource { cosigners: vec![ProviderId(OWN)], ..visit.clone() };
    let permitted = |visit: &Resource| {
        let actions = Action::all().filter(|action| decide(&policies, Role::Provider, *action, visit).is_permit());
        actions.map(Action::name).collect::<Vec<_>>()
    };
    assert_eq!(permitted(&asked), ["read-visit", "read-note", "cosign-note"]);
    assert_eq!(permitted(&visit), [""; 0]);
}

#[test]
fn the_systems_purpose_is_the_systems_alone() {
    let policies = Policies::embedded().unwrap();
    let visit = resource(ResourceKind::Visit, CLINIC, OWN);
    let with = |role, purpose| policies.decide(&principal(role), Action::ReadVisit, &visit, purpose);
    let deny = |policy: &str| Decision::Deny { policies: vec![policy.into()] };
    assert_eq!(with(Role::Provider, Purpose::System), deny("system-purpose-is-for-programs"));
    assert_eq!(with(Role::System, Purpose::Treatment), deny("programs-have-the-system-purpose"));
    assert!(with(Role::Provider, Purpose::Treatment).is_permit());
    assert!(with(Role::System, Purpose::System).is_permit());
}

#[test]
fn every_command_of_a_visit_is_an_action_and_no_other_name_is() {
    let policies = Policies::embedded().unwrap();
    for name in visit::Command::NAMES {
        assert!(Action::command(name).is_some(), "{name}");
        assert!(Code::try_from(Action::VisitCommand(name).name()).is_ok());
    }
    assert_eq!(Action::command("schedule"), Some(Action::ScheduleVisit));
    assert_eq!(Action::VisitCommand("schedule").name(), Action::ScheduleVisit.name());
    assert_eq!(Action::command("read-chart"), None);
    let made_up = Action::VisitCommand("made-up");
    for role in ROLES {
        assert!(!decide(&policies, role, made_up, &resource(ResourceKind::Visit, CLINIC, OWN)).is_permit());
    }
}

#[test]
fn an_action_is_only_for_its_kind_of_resource() {
    let policies = Policies::embedded().unwrap();
    let log = resource(ResourceKind::Log, CLINIC, OWN);
    assert!(!decide(&policies, Role::FrontDesk, Action::ReadWaitingRoom, &log).is_permit());
    assert!(!decide(&policies, Role::Administrator, Action::RegisterClinic, &log).is_permit());
}

const SMALL: &str = "entity Role; entity User in [Role] { clinic: Clinic }; entity Clinic { clinic: Clinic };
    action look appliesTo { principal: User, resource: Clinic };";

#[test]
fn policies_that_do_not_fit_the_schema_stop_the_start() {
    let problem = |source: &str| Policies::parse(SMALL, &[("x.cedar", source)]).err().map(|error| error.code());
    assert_eq!(problem("permit (principal, action, resource"), Some("policy-unreadable"));
    assert_eq!(problem("permit (principal, action, resource);"), Some("policy-without-id"));
    assert_eq!(problem("@id(\"two words\") permit (principal, action, resource);"), Some("policy-without-id"));
    let twice = "@id(\"a\") permit (principal, action, resource); @id(\"a\") forbid (principal, action, resource);";
    assert_eq!(problem(twice), Some("policy-without-id"));
    let misspelt = "@id(\"a\") permit (principal, action, resource) when { resource.clinik == principal.clinic };";
    assert_eq!(problem(misspelt), Some("policy-invalid"));
    let never = "@id(\"a\") permit (principal, action, resource) when { 1 == 2 };";
    assert_eq!(problem(never), Some("policy-invalid"));
    let unreadable = Policies::parse("entity", &[]).err().map(|error| error.code());
    assert_eq!(unreadable, Some("policy-schema-unreadable"));
}

/// Coarse on purpose: it catches a decision that became a thousand times slower, on whatever machine this is.
#[test]
fn a_decision_is_quick() {
    let policies = Policies::embedded().unwrap();
    let visit = resource(ResourceKind::Visit, CLINIC, OWN);
    let began = std::time::Instant::now();
    const DECISIONS: u32 = 1_000;
    for _ in 0..DECISIONS {
        assert!(decide(&policies, Role::Provider, Action::ReadChart, &visit).is_permit());
    }
    let each = began.elapsed() / DECISIONS;
    println!("{each:?} a decision");
    assert!(each < std::time::Duration::from_millis(10), "{each:?}");
}
