//! One's own passkeys.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::second_factor::{MAX_PASSKEY_NAME, Mode, Passkey};
use ui::{
    Button, Confirm, Dialog, DialogActions, Field, FormError, Menu, MenuButton, Notice, RowActions, Section, Table,
    Tone, Variant, use_toasts,
};

use super::{Changes, Security, add_passkey, begin_passkey};
use crate::account::webauthn;
use crate::dates::Moment;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

#[component]
pub(super) fn PasskeySection(security: Security, changes: Changes) -> impl IntoView {
    let Security { factors, passkeys, support, is_confirmed, .. } = security;
    let none = passkeys.is_empty();
    let needed = factors.mode != Mode::None && passkeys.len() == 1;
    let next = format!("Passkey {}", passkeys.len() + 1);
    let removal = failure_of(changes.remove);
    view! {
        <Section
            title="Passkeys"
            text="A passkey signs you in with your fingerprint, face or PIN, and cannot be given away to a false page."
        >
            {support.hindrance().map(|why| view! {
                <Notice tone=Tone::Warn title="No passkeys here">{why}</Notice>
            })}
            <FormError message=form_error(removal)/>
            {(!none).then(|| view! {
                <Table caption="Your passkeys" head=|| view! {
                    <th scope="col">"Name"</th>
                    <th scope="col">"Added"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col"><span class="sr-only">"Actions"</span></th>
                }>
                    {passkeys
                        .into_iter()
                        .map(|passkey| view! { <Row passkey changes is_confirmed needed/> })
                        .collect_view()}
                </Table>
            })}
            {(none && support.hindrance().is_none()).then(|| view! { <p class="soft">"You have none yet."</p> })}
            {(is_confirmed && support.hindrance().is_none()).then(|| view! { <AddPasskey next changes/> })}
        </Section>
    }
}

#[component]
fn Row(passkey: Passkey, changes: Changes, is_confirmed: bool, needed: bool) -> impl IntoView {
    let Passkey { id, name, created_at, last_used_at } = passkey;
    let (renaming, removing) = (RwSignal::new(false), RwSignal::new(false));
    let (rename_id, remove_id) = (format!("rename-{id}"), format!("remove-{id}"));
    let (opens_rename, opens_remove) = (rename_id.clone(), remove_id.clone());
    let (id, id_to_remove) = (id.to_string(), id.to_string());
    let failure = failure_of(changes.rename);
    let used = match last_used_at {
        Some(at) => view! { <span class="narrow-only">"Used "</span><Moment at/> }.into_any(),
        None => view! { <span class="soft">"Never" <span class="narrow-only">" used"</span></span> }.into_any(),
    };
    let menu_name = format!("Actions for {name}");
    view! {
        <tr>
            <td class="cell-main" dir="auto">{name.clone()}</td>
            <td><span class="narrow-only">"Added "</span><Moment at=created_at/></td>
            <td>{used}</td>
            <RowActions>
                <Menu label=menu_name glyph=ui::Glyph::More end=true>
                    <MenuButton opens=opens_rename>"Rename"</MenuButton>
                    {is_confirmed.then(|| view! { <MenuButton danger=true opens=opens_remove>"Remove"</MenuButton> })}
                </Menu>
                <Dialog id=rename_id.clone() open=renaming title="Rename passkey">
                    <ActionForm action=changes.rename attr:class="stack">
                        <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                        <input type="hidden" name="passkey" value=id/>
                        <Field
                            id=format!("{rename_id}-name")
                            label="Name"
                            name="name"
                            value=name.clone()
                            required=true
                            maxlength=MAX_PASSKEY_NAME as u32
                            error=field_error(failure, "name")
                        />
                        <DialogActions><Button busy=changes.rename.pending()>"Save name"</Button></DialogActions>
                    </ActionForm>
                </Dialog>
                {is_confirmed.then(|| view! {
                    <Dialog id=remove_id open=removing title="Remove passkey">
                        {if needed {
                            view! {
                                <div class="stack">
                                    <p>
                                        "This is your last passkey, and signing in needs one. Switch the second step off "
                                        "first: choose “No second step” under “Second step” below. Or add another passkey."
                                    </p>
                                    <DialogActions cancel="Close">""</DialogActions>
                                </div>
                            }
                            .into_any()
                        } else {
                            view! {
                                <ActionForm action=changes.remove>
                                    <input type="hidden" name="passkey" value=id_to_remove/>
                                    <Confirm verb="Remove passkey" busy=changes.remove.pending()>
                                        "It signs in no more, and all other sign-ins of yours end. Remove it from the "
                                        "device as well, so that it is not offered there."
                                    </Confirm>
                                </ActionForm>
                            }
                            .into_any()
                        }}
                    </Dialog>
                })}
            </RowActions>
        </tr>
    }
}

/// Has the browser make a passkey. That takes scripts.
#[component]
fn AddPasskey(
    /// What the next one is called, unless its owner says otherwise.
    next: String,
    changes: Changes,
) -> impl IntoView {
    let name = RwSignal::new(next);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let supported = RwSignal::new(true);
    Effect::new(move || supported.set(webauthn::is_supported()));
    let toasts = use_toasts();
    let done = changes.done;
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let made = async {
                let options = begin_passkey().await.map_err(|error| Some(error.to_string()))?;
                let response = webauthn::create(&options).await.map_err(|refused| refused.message())?;
                let name = name.try_get_untracked().unwrap_or_default();
                add_passkey(response, name).await.map_err(|error| Some(error.to_string()))
            };
            match made.await {
                Ok(_) => {
                    toasts.say("Passkey added. All other sign-ins have ended.");
                    let _ = done.try_update(|count| *count += 1);
                }
                Err(message) => {
                    let _ = failure.try_set(message);
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <noscript><p>"Adding a passkey needs JavaScript in your browser."</p></noscript>
        {move || if supported.get() {
            view! {
                <form class="stack needs-script" on:submit=add>
                    <FormError message=failure/>
                    <Field
                        id="passkey-name"
                        label="Name of a new passkey"
                        name="name"
                        bind=name
                        required=true
                        maxlength=MAX_PASSKEY_NAME as u32
                        hint="So that you recognise it in this list: the device, or the password manager."
                    />
                    <div><Button variant=Variant::Quiet kind="submit" busy=busy>"Add a passkey"</Button></div>
                </form>
            }
            .into_any()
        } else {
            view! { <p class="soft">"This browser knows no passkeys."</p> }.into_any()
        }}
    }
}
