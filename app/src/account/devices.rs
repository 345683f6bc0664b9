//! Where one is signed in.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::devices::Device;
use model::{Result, SessionId};
use ui::{Button, FormError, Section, SkeletonRows, StatusMark, Table, Tone, use_toasts};

use super::AccountArea;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::pending::{Pending, later};
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::devices;

/// One's own sign-ins that still work.
#[server(prefix = "/rpc", endpoint = "account/devices/list")]
pub async fn list_devices() -> Result<Vec<Device>> {
    act(async |cx| devices::list(&cx.services, &cx.own_account()?).await).await
}

/// Ends one of one's own sign-ins.
#[server(prefix = "/rpc", endpoint = "account/devices/end")]
pub async fn end_device(session: SessionId) -> Result<()> {
    act(async |cx| devices::end(&cx.services, &cx.own_account()?, &session).await).await
}

/// Ends all other sign-ins of oneself; gives how many.
#[server(prefix = "/rpc", endpoint = "account/devices/end-others")]
pub async fn end_other_devices() -> Result<usize> {
    act(async |cx| devices::end_others(&cx.services, &cx.own_account()?).await).await
}

#[component]
pub fn DevicesPage() -> impl IntoView {
    let end = ServerAction::<EndDevice>::new();
    let end_others = ServerAction::<EndOtherDevices>::new();
    let data = Resource::new(move || (end.version().get(), end_others.version().get()), |_| list_devices());
    let toasts = use_toasts();
    Effect::new(move || {
        if end.value().with(|value| matches!(value, Some(Ok(())))) {
            toasts.say("Sign-in ended.".to_owned());
        }
    });
    Effect::new(move || {
        let ended = end_others.value().with(|value| value.as_ref().and_then(|result| result.as_ref().ok().copied()));
        match ended {
            None => {}
            Some(1) => toasts.say("One other sign-in ended.".to_owned()),
            Some(count) => toasts.say(format!("{count} other sign-ins ended.")),
        }
    });
    view! {
        <AccountArea page="/devices">
            <Section
                title="Where you are signed in"
                text="If you do not know one of these, end it and change your password."
            >
                <FormError message=form_error(failure_of(end))/>
                <FormError message=form_error(failure_of(end_others))/>
                <Pending fallback=|| view! { <SkeletonRows rows=3/> }>
                    {move || later(async move {
                        match data.await {
                            Ok(devices) => view! { <Devices devices end end_others/> }.into_any(),
                            Err(error) => {
                                let retry = move |()| data.refetch();
                                view! { <Failure error what="Your sign-ins could not be loaded." on_retry=retry/> }.into_any()
                            }
                        }
                    })}
                </Pending>
            </Section>
        </AccountArea>
    }
}

#[component]
fn Devices(
    devices: Vec<Device>,
    end: ServerAction<EndDevice>,
    end_others: ServerAction<EndOtherDevices>,
) -> impl IntoView {
    let others = devices.iter().filter(|device| !device.is_this).count();
    view! {
        <Table
            caption="Your sign-ins"
            head=|| view! {
                <th scope="col">"Device"</th>
                <th scope="col">"Address"</th>
                <th scope="col">"Last used"</th>
                <th scope="col"><span class="sr-only">"Actions"</span></th>
            }
        >
            {devices.into_iter().map(|device| view! { <DeviceRow device end/> }).collect_view()}
        </Table>
        {(others > 0).then(|| view! {
            <ActionForm action=end_others attr:class="device-others">
                <Button busy=end_others.pending()>"End all other sign-ins"</Button>
            </ActionForm>
        })}
    }
}

#[component]
fn DeviceRow(device: Device, end: ServerAction<EndDevice>) -> impl IntoView {
    let Device { session, name, kind, ip, since, last_used_at, is_this } = device;
    let label = format!("End the sign-in {name}");
    view! {
        <tr class="device-row">
            <td class="cell-main">
                <bdi class="device-name" title=name.clone()>{name.clone()}</bdi>
                <span class="soft small block">
                    {kind.label()} ", since " <Moment at=since/>
                </span>
            </td>
            <td><code dir="ltr">{ip.unwrap_or_else(|| "unknown".to_owned())}</code></td>
            <td><span class="narrow-only">"Used "</span> <Moment at=last_used_at/></td>
            <td class="cell-end">
                {if is_this {
                    view! { <StatusMark tone=Tone::Good word="This one"/> }.into_any()
                } else {
                    view! {
                        <ActionForm action=end>
                            <input type="hidden" name="session" value=session.to_string()/>
                            <button type="submit" class="button button-small" aria-label=label>"End"</button>
                        </ActionForm>
                    }
                    .into_any()
                }}
            </td>
        </tr>
    }
}
