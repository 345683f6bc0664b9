//! The people of the instance.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Role;
use model::people::{People, Person, Way};
use model::second_factor::Mode;
use ui::{
    Button, ButtonLink, Choice, EmptyState, Glyph, Pager, SearchField, Select, SkeletonRows, StatusMark, TabLink,
    TabNav, Table, Tone, Variant,
};

use super::{INVITATIONS, PATH, PeopleView, list_people};
use crate::account::Me;
use crate::admin::AdminArea;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::params::with_query;
use crate::pending::{Pending, later};

#[component]
pub fn PeopleListPage() -> impl IntoView {
    view! { <AdminArea title="People">{|| view! { <PeopleList/> }}</AdminArea> }
}

/// The tabs over people and invitations, and the way to invite somebody.
#[component]
pub(super) fn PeopleTabs(invitations: bool) -> impl IntoView {
    view! {
        <div class="people-head">
            <TabNav label="People and invitations">
                <TabLink href=PATH current=!invitations>"People"</TabLink>
                <TabLink href=INVITATIONS current=invitations>"Invitations"</TabLink>
            </TabNav>
            <ButtonLink href=format!("{PATH}/invite") variant=Variant::Primary glyph=Glyph::Plus>"Invite"</ButtonLink>
        </div>
    }
}

#[component]
fn PeopleList() -> impl IntoView {
    let query = use_query_map();
    let named = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let (words, role) = (named("q"), named("role"));
    let page =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1)));
    let data = Resource::new(
        move || (words.get(), role.get(), page.get()),
        |(words, role, page): (String, String, usize)| list_people(words, role, page),
    );
    let roles = std::iter::once(Choice::new("", "Every role"))
        .chain(Role::ALL.into_iter().map(|role| Choice::new(role.as_str(), role.label())))
        .collect::<Vec<_>>();
    view! {
        <PeopleTabs invitations=false/>
        <form class="list-bar" method="get" action=PATH role="search">
            <SearchField label="Search people" name="q" value=words shortcut="/" placeholder="Name or address"/>
            <Select label="Role" name="role" value=role options=roles hide_label=true/>
            <Button kind="submit" variant=Variant::Quiet>"Show"</Button>
        </form>
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match data.await {
                    Ok(PeopleView { people, open_invitations }) => {
                        let (words, role) = (words.get_untracked(), role.get_untracked());
                        view! { <Found people open_invitations words role/> }.into_any()
                    }
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The people could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn Found(people: People, open_invitations: usize, words: String, role: String) -> impl IntoView {
    let People { people, total, page, pages } = people;
    if people.is_empty() {
        let text = match (words.is_empty(), role.is_empty()) {
            (false, _) => format!("Nobody has “{words}” in the name or the address."),
            (true, _) => "Nobody has this role.".to_owned(),
        };
        return view! {
            <EmptyState title="Nobody found" text=text>
                <ButtonLink href=PATH>"Show everybody"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let to = |page: usize| with_query(PATH, &[("q", &words), ("role", &role), ("page", &page.to_string())]);
    let before = (page > 1).then(|| to(page - 1));
    let after = (page < pages).then(|| to(page + 1));
    let counted = if total == 1 { "1 person".to_owned() } else { format!("{total} people") };
    view! {
        <p class="soft small people-count">
            <span role="status">{counted}</span>
            {match open_invitations {
                0 => None,
                1 => Some("1 open invitation".to_owned()),
                count => Some(format!("{count} open invitations")),
            }
            .map(|open| view! { " \u{b7} " <a href=INVITATIONS>{open}</a> })}
        </p>
        <Table
            caption="People"
            head=|| view! {
                <th scope="col">"Name"</th>
                <th scope="col">"Role"</th>
                <th scope="col">"Last sign-in"</th>
                <th scope="col" class="cell-wide">"Signs in with"</th>
                <th scope="col" class="cell-wide">"Signed in"</th>
                <th scope="col">"State"</th>
            }
        >
            {people.into_iter().map(|person| view! { <PersonRow person/> }).collect_view()}
        </Table>
        <Pager newer=before older=after names=("Back", "On") label="Pages of people"/>
    }
    .into_any()
}

#[component]
fn PersonRow(person: Person) -> impl IntoView {
    let is_me = expect_context::<Me>().id == person.user.id;
    let ways = ways(&person);
    let Person { user, open_sessions, .. } = person;
    let name = user.display_name().to_owned();
    let is_disabled = user.disabled_at.is_some();
    view! {
        <tr class=if is_disabled { "person-row person-out" } else { "person-row" }>
            <td class="cell-main">
                <a href=format!("{PATH}/{}", user.id) data-row-link="" dir="auto" title=name.clone()>{name.clone()}</a>
                <span class="soft small block person-email" title=user.email.clone()>
                    <span dir="ltr">{user.email.clone()}</span>
                    {is_me.then_some(" \u{b7} you")}
                </span>
            </td>
            <td>{user.role.label()}</td>
            <td>
                {match user.last_login_at {
                    Some(at) => view! { <span class="narrow-only">"Signed in "</span> <Moment at/> }.into_any(),
                    None => "Never signed in".into_any(),
                }}
            </td>
            <td class="cell-wide">{ways}</td>
            <td class="cell-wide">{places(open_sessions)}</td>
            <td>{state_mark(is_disabled)}</td>
        </tr>
    }
}

/// With what somebody can sign in.
pub(super) fn ways(person: &Person) -> String {
    let ways: Vec<&str> = person.ways().into_iter().map(Way::label).collect();
    if ways.is_empty() { "Nothing yet".to_owned() } else { ways.join(", ") }
}

/// What is asked for beside the first proof.
pub(super) fn second_factor(person: &Person) -> &'static str {
    match (person.two_factor_mode, person.has_authenticator) {
        (Mode::PasskeyPlusPassword, _) => "Passkey and password, always",
        (Mode::PasswordPlusPasskey, _) => "Passkey after the password",
        (Mode::None, true) => "Code of an app",
        (Mode::None, false) => "None",
    }
}

/// "in 2 places".
pub(super) fn places(open_sessions: i64) -> String {
    match open_sessions {
        0 => "nowhere".to_owned(),
        1 => "in 1 place".to_owned(),
        count => format!("in {count} places"),
    }
}

pub(super) fn state_mark(is_disabled: bool) -> impl IntoView {
    if is_disabled {
        view! { <StatusMark tone=Tone::Bad word="Disabled"/> }
    } else {
        view! { <StatusMark tone=Tone::Good word="Active"/> }
    }
}
