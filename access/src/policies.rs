//! The Cedar policies of `policies/`: parsed and strictly validated once, then asked for every command and every read.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use daybook_domain::access_events::Purpose;
use daybook_domain::{Code, Role};
use uuid::Uuid;

use crate::{Action, Principal, Resource, ResourceKind};

const SCHEMA: &str = include_str!("../../policies/daybook.cedarschema");
const FILES: [(&str, &str); 11] = [
    ("everyone.cedar", include_str!("../../policies/everyone.cedar")),
    ("patient.cedar", include_str!("../../policies/patient.cedar")),
    ("provider.cedar", include_str!("../../policies/provider.cedar")),
    ("clinical-staff.cedar", include_str!("../../policies/clinical-staff.cedar")),
    ("front-desk.cedar", include_str!("../../policies/front-desk.cedar")),
    ("billing.cedar", include_str!("../../policies/billing.cedar")),
    ("compliance.cedar", include_str!("../../policies/compliance.cedar")),
    ("auditor.cedar", include_str!("../../policies/auditor.cedar")),
    ("administrator.cedar", include_str!("../../policies/administrator.cedar")),
    ("break-glass.cedar", include_str!("../../policies/break-glass.cedar")),
    ("system.cedar", include_str!("../../policies/system.cedar")),
];

/// What the policies say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Permitted, by these policies.
    Permit { policies: Vec<String> },
    /// Denied, by these policies; by none where none permits it.
    Deny { policies: Vec<String> },
}

impl Decision {
    /// Whether it is a permit.
    pub fn is_permit(&self) -> bool {
        matches!(self, Decision::Permit { .. })
    }
}

/// Policies that cannot be used. The server does not start with them.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the policy schema cannot be read: {0}")]
    Schema(String),
    #[error("{file} cannot be read: {problem}")]
    Parse { file: String, problem: String },
    #[error("a policy in {file} has no usable @id: a code, unique among all policies")]
    Id { file: String },
    #[error("a policy does not fit the schema: {0}")]
    Invalid(String),
}

impl PolicyError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            PolicyError::Schema(_) => "policy-schema-unreadable",
            PolicyError::Parse { .. } => "policy-unreadable",
            PolicyError::Id { .. } => "policy-without-id",
            PolicyError::Invalid(_) => "policy-invalid",
        }
    }
}

/// The policies in force, with everything about them that does not change between two questions.
pub struct Policies {
    authorizer: Authorizer,
    set: PolicySet,
    schema: Schema,
    types: Types,
    actions: HashMap<&'static str, Entity>,
}

/// Names of the schema's entity types, parsed once.
struct Types {
    user: EntityTypeName,
    role: EntityTypeName,
    resources: HashMap<ResourceKind, EntityTypeName>,
}

impl Policies {
    /// The policies this program was built with.
    pub fn embedded() -> Result<Self, PolicyError> {
        Self::parse(SCHEMA, &FILES)
    }

    /// Policies from their sources: a Cedar schema, and files by name. Refuses what does not validate strictly, warnings
    /// included, because a policy that can never apply is a mistake.
    pub fn parse(schema: &str, files: &[(&str, &str)]) -> Result<Self, PolicyError> {
        let (schema, _) =
            Schema::from_cedarschema_str(schema).map_err(|error| PolicyError::Schema(error.to_string()))?;
        let set = parse_files(files)?;
        let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !result.validation_passed_without_warnings() {
            let problems: Vec<String> = (result.validation_errors().map(ToString::to_string))
                .chain(result.validation_warnings().map(ToString::to_string))
                .collect();
            return Err(PolicyError::Invalid(problems.join("; ")));
        }
        Ok(Self { authorizer: Authorizer::new(), set, types: Types::new()?, actions: actions(&schema)?, schema })
    }

    /// What the policies say about this. An action the schema does not know, or not for such a resource, is denied, and
    /// so is everything when a policy fails to evaluate: a `forbid` that fails must not turn into a permit.
    pub fn decide(&self, principal: &Principal, action: Action, resource: &Resource, purpose: Purpose) -> Decision {
        let Some((request, entities)) = self.question(principal, action, resource, purpose) else {
            return Decision::Deny { policies: Vec::new() };
        };
        let response = self.authorizer.is_authorized(&request, &self.set, &entities);
        let mut policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        policies.sort_unstable();
        let failed = response.diagnostics().errors().next();
        if let Some(error) = failed {
            tracing::error!(%error, "a policy could not be evaluated; everything it touches is denied");
            return Decision::Deny { policies: Vec::new() };
        }
        match response.decision() {
            cedar_policy::Decision::Allow => Decision::Permit { policies },
            cedar_policy::Decision::Deny => Decision::Deny { policies },
        }
    }

    fn question(
        &self,
        principal: &Principal,
        action: Action,
        resource: &Resource,
        purpose: Purpose,
    ) -> Option<(Request, Entities)> {
        let action = self.actions.get(action.name())?;
        let user = self.user(principal)?;
        let thing = self.thing(resource)?;
        let why = RestrictedExpression::new_string(name_of(purpose).to_owned());
        let context = Context::from_pairs([("purpose".to_owned(), why)]).ok()?;
        let request = Request::new(user.uid(), action.uid(), thing.uid(), context, Some(&self.schema)).ok()?;
        let entities = Entities::from_entities([user, thing, action.clone()], None).ok()?;
        Some((request, entities))
    }

    fn user(&self, principal: &Principal) -> Option<Entity> {
        let uid = uid(&self.types.user, EntityId::new(&principal.subject));
        let role = uid_of(&self.types.role, principal.role);
        let patient = principal.patient().map(|id| id.0);
        let provider = principal.provider().map(|id| id.0);
        let attributes = self.attributes(principal.clinic.0, patient, provider);
        Entity::new(uid, attributes, HashSet::from([role])).ok()
    }

    fn thing(&self, resource: &Resource) -> Option<Entity> {
        let id = resource.id.map_or_else(|| EntityId::new(""), entity_id);
        let uid = uid(&self.types.resources[&resource.kind], id);
        let (patient, provider) = (resource.patient.map(|id| id.0), resource.provider.map(|id| id.0));
        let mut attributes = self.attributes(resource.clinic.0, patient, provider);
        if resource.kind == ResourceKind::Visit {
            for (name, providers) in [("team", &resource.team), ("cosigners", &resource.cosigners)] {
                let set = providers.iter().map(|provider| self.reference(ResourceKind::Provider, provider.0));
                attributes.insert(name.to_owned(), RestrictedExpression::new_set(set));
            }
            attributes.insert("requested".to_owned(), RestrictedExpression::new_bool(resource.requested));
        }
        if matches!(resource.kind, ResourceKind::Patient | ResourceKind::Visit) {
            attributes.insert("glass".to_owned(), RestrictedExpression::new_bool(resource.glass));
        }
        Entity::new(uid, attributes, HashSet::new()).ok()
    }

    fn attributes(
        &self,
        clinic: Uuid,
        patient: Option<Uuid>,
        provider: Option<Uuid>,
    ) -> HashMap<String, RestrictedExpression> {
        let named = [
            ("clinic", ResourceKind::Clinic, Some(clinic)),
            ("patient", ResourceKind::Patient, patient),
            ("provider", ResourceKind::Provider, provider),
        ];
        let present = named.into_iter().filter_map(|(name, kind, id)| Some((name, kind, id?)));
        present.map(|(name, kind, id)| (name.to_owned(), self.reference(kind, id))).collect()
    }

    fn reference(&self, kind: ResourceKind, id: Uuid) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(uid(&self.types.resources[&kind], entity_id(id)))
    }
}

/// Policies by their `@id`, which is what stands in the log.
fn parse_files(files: &[(&str, &str)]) -> Result<PolicySet, PolicyError> {
    let mut all = PolicySet::new();
    for (file, source) in files {
        let parsed: PolicySet = source.parse().map_err(|error: cedar_policy::ParseErrors| PolicyError::Parse {
            file: (*file).into(),
            problem: error.to_string(),
        })?;
        for policy in parsed.policies() {
            let id = policy.annotation("id").filter(|id| Code::try_from(*id).is_ok());
            let named = id.map(|id| policy.new_id(PolicyId::new(id)));
            named.and_then(|policy| all.add(policy).ok()).ok_or_else(|| PolicyError::Id { file: (*file).into() })?;
        }
    }
    Ok(all)
}

/// The schema's entity of every action, which knows the groups it is in.
fn actions(schema: &Schema) -> Result<HashMap<&'static str, Entity>, PolicyError> {
    let known = schema.action_entities().map_err(|error| PolicyError::Schema(error.to_string()))?;
    let action_type = type_name("Action")?;
    Action::all()
        .map(|action| {
            let entity = known.get(&uid(&action_type, EntityId::new(action.name())));
            let entity = entity.ok_or_else(|| PolicyError::Schema(format!("no action {}", action.name())))?;
            Ok((action.name(), entity.clone()))
        })
        .collect()
}

impl Types {
    fn new() -> Result<Self, PolicyError> {
        let resources = ResourceKind::ALL.map(|kind| Ok((kind, type_name(kind.entity_type())?)));
        Ok(Self {
            user: type_name("User")?,
            role: type_name("Role")?,
            resources: resources.into_iter().collect::<Result<_, PolicyError>>()?,
        })
    }
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    name.parse().map_err(|error: cedar_policy::ParseErrors| PolicyError::Schema(error.to_string()))
}

fn uid(kind: &EntityTypeName, id: EntityId) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), id)
}

fn uid_of(kind: &EntityTypeName, role: Role) -> EntityUid {
    uid(kind, EntityId::new(role.name()))
}

fn entity_id(id: Uuid) -> EntityId {
    EntityId::new(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

/// The purpose as stored.
fn name_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Treatment => "treatment",
        Purpose::Payment => "payment",
        Purpose::Operations => "operations",
        Purpose::PatientRequest => "patient-request",
        Purpose::Audit => "audit",
        Purpose::System => "system",
    }
}
