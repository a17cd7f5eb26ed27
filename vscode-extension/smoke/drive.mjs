// Starts code-server with the extension in a folder of its own, and drives it through Chromium as a person would.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const EDITORS = path.resolve(process.env.EDITORS);
const { chromium } = createRequire(path.join(EDITORS, "package.json"))("playwright-core");
const ENTRY = path.join(EDITORS, "node_modules/code-server/out/node/entry.js");
const CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const NO_GALLERY = '{"serviceUrl":"http://127.0.0.1:9/none","itemUrl":"","resourceUrlTemplate":"","controlUrl":""}';

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The first truthy answer of `ask`, or its last one after `ms`. */
export async function until(ask, ms = 15000) {
  let answer;
  for (const end = Date.now() + ms; Date.now() < end; await wait(50)) {
    answer = await Promise.resolve(ask()).catch(() => undefined);
    if (answer) return answer;
  }
  return answer;
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const SETTINGS = {
  "workbench.startupEditor": "none", "telemetry.telemetryLevel": "off", "extensions.autoCheckUpdates": false, "extensions.autoUpdate": false, "update.mode": "none",
  "workbench.tips.enabled": false, "editor.accessibilitySupport": "off", "chat.disableAIFeatures": true, "workbench.enableExperiments": false, "git.enabled": false,
  "editor.quickSuggestions": { strings: "on", other: "on", comments: "off" }, "files.autoSave": "off", "editor.hover.delay": 100, "editor.autoClosingBrackets": "never", "editor.autoClosingQuotes": "never",
};

export class Editor {
  static async start({ settings = {}, files = {}, environment = {}, trusted = true }) {
    const self = new Editor();
    self.home = fs.mkdtempSync(path.join(os.tmpdir(), "glossator-editor-"));
    self.workspace = path.join(self.home, "workspace");
    self.settings = { ...SETTINGS, ...settings };
    self.write("user/User/settings.json", JSON.stringify(self.settings));
    // Where code runs on a server, what is set for a machine counts only in the server's own file.
    self.write("user/Machine/settings.json", JSON.stringify({ "glossator.path": path.resolve(process.env.GLOSSATOR) }));
    for (const [name, text] of Object.entries(files)) self.write(`workspace/${name}`, text);
    const xdg = Object.fromEntries(["CONFIG", "STATE", "DATA", "CACHE"].map((name) => [`XDG_${name}_HOME`, path.join(self.home, "xdg", name)]));
    self.environment = { ...process.env, ...xdg, EXTENSIONS_GALLERY: NO_GALLERY, GLOSSATOR_CACHE_FOLDER: path.join(self.home, "cache"), ...environment };
    const places = ["--user-data-dir", path.join(self.home, "user"), "--extensions-dir", path.join(self.home, "extensions")];
    execFileSync(process.execPath, [ENTRY, ...places, "--install-extension", path.resolve(process.env.VSIX)], { env: self.environment, stdio: "ignore" });
    self.port = await freePort();
    const trust = trusted ? ["--disable-workspace-trust"] : [];
    const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${self.port}`, "--disable-telemetry", "--disable-update-check", ...trust, "--disable-getting-started-override"];
    const log = fs.openSync(path.join(self.home, "code-server.log"), "w");
    self.server = spawn(process.execPath, [ENTRY, ...places, ...flags, self.workspace], { env: self.environment, stdio: ["ignore", log, log] });
    await until(async () => (await fetch(`http://127.0.0.1:${self.port}/healthz`)).ok, 30000);
    const options = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: CHROMIUM, viewport: { width: 1400, height: 860 } };
    self.browser = await chromium.launchPersistentContext(path.join(self.home, "browser"), options);
    self.page = self.browser.pages()[0] ?? (await self.browser.newPage());
    self.page.setDefaultTimeout(20000);
    self.hosts = new Set();
    self.page.on("request", (request) => request.url().startsWith("http") && self.hosts.add(new URL(request.url()).hostname));
    return self;
  }

  write(name, text) {
    const file = path.join(this.home, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  /** Change the user's settings, as a person does in their file, and go back to a file. (Written past the editor, a change is not seen.) */
  async set(settings, name) {
    this.settings = { ...this.settings, ...settings };
    await this.command("Preferences: Open User Settings (JSON)");
    await until(async () => (await this.texts(".tab.active")).some((text) => text.includes("settings.json")));
    await this.focused();
    await this.press("Control+a", "Delete"); // typed over a selection, what its end has in common with the text would stay
    await this.page.keyboard.insertText(JSON.stringify(this.settings));
    await this.saved();
    await this.page.locator(".tab", { hasText: name }).first().click();
    await this.focused();
  }

  /** Wait until keys go to a text. */
  async focused() {
    const isText = () => /inputarea|native-edit-context/.test(document.activeElement?.className ?? "");
    await until(() => this.page.evaluate(isText));
    await wait(300);
  }

  async open(name) {
    const payload = [["openFile", `vscode-remote://127.0.0.1:${this.port}${path.join(this.workspace, name)}`]];
    await this.page.goto(`http://127.0.0.1:${this.port}/?folder=${encodeURIComponent(this.workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    await this.page.locator(".view-lines .view-line").first().waitFor({ timeout: 60000 });
  }

  async close() {
    await this.browser.close().catch(() => undefined);
    const left = this.children(); // the extension's host would wait three hours for the page to come back
    this.server.kill();
    await new Promise((resolve) => (this.server.exitCode === null ? this.server.once("exit", resolve) : resolve()));
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    if (!process.env.KEEP) fs.rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The processes that this code-server has started, and those that they have. */
  children() {
    const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="]).toString().trim().split("\n").map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row));
    const all = rows.filter(Boolean).map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args }));
    const below = (pid) => all.filter((one) => one.parent === pid).flatMap((one) => [one, ...below(one.pid)]);
    return below(this.server.pid);
  }

  async texts(selector) {
    return (await this.page.locator(selector).allInnerTexts()).map((text) => text.replace(/\u00a0/g, " "));
  }

  /** The text that is on the screen, of the editor with the focus or of all. */
  async screen() {
    const rows = await this.page.locator(".editor-instance .view-lines .view-line").evaluateAll((all) => all.map((one) => [parseFloat(one.style.top), one.innerText]));
    return rows.sort((one, other) => one[0] - other[0]).map((row) => row[1].replace(/\u00a0/g, " ")).join("\n");
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async goto(line, column = 1) {
    await this.press("Control+g");
    await this.page.locator(".quick-input-widget input").waitFor();
    await this.page.keyboard.type(`:${line}:${column}`.slice(1));
    await this.press("Enter");
    await wait(200);
  }

  async command(title) {
    await this.press("F1");
    await this.page.locator(".quick-input-widget input").waitFor();
    await this.page.keyboard.type(title, { delay: 5 });
    await until(async () => (await this.texts(".quick-input-list .monaco-list-row")).some((row) => row.includes(title)));
    await this.press("Enter");
  }

  /** The hover at the cursor, once it says `word`. */
  async hover(word) {
    return until(async () => {
      await this.press("Escape", "Control+k", "Control+i");
      return until(async () => (await this.texts(".monaco-hover:not(.hidden)")).find((text) => text.includes(word)), 3000);
    }, 20000);
  }

  async status() {
    return (await this.texts(".statusbar-item")).filter((text) => text.includes("Glossator"));
  }

  async saved(name) {
    await this.press("Control+s");
    await until(async () => (await this.page.locator(".tab.dirty").count()) === 0, 5000);
    return name && fs.readFileSync(path.join(this.workspace, name), "utf8");
  }

  /** Take back all that was changed, and save. */
  async restore(name, text) {
    for (let tries = 0; tries < 30; tries += 1) {
      if ((await this.saved(name)) === text) return true;
      await this.press("Control+z");
    }
    return false;
  }

  async shot(name) {
    const folder = path.resolve(process.env.OUT);
    fs.mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) }).catch(() => undefined);
  }
}

export class Checks {
  constructor() {
    this.failed = 0;
    this.number = 0;
    this.began = Date.now();
  }

  that(name, holds, extra) {
    this.number += 1;
    if (!holds) this.failed += 1;
    const seconds = ((Date.now() - this.began) / 1000).toFixed(1);
    const shown = extra === undefined || holds ? "" : `  # ${JSON.stringify(extra).slice(0, 600)}`;
    console.log(`${holds ? "ok" : "not ok"} ${this.number} - ${name} [${seconds} s]${shown}`);
    return Boolean(holds);
  }
}
