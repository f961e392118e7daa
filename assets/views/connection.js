// Says in our own words that the server does not answer, in place of Streamlit's dialog for programmers, and hides the
// sentence when the connection is back.
const PATIENCE = 2000; // milliseconds; a connection that comes back sooner is not worth a word
const CONNECTED = "CONNECTED";
const THEIRS = "Connection error"; // the title of that dialog
let watching = false;

function makeNotice({ lost, text, background, border }) {
  const notice = document.createElement("div");
  notice.setAttribute("role", "alert");
  notice.className = "connection-lost";
  notice.hidden = true;
  notice.dataset.text = lost;
  Object.assign(notice.style, { position: "fixed", zIndex: 2000000, left: "1rem", right: "1rem", bottom: "1rem",
    margin: "0 auto", maxWidth: "44rem", padding: "0.9rem 1.2rem", border: `2px solid ${border}`, borderRadius: "0.5rem",
    color: text, background, font: "inherit", boxShadow: "0 4px 24px rgb(0 0 0 / 30%)" });
  document.body.append(notice);
  return notice;
}

// Streamlit's dialog comes after some attempts to connect; once it is closed, it stays away until the page is loaded anew.
function closeDialog() {
  document.querySelectorAll('[role="dialog"]').forEach((dialog) => {
    if (dialog.textContent.includes(THEIRS)) dialog.querySelector('button[aria-label="Close"]')?.click();
  });
}

export default function ({ data }) {
  if (watching) return;
  watching = true;
  const notice = makeNotice(data);
  const app = () => document.querySelector('[data-testid="stApp"]');
  const lost = () => app()?.dataset.testConnectionState !== CONNECTED;
  let since = null;
  const look = () => {
    since = lost() ? since ?? performance.now() : null;
    const shown = since !== null && performance.now() - since >= PATIENCE;
    if (notice.hidden === shown) {
      notice.hidden = !shown;
      notice.textContent = shown ? notice.dataset.text : ""; // a change of text is what a screen reader reads out
    }
    if (shown) closeDialog();
  };
  setInterval(look, 500);
  new MutationObserver(() => (notice.hidden ? null : closeDialog())).observe(document.body, { childList: true, subtree: true });
}
