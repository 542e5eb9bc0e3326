// 大屏: fetch the panels every 30 seconds; keep the last ones when the server is gone, and say so. Where it is asked for,
// go on to the next view after some seconds, until somebody pauses.
(function () {
  "use strict";
  var wall = document.getElementById("wall"), stale = document.getElementById("stale"), pause = document.getElementById("pause");
  var every = Number(wall.dataset.every) * 1000, limit = Number(wall.dataset.stale) * 1000, turn = Number(wall.dataset.turn) * 1000;
  var links = Array.from(document.querySelectorAll(".views [data-view]"));
  var last = Date.now(), paused = false, wanted = wall.dataset.view;
  // Requests are numbered; an answer older than the newest that was shown, or asked for before a pause, is dropped.
  var asked = 0, settled = 0;
  function isStale(mine) {
    if (mine <= settled) { return true; }
    settled = mine;
    return false;
  }
  function tell(gone) {
    var at = document.getElementById("at");
    document.getElementById("stale-at").textContent = at ? at.textContent : "";
    stale.hidden = !gone;
    document.documentElement.classList.toggle("is-stale", gone && Date.now() - last > limit);
  }
  function show(view) {
    wall.dataset.view = view;
    links.forEach(function (link) {
      if (link.dataset.view === view) { link.setAttribute("aria-current", "page"); } else { link.removeAttribute("aria-current"); }
    });
  }
  function refresh(view) {
    var mine = ++asked;
    wanted = view;
    fetch(wall.dataset.panels + "?view=" + view, { credentials: "same-origin", redirect: "error", cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (html) {
        if (isStale(mine)) { return; }
        var fresh = new DOMParser().parseFromString(html, "text/html").body;
        wall.replaceChildren.apply(wall, Array.from(fresh.childNodes));
        last = Date.now();
        show(view);
        tell(false);
      })
      .catch(function () {
        if (isStale(mine)) { return; }
        if (mine === asked) { wanted = wall.dataset.view; }
        tell(true);
      });
  }
  function again() { refresh(wanted); }
  function tick() {
    if (paused || !turn || turn > every) { again(); }  // a turn that comes as often is a refresh already
  }
  function next() {
    var at = links.findIndex(function (link) { return link.dataset.view === wanted; });
    if (!paused) { refresh(links[(at + 1) % links.length].dataset.view); }
  }
  window.addEventListener("offline", function () { tell(true); });
  window.addEventListener("online", again);
  setInterval(tick, every);
  if (turn && pause) {
    pause.hidden = false;
    pause.addEventListener("click", function () {
      paused = !paused;
      if (paused) {
        settled = asked;
        wanted = wall.dataset.view;
      }
      pause.textContent = paused ? "继续轮换" : "暂停轮换";
    });
    setInterval(next, turn);
  }
})();
