// What follows the loader in the bundles: widgets that a page makes by itself.

const { create, config } = window[Symbol.for('tidings')];
const made = new WeakMap();

// Draws a widget. `options`: projectId, container (an element; default: the one with the id "changerawr-widget"), and
// the options of the script tag in camel case. Gives an object that opens and closes it.
const init = (options = {}) => {
  const { projectId, container, baseUrl, ...given } = options;
  if (!projectId || (config.bundle === 'bundle' && !container)) {
    throw new Error('[tidings] init needs projectId' + (config.bundle === 'bundle' ? ' and container.' : '.'));
  }
  const place = container || document.getElementById('changerawr-widget') || document.body;
  if (place !== document.body && made.get(place)?.isAlive) return made.get(place);
  const variant = config.bundle === 'bundle' ? 'classic' : config.bundle;
  const base = (baseUrl || config.base).replace(/\/+$/, '');
  // A popup that the page opens by itself needs no button.
  const hidden = given.hidden ?? variant !== 'floating';
  const widget = create({ base, project: projectId, name: '', variant }, { ...given, hidden }, null, place);
  let isDismissed = false;
  const handle = {
    open: () => widget?.isPopup && widget.open(),
    close: () => widget?.close(),
    toggle: () => widget?.isPopup && widget.toggle(),
    destroy() {
      isDismissed = true;
      widget?.destroy();
    },
    get isOpen() {
      return !!widget?.isOpen;
    },
    get isAlive() {
      return !isDismissed;
    },
  };
  Object.assign(handle, { show: handle.open, hide: handle.close, dismiss: handle.destroy });
  made.set(place, handle);
  return handle;
};

window.ChangerawrWidget = { init };
