// What tests of the widget share: a project with entries, and tags to embed it.

import type { Project } from './rest.ts';
import { type Instance, type Page, type Rest, expect, unique } from './test.ts';

/** A public project with four entries, published on the first days of 2026. */
export async function newsProject(rest: Rest): Promise<Project> {
  const project = await rest.createProject(unique('Regatta'));
  for (const [at, title] of ['Oars', 'Sails', 'Ropes', 'Flags'].entries()) {
    await rest.publishNew(
      project,
      { title, content: `All about **${title}**.`, tags: ['Gear'] },
      `2026-01-0${at + 1}T09:00:00Z`
    );
  }
  return project;
}

export interface Widget {
  id: string;
  variant: string;
}

/** A widget that is kept. */
export async function keepWidget(rest: Rest, project: Project, widget: Record<string, unknown>): Promise<Widget> {
  const answer = await rest.send('POST', `/api/integrations/widget/${project.id}`, { name: 'Home', ...widget });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { widget: Widget }).widget;
}

/** The tag of a project, or of a widget that is kept. */
export const tagOf = (instance: Instance, project: { id: string }, attributes = '', widget?: { id: string }) =>
  `<script src="${instance.url}/api/integrations/widget/${project.id}${widget ? `/${widget.id}` : ''}" ${attributes} async></script>`;

/** The element that stands for a widget in the page, however it is drawn. */
export const containers = (page: Page) => page.locator('[id^="changerawr-widget-"]:not([id$="-panel"],[id$="-title"])');
