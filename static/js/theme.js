/* Light, dark or the system's choice; set before the first paint, so that nothing flashes. The profile's choice stands
   in the page; the switch overrides it in this browser, until the profile says something else. */
(() => {
  const root = document.documentElement;
  // The admin's pages have it on this script: what stands around them is Django's.
  const own = root.dataset.theme ?? document.currentScript.dataset.theme ?? "";
  if (own) root.dataset.theme = own;
  const stored = localStorage.getItem("theme");
  if (stored && (localStorage.getItem("theme-over") ?? "") === own) root.dataset.theme = stored;
  const isDark = () =>
    (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = (button) => { button.querySelector("span").textContent = isDark() ? "Light" : "Dark"; };
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      label(button);
      button.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        localStorage.setItem("theme", root.dataset.theme);
        localStorage.setItem("theme-over", own);
        document.querySelectorAll("[data-theme-switch]").forEach(label);
      });
    }
  });
})();
