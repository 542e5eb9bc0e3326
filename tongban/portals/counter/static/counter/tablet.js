/* 评价器: look again after a while, but never while somebody is choosing. Without script the page refreshes by itself. */
(function () {
  "use strict";
  var after = Number(document.body.dataset.after) * 1000;
  var last = Date.now();
  ["input", "pointerdown", "keydown"].forEach(function (name) {
    document.addEventListener(name, function () { last = Date.now(); });
  });
  setInterval(function () {
    if (Date.now() - last >= after) { location.replace(document.body.dataset.here); }
  }, 1000);
})();
