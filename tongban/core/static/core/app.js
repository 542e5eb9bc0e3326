// Small helps for pages that already work without script.
(function () {
  "use strict";
  function each(selector, act, within) { Array.prototype.forEach.call((within || document).querySelectorAll(selector), act); }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    var button = event.submitter;
    if (button && button.dataset.busy) {
      window.setTimeout(function () { button.disabled = true; button.textContent = button.dataset.busy; }, 0);
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  var summary = document.querySelector(".error-summary");
  if (summary && !("quiet" in summary.dataset)) summary.focus();
  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  window.addEventListener("beforeprint", function () { each("main details", function (more) { more.open = true; }); });
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () { button.textContent = "已复制"; });
    });
  });

  // A material card shows what belongs to the chosen way: the upload, or the promise.
  each(".material", function (card) {
    var parts = card.querySelectorAll("[data-way]"), ways = card.querySelectorAll("input[type=radio]");
    if (!parts.length || ways.length < 2) return;
    function draw() {
      var chosen = card.querySelector("input[type=radio]:checked");
      Array.prototype.forEach.call(parts, function (part) { part.hidden = !chosen || chosen.value !== part.dataset.way; });
    }
    card.addEventListener("change", function (event) {
      var upload = card.querySelector("input[value=upload]");
      if (event.target.type === "file" && event.target.value && upload) upload.checked = true;
      draw();
    });
    draw();
  });

  // Two minutes before the session ends: say so, and one key goes on. At most ten times.
  var idle = Number(document.body.dataset.idleS), times = 0;
  function warnLater() { if (idle && times < 10) window.setTimeout(warn, (idle - 150) * 1000); }
  function warn() {
    var bar = document.createElement("div"), more = document.createElement("button");
    bar.className = "idle";
    bar.setAttribute("role", "alert");
    bar.textContent = "两分钟后会自动退出。填好的内容先保存，或继续办理。";
    more.className = "btn btn--primary";
    more.textContent = "继续办理";
    more.addEventListener("click", function () {
      times += 1;
      fetch("/healthz", { cache: "no-store" }).then(function () { bar.remove(); warnLater(); });
    });
    bar.appendChild(more);
    document.body.appendChild(bar);
  }
  warnLater();

  // Read the page aloud where the browser has a Chinese voice; without one there is no button.
  var speech = window.speechSynthesis;
  function offerReading() {
    var voice = speech.getVoices().filter(function (v) { return /^(zh|cmn)/i.test(v.lang); })[0];
    each("[data-read]", function (button) {
      if (!voice || !button.parentNode.hidden) return;
      button.parentNode.hidden = false;
      button.addEventListener("click", function () {
        if (speech.speaking) { speech.cancel(); button.textContent = button.dataset.read; return; }
        var lines = document.getElementById("main").innerText.split("\n").filter(function (line) { return line.trim(); });
        lines.forEach(function (line, n) {
          var said = new SpeechSynthesisUtterance(line);
          said.voice = voice;
          said.lang = voice.lang;
          if (n === lines.length - 1) said.onend = function () { button.textContent = button.dataset.read; };
          speech.speak(said);
        });
        button.textContent = "停止朗读";
      });
    });
  }
  if (speech) { offerReading(); speech.addEventListener("voiceschanged", offerReading); }
})();
