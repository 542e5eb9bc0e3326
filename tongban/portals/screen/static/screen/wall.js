// 大屏: fetch the panels every 30 seconds; keep the last ones when the server is gone, and say so.
(function () {
  "use strict";
  var wall = document.getElementById("wall"), stale = document.getElementById("stale");
  var every = Number(wall.dataset.every) * 1000, limit = Number(wall.dataset.stale) * 1000;
  var last = Date.now();
  function tell(gone) {
    var at = document.getElementById("at");
    document.getElementById("stale-at").textContent = at ? at.textContent : "";
    stale.hidden = !gone;
    document.documentElement.classList.toggle("is-stale", gone && Date.now() - last > limit);
  }
  function refresh() {
    fetch(wall.dataset.panels, { credentials: "same-origin", redirect: "error", cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").body;
        wall.replaceChildren.apply(wall, Array.from(fresh.childNodes));
        last = Date.now();
        tell(false);
      })
      .catch(function () { tell(true); });
  }
  window.addEventListener("offline", function () { tell(true); });
  window.addEventListener("online", refresh);
  setInterval(refresh, every);
})();
