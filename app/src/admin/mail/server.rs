//! The form for the mail server, and trying it out.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::instance::{SystemMail, TlsMode};
use ui::{
    Button, Checkbox, Choice, Dialog, DialogActions, Field, FormError, Notice, Section, Select, Tone, Variant,
    use_toasts,
};

use super::{RemoveMailServer, SendTestLetter, SetMailServer};
use crate::account::Me;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};
use crate::form::SavedForm;

#[component]
pub(super) fn Server(server: RwSignal<SystemMail>, on_saved: Callback<SystemMail>) -> impl IntoView {
    let save = ServerAction::<SetMailServer>::new();
    let failure = failure_of(save);
    let now = server;
    let is_set = Memo::new(move |_| now.with(SystemMail::is_complete));
    let server = now.get_untracked();
    let modes = vec![
        Choice::new("starttls", "STARTTLS (usual at port 587)"),
        Choice::new("implicit", "TLS from the start (usual at port 465)"),
        Choice::new("none", "None (only for a server on this machine)"),
    ];
    let port = if server.port == 0 { "587".to_owned() } else { server.port.to_string() };
    let tls = if server.is_complete() { server.tls } else { TlsMode::StartTls };
    // After saving, what was typed is stored and need not stand in the page.
    let password = RwSignal::new(String::new());
    let keep = Callback::new(move |saved| {
        password.set(String::new());
        on_saved.run(saved);
    });
    view! {
        <Section title="Mail server" text="Letters about invitations and passwords are handed to this server.">
            <SavedForm action=save verb="Save mail server" done="Mail server saved." on_saved=keep>
                <Field
                    label="Server"
                    name="host"
                    id="field-smtpHost"
                    value=server.host.clone()
                    required=true
                    mono=true
                    placeholder="smtp.example.com"
                    error=field_error(failure, "smtpHost")
                />
                <Field
                    label="Port"
                    name="port"
                    id="field-smtpPort"
                    kind="number"
                    inputmode="numeric"
                    value=port
                    required=true
                    error=field_error(failure, "smtpPort")
                />
                <Select
                    label="Encryption"
                    name="tls"
                    id="field-tlsMode"
                    value=tls.as_str().to_owned()
                    options=modes
                    error=field_error(failure, "tlsMode")
                />
                <Field
                    label="Sender"
                    name="sender"
                    id="field-systemEmail"
                    kind="email"
                    value=server.sender.clone()
                    required=true
                    hint="The address letters come from. The mail server must accept it."
                    error=field_error(failure, "systemEmail")
                />
                <Field
                    label="User name"
                    name="user"
                    id="field-smtpUser"
                    value=server.user.clone()
                    autocomplete="off"
                    hint="Leave it empty to send without signing in."
                    error=field_error(failure, "smtpUser")
                />
                <Field
                    label="Password"
                    name="password"
                    id="field-smtpPassword"
                    kind="password"
                    autocomplete="new-password"
                    bind=password
                    hint="Stored encrypted, and never shown."
                    error=field_error(failure, "smtpPassword")
                />
                {move || now.with(|server| server.has_password).then(|| view! {
                    <p class="small soft">
                        "A password is stored. Leave the field empty to keep it; for another server it has to be typed again."
                    </p>
                })}
                <Checkbox
                    label="Accept any certificate"
                    name="allow_invalid_cert"
                    checked=server.allow_invalid_cert
                    hint="Only for a server of your own with a certificate that nobody signed. Whoever is in between can read the letters."
                />
            </SavedForm>
            {move || is_set.get().then(|| view! { <Remove on_saved/> })}
        </Section>
    }
}

#[component]
fn Remove(on_saved: Callback<SystemMail>) -> impl IntoView {
    let remove = ServerAction::<RemoveMailServer>::new();
    let failure = failure_of(remove);
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move |_| {
        if let Some(Ok(())) = remove.value().get() {
            open.set(false);
            toasts.say("The mail server is removed.");
            on_saved.run(SystemMail::default());
        }
    });
    view! {
        <div><Button variant=Variant::Danger kind="button" opens="remove-mail">"Remove mail server"</Button></div>
        <Dialog id="remove-mail" open=open title="Remove the mail server?">
            <ActionForm action=remove attr:class="stack">
                <FormError message=form_error(failure)/>
                <p>"Its password is deleted, letters that wait are given up, and new ones are not sent."</p>
                <DialogActions>
                    <Button variant=Variant::Danger busy=remove.pending()>"Remove mail server"</Button>
                </DialogActions>
            </ActionForm>
        </Dialog>
    }
}

#[component]
pub(super) fn Test(on_change: Callback<()>) -> impl IntoView {
    let send = ServerAction::<SendTestLetter>::new();
    let failure = failure_of(send);
    let own = expect_context::<Me>().email;
    let to = RwSignal::new(own);
    let sent = Signal::derive(move || send.value().get().and_then(Result::ok));
    Effect::new(move |_| {
        // What became of it is in the outbox, whichever way it went.
        if send.value().with(Option::is_some) {
            on_change.run(());
        }
    });
    view! {
        <Section title="Try it out" text="Sends a letter at once, with the settings that are saved.">
            <ActionForm action=send attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                {move || sent.get().map(|to| view! {
                    <Notice tone=Tone::Good title="Sent">
                        {format!("The mail server has taken the letter to {to}. If it does not arrive, look into the spam folder and the server's log.")}
                    </Notice>
                })}
                <Field
                    label="Send a test letter to"
                    name="to"
                    id="field-testEmail"
                    kind="email"
                    bind=to
                    required=true
                    error=field_error(failure, "testEmail")
                />
                <div><Button variant=Variant::Quiet kind="submit" busy=send.pending()>"Send test letter"</Button></div>
            </ActionForm>
        </Section>
    }
}
