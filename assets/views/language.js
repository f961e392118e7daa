// Says in which language the page is, for screen readers and fonts, and keeps for a year which one the visitor chose.
export default function ({ data }) {
  document.documentElement.lang = data.language;
  if (data.keep) document.cookie = `${data.keep}=${data.language}; path=/; max-age=31536000; SameSite=Lax`;
}
