// The panel for pages and browsers that do not run WebAssembly: the same markup as `frontend/widget/src/panel.rs` makes,
// built by DOM calls from the same values, so that any Content-Security-Policy and Trusted Types have nothing to refuse.

// Gives a function that draws a state into `body`: `undefined` while loading, `null` after a failure, else the list.
export const panel =
  ({ body, make, words, retry }) =>
  (now) => {
    const link = (className, href, text, label) =>
      make('a', { class: className, href, target: '_blank', rel: 'noopener', 'aria-label': label }, text);
    const row = (item) => {
      const meta = make('p', { class: 'changerawr-entry-meta' });
      if (item.isFresh) meta.append(make('span', { class: 'fresh', role: 'img', 'aria-label': words.fresh }));
      if (item.version) meta.append(make('span', { class: 'version' }, item.version));
      meta.append(make('time', { class: 'changerawr-entry-date', datetime: item.at, title: item.dateTitle }, item.date));
      for (const { name, color } of item.tags) {
        const tag = make('span', { class: 'changerawr-tag' }, name);
        tag.style.setProperty('--tag', color);
        meta.append(tag);
      }
      return make(
        'li',
        { class: 'changerawr-entry' },
        meta,
        make('h3', { class: 'changerawr-entry-title' }, item.title),
        make('p', { class: 'changerawr-entry-content' }, item.text),
        link('changerawr-read-more', item.url, words.more, `${words.more}: ${item.title}`)
      );
    };
    const note = (kind, ...children) => make('div', { class: `changerawr-${kind} note`, role: 'status' }, ...children);
    if (now === undefined) body.replaceChildren(make('div', { class: 'changerawr-loading' }));
    else if (now === null) {
      const button = make('button', { class: 'changerawr-retry', type: 'button' }, words.retry);
      button.onclick = retry;
      body.replaceChildren(note('error', make('p', { class: 'changerawr-error-message' }, words.failed), button));
    } else {
      const list = now.note
        ? note('empty', make('p', { class: 'changerawr-empty-message' }, now.note))
        : make('ol', { class: 'changerawr-entries' }, ...now.items.map(row));
      const feed = now.feed ? [link(null, now.feed, words.feed)] : [];
      body.replaceChildren(list, make('footer', { class: 'changerawr-footer' }, link(null, now.page, words.all), ...feed));
    }
  };
