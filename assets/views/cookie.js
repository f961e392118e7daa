// Keeps a value in a cookie for some seconds, in place of an earlier one; 0 seconds remove it.
export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.cookie}=${data.value}; path=/; max-age=${data.seconds}; SameSite=Strict${secure}`;
}
