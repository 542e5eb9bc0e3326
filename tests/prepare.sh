#!/bin/sh
# Install what the tests need beyond Python: a browser, a Chinese font, a reader of DMN. Silent when all is there.
set -eu

if [ ! -d tests/dmn/node_modules/dmn-moddle ]; then
    (cd tests/dmn && npm ci --silent --no-audit --no-fund >/dev/null 2>&1) ||
        echo "测试还需要 dmn-moddle：装好 Node.js 20 以后，在 tests/dmn 里运行 npm ci" >&2
fi

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
{ fc-list 2>/dev/null || true; } | grep -qi "noto.*cjk" || missing="$missing fonts-noto-cjk fontconfig"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "测试还需要:$missing（例如 sudo apt-get install$missing）" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || true
# shellcheck disable=SC2086  # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "没有装上:$missing" >&2
