/** Providers' keys: they lie in the editor's secret storage, and are handed to the server by the provider's name. */

/** The editor's secret storage, and a place for the names, which are no secret. */
export interface Vault {
  get(entry: string): Promise<string | undefined>;
  store(entry: string, secret: string): Promise<void>;
  remove(entry: string): Promise<void>;
  names(): readonly string[];
  setNames(names: readonly string[]): Promise<void>;
}

export type HandOver = (provider: string, key: string) => Promise<void>;

export class Keys {
  constructor(private readonly vault: Vault) {}

  /** The providers whose keys are kept. */
  get names(): readonly string[] {
    return this.vault.names();
  }

  async keep(provider: string, key: string): Promise<void> {
    await this.vault.store(entry(provider), key);
    await this.vault.setNames([...new Set([...this.names, provider])].sort());
  }

  async remove(provider: string): Promise<void> {
    await this.vault.remove(entry(provider));
    await this.vault.setNames(this.names.filter((name) => name !== provider));
  }

  /** Hand all over, to a server that has just started. */
  async handOver(hand: HandOver): Promise<void> {
    for (const provider of this.names) {
      const key = await this.vault.get(entry(provider));
      if (key) {
        await hand(provider, key);
      }
    }
  }
}

/** Why a text can be no provider's name, or no key; undefined where it can. */
export function wrongName(name: string): string | undefined {
  return /^\S+$/.test(name) ? undefined : "A provider's name, as your user file has it";
}

export function wrongKey(key: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(key) ? undefined : "A key has no blanks";
}

function entry(provider: string): string {
  return `glossator.key.${provider}`;
}
