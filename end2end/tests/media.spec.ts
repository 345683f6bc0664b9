// Pictures and files: dropped, pasted and picked in the editor, looked after in the library, seen by readers.

import { inspect } from '../harness/look.ts';
import { type Page, type Rest, editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

interface Project {
  id: string;
  slug: string;
}

const libraryPath = (project: Project, query = '') => `/dashboard/projects/${project.id}/media${query}`;

/** A picture that the browser draws, so that every test has pixels of its own. */
async function png(page: Page, width: number, height: number): Promise<Buffer> {
  const data = await page.evaluate(
    ({ width, height, shade }) => {
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('a browser that draws');
      context.fillStyle = `hsl(${shade} 70% 50%)`;
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#fff';
      context.fillRect(width / 4, height / 4, width / 2, height / 2);
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    },
    { width, height, shade: Math.random() * 360 },
  );
  return Buffer.from(data, 'base64');
}

/** Gives a file to the text as the desk or the clipboard would. */
async function give(page: Page, event: 'drop' | 'paste', name: string, bytes: Buffer, type = 'image/png'): Promise<void> {
  await page.getByRole('textbox', { name: 'Text, in Markdown' }).evaluate(
    (area, { event, name, bytes, type }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
      const more = { bubbles: true, cancelable: true };
      area.dispatchEvent(
        event === 'drop'
          ? new DragEvent('drop', { ...more, dataTransfer: data })
          : new ClipboardEvent('paste', { ...more, clipboardData: data }),
      );
    },
    { event, name, bytes: bytes.toString('base64'), type },
  );
}

async function upload(page: Page, project: Project, name: string, bytes: Buffer, alt = ''): Promise<string> {
  const origin = new URL((await page.request.get('/')).url()).origin;
  const answer = await page.request.post('/rpc/media/upload', {
    headers: { accept: 'application/json', origin },
    multipart: { project: project.id, alt, file: { name, mimeType: 'application/octet-stream', buffer: bytes } },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const medium = (await answer.json()) as { id: string; file: string };
  return `/media/${project.id}/${medium.file}`;
}

const text = (page: Page) => page.getByRole('textbox', { name: 'Text, in Markdown' });
const draft = (rest: Rest, project: Awaited<ReturnType<Rest['createProject']>>, content = 'Before.') =>
  rest.createEntry(project, { title: unique('Cranes'), content });

test('a picture that is dropped stands in the text, is described, and is seen by readers without scripts', async ({
  admin,
  open,
  rest,
}) => {
  const project = await rest.createProject(unique('Harbour'));
  const entry = await draft(rest, project);
  await visit(admin, editorPath(project, entry));
  await interactive(admin);
  await text(admin).press('Control+End');
  await give(admin, 'drop', 'crane.png', await png(admin, 900, 600));
  await expect(text(admin)).toHaveValue(/!\[\]\(\/media\/[^)]+-900x600\.png\)/);
  await expect(text(admin)).not.toHaveValue(/Uploading/);

  const note = admin.getByLabel('What does crane.png show?');
  await admin.getByRole('button', { name: 'Describe' }).click();
  await expect(note).toHaveAccessibleDescription(/Say what it shows/);
  await note.fill('A crane over the quay');
  await admin.getByRole('button', { name: 'Describe' }).click();
  await expect(note).toBeHidden();
  await expect(text(admin)).toHaveValue(/^Before\.\n\n!\[A crane over the quay\]\(\/media\/[^)]+\)/);
  await expect.poll(async () => (await rest.getEntry(project, entry.id)).content).toContain('A crane over the quay');
  const { slug } = await rest.publish(project, entry.id);

  const reader = await open('stranger', { javaScriptEnabled: false });
  await reader.goto(`/changelog/${project.slug}/${slug}`);
  const picture = reader.getByRole('img', { name: 'A crane over the quay' });
  await expect(picture).toBeVisible();
  await expect(picture).toHaveAttribute('width', '900');
  await expect(picture).toHaveAttribute('srcset', /\.w600\.png 600w/);
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
});

test('writing goes on while a picture is pasted, and one that is refused says why', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*media\/upload/);
  const project = await rest.createProject(unique('Quay'));
  const entry = await draft(rest, project);
  await visit(admin, editorPath(project, entry));
  await interactive(admin);
  const held: (() => void)[] = [];
  await admin.route('**/rpc/media/upload', async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await text(admin).press('Control+End');
  await give(admin, 'paste', 'slow.png', await png(admin, 60, 40));
  await expect(text(admin)).toHaveValue(/!\[Uploading slow\.png…\]\(#upload-1\)/);
  await expect(admin.getByText('Uploading a file…')).toBeVisible();
  await text(admin).press('Control+End');
  await text(admin).pressSequentially('\n\nMore words');
  await expect.poll(() => held.length).toBe(1);
  held.pop()?.();
  await expect(text(admin)).toHaveValue(/!\[\]\(\/media\/[^)]+-60x40\.png\)/);
  await text(admin).pressSequentially(' to come');
  await expect(text(admin)).toHaveValue(/More words to come/);

  await give(admin, 'drop', 'broken.png', Buffer.from('\x89PNG\r\n\x1a\nnothing', 'latin1'));
  await expect.poll(() => held.length).toBe(1);
  held.pop()?.();
  const failed = admin.getByRole('alert').filter({ hasText: 'broken.png was not uploaded' });
  await expect(failed).toContainText('damaged');
  await expect(text(admin)).not.toHaveValue(/Uploading/);
  await failed.getByRole('button', { name: 'Dismiss' }).click();
  await expect(failed).toBeHidden();
});

test('the dialog takes a file with its description, and offers what the project has', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Pier'));
  const entry = await draft(rest, project);
  const known = await upload(admin, project, 'lamp.png', await png(admin, 80, 60), 'A lamp');
  await visit(admin, editorPath(project, entry));
  await interactive(admin);
  await text(admin).press('Control+End');
  const dialog = admin.getByRole('dialog', { name: 'Insert picture or file' });
  await admin.getByRole('button', { name: 'Picture', exact: true }).first().click();
  await dialog.getByLabel('File').setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: await png(admin, 70, 50) });
  await dialog.getByRole('button', { name: 'Upload and insert' }).click();
  await expect(dialog.getByLabel('Description')).toHaveAccessibleDescription(/Say what it shows/);
  await dialog.getByLabel(/Decorative/).check();
  await dialog.getByRole('button', { name: 'Upload and insert' }).click();
  await expect(dialog).toBeHidden();
  await expect(text(admin)).toHaveValue(/!\[\]\(\/media\/[^)]+-70x50\.png\)/);
  await expect(admin.getByLabel(/What does .* show/)).toBeHidden();

  await text(admin).press('Control+End');
  await text(admin).pressSequentially('\n\n/pic');
  await admin.getByRole('option', { name: 'Picture' }).click();
  await dialog.getByLabel('Search the library').fill('lamp');
  await dialog.getByRole('button', { name: 'Search' }).click();
  await expect(dialog.getByRole('list', { name: 'From the library' }).getByRole('listitem')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'A lamp' }).click();
  await expect(text(admin)).toHaveValue(new RegExp(`!\\[A lamp\\]\\(${known}\\)`));
});

test('the library says where a picture is used, and deletes it only when that is wanted', async ({
  admin,
  rest,
  watch,
}) => {
  watch.allow(/status of 409 .*media\/delete/);
  watch.allow(/status of 404 /);
  const project = await rest.createProject(unique('Dock'));
  await visit(admin, libraryPath(project));
  await interactive(admin);
  await expect(admin.getByText('No pictures yet')).toBeVisible();
  await admin.getByLabel('File').setInputFiles({ name: 'boat.png', mimeType: 'image/png', buffer: await png(admin, 90, 60) });
  await admin.getByLabel('Description').first().fill('A boat');
  await admin.getByRole('button', { name: 'Upload' }).click();
  await expect(admin).toHaveURL(/\?show=/);
  await expect(admin.getByRole('heading', { name: 'boat.png' })).toBeVisible();
  await expect(admin.getByText('No entry of this project has it in its text.')).toBeVisible();
  const markdown = (await admin.locator('pre, code').filter({ hasText: '![A boat](/media/' }).first().textContent()) ?? '';
  const path = /\((.*)\)/.exec(markdown)?.[1] ?? '';
  const entry = await draft(rest, project, markdown);

  await admin.reload();
  await interactive(admin);
  await expect(admin.getByRole('listitem').getByRole('link', { name: entry.title })).toBeVisible();
  await admin.getByRole('button', { name: 'Delete file' }).click();
  await expect(admin.getByText(`It is used in one entry: “${entry.title}”`)).toBeVisible();
  expect((await admin.request.get(path)).status()).toBe(200);
  await admin.getByLabel('Delete it although it is used').check();
  await admin.getByRole('button', { name: 'Delete file' }).click();
  await expect(admin).toHaveURL(new RegExp(`${libraryPath(project)}$`));
  await expect(admin.getByText('No pictures yet')).toBeVisible();
  expect((await admin.request.get(path)).status()).toBe(404);
});

test('pictures of a private project are for its people, and the library works without scripts', async ({
  admin,
  open,
  rest,
}) => {
  const project = await rest.createProject(unique('Secret'), { isPublic: false });
  const path = await upload(admin, project, 'plan.png', await png(admin, 50, 50), 'The plan');
  const stranger = await open('stranger');
  expect((await stranger.request.get(path)).status()).toBe(404);
  const viewer = await open('viewer', { javaScriptEnabled: false });
  const answer = await viewer.request.get(path);
  expect([answer.status(), answer.headers()['cache-control']]).toEqual([200, 'private, no-cache']);
  await viewer.goto(libraryPath(project));
  await expect(viewer.getByRole('link', { name: 'plan.png' })).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Upload' })).toBeHidden();

  const plain = await open('admin', { javaScriptEnabled: false });
  await plain.goto(libraryPath(project));
  await plain.getByLabel('File').setInputFiles({ name: 'map.png', mimeType: 'image/png', buffer: await png(admin, 40, 40) });
  await plain.getByLabel('Description').first().fill('A map');
  await plain.getByRole('button', { name: 'Upload' }).click();
  await expect(plain.getByRole('heading', { name: 'map.png' })).toBeVisible();
  await plain.getByLabel('Description').first().fill('A map of the harbour');
  await plain.getByRole('button', { name: 'Save description' }).click();
  await expect(plain.getByText('![A map of the harbour](')).toBeVisible();
});

test('a drawing with a script runs nothing', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Drawing'));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6" onload="document.title=\'owned\'"><script>document.title="owned"</script><rect width="8" height="6"/></svg>';
  const path = await upload(admin, project, 'x.svg', Buffer.from(svg), 'A box');
  const answer = await admin.request.get(path);
  expect(await answer.text()).not.toMatch(/script|onload/);
  expect(answer.headers()['content-security-policy']).toContain("sandbox; default-src 'none'");
  await admin.goto(path);
  expect(await admin.title()).not.toBe('owned');
});

test('every part of the library, and the dialog for pictures, is accessible and fits', async ({ admin, rest }) => {
  test.setTimeout(240_000);
  const project = await rest.createProject(unique('Lighthouse'));
  const long = 'Bildschirmfoto-der-Benachrichtigungseinstellungen-für-Veröffentlichungszeitpläne-im-Herbst-2026.png';
  await visit(admin, libraryPath(project));
  await inspect(admin, 'media-empty');
  const path = await upload(admin, project, long, await png(admin, 1300, 700));
  for (const at of [1, 2, 3]) {
    await upload(admin, project, `lamp-${at}.png`, await png(admin, 60 * at, 90), `Lamp ${at}`);
  }
  await upload(admin, project, 'notes.txt', Buffer.from('words'));
  const entry = await draft(rest, project, `![](${path})`);
  await visit(admin, libraryPath(project));
  await expect(admin.getByRole('list', { name: 'Media' }).getByRole('listitem')).toHaveCount(5);
  await inspect(admin, 'media');
  await visit(admin, libraryPath(project, '?q=zzzz'));
  await inspect(admin, 'media-nothing');
  await visit(admin, libraryPath(project));
  await admin.getByRole('link', { name: long }).click();
  await expect(admin.getByRole('heading', { name: long })).toBeVisible();
  await inspect(admin, 'media-one');

  await visit(admin, editorPath(project, entry));
  await interactive(admin);
  await text(admin).press('Control+End');
  await give(admin, 'drop', long, await png(admin, 90, 60));
  await expect(admin.getByRole('button', { name: 'Describe' })).toBeVisible();
  await inspect(admin, 'editor-picture-note');
  await admin.getByRole('button', { name: 'Picture', exact: true }).first().click();
  await expect(admin.getByRole('list', { name: 'From the library' })).toBeVisible();
  await inspect(admin, 'editor-picture-dialog', { parts: ['#editor-picture'] });
});
