#!/usr/bin/env bash
# Fetch what the tests of the site need beside Python, where this machine lets us: Debian's
# chromium, and the W3C's checker of HTML by npm. What cannot be had is left out; those tests
# then say what to install, and where CI_REQUIRES_BROWSER is set they fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

chromium=/usr/bin/chromium
checker=node_modules/vnu-jar/build/dist/vnu.jar

have() { command -v "$1" >/dev/null; }

fetch_chromium() {
    [[ ! -x $chromium && $(id -u) == 0 ]] && have apt-get || return 0
    echo "installing chromium for the tests of the site ..." >&2
    apt-get update -qq >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium \
        >/dev/null || echo "chromium could not be installed" >&2
}

# The copy is current when npm's own record of it is as new as the lock.
fetch_checker() {
    [[ ! -f $checker || package-lock.json -nt node_modules/.package-lock.json ]] || return 0
    have npm && have java || return 0
    npm ci --silent --no-progress >/dev/null || echo "the checker of HTML could not be fetched" >&2
    touch -c node_modules/.package-lock.json
}

exec 9>.setup.lock
flock 9
fetch_chromium
fetch_checker
