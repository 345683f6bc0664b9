// What readers' pages do beyond links and forms. Without it everything is still there.

/** Readers' pages have this one; the dashboard, which loads the same file for its preview, has not. */
const foot = document.querySelector('.changelog-foot');

if (foot) {
  // `/` goes to the search, as on most sites with one.
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (key === 'Escape') {
      for (const open of document.querySelectorAll('details.pop[open]')) {
        const held = open.contains(document.activeElement);
        open.open = false;
        if (held) open.firstElementChild.focus();
      }
    }
    if (key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest?.('input, textarea, select, [contenteditable]')) return;
    const search = document.getElementById('search');
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // Old links name an entry of the list by its id. One that is not on this page has a page of its own.
  const id = /^#(c[a-z0-9]{24})$/.exec(location.hash)?.[1];
  if (id && !document.getElementById(id) && /^\/changelog\/[^/]+\/?$/.test(location.pathname)) {
    location.replace(`${location.pathname.replace(/\/$/, '')}/${id}`);
  }

  // What is new since somebody was here last. Only their own browser remembers, and only the date of the newest update.
  const list = document.querySelector('.entries');
  if (list && !location.search && /^\/changelog\/[^/]+\/?$/.test(location.pathname)) {
    try {
      const key = `tidings:seen:${location.pathname.replace(/\/$/, '')}`;
      const dates = [...list.querySelectorAll('.entry-date')].map((time) => Date.parse(time.dateTime));
      // A page that is loaded again belongs to the same visit.
      const before = Number(sessionStorage[key] ?? localStorage[key] ?? 0);
      sessionStorage[key] = before;
      localStorage[key] = Math.max(Number(localStorage[key] ?? 0), ...dates);
      const fresh = before ? dates.filter((date) => date > before).length : 0;
      if (fresh) {
        const more = fresh === dates.length && document.querySelector('.pager-after') ? ' or more' : '';
        const line = document.createElement('p');
        line.className = 'last-visit';
        line.append(`${fresh}${more} new since your last visit. `);
        const link = document.createElement('a');
        link.href = `?since=${new Date(before).toISOString().slice(0, 10)}`;
        link.textContent = 'Show what changed';
        line.append(link);
        list.before(line);
      }
    } catch {
      // A browser that keeps nothing has no last visit.
    }
  }

  // A panel closes when somebody turns to something else.
  document.addEventListener('click', ({ target }) => {
    for (const open of document.querySelectorAll('details.pop[open]')) {
      if (!open.contains(target)) open.open = false;
    }
  });

  // The theme changes in place; the form would load the page anew.
  foot.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (button?.name !== 'theme') return;
    event.preventDefault();
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `theme=${button.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    document.documentElement.dataset.theme = button.value;
    for (const other of foot.querySelectorAll('[name=theme]')) other.setAttribute('aria-pressed', other === button);
  });

  // The system's own sheet where there is one, else the address in the clipboard.
  const share = document.querySelector('.share');
  const canCopy = !!navigator.clipboard?.writeText;
  if (share && (navigator.share || canCopy)) {
    const said = share.nextElementSibling;
    const url = share.dataset.share;
    if (!navigator.share) share.textContent = 'Copy link';
    share.hidden = false;
    share.addEventListener('click', async () => {
      try {
        if (navigator.share) return await navigator.share({ title: document.title, url });
        await navigator.clipboard.writeText(url);
        said.textContent = 'Link copied';
      } catch (error) {
        // Whoever closes the sheet has changed their mind; that needs no words.
        if (error.name !== 'AbortError') said.textContent = `The link could not be copied: ${url}`;
      }
    });
  }
}
