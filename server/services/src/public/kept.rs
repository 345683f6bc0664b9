//! What is known about a project until it changes. The revision of a project grows with every change that readers
//! could see, so what was counted at one revision holds for as long as the project has it. The time zone counts as well:
//! a project without one has that of the instance, which changes without it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::ProjectId;
use model::projects::Project;

/// Projects remembered at most; beyond, everything is counted anew.
const MOST: usize = 512;

/// What a value was counted for.
type Version = (i64, Option<String>);

fn version(project: &Project) -> Version {
    (project.revision, project.timezone.clone())
}

/// One value for each project, of its present revision.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<HashMap<ProjectId, (Version, Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    pub(crate) fn get(&self, project: &Project) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let present = version(project);
        kept.get(&project.id).filter(|(kept, _)| *kept == present).map(|(_, value)| Arc::clone(value))
    }

    /// Keeps a value that was read after `project` was. It may be newer than that, never older, so it is right for
    /// whoever reads the same revision afterwards.
    pub(crate) fn put(&self, project: &Project, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(&project.id) {
            kept.clear();
        }
        kept.insert(project.id.clone(), (version(project), Arc::clone(&value)));
        value
    }
}
