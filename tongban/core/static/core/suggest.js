// What is offered under a search box while somebody types. The page works without it: Enter and the button search as ever.
// Nothing is asked for while pinyin is being composed, and Enter that ends a composition sends nothing.
(function () {
  "use strict";
  var WAIT_MS = 400, count = 0;

  function box(input) {
    var form = input.form, list = document.createElement("ul"), said = document.createElement("p");
    var composing = false, ended = 0, timer = 0, asked = 0, at = -1, last = "";
    count += 1;
    list.id = "suggest-" + count;
    list.className = "suggest";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "你可能要找");
    said.className = "sr";
    said.setAttribute("role", "status");
    form.classList.add("find--suggest");
    form.appendChild(list);
    form.appendChild(said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function choose(n) {
      var rows = list.children;
      if (at >= 0 && rows[at]) rows[at].setAttribute("aria-selected", "false");
      at = n;
      if (n < 0) { input.removeAttribute("aria-activedescendant"); return; }
      rows[n].setAttribute("aria-selected", "true");
      rows[n].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", rows[n].id);
    }

    function row(found, n) {
      var item = document.createElement("li"), kind = document.createElement("span");
      item.id = list.id + "-" + n;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.href = found.href;
      item.textContent = found.title;
      kind.className = "hint";
      kind.textContent = found.kind;
      item.appendChild(kind);
      return item;
    }

    function show(rows) {
      close();
      list.textContent = "";
      rows.forEach(function (found, n) { list.appendChild(row(found, n)); });
      said.textContent = rows.length ? "有 " + rows.length + " 条建议，按上下键选择" : "";
      if (!rows.length || document.activeElement !== input) return;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }

    function ask() {
      var text = input.value.trim(), number;
      if (composing || text === last) return;
      last = text;
      asked += 1;
      number = asked;
      if (!text) { show([]); return; }
      fetch(input.dataset.suggest + "?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : { found: [] }; })
        .then(function (answer) { if (number === asked && !composing) show(answer.found); })
        .catch(function () { close(); });
    }

    function later() {
      window.clearTimeout(timer);
      if (!composing) timer = window.setTimeout(ask, WAIT_MS);
    }

    input.addEventListener("compositionstart", function () { composing = true; window.clearTimeout(timer); });
    input.addEventListener("compositionend", function () { composing = false; ended = Date.now(); later(); });
    input.addEventListener("input", function (event) { if (!event.isComposing) later(); });
    input.addEventListener("blur", function () { window.clearTimeout(timer); close(); });
    input.addEventListener("keydown", function (event) {
      var rows = list.children.length;
      // 229: the key belongs to the input method. Some browsers end the composition before the Enter that ended it arrives.
      if (composing || event.isComposing || event.keyCode === 229 || (event.key === "Enter" && Date.now() - ended < 80)) {
        if (event.key === "Enter") event.preventDefault();
        return;
      }
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); return; }
      if (list.hidden) { if (event.key === "ArrowDown" && rows && input.value.trim() === last) { event.preventDefault(); reopen(); } return; }
      if (event.key === "ArrowDown") { event.preventDefault(); choose(at + 1 < rows ? at + 1 : -1); }
      if (event.key === "ArrowUp") { event.preventDefault(); choose(at < 0 ? rows - 1 : at - 1); }
      if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(list.children[at]); }
    });

    function reopen() {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      choose(0);
    }

    function go(item) { window.location.assign(item.dataset.href); }

    // mousedown, before the field loses the focus and the list goes.
    list.addEventListener("mousedown", function (event) {
      var item = event.target.closest("[role=option]");
      event.preventDefault();
      if (item) go(item);
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("input[data-suggest]"), box);
})();
