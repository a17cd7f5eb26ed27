import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dataOf, find, modelOf } from "../src/actions";
import { isDefinition, LINK_COMMANDS, links, offerIn, offerOf } from "../src/hover";
import { Keys, wrongKey, wrongName } from "../src/keys";
import { LivePreview } from "../src/live";
import { versionOf } from "../src/machine";
import { applied, editsOf, type CodeAction } from "../src/protocol";
import { statistics } from "../src/report";
import { forServer } from "../src/settings";
import { INITIAL, shown } from "../src/status";
import { userFile } from "../src/userfile";

const DATA = { uri: "file:///a.py", scope: "symbol", path: "f(x)", fingerprint: "1", docstring: "" };
const PLAIN: CodeAction = { title: "Document `f`", kind: "refactor.rewrite.glossator", data: DATA };
const MODEL: CodeAction = {
  title: "Document `f` with my model](command:evil)",
  command: { command: "glossator.documentSymbol", arguments: [{ ...DATA, model: "yes" }] },
};

test("edits are applied from the end, at UTF-16 positions, with any line ends", () => {
  const at = (line: number, character: number) => ({ line, character });
  const text = "a😀b\r\nsecond\rthird";
  const edits = [
    { range: { start: at(0, 3), end: at(0, 4) }, newText: "B" },
    { range: { start: at(1, 6), end: at(1, 6) }, newText: "!" },
    { range: { start: at(2, 0), end: at(2, 5) }, newText: "3" },
  ];
  assert.equal(applied(text, edits), "a😀B\r\nsecond!\r3");
});

test("edits at one place keep their order, and a position behind a line's end is its end", () => {
  const range = { start: { line: 0, character: 1 }, end: { line: 0, character: 1 } };
  assert.equal(applied("ab", [{ range, newText: "1" }, { range, newText: "2" }]), "a12b");
  const far = { line: 0, character: 99 };
  assert.equal(applied("ab\n", [{ range: { start: far, end: far }, newText: "!" }]), "ab\n!");
});

test("edits are found in both forms of a workspace edit", () => {
  const edit = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "x" };
  assert.deepEqual(editsOf({ changes: { u: [edit] } }, "u"), [edit]);
  assert.deepEqual(editsOf({ documentChanges: [{ textDocument: { uri: "u", version: 1 }, edits: [edit] }] }, "u"), [edit]);
  assert.deepEqual(editsOf(undefined, "u"), []);
});

test("actions are told apart by scope and by who writes", () => {
  const foreign: CodeAction = { title: "Extract", command: { command: "other", arguments: ["x"] } };
  assert.equal(dataOf(foreign), undefined);
  assert.equal(find([foreign, MODEL, PLAIN], "symbol", "embedded"), DATA);
  assert.equal(find([foreign, MODEL, PLAIN], "symbol", "model")?.model, "yes");
  assert.equal(find([PLAIN], "file", "embedded"), undefined);
  assert.equal(modelOf([PLAIN, MODEL]), "my model](command:evil)");
  assert.equal(modelOf([PLAIN]), "");
});

test("a hover's links hold the action's data, and nothing of a name can leave the link", () => {
  const text = links(offerIn([PLAIN, MODEL]));
  const found = [...text.matchAll(/\[([^\]]*)\]\(command:([^?)]+)\?([^)]*)\)/g)];
  assert.deepEqual(found.map((one) => one[1]), ["Insert", "Improve with my modelcommand:evil"]);
  assert.deepEqual(found.map((one) => one[2]), LINK_COMMANDS);
  assert.deepEqual(JSON.parse(decodeURIComponent(found[0]?.[3] ?? "")), [DATA]);
  assert.equal(text.replace(/\[[^\]]*\]\([^)]*\)/g, "").trim(), "·");
  assert.equal(links(offerIn([])), "");
});

test("a server that answers for hovers says what is offered", () => {
  const both = offerOf({ can_insert: true, model: "mine", data: DATA });
  assert.deepEqual(both, { insert: DATA, improve: { ...DATA, model: "yes" }, model: "mine" });
  assert.equal(offerOf({ can_insert: true, model: "", data: DATA }).improve, undefined);
  assert.equal(links(offerOf({ can_insert: false, model: "mine", data: DATA })), "");
  assert.equal(links(offerOf(null)), "");
});

test("without its answer, a hover of a use has no links", () => {
  const range = (character: number) => ({ start: { line: 3, character }, end: { line: 3, character: character + 1 } });
  assert.ok(isDefinition("    async def f(x):", range(14)));
  assert.ok(isDefinition("class A:", range(6)));
  assert.ok(!isDefinition("def f(x=g()):", range(8)));
  assert.ok(!isDefinition("value = f(1)", range(8)));
});

test("only settings that somebody set are told, in the server's words", () => {
  const section = { path: "/x", provider: null, style: "numpy", maxFileKb: 10, codeLens: false, perFileIgnores: { "a/": ["GLS1"] }, hoverGenerates: false, trace: { server: "off" } };
  assert.deepEqual(forServer(section), { style: "numpy", max_file_kb: 10, per_file_ignores: { "a/": ["GLS1"] }, hover_generates: false });
  assert.deepEqual(forServer({ codeLens: true, inlineCompletion: true }), { code_lens: true, inline_completion: true });
});

test("the manifest's settings change nothing by their defaults", () => {
  const { contributes } = JSON.parse(readFileSync("package.json", "utf8"));
  const section = Object.fromEntries(
    Object.entries<{ default: unknown }>(contributes.configuration.properties).map(([name, one]) => [name.split(".")[1], one.default]),
  );
  assert.deepEqual(forServer(section), {});
});

test("what says where programs are, and who is sent code, is not for a workspace to set", () => {
  const { contributes, capabilities } = JSON.parse(readFileSync("package.json", "utf8"));
  for (const name of capabilities.untrustedWorkspaces.restrictedConfigurations) {
    assert.equal(contributes.configuration.properties[name].scope, "machine", name);
  }
});

test("every command has a title, and every key and menu a command", () => {
  const { contributes } = JSON.parse(readFileSync("package.json", "utf8"));
  const names = new Set(contributes.commands.map((one: { command: string }) => one.command));
  const used = [...contributes.keybindings, ...Object.values<{ command?: string }[]>(contributes.menus).flat()].filter((one) => one.command);
  assert.deepEqual(used.filter((one) => !names.has(one.command)), []);
  for (const [, command] of JSON.stringify(contributes).matchAll(/command:(glossator\.[\w.]+)/g)) {
    assert.ok(names.has(command), command);
  }
});

test("keys are kept by name, handed over, and removed", async () => {
  const secrets = new Map<string, string>();
  let names: readonly string[] = [];
  const keys = new Keys({
    get: async (entry) => secrets.get(entry),
    store: async (entry, secret) => void secrets.set(entry, secret),
    remove: async (entry) => void secrets.delete(entry),
    names: () => names,
    setNames: async (all) => void (names = all),
  });
  await keys.keep("b", "secret-b");
  await keys.keep("a", "secret-a");
  await keys.keep("b", "secret-c");
  const handed: string[][] = [];
  await keys.handOver(async (provider, key) => void handed.push([provider, key]));
  assert.deepEqual(handed, [["a", "secret-a"], ["b", "secret-c"]]);
  await keys.remove("b");
  assert.deepEqual([names, [...secrets.keys()]], [["a"], ["glossator.key.a"]]);
  assert.deepEqual([wrongName("mine"), wrongKey("sk-1")], [undefined, undefined]);
  assert.ok(wrongName("a b") && wrongName("") && wrongKey("a b") && wrongKey("schlüssel"));
});

test("the live preview shows the newest first, and whose the words are", () => {
  const live = new LivePreview();
  live.take({ uri: "u", path: "f", text: "one", done: false });
  const text = live.take({ uri: "u", path: "g", text: "two", done: true, fields: { summary: "mine", returns: "embedded" } });
  assert.match(text, /^g — done, by mine, embedded\n─+\ntwo\n\nf — being written …\n─+\none$/);
  assert.match(live.take({ uri: "u", path: "f", text: "three", done: true, draft: true }), /^f — said of similar code; not written/);
  live.clear();
  assert.equal(live.text, "");
});

test("the status says what runs, what is in flight, and what went wrong", () => {
  const running = { ...INITIAL, phase: "running" as const, server: "1.0", provider: "mine", mode: "standard" };
  assert.deepEqual(shown(running), { text: "$(book) Glossator", tooltip: "The server is running.\nServer: 1.0\nProvider: mine\nMode: standard", isWarning: false });
  assert.equal(shown({ ...running, inFlight: 2 }).text, "$(sync~spin) Glossator: 2");
  assert.equal(shown({ ...running, isPaused: true }).text, "$(debug-pause) Glossator");
  assert.match(shown({ ...running, isTrusted: false, lastError: "too slow" }).tooltip, /Provider: embedded \(the workspace is not trusted\)[^]*Last error: too slow/);
  assert.ok(shown({ ...running, phase: "missing" }).isWarning);
});

test("the user file is where the server looks", () => {
  assert.equal(userFile("linux", {}, "/home/a"), "/home/a/.config/glossator/config.toml");
  assert.equal(userFile("linux", { XDG_CONFIG_HOME: "/x" }, "/home/a"), "/x/glossator/config.toml");
  assert.equal(userFile("darwin", {}, "/Users/a"), "/Users/a/Library/Application Support/glossator/config.toml");
  assert.equal(userFile("linux", { GLOSSATOR_CONFIG: "~/mine.toml" }, "/home/a"), "/home/a/mine.toml");
});

test("statistics are tables, and a wheel tells its version", () => {
  const text = statistics({ tiers: { L1: { hits: 2, misses: 1, entries: 3, bytes: 2_000_000 } }, requests: {}, process: { rss_bytes: 61e6, cpu_s: 1.25 } });
  assert.match(text, /\| L1 \| 2 \| 1 \| 3 \| 2\.0 \|/);
  assert.ok(!text.includes("## Requests"));
  assert.equal(versionOf("/x/glossator-0.1.0-py3-none-any.whl"), "0.1.0");
});
