// With a model that writes slowly: links, streaming, cancelling, keys; and a workspace that is not trusted.
//   EDITORS, VSIX, GLOSSATOR, OUT: as for smoke.mjs   PYTHON: an interpreter with the tests' packages
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { Checks, Editor, until, wait } from "./drive.mjs";

const SOURCE = `def area(width, height):
    return width * height


def total(prices: list[float], tax: float) -> float:
    return sum(prices) * (1 + tax)
`;
const FILE = "prices.py";
const WORDS = "Return the area of a rectangle with this width and height.";
const KEY = "sk-smoke-4711";

const checks = new Checks();
const glossator = path.resolve(process.env.GLOSSATOR);
const python = process.env.PYTHON ?? path.join(path.dirname(glossator), "python");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glossator-model-"));
const model = spawn(python, [path.join(import.meta.dirname, "model.py"), folder], { stdio: ["pipe", "ignore", "inherit"] });
const config = path.join(folder, "user.toml");
await until(() => fs.existsSync(config) && fs.readFileSync(config, "utf8").includes("model ="));

await withEditor({}, async (editor) => {
  await improving(editor);
  await cancelling(editor);
  await keeping(editor);
});
await withEditor({ trusted: false, settings: { "security.workspace.trust.startupPrompt": "never" } }, distrusting);
model.kill();
fs.rmSync(folder, { recursive: true, force: true });
console.log(`1..${checks.number}\n# ${checks.failed} failed`);
process.exit(checks.failed ? 1 : 0);

async function withEditor({ settings = {}, trusted = true }, work) {
  const environment = { GLOSSATOR_CONFIG: config };
  const editor = await Editor.start({ settings, files: { [FILE]: SOURCE }, environment, trusted });
  try {
    await editor.open(FILE);
    await until(async () => (await editor.status()).some((text) => !/warning|sync/.test(text)), 40000);
    await work(editor);
  } catch (error) {
    checks.that("nothing unexpected happened", false, String(error));
    await editor.shot("model-error");
  }
  await editor.close();
}

async function improving(editor) {
  await editor.goto(1, 6);
  const hover = await editor.hover("fake was not asked");
  checks.that("the hover says whose words it has", hover, await editor.texts(".monaco-hover"));
  await wait(500);
  await editor.shot("m1-hover");
  await editor.page.locator('.monaco-hover a:has-text("Improve with fake")').first().click();
  checks.that("its link asks the model, and shows what is written beside", await until(async () => (await editor.screen()).includes("area — being written")), await editor.screen());
  const half = await until(async () => /Return the area\b/.test(await editor.screen()) && !(await editor.screen()).includes("area — done"), 8000);
  checks.that("while it grows", half, await editor.screen());
  checks.that("and with a button that cancels", (await editor.texts(".notification-toast")).some((text) => text.includes("Documenting area")), await editor.texts(".notification-toast"));
  await editor.shot("m2-streaming");
  const written = await until(() => editor.screen().then((text) => text.includes(`"""${WORDS}`)), 30000);
  checks.that("then the model's words are in the file", written, await editor.screen());
  await editor.shot("m3-written");
  await editor.page.locator(".editor-instance .view-lines").first().click();
  await editor.focused();
  checks.that("with an entry for each parameter", /Args:\n        width: .+\n        height: /.test(await editor.saved(FILE)), fs.readFileSync(path.join(editor.workspace, FILE), "utf8"));
  await editor.press("Control+z");
  checks.that("one undo takes them back", (await editor.saved(FILE)) === SOURCE);
}

async function cancelling(editor) {
  await editor.goto(5, 6);
  await editor.press("Control+Alt+g", "i");
  const cancel = editor.page.locator('.notification-toast .monaco-button:has-text("Cancel")').first();
  await cancel.waitFor();
  await cancel.click();
  checks.that("cancelling ends it", await until(async () => !(await editor.texts(".notification-toast")).some((text) => text.includes("Documenting"))), await editor.texts(".notification-toast"));
  await wait(500);
  checks.that("and the file is what it was", (await editor.saved(FILE)) === SOURCE);
  checks.that("and the status says nothing is in flight", !(await editor.status()).some((text) => /Glossator: \d/.test(text)), await editor.status());
}

async function keeping(editor) {
  await editor.command("Glossator: Keep a Provider's Key");
  for (const text of ["fake", KEY]) {
    await editor.page.locator(".quick-input-widget input").waitFor();
    await editor.page.keyboard.type(text);
    await editor.press("Enter");
    await wait(500);
  }
  checks.that("a key is kept", await until(async () => (await editor.texts(".notification-toast")).some((text) => text.includes("secret storage"))));
  await editor.focused();
  await editor.goto(5, 6);
  await editor.press("Control+Alt+g", "i");
  const keys = await until(() => fs.readFileSync(path.join(folder, "keys"), "utf8").includes(KEY));
  checks.that("and the provider gets it", keys, fs.readFileSync(path.join(folder, "keys"), "utf8"));
  await until(async () => (await editor.screen()).includes("total — done"), 30000);
  const places = ["workspace", "cache", "user/User"].map((name) => path.join(editor.home, name)).filter((name) => fs.existsSync(name));
  const found = places.filter((place) => grep(place));
  checks.that("no file of ours, of the workspace's or of the settings has it", found.length === 0, found);
}

async function distrusting(editor) {
  await editor.goto(1, 6);
  const hover = await editor.hover("Glossator preview");
  checks.that("a workspace that is not trusted has previews", hover, await editor.texts(".monaco-hover"));
  checks.that("with the embedded provider's words", hover && !hover.includes("fake"), hover);
  checks.that("and a link that inserts them, and none that asks a model", (await editor.page.locator('.monaco-hover a:has-text("Insert")').count()) === 1 && (await editor.page.locator('.monaco-hover a:has-text("Improve")').count()) === 0);
  await editor.shot("m4-untrusted");
}

function grep(place) {
  try {
    return execFileSync("grep", ["-rl", KEY, place]).toString();
  } catch {
    return "";
  }
}
