import { CallFailed } from "../call-failed";
import { seconds } from "../duration";
import { trimSlashes, type Property } from "../property";
import type { ResourceType } from "../resource-type";
import type { Plain, PlainValues } from "../values";
import { document } from "./document";
import { namespace } from "./namespace";

const backend: Property = { kind: "path", identity: true, required: true };
const fixed: Property = { kind: "string", replaces: true, unread: true };

const caPath = (inputs: PlainValues) => `${trimSlashes(inputs.backend)}/config/ca`;

/** The key that signs. The server makes it once and tells the public half only. */
export const sshAuthority: ResourceType = {
  properties: {
    ...namespace,
    backend,
    generateSigningKey: { ...fixed, kind: "boolean", default: true },
    keyType: { ...fixed, default: "ssh-rsa" },
    keyBits: { ...fixed, kind: "integer", default: 0 },
    privateKey: { ...fixed, secret: true },
    publicKey: { kind: "string", computed: true, replaces: true },
  },
  idFormat: "<backend>",
  id: (inputs) => trimSlashes(inputs.backend),
  fromId: (id) => ({ backend: id }),
  async create(vault, { generateSigningKey, keyType, keyBits, privateKey, publicKey, ...at }) {
    const own = {
      ...(privateKey && { private_key: privateKey }),
      ...(publicKey && { public_key: publicKey }),
    };
    await vault.write(caPath(at), {
      generate_signing_key: generateSigningKey ?? true,
      key_type: keyType ?? "",
      key_bits: keyBits ?? 0,
      ...own,
    });
    return undefined;
  },
  async read(vault, known) {
    try {
      const answer = await vault.read(caPath(known));
      return answer && { publicKey: answer.public_key ?? "" };
    } catch (error) {
      if (error instanceof CallFailed && error.message.includes("keys haven't been configured yet"))
        return undefined;
      throw error;
    }
  },
  update: () => Promise.reject(new Error("the key can't be changed, only replaced.")),
  delete: (vault, state) => vault.delete(caPath(state)),
};

/** A time that the program writes as text, and the server tells in seconds. */
const duration: Property = {
  kind: "string",
  computed: true,
  toApi: (value) => seconds(value) ?? value,
  fromApi: (raw) => (typeof raw === "number" ? String(raw) : raw),
};
const off: Property = { kind: "boolean", default: false };

interface KeyConfig {
  type: string;
  lengths: Plain[];
}

/** In the program a list of kinds with their lengths, on the server a map. */
const keyConfigs: Property = {
  kind: "list",
  api: "allowed_user_key_lengths",
  toApi: (value) =>
    Object.fromEntries((value as unknown as KeyConfig[]).map(({ type, lengths }) => [type, lengths])),
  fromApi: (raw) =>
    Object.entries(raw as PlainValues).map(([type, lengths]) => ({
      type,
      lengths: Array.isArray(lengths) ? lengths : [lengths],
    })),
};

export const sshRole = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...namespace,
    backend,
    name: { kind: "string", autonamed: true, identity: true },
    keyType: { kind: "string", required: true },
    allowUserCertificates: off,
    allowHostCertificates: off,
    allowEmptyPrincipals: off,
    allowUserKeyIds: off,
    allowBareDomains: off,
    allowSubdomains: off,
    allowedUsers: { kind: "string" },
    allowedUsersTemplate: off,
    defaultUser: { kind: "string" },
    allowedDomains: { kind: "string" },
    allowedExtensions: { kind: "string" },
    allowedCriticalOptions: { kind: "string" },
    defaultExtensions: { kind: "map" },
    defaultCriticalOptions: { kind: "map" },
    allowedUserKeyConfigs: keyConfigs,
    keyIdFormat: { kind: "string" },
    algorithmSigner: { kind: "string", computed: true },
    notBeforeDuration: duration,
    ttl: duration,
    maxTtl: duration,
  },
});
