/* Keys of the window pages (product guide 7.2, 12): Enter goes on, digits choose, arrows change the row, F8 keeps,
   p prints. Every page works without this file. */
(function () {
  "use strict";
  var one = function (selector) { return document.querySelector(selector); };
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var sheet = one("#sheet");

  function visible(node) { return !node.disabled && node.offsetParent !== null; }
  function inside(target, selector) { return target.closest ? target.closest(selector) : null; }
  function focusOn(node) {
    if (!node) { return; }
    node.focus();
    if (node.select && /^(text|search|tel)$/.test(node.type)) { node.select(); }
    node.scrollIntoView({ block: "nearest" });
  }
  function first(group) { return all("input:checked", group)[0] || all("input", group).filter(visible)[0]; }
  function after(list, item) { return list[list.indexOf(item) + 1]; }

  function isEmpty(field) {
    if (field.tagName === "FIELDSET") { return !all("input:checked", field).length; }
    return !field.value.trim();
  }
  function control(field) { return field.tagName === "FIELDSET" ? all("input", field)[0] : field; }
  function nextField(from) {
    var fields = all("[data-field]", sheet), start = from ? fields.indexOf(from) + 1 : 0;
    var open = fields.slice(start).filter(function (f) { return f.hasAttribute("data-open") && isEmpty(f); })[0];
    if (open) { focusOn(control(open)); } else { focusOn(one('[data-key="F9"]')); }
  }
  function refresh(at) { one("#at").value = at || ""; one("#refresh").click(); }

  function goOn(target) {
    var ask = inside(target, "[data-ask]"), row = inside(target, "[data-material]"), field = inside(target, "[data-field]");
    if (ask) {
      var next = after(all("[data-ask]"), ask);
      if (next) { focusOn(first(next)); } else { refresh(""); }
      return true;
    }
    if (row) { nextField(null); return true; }
    if (field) {
      var drives = inside(field, "[data-drives]");
      if (drives && drives.hasAttribute("data-changed")) { refresh(drives.dataset.drives); return true; }
      nextField(field);
      return true;
    }
    if (sheet && sheet.contains(target) && target.tagName !== "BUTTON") { focusOn(one('[data-key="F9"]')); return true; }
    return false;
  }

  function pick(target, digit) {
    var group = inside(target, "[data-digits]");
    if (!group) { return false; }
    if (group.tagName === "SELECT") {
      if (digit >= group.options.length) { return false; }
      group.selectedIndex = digit;
      group.dispatchEvent(new Event("change", { bubbles: true }));
      goOn(group);
      return true;
    }
    var box = all("input", group)[digit - 1];
    if (!box || box.disabled) { return false; }
    if (box.type === "checkbox") { box.checked = !box.checked; } else { box.checked = true; }
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.focus();
    if (group.hasAttribute("data-ask")) { goOn(box); }
    return true;
  }

  function line(target, step) {
    var row = inside(target, "[data-material]");
    if (!row) { return false; }
    var rows = all("[data-material]"), next = rows[rows.indexOf(row) + step];
    if (next) { focusOn(first(next)); }
    return true;
  }

  function typing(target) {
    return target.tagName === "TEXTAREA" || (target.tagName === "INPUT" && !/^(checkbox|radio)$/.test(target.type));
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey || event.ctrlKey) { return; }
    var target = event.target, done = false;
    if (one("#keys") && one("#keys").open) { return; }
    if (event.key === "F8") { var keep = one('[data-key="F8"]'); if (keep) { keep.click(); done = true; } }
    else if (event.key === "Enter" && target.tagName !== "BUTTON" && target.tagName !== "A") { done = goOn(target); }
    else if (/^[1-9]$/.test(event.key) && !typing(target)) {
      var hits = all("[data-hits] .hit");
      done = pick(target, Number(event.key));
      if (!done && hits[event.key - 1] && !inside(target, "form[role=search]")) { hits[event.key - 1].click(); done = true; }
    }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") { done = line(target, event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "p" && !typing(target) && target.tagName !== "SELECT") {
      var print = one('[data-key="p"]');
      if (print) { print.click(); done = true; }
    }
    if (done) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  document.addEventListener("change", function (event) {
    var drives = inside(event.target, "[data-drives]");
    if (drives) { drives.setAttribute("data-changed", ""); }
  });

  all("[data-print-now]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  if (one("[data-print]")) { window.addEventListener("load", function () { window.print(); }); }

  var start = one("[autofocus]");
  if (start && !one(".error-summary")) { focusOn(start); }
})();
