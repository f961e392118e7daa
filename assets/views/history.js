// Streamlit adds a step to the browser's history whenever the address changes. Here a step is a page, or another value
// of one of the names in `places`; any other change replaces the address of the present step. So Back returns to the
// former page as it was left. A query is marked with its page: Streamlit may hand it over before the page's path stands
// in the address, or after the visitor has left the page, and it would overwrite the address of another page.
const settings = { mark: "", pages: [], places: [] };
let watching = false;
let opened = null;

const pageOf = (path) => settings.pages.find((page) => path.replace(/\/$/, "").endsWith(`/${page}`)) ?? "";

function isStep(from, to) {
  return from.pathname !== to.pathname || settings.places.some((name) => {
    const [before, after] = [from.searchParams.get(name), to.searchParams.get(name)];
    return before !== null && after !== null && before !== after;
  });
}

function watch() {
  const [push, replace] = [history.pushState, history.replaceState];
  const write = (usual) => function (state, title, address) {
    if (address == null) return usual.call(history, state, title);
    const [from, to] = [new URL(location.href), new URL(address, location.href)];
    const page = to.searchParams.get(settings.mark);
    if (page !== null && page !== pageOf(to.pathname)) return;
    // The mark is the last name. URLSearchParams would write the others in another way.
    if (page !== null) to.search = to.search.slice(0, to.search.lastIndexOf(encodeURIComponent(settings.mark)) - 1);
    (usual === push && isStep(from, to) ? push : replace).call(history, state, title, to);
  };
  [history.pushState, history.replaceState] = [write(push), write(replace)];
}

export default function ({ data, setTriggerValue }) {
  Object.assign(settings, data.settings);
  if (!watching) {
    watch();
    // A query that came before this script still has its mark.
    history.replaceState(history.state, "", location.href);
  }
  watching = true;
  // In the first run of a session the server leaves the address to this script, which comes after Streamlit's messages.
  if (data.opened === null || data.opened === opened) return;
  opened = data.opened;
  history.replaceState(history.state, "", location.pathname + (opened && `?${opened}`) + location.hash);
  setTriggerValue("written", true);
}
