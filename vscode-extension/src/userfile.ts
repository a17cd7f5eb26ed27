/** The user file, where providers, budgets and privacy stand: its place is the one that the server reads. */

import path from "node:path";

/** Where it is, by the rules of the platform. */
export function userFile(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, home: string): string {
  const named = environment["GLOSSATOR_CONFIG"];
  if (named) {
    return named.startsWith("~/") ? path.join(home, named.slice(2)) : named;
  }
  return path.join(folder(platform, environment, home), "glossator", "config.toml");
}

function folder(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, home: string): string {
  if (platform === "win32") {
    return environment["LOCALAPPDATA"] ?? path.join(home, "AppData", "Local");
  }
  if (platform === "darwin") {
    return path.join(home, "Library", "Application Support");
  }
  return environment["XDG_CONFIG_HOME"] || path.join(home, ".config");
}

/** What a new one says: nothing that counts, and an example of each thing. */
export const NEW_USER_FILE = `# Glossator's settings for you, for all editors and for the command line.
# Keys never stand here: keep them in the editor ("Glossator: Keep a Provider's Key"), an environment variable or the keyring.

# provider = "mine"

# [providers.mine]
# kind = "ollama"                  # openai (and all that speak like it), anthropic, llamacpp
# model = "qwen2.5-coder:7b"

# [budget]
# cost_per_day = 1.0               # dollars

# [privacy]
# exclude = ["secret/"]            # no model sees these files
`;
