#!/bin/sh
# Install what the tests need beyond Python: a browser, a Chinese font, a reader of DMN. Silent when all is there.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
{ fc-list 2>/dev/null || true; } | grep -qi "noto.*cjk" || missing="$missing fonts-noto-cjk fontconfig"

command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"

read_dmn() {
    [ -d tests/dmn/node_modules/dmn-moddle ] || (cd tests/dmn && npm ci --silent --no-audit --no-fund >/dev/null 2>&1) ||
        echo "测试还需要 dmn-moddle：装好 Node.js 18 以后，在 tests/dmn 里运行 npm ci" >&2
}

# The same engine without the surface of a browser: half the work for each page. Where there is none, the browser does.
take_shell() {
    [ "$(id -u)" -eq 0 ] && ! command -v chromium-headless-shell >/dev/null 2>&1 || return 0
    apt-cache show chromium-headless-shell >/dev/null 2>&1 || return 0
    DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=10 install -y -qq \
        --no-install-recommends chromium-headless-shell >/dev/null 2>&1 || true
}

if [ -z "$missing" ]; then
    take_shell
    read_dmn
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "测试还需要:$missing（例如 sudo apt-get install$missing）" >&2
    read_dmn
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || true
# shellcheck disable=SC2086  # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "没有装上:$missing" >&2
take_shell
read_dmn
