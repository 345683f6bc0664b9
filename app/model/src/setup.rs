//! The guided set-up: which steps there are, and how far somebody has come.

use serde::{Deserialize, Serialize};

use crate::access::UnknownName;

/// A step of the set-up, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// What follows, and whether the surroundings are as they should be.
    Welcome,
    /// The first administrator.
    Admin,
    Settings,
    /// A sign-in provider.
    Oauth,
    /// Invitations.
    Team,
    Complete,
}

impl Step {
    pub const ALL: [Step; 6] = [Step::Welcome, Step::Admin, Step::Settings, Step::Oauth, Step::Team, Step::Complete];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Welcome => "welcome",
            Step::Admin => "admin",
            Step::Settings => "settings",
            Step::Oauth => "oauth",
            Step::Team => "team",
            Step::Complete => "complete",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Step::Welcome => "Welcome",
            Step::Admin => "Administrator",
            Step::Settings => "Settings",
            Step::Oauth => "Single sign-on",
            Step::Team => "Team",
            Step::Complete => "Done",
        }
    }

    /// Whether the set-up can end without it.
    pub fn is_optional(self) -> bool {
        matches!(self, Step::Oauth | Step::Team)
    }
}

impl std::str::FromStr for Step {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Step::ALL
            .into_iter()
            .find(|step| step.as_str() == text)
            .ok_or_else(|| UnknownName { given: text.to_owned(), allowed: Step::ALL.map(Step::as_str).join(", ") })
    }
}

/// How far the set-up is, once there is an administrator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps that were done after the first administrator was made.
    pub completed: Vec<Step>,
    pub skipped: Vec<Step>,
    pub is_finished: bool,
}

impl Progress {
    /// The first step that was neither done nor skipped.
    pub fn current(&self) -> Step {
        let settled = |step: &Step| self.completed.contains(step) || self.skipped.contains(step);
        [Step::Settings, Step::Oauth, Step::Team].into_iter().find(|step| !settled(step)).unwrap_or(Step::Complete)
    }

    /// Notes that a step was done. Doing it later makes up for skipping it.
    pub fn complete(&mut self, step: Step) {
        self.skipped.retain(|skipped| *skipped != step);
        if !self.completed.contains(&step) {
            self.completed.push(step);
        }
    }

    /// Notes that a step was left out; false, with nothing changed, for one that must not be.
    pub fn skip(&mut self, step: Step) -> bool {
        if !step.is_optional() {
            return false;
        }
        if !self.completed.contains(&step) && !self.skipped.contains(&step) {
            self.skipped.push(step);
        }
        true
    }

    pub fn has(&self, step: Step) -> bool {
        self.completed.contains(&step)
    }
}

/// One thing the set-up looked at in its surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// "Database".
    pub what: String,
    pub outcome: Outcome,
    /// What was found, and what to do where it is not as it should be.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Good,
    /// It works, but something is missing that can be added later.
    Note,
    /// Safe only for a trial.
    Warn,
}
