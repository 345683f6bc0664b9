//! Buttons, fields and what they say when something is wrong.

use leptos::prelude::*;

use super::{Case, LONG, RTL, Specimen};
use crate::{
    Button, ButtonLink, CheckGroup, Checkbox, Choice, ColorField, Field, FileDrop, FormError, Glyph, IconButton,
    KnownTag, Notice, Pick, Picks, Radios, SearchField, Select, Switch, TagPicker, TextArea, Tone, ToolButton,
    ToolRule, Toolbar, Variant,
};

#[component]
pub(super) fn Buttons() -> impl IntoView {
    let pressed = RwSignal::new(true);
    view! {
        <Specimen name="Button">
            <Case note="Primary, quiet, bare, danger. Hover darkens the fill or the edge; focus adds the ring.">
                <div class="cluster">
                    <Button>"Publish"</Button>
                    <Button variant=Variant::Quiet>"Save draft"</Button>
                    <Button variant=Variant::Bare>"Discard"</Button>
                    <Button variant=Variant::Danger>"Delete project"</Button>
                    <ButtonLink href="#" glyph=Glyph::Plus variant=Variant::Primary>"New entry"</ButtonLink>
                    <ButtonLink href="#" external=true>"Public page"</ButtonLink>
                </div>
            </Case>
            <Case note="Small, for lists and toolbars">
                <div class="cluster">
                    <Button small=true>"Publish"</Button>
                    <Button small=true variant=Variant::Quiet glyph=Glyph::Upload>"Import"</Button>
                    <Button small=true variant=Variant::Bare glyph=Glyph::Undo>"Undo"</Button>
                    <IconButton small=true glyph=Glyph::Pencil label="Edit" kind="button"/>
                    <IconButton
                        glyph=Glyph::Eye
                        label="Preview"
                        pressed=Signal::derive(move || Some(pressed.get()))
                        on_click=move |_| pressed.update(|on| *on = !*on)
                    />
                </div>
            </Case>
            <Case note="Busy: keeps focus, ignores clicks">
                <div class="cluster">
                    <Button busy=true>"Publish"</Button>
                    <Button busy=true variant=Variant::Quiet>"Save draft"</Button>
                    <Button busy=true variant=Variant::Danger>"Delete project"</Button>
                </div>
            </Case>
            <Case note="Disabled">
                <div class="cluster">
                    <Button disabled=true title="Nothing has changed">"Publish"</Button>
                    <Button disabled=true variant=Variant::Quiet>"Save draft"</Button>
                    <Button disabled=true variant=Variant::Bare>"Discard"</Button>
                    <Button disabled=true variant=Variant::Danger>"Delete project"</Button>
                </div>
            </Case>
        </Specimen>
    }
}

#[component]
pub(super) fn Fields() -> impl IntoView {
    view! {
        <Specimen name="Field">
            <div class="split">
                <div class="stack">
                    <Field label="Name" name="g-name" value="Atuin" required=true hint="Up to 60 characters, shown to readers."/>
                    <Field label="Website" name="g-site" kind="url" placeholder="https://example.org"/>
                    <Field
                        label="Version"
                        name="g-version"
                        value="18.19.O"
                        mono=true
                        error="Use digits and dots, such as 18.19.0. Your text is kept."
                        hint="Semantic versions sort best."
                    />
                    <Field label="Address" name="g-address" value="atuin" disabled=true hint="Set by an administrator."/>
                </div>
                <div class="stack">
                    <Field label="Title" name="g-long" value=LONG/>
                    <Field label="Title, right to left" name="g-rtl" value=RTL/>
                    <Field label="Project id" name="g-key" value="cmb3k9x2w0a1b2c3d4e5f6g7h" readonly=true mono=true/>
                    <SearchField label="Search entries" name="g-q" shortcut="/"/>
                </div>
            </div>
        </Specimen>
        <Specimen name="TextArea">
            <div class="split">
                <TextArea label="Description" name="g-text" value="Magical shell history." rows=3/>
                <TextArea
                    label="Message"
                    name="g-text-bad"
                    rows=3
                    required=true
                    error="Write at least one word."
                    hint="Sent to 214 readers."
                />
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Choices() -> impl IntoView {
    let sorts = || {
        vec![Choice::new("newest", "Newest first"), Choice::new("oldest", "Oldest first"), Choice::new("long", LONG)]
    };
    view! {
        <Specimen name="Select">
            <div class="split">
                <Select label="Sort" name="g-sort" options=sorts() value="newest"/>
                <Select label="Time zone" name="g-zone" options=sorts() value="long" error="Choose a zone of this list."/>
                <Select label="Plan" name="g-plan" options=sorts() disabled=true hint="Fixed for this instance."/>
            </div>
        </Specimen>
        <Specimen name="Checkbox, CheckGroup, Switch, Radios">
            <div class="split">
                <div class="stack">
                    <Checkbox label="Publish at once" name="g-now" checked=true/>
                    <Checkbox label="Send by mail" name="g-mail" hint="214 readers asked for it."/>
                    <Checkbox label="I have a backup" name="g-backup" error="Confirm that you have a backup."/>
                    <Checkbox label="Keep drafts" name="g-keep" disabled=true checked=true/>
                    <CheckGroup
                        legend="Tags"
                        name="g-scopes[]"
                        mono=true
                        options=vec![
                            Choice::new("tags:read", "tags:read").with_hint("List tags."),
                            Choice::new("tags:write", "tags:write").with_hint(LONG),
                        ]
                        ticked=vec!["tags:read".to_owned()]
                    />
                </div>
                <div class="stack">
                    <Switch label="Public" name="g-public" checked=true hint="Anyone with the address can read the page."/>
                    <Switch label="Show authors" name="g-authors"/>
                    <Switch label="Requires review" name="g-review" disabled=true checked=true/>
                    <Radios
                        legend="After the import"
                        name="g-after"
                        value="draft"
                        options=vec![
                            Choice::new("draft", "Keep as drafts").with_hint("Nobody sees them until you publish."),
                            Choice::new("publish", "Publish").with_hint("They appear with the dates of the file."),
                        ]
                    />
                </div>
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Composites() -> impl IntoView {
    let swatches = || {
        [("#2b5fc2", "Blue"), ("#1f7a4d", "Green"), ("#b3541e", "Rust"), ("#a8325a", "Rose"), ("#6b4fb3", "Violet")]
            .map(|(hex, name)| (hex.to_owned(), name.to_owned()))
            .to_vec()
    };
    view! {
        <Specimen name="ColorField">
            <div class="split">
                <ColorField label="Colour" name="g-color" value="#1f7a4d" swatches=swatches() hint="Links and marks of this project."/>
                <ColorField label="Colour" name="g-color-bad" value="green" error="Write it as #rrggbb, such as #1f7a4d."/>
            </div>
        </Specimen>
        <PickerSpecimens/>
        <Specimen name="FileDrop">
            <div class="split">
                <FileDrop
                    label="Changelog"
                    name="g-file"
                    bind=RwSignal::new(String::new())
                    rows=5
                    accept=".md,.markdown,text/markdown"
                    placeholder="## 18.19.0 - 2026-11-02"
                    hint="Markdown, up to 2 MiB."
                />
                <FileDrop
                    label="Changelog"
                    name="g-file-bad"
                    bind=RwSignal::new("PK\u{fffd}".to_owned())
                    rows=5
                    error="releases.zip is not text in UTF-8. Save it as UTF-8 and try again; nothing was changed."
                />
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Messages() -> impl IntoView {
    view! {
        <Specimen name="FormError">
            <FormError
                message="The entry was not saved. Your text is kept."
                fields=vec![("field-g-version".to_owned(), "Version: use digits and dots".to_owned())]
                reference="7f3k-92qd".to_owned()
                takes_focus=false
            />
        </Specimen>
        <Specimen name="Notice">
            <div class="stack">
                <Notice title="Note">"Readers in other zones see the date of their own zone."</Notice>
                <Notice tone=Tone::Good title="Imported">"134 releases became 134 drafts."</Notice>
                <Notice tone=Tone::Warn title="Careful">"This project is public: a published entry is visible at once."</Notice>
                <Notice tone=Tone::Bad title="Failed">"The mail server refused the message. " <a href="#">"See why"</a></Notice>
            </div>
        </Specimen>
    }
}

/// What completes, and lines of tools.
#[component]
fn PickerSpecimens() -> impl IntoView {
    let tags = |names: &[&str]| RwSignal::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let known = RwSignal::new(vec![
        KnownTag { name: "Fix".to_owned(), color: Some("#b3412f".to_owned()) },
        KnownTag { name: "Feature".to_owned(), color: Some("#2b5fc2".to_owned()) },
        KnownTag { name: "ui".to_owned(), color: None },
    ]);
    let create =
        move |(name, color): (String, Option<String>)| known.update(|known| known.push(KnownTag { name, color }));
    let palette = || vec![("#2b5fc2".to_owned(), "Blue".to_owned()), ("#b3412f".to_owned(), "Red".to_owned())];
    let line = |group: &str, label: &str, note: &str| Pick {
        group: group.to_owned(),
        label: label.to_owned(),
        note: note.to_owned(),
        ..Pick::default()
    };
    let picks =
        vec![line("Next", "v1.4.3", "Patch"), line("Next", "v1.5.0", "Minor"), line("Date", "v2026.11.02", LONG)];
    let pressed = RwSignal::new(true);
    view! {
        <Specimen name="TagPicker">
            <div class="split">
                <TagPicker label="Tags" name="g-pick" bind=tags(&["Fix", "new"]) known on_create=create palette=palette()/>
                <TagPicker label="Tags" name="g-pick-none" bind=tags(&[]) known on_create=create/>
                <TagPicker label="Tags" name="g-pick-bad" bind=tags(&[LONG, "أمان"]) known on_create=create error="An entry has at most 50 tags."/>
            </div>
        </Specimen>
        <Specimen name="Picks">
            <Case note="Groups, a marked line, notes at the end; a note may be long.">
                <Picks id="g-picks" label="Versions" picks=picks active=Signal::stored(Some(1)) on_pick=|_| ()/>
            </Case>
        </Specimen>
        <Specimen name="Toolbar">
            <Case note="One stop for Tab; arrow keys move. Pressed, and switched off.">
                <Toolbar label="Formatting">
                    <ToolButton glyph=Glyph::Bold label="Bold" keys="Ctrl+B" on_click=|()| ()/>
                    <ToolButton glyph=Glyph::Italic label="Italic" on_click=|()| ()/>
                    <ToolRule/>
                    <ToolButton
                        glyph=Glyph::Eye
                        label="Preview only"
                        pressed=Signal::derive(move || Some(pressed.get()))
                        on_click=move |()| pressed.update(|on| *on = !*on)
                    />
                    <ToolButton glyph=Glyph::Undo label="Undo" disabled=true on_click=|()| ()/>
                </Toolbar>
            </Case>
        </Specimen>
    }
}
