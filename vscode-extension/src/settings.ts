/** The editor's settings in the server's words. Pure. */

/** Keys that the extension itself reads; all others are for the server. */
const OWN: ReadonlySet<string> = new Set(["path", "livePreview", "hoverLinks", "trace"]);

/** Switches whose "off" says nothing: a project or the user file may still have them on. */
const SWITCHES: ReadonlySet<string> = new Set(["codeLens", "inlineCompletion"]);

/**
 * The section `glossator` as the server reads it.
 *
 * What nobody set is left out, so that an editor's default never overrides the project's settings or the user file.
 */
export function forServer(section: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(section)) {
    const isSaid = value !== null && value !== undefined && !(SWITCHES.has(key) && value === false);
    if (isSaid && !OWN.has(key)) {
      told[snake(key)] = value;
    }
  }
  return told;
}

/** "maxFileKb" as "max_file_kb". */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
