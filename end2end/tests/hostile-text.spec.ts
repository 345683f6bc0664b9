// Text that tries to do something is shown, and does nothing.

import { editorPath, expect, test, unique, visit } from '../harness/test.ts';

const HOSTILE = `
# Heading <script>window.hacked = 'script'</script>

<script src="https://evil.example/a.js"></script>
<img src=x onerror="window.hacked = 'onerror'">
<svg onload="window.hacked = 'svg'"><script>window.hacked = 'svg script'</script></svg>
<iframe src="https://evil.example/frame"></iframe>
<object data="https://evil.example/object"></object>
<link rel="stylesheet" href="https://evil.example/a.css">
<style>@import url(https://evil.example/b.css); body { display: none }</style>
<base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<form action="https://evil.example/"><button>Send</button></form>
<video poster="https://evil.example/poster.png" src="https://evil.example/film"></video>
<a href="javascript:window.hacked='raw link'" onclick="window.hacked='onclick'">raw link</a>
<div style="position:fixed;inset:0;background:url(https://evil.example/c.png)">cover</div>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hacked='mxss'&gt;">

[plain](javascript:window.hacked='plain') [mixed](JaVaScRiPt:window.hacked='mixed')
[encoded](&#106;avascript:window.hacked='encoded') [tabbed](java&#09;script:window.hacked='tabbed')
[data](data:text/html,<script>window.hacked='data'</script>) [vb](vbscript:x)
<javascript:window.hacked='auto'> ![image](javascript:window.hacked='image')

[reference]: javascript:window.hacked='reference
[reference]

\`<img src=x onerror=window.hacked='code'>\`

| <img src=x onerror=window.hacked='cell'> | b |
| --- | --- |
| 1 | "><script>window.hacked='cell2'</script> |

[^1]: <img src=x onerror=window.hacked='footnote'>

The end is reached.[^1]
`;

test('hostile text runs nothing and fetches nothing, in the preview and for readers', async ({
  admin,
  open,
  rest,
  watch,
}) => {
  watch.allow(/status of 404/);
  const project = await rest.createProject(unique('<b>Pirates</b> & "Co"'));
  const entry = await rest.createEntry(project, { title: '<img src=x onerror=window.hacked=1>', content: 'To come.' });
  await visit(admin, editorPath(project, entry));
  await admin.getByLabel('Text, in Markdown').fill(HOSTILE);
  const preview = admin.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('The end is reached.');
  await admin.getByRole('button', { name: 'Publish', exact: true }).click();
  await admin.getByRole('button', { name: 'Publish now' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Published.' })).toBeVisible();

  const reader = await open('stranger');
  const { slug } = await rest.getEntry(project, entry.id);
  for (const [page, text] of [
    [admin, preview],
    [reader, reader.getByRole('article')],
  ] as const) {
    if (page === reader) await reader.goto(`/changelog/${project.slug}/${slug}`);
    await expect(text).toContainText('The end is reached.');
    await expect(text.locator('script, iframe, object, style, link, base, meta, form, video, svg, math')).toHaveCount(
      0
    );
    const scheming = await text
      .locator('a[href], img[src]')
      .evaluateAll((all) =>
        all
          .map((node) => node.getAttribute('href') ?? node.getAttribute('src') ?? '')
          .filter((to) => !/^(https?:|#|\/|x$)/.test(to))
      );
    expect(scheming).toEqual([]);
    const handlers = await text
      .locator('*')
      .evaluateAll((all) =>
        all.flatMap((node) => [...node.attributes].map(({ name }) => name).filter((name) => /^on|^style$/.test(name)))
      );
    expect(handlers).toEqual([]);
    for (const link of await text.getByRole('link', { name: /raw link|plain|mixed|encoded|tabbed|data|vb/ }).all()) {
      await link.click();
    }
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  }

  // The list shows the same text under other headings.
  await reader.goto(`/changelog/${project.slug}`);
  await expect(reader.getByRole('article')).toContainText('The end is reached.');
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText(project.name);
  expect(await reader.evaluate(() => 'hacked' in window)).toBe(false);
});
