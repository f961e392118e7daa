// Keeps the browser's name in a cookie for a year, unless there is one already.
export default function ({ data }) {
  if (!document.cookie.split("; ").some((part) => part.startsWith(data.cookie + "="))) {
    document.cookie = `${data.cookie}=${data.name}; path=/; max-age=31536000; SameSite=Lax`;
  }
}
