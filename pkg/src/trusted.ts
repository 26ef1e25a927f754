// Pages that require Trusted Types take a worker's address from a policy alone.

interface TrustedTypes {
  readonly defaultPolicy: object | null;
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): Policy;
}

interface Policy {
  /** A string as far as types go, which know no more of it. */
  createScriptURL(address: string): string;
}

let policy: Policy | undefined;

/** Whether addresses have to be vouched for here: the page's own default policy, if there is one, does it for all. */
export function needTrust(): boolean {
  const types = trustedTypes();
  return types !== undefined && types.defaultPolicy === null;
}

/** A worker's address as this package's policy, `gradlens`, vouches for it; as it is where nobody asks for that. */
export function trusted(address: string | URL): string | URL {
  if (!needTrust()) return address;
  try {
    policy ??= trustedTypes()!.createPolicy('gradlens', { createScriptURL: (address) => address });
  } catch {
    // A page may allow other policies alone, and not require any.
    return address;
  }
  return policy.createScriptURL(String(address));
}

function trustedTypes(): TrustedTypes | undefined {
  return (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
}
