// Runs before the first paint, so that a dark page is never white first. Not a
// module: those wait.
{
  const theme = localStorage.getItem("docket.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (localStorage.getItem("docket.density") === "compact") document.documentElement.dataset.density = "compact";
}
