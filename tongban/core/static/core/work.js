/* Keys of the office pages (product guide 12). Every page works without this file. */
(function () {
  "use strict";
  var one = function (selector) { return document.querySelector(selector); };
  var store = { get: function () { try { return localStorage.getItem("keys-off") === "1"; } catch (e) { return false; } },
    set: function (off) { try { localStorage.setItem("keys-off", off ? "1" : "0"); } catch (e) {} } };
  var dialog = one("#keys"), off = one("#keys-off"), before = "";

  function typing(target) {
    return /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|submit|button)$/.test(target.type));
  }
  function move(step) {
    var links = Array.prototype.slice.call(document.querySelectorAll("[data-row] a.open"));
    var row = document.activeElement.closest("[data-row]");
    var at = row ? links.indexOf(row.querySelector("a.open")) + step : 0;
    var link = links[Math.max(0, Math.min(links.length - 1, at))];
    if (link) { link.focus(); link.closest("[data-row]").scrollIntoView({ block: "nearest" }); }
  }
  function choose() {
    var row = document.activeElement.closest("[data-row]"), box = row && row.querySelector(".cb");
    if (box) { box.checked = !box.checked; count(); }
  }
  function act(key) {
    var target = one('[data-key="' + key + '"]');
    if (!target || target.disabled) { return false; }
    if (/^(INPUT|TEXTAREA)$/.test(target.tagName)) { target.focus(); if (key === "/") { target.select(); } } else { target.click(); }
    return true;
  }
  function help() {
    if (!dialog || !dialog.showModal) { return act("?"); }
    if (dialog.open) { dialog.close(); } else { off.checked = store.get(); dialog.showModal(); }
    return true;
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey) { return; }
    var key = event.key, done = false;
    if (key === "F8" || key === "F9" || (event.ctrlKey && key === "Enter")) {
      done = !(dialog && dialog.open) && act(key === "F8" ? "F8" : "F9");
      if (done) { event.preventDefault(); }
      return;
    }
    if (event.ctrlKey || typing(event.target)) { return; }
    if (key === "?") { done = help(); }
    else if (store.get() || (dialog && dialog.open)) { return; }
    else if (key === "j") { move(1); done = true; }
    else if (key === "k") { move(-1); done = true; }
    else if (key === "x") { choose(); done = true; }
    else if (key === "t" && before === "g") { location.href = one(".brand").href; }
    else if (key === "n" || key === "e" || key === "/" || key === "Escape") { done = act(key); }
    before = key;
    if (done) { event.preventDefault(); }
  });

  var tally = one("[data-count]"), all = one("[data-all]");
  function count() {
    if (!tally) { return; }
    var n = document.querySelectorAll("[data-row] .cb:checked").length;
    tally.textContent = n ? "已选 " + n + " 件" : "";
  }
  if (all) {
    all.hidden = false;
    all.addEventListener("change", function () {
      document.querySelectorAll("[data-row] .cb").forEach(function (box) { box.checked = all.checked; });
      count();
    });
  }
  document.addEventListener("change", count);

  var link = one('[data-key="?"]');
  if (link && dialog && dialog.showModal) { link.addEventListener("click", function (event) { event.preventDefault(); help(); }); }
  if (off) { off.addEventListener("change", function () { store.set(off.checked); }); }

  var summary = one(".error-summary");
  if (summary) { summary.focus(); }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter && event.submitter.dataset.wait) { event.submitter.textContent = event.submitter.dataset.wait; }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; }); }
  });

  var locate = one("[data-locate]");
  if (locate && navigator.geolocation) {
    locate.querySelector("[type=file]").addEventListener("change", function () {
      navigator.geolocation.getCurrentPosition(function (found) {
        locate.querySelector("[name=latitude]").value = found.coords.latitude.toFixed(6);
        locate.querySelector("[name=longitude]").value = found.coords.longitude.toFixed(6);
        locate.querySelector("[data-located]").textContent = "已记下位置";
      }, function () { locate.querySelector("[data-located]").textContent = "手机没有给出位置，请在上面写明地点"; });
    });
  }
})();
