// The switch between light and dark, remembered; without it the page follows the reader's setting.
(function () {
  var root = document.documentElement, button = document.getElementById("theme"), key = "duecourse-theme";
  function dark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function remembered(value) {
    try {
      if (value) { localStorage.setItem(key, value); }
      return localStorage.getItem(key);
    } catch (error) { return value || null; }
  }
  function show(theme) {
    if (theme) { root.setAttribute("data-theme", theme); }
    button.textContent = dark() ? "Light" : "Dark";
  }
  button.hidden = false;
  button.addEventListener("click", function () { show(remembered(dark() ? "light" : "dark")); });
  show(remembered());
}());
