//! One line of the table: what is called, what it needs, and a call that everybody who may makes without a mistake.

use model::Permission;

/// What a caller needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: no sign-in at all.
    Nothing,
    /// Any credential, a key of any scope included.
    Credential,
    /// To be a person: their own account, whatever their role. No keys.
    Account,
    /// As `Account`, and that by the cookie of a browser.
    Browser,
    /// Permissions in the project that the call is about.
    Project(&'static [Permission]),
    /// As `Project`, where who may not may ask an administrator.
    Asks(&'static [Permission]),
    /// Permissions where no single project is concerned.
    Instance(&'static [Permission]),
}

impl Needs {
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Needs::Nothing | Needs::Credential => &[],
            Needs::Account | Needs::Browser => &[Permission::ManageOwnAccount],
            Needs::Project(all) | Needs::Asks(all) | Needs::Instance(all) => all,
        }
    }

    pub fn is_of_a_project(self) -> bool {
        matches!(self, Needs::Project(_) | Needs::Asks(_))
    }
}

/// A server function, or an operation of the REST API.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// `/rpc/entries/publish`, or `PATCH /api/projects/{projectId}`.
    pub name: &'static str,
    pub needs: Needs,
    /// Of a REST operation: what stands behind the path.
    pub query: &'static str,
    /// A form for a function, JSON for an operation. `{project}` and its like stand for records of the place.
    pub body: &'static str,
    /// What those who may get where that is not success: a sample cannot always be whole.
    pub gives: &'static [u16],
    /// Whether `{entryId}` is the draft rather than the published entry, which staff of the place may not change.
    pub is_about_draft: bool,
    /// Those for whom there is no sensible call, such as an administrator who withdraws a request of staff.
    pub not_for: &'static [model::Role],
}

/// A server function.
pub const fn function(name: &'static str, needs: Needs, form: &'static str) -> Line {
    Line { name, needs, query: "", body: form, gives: &[], is_about_draft: false, not_for: &[] }
}

/// An operation without a body.
pub const fn operation(name: &'static str, needs: Needs) -> Line {
    Line { name, needs, query: "", body: "", gives: &[], is_about_draft: false, not_for: &[] }
}

impl Line {
    /// The JSON of an operation.
    pub const fn json(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    pub const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    pub const fn gives(self, gives: &'static [u16]) -> Self {
        Self { gives, ..self }
    }

    pub const fn of_a_draft(self) -> Self {
        Self { is_about_draft: true, ..self }
    }

    pub const fn not_for(self, not_for: &'static [model::Role]) -> Self {
        Self { not_for, ..self }
    }

    pub fn is_function(&self) -> bool {
        self.name.starts_with("/rpc/")
    }

    /// Method and path.
    pub fn target(&self) -> (&'static str, &'static str) {
        self.name.split_once(' ').unwrap_or(("POST", self.name))
    }
}
