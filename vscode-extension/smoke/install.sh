#!/usr/bin/env bash
# Puts the editor that the smoke test drives into a folder: code-server 4.100.3 (VS Code 1.100), the newest that Node 20 runs, and
# the library that drives Chromium. Nothing but argon2 is compiled. Chromium itself comes from the system's packages.
set -euo pipefail
folder=$1
command -v chromium >/dev/null || { echo "Chromium is needed: apt-get install --no-install-recommends chromium" >&2; exit 1; }
mkdir -p "$folder" && cd "$folder"
[ -e package.json ] || echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund code-server@4.100.3 playwright-core@1.65.1
npm rebuild argon2
(cd node_modules/code-server/lib/vscode && npm install --omit=dev --ignore-scripts --no-audit --no-fund)
touch .ready
