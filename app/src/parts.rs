//! Pages whose code the browser loads when somebody opens them, so that the first page need not wait for it.
//!
//! The pages of one part come in one file. The server renders every page at once, and names in the head of the document
//! the files that the page will need. `docs/adr/0012-parts-of-the-dashboard.md` has the reasons.

use crate::title::Title;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;
use ui::ErrorState;

use crate::account::{
    CliLoginPage, ConfirmPage, DevicesPage, ForgotPasswordPage, LinkedPage, LoginPage, PasswordPage, ProfilePage,
    RegisterPage, ResetPasswordPage, SecurityPage, SetUpFactorPage, TwoFactorPage,
};
use crate::admin::audit::{AuditListPage, AuditRecordPage};
use crate::admin::{AdminJobsPage, AdminMailPage, AdminOverviewPage, AdminSettingsPage};
use crate::api_keys::{KeyListPage, KeyNewPage, KeyPage};
use crate::bookmarks::BookmarksPage;
use crate::calendar::CalendarPage;
use crate::catch_up::CatchUpPage;
use crate::entries::{EntryEditPage, EntryListPage, EntryNewPage};
use crate::exports::ExportPage;
use crate::history::HistoryPage;
use crate::imports::ImportPage;
use crate::media::MediaPage;
use crate::people::{InvitationListPage, InvitePage, PeopleListPage, PersonPage};
use crate::projects::{
    AccessSettingsPage, DangerSettingsPage, GeneralSettingsPage, LookSettingsPage, ProjectFeedsPage, ProjectNewPage,
    TagSettingsPage, TemplateSettingsPage, WidgetEditPage, WidgetListPage,
};
use crate::providers::{ProviderListPage, ProviderNewPage, ProviderPage};
use crate::requests::{ProposePage, RequestListPage, RequestPage};
use crate::saml_providers::{SamlProviderListPage, SamlProviderNewPage, SamlProviderPage};
use crate::search::{Palette, SearchPage};
use crate::setup::SetupPage;
use crate::trash::TrashPage;

/// The browser could not fetch a part: it is offline, or the server was upgraded since the page was loaded.
struct Missing;

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// `part { Route: function => page, .. }` makes types for the route table, used as `Lazy::<parts::Route>::new()`.
/// The names of the functions must all differ.
macro_rules! parts {
    ($($part:ident { $($route:ident: $function:ident => $page:path),+ $(,)? })+) => { $($(
        pub struct $route;

        const _: () = {
            #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
            fn $function() -> Result<AnyView, Missing> {
                Ok($page().into_any())
            }

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    #[cfg(feature = "ssr")]
                    leptos::prefetch_lazy_fn_on_server(stringify!($part));
                    $function().await.unwrap_or_else(|Missing| view! { <MissingPage/> }.into_any())
                }

                async fn preload() {
                    // Whether that worked shows when the page is drawn, which tries again.
                    let _ = load().await;
                }
            }
        };
    )+)+ };
}

// Few parts: what some of them share becomes a file of its own, and the number of such files doubles with each part.
parts! {
    account {
        Setup: setup_page => SetupPage,
        Login: login_page => LoginPage,
        Register: register_page => RegisterPage,
        CliLogin: cli_login_page => CliLoginPage,
        ForgotPassword: forgot_password_page => ForgotPasswordPage,
        ResetPassword: reset_password_page => ResetPasswordPage,
        TwoFactor: two_factor_page => TwoFactorPage,
    }
    editor {
        EntryNew: entry_new_page => EntryNewPage,
        EntryEdit: entry_edit_page => EntryEditPage,
        EntryHistory: entry_history_page => HistoryPage,
    }
    search {
        Search: search_page => SearchPage,
        CatchUp: catch_up_page => CatchUpPage,
    }
    project {
        EntryList: entry_list_page => EntryListPage,
        RequestList: request_list_page => RequestListPage,
        Request: request_page => RequestPage,
        Propose: propose_page => ProposePage,
        Calendar: calendar_page => CalendarPage,
        ProjectNew: project_new_page => ProjectNewPage,
        Import: import_page => ImportPage,
        Export: export_page => ExportPage,
        Media: media_page => MediaPage,
        ProjectFeeds: project_feeds_page => ProjectFeedsPage,
        GeneralSettings: general_settings_page => GeneralSettingsPage,
        AccessSettings: access_settings_page => AccessSettingsPage,
        LookSettings: look_settings_page => LookSettingsPage,
        TagSettings: tag_settings_page => TagSettingsPage,
        TemplateSettings: template_settings_page => TemplateSettingsPage,
        DangerSettings: danger_settings_page => DangerSettingsPage,
        WidgetList: widget_list_page => WidgetListPage,
        WidgetEdit: widget_edit_page => WidgetEditPage,
        Bookmarks: bookmarks_page => BookmarksPage,
        Trash: trash_page => TrashPage,
    }
    administration {
        AdminMail: admin_mail_page => AdminMailPage,
        AdminJobs: admin_jobs_page => AdminJobsPage,
        AdminSettings: admin_settings_page => AdminSettingsPage,
        KeyList: key_list_page => KeyListPage,
        KeyNew: key_new_page => KeyNewPage,
        Key: key_page => KeyPage,
        AdminOverview: admin_overview_page => AdminOverviewPage,
        PeopleList: people_list_page => PeopleListPage,
        InvitationList: invitation_list_page => InvitationListPage,
        Invite: invite_page => InvitePage,
        Person: person_page => PersonPage,
        AuditList: audit_list_page => AuditListPage,
        AuditRecord: audit_record_page => AuditRecordPage,
        LinkedAccounts: linked_page => LinkedPage,
        ProviderList: provider_list_page => ProviderListPage,
        ProviderNew: provider_new_page => ProviderNewPage,
        Provider: provider_page => ProviderPage,
        SamlProviderList: saml_provider_list_page => SamlProviderListPage,
        SamlProviderNew: saml_provider_new_page => SamlProviderNewPage,
        SamlProvider: saml_provider_page => SamlProviderPage,
        Gallery: gallery_page => GalleryPage,
        Profile: profile_page => ProfilePage,
        Password: password_page => PasswordPage,
        Devices: devices_page => DevicesPage,
        Security: security_page => SecurityPage,
        SetUpFactor: set_up_factor_page => SetUpFactorPage,
        Confirm: confirm_page => ConfirmPage,
    }
}

/// The palette, which no address names; nothing when its part could not be fetched.
pub async fn palette(open: RwSignal<bool>) -> Option<AnyView> {
    palette_part(open).await.ok()
}

#[wasm_split(search, wasm_split_path = ::leptos::wasm_split, fallible)]
fn palette_part(open: RwSignal<bool>) -> Result<AnyView, Missing> {
    Ok(view! { <Palette open/> }.into_any())
}

#[component]
fn GalleryPage() -> impl IntoView {
    view! {
        <Title text="Gallery · Tidings"/>
        <ui::Gallery/>
    }
}

/// Stands where a part should be.
#[component]
fn MissingPage() -> impl IntoView {
    let reload = move |()| {
        // Fails only in documents that are being torn down.
        let _ = window().location().reload();
    };
    view! {
        <Title text="Not loaded"/>
        <div class="page">
            <ErrorState
                title="This page could not be loaded."
                text="The connection may be gone, or Tidings was updated. Nothing was changed.".to_owned()
                on_retry=reload
            />
        </div>
    }
}
