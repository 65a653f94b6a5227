/** A credential that says by its form what it is. */
interface Format {
  is: string;
  /** What every text of that form has in it: asked for first, as most texts have none of it. */
  hint: string;
  /** Without nested repetition, and with every repetition bounded where another one could start inside it. */
  pattern: RegExp;
}

/**
 * Forms that their makers document, so that whatever has one is a credential whatever its name. Each is wanted at its
 * full length: a prefix alone is no secret. What opens nothing alone, as a public key, is none either.
 */
const formats: readonly Format[] = [
  { is: "an AWS access key", hint: "IA", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    is: "a private key",
    hint: "PRIVATE KEY",
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[rn]|\s){0,8}(?:[A-Za-z0-9+/=]{16}|Proc-Type|Version|Comment)/g,
  },
  { is: "a private key of age", hint: "AGE-SECRET-KEY-1", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{50,60}\b/g },
  { is: "a GitHub token", hint: "gh", pattern: /\bgh[oprsu]_[A-Za-z0-9]{36}/g },
  { is: "a GitHub token", hint: "github_pat_", pattern: /\bgithub_pat_[A-Za-z0-9_]{50}/g },
  // docs.gitlab.com/security/tokens: the token's prefixes.
  {
    is: "a GitLab token",
    hint: "gl",
    pattern: /\bgl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_-]{20}/g,
  },
  { is: "a Slack token", hint: "xox", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{20}/g },
  { is: "a Slack token", hint: "xapp-", pattern: /\bxapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{32}/g },
  {
    is: "a Slack webhook",
    hint: "hooks.slack.com",
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/T[A-Z0-9]{6,14}\/[A-Z0-9]{6,14}\/[A-Za-z0-9]{20}/g,
  },
  { is: "a Stripe key", hint: "k_live_", pattern: /\b[rs]k_live_[A-Za-z0-9]{16}/g },
  { is: "a Stripe signing secret", hint: "whsec_", pattern: /\bwhsec_[A-Za-z0-9+/=]{24}/g },
  { is: "a Vault token", hint: "hv", pattern: /\bhv[bsr]\.[A-Za-z0-9_-]{24}/g },
  { is: "a Vault token", hint: "s.", pattern: /^s\.[A-Za-z0-9]{24}$/g },
  { is: "an npm token", hint: "npm_", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { is: "a PyPI token", hint: "pypi-AgE", pattern: /\bpypi-AgE[A-Za-z0-9_-]{50}/g },
  { is: "a Docker Hub token", hint: "dckr_", pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{24}/g },
  {
    is: "a signed token",
    hint: "eyJ",
    pattern: /\beyJ[A-Za-z0-9_-]{10,4096}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10}/g,
  },
  {
    is: "an HCP Terraform token",
    hint: ".atlasv1.",
    pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60}/g,
  },
  { is: "a Pulumi token", hint: "pul-", pattern: /\bpul-[a-f0-9]{40}\b/g },
  { is: "a SendGrid key", hint: "SG.", pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32}/g },
  { is: "a Twilio key", hint: "SK", pattern: /\bSK[a-f0-9]{32}\b/g },
  { is: "a Datadog application key", hint: "ddapp_", pattern: /\bddapp_[A-Za-z0-9]{34}/g },
  { is: "a Google client secret", hint: "GOCSPX-", pattern: /\bGOCSPX-[A-Za-z0-9_-]{28}/g },
  {
    is: "an OpenAI key",
    hint: "sk-",
    pattern: /\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40}|[A-Za-z0-9]{20}T3BlbkFJ)/g,
  },
  { is: "an Anthropic key", hint: "sk-ant-", pattern: /\bsk-ant-[a-z0-9]{3,10}-[A-Za-z0-9_-]{40}/g },
  { is: "a Hugging Face token", hint: "hf_", pattern: /\bhf_[A-Za-z]{34}\b/g },
  { is: "a Databricks token", hint: "dapi", pattern: /\bdapi[a-f0-9]{32}/g },
  { is: "a DigitalOcean token", hint: "_v1_", pattern: /\bdo[opr]_v1_[a-f0-9]{64}/g },
  { is: "a Grafana token", hint: "glsa_", pattern: /\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}/g },
  { is: "a New Relic key", hint: "NRAK-", pattern: /\bNRAK-[A-Z0-9]{27}/g },
  { is: "a Shopify token", hint: "shp", pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g },
  { is: "an Atlassian token", hint: "ATATT3xFfGF0", pattern: /\bATATT3xFfGF0[A-Za-z0-9_=-]{60}/g },
  { is: "a MongoDB Atlas secret", hint: "mdb_sa_sk_", pattern: /\bmdb_sa_sk_[A-Za-z0-9_-]{30}/g },
  { is: "a 1Password token", hint: "ops_eyJ", pattern: /\bops_eyJ[A-Za-z0-9_=-]{100}/g },
  {
    is: "an Azure account key",
    hint: "Key=",
    pattern: /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}={1,2}/g,
  },
  { is: "an Azure shared access signature", hint: "sig=", pattern: /[?&;]sig=[A-Za-z0-9%+/]{43}/g },
  {
    is: "an Azure client secret",
    hint: "Q~",
    pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g,
  },
  {
    is: "a password in an address",
    hint: "://",
    pattern: /:\/\/[^\s:/@?#'"<>]{0,64}:(?![$%<{*])[^\s/@'"<>{}]{1,128}@/g,
  },
];

/**
 * What a text holds, as `an AWS access key`; nothing when it has no form of a credential. Never the text itself.
 * Linear in the text, which the caller bounds.
 */
export function formatIn(text: string): string | undefined {
  for (const { is, hint, pattern } of formats) {
    if (!text.includes(hint)) continue;
    for (const [match] of text.matchAll(pattern)) if (!isMadeUp(match)) return is;
  }
  return undefined;
}

/** What stands in documentation for a credential: AWS's own examples end in `EXAMPLE`. */
export function isMadeUp(text: string): boolean {
  return (
    /example(?![.-][a-z])|placeholder|change[_-]?me|dummy|redacted|\byour[_-]|x{6}|\*{3}|\.{3}/i.test(text) ||
    /(.)\1{9}/.test(text)
  );
}
