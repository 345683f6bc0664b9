// A client of the REST interface, to arrange what a test needs and to look at what it did.

import type { Instance } from './instance.ts';

export interface Project {
  id: string;
  name: string;
  slug: string;
  isPublic: boolean;
}

export interface Entry {
  id: string;
  title: string;
  content: string;
  version: string | null;
  slug: string;
  status: 'draft' | 'scheduled' | 'published';
  publishedAt: string | null;
  tags: { name: string }[];
}

export interface NewEntry {
  title: string;
  content: string;
  version?: string;
  tags?: string[];
}

export class Rest {
  readonly #url: string;
  readonly #key: string;

  constructor(instance: Instance, key: string) {
    this.#url = instance.url;
    this.#key = key;
  }

  async send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async #done<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  createProject(name: string, more: Record<string, unknown> = {}): Promise<Project> {
    return this.#done('POST', '/api/projects', { name, isPublic: true, ...more });
  }

  listProjects(): Promise<Project[]> {
    return this.#done('GET', '/api/projects');
  }

  async listEntries(project: Project): Promise<Entry[]> {
    const list = await this.#done<{ entries: Entry[] }>('GET', `/api/projects/${project.id}/changelog?limit=1000`);
    return list.entries;
  }

  getEntry(project: Project, id: string): Promise<Entry> {
    return this.#done('GET', `/api/projects/${project.id}/changelog/${id}`);
  }

  createEntry(project: Project, entry: NewEntry): Promise<Entry> {
    return this.#done('POST', `/api/projects/${project.id}/changelog`, {
      ...entry,
      tags: entry.tags?.map((name) => ({ name })),
    });
  }

  /** Makes an entry public, now or with a date of the past. */
  publish(project: Project, id: string, publishedAt?: string): Promise<Entry> {
    return this.#done('PATCH', `/api/projects/${project.id}/changelog/${id}`, { action: 'publish', publishedAt });
  }

  async publishNew(project: Project, entry: NewEntry, publishedAt?: string): Promise<Entry> {
    const created = await this.createEntry(project, entry);
    return this.publish(project, created.id, publishedAt);
  }
}
