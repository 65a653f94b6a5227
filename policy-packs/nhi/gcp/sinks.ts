import { globMatches } from "../glob";
import type { Judge, Resource } from "../rule";
import { mustBe } from "../switch";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { type Comparison, type LogFilter, readFilter } from "./log-filter";

/** Whether what takes logs somewhere takes the audit logs whole. A sink for other logs is no concern of this. */
export const sink =
  (hasChildren: boolean): Judge =>
  (resource) => {
    const given = resource.read("filter");
    if (given === unknown) return [undetermined("filter", "is not known yet")];
    const filter = readFilter(typeof given === "string" ? given : "");
    if (!filter) return [undetermined("filter", unreadable)];
    if (!isForAudit(filter)) return [];
    return [
      ...mustBe(resource, "disabled", false, { unset: false, says: "is true, which stops the sink" }),
      ...exclusions(resource),
      ...narrowing(filter),
      ...(hasChildren
        ? mustBe(resource, "includeChildren", true, {
            unset: false,
            says: "is not true, so that the projects below are left out",
          })
        : []),
    ];
  };

/** An exclusion of its own is one of the sink that Google makes, through which data access goes into the log bucket. */
export const exclusion: Judge = (resource) =>
  resource.read("disabled") === true ? [] : excluded("filter", resource.read("filter"));

const unreadable = "is longer or deeper than Google takes one";

/** Whether a filter may take audit logs of identities. Some of the entries may be about it, where everything that has to hold may be. What is turned round may be anything. */
function mayTake(filter: LogFilter): boolean {
  if ("not" in filter) return true;
  if ("all" in filter) return filter.all.every(mayTake);
  if ("any" in filter) return filter.any.some(mayTake);
  return mayBe(filter.compares);
}

/** Where tokens are traded, keys used and rights given. */
const identityServices = [
  "sts",
  "iam",
  "iamcredentials",
  "secretmanager",
  "cloudkms",
  "cloudresourcemanager",
].map((name) => `${name}.googleapis.com`);
const logs = ["activity", "data_access", "system_event", "policy"].map(
  (name) => `projects/x/logs/cloudaudit.googleapis.com%2f${name}`,
);
const resourceTypes = [
  ...["api", "audited_resource", "cloudkms_cryptokey", "cloudkms_keyring", "folder", "iam_role"],
  ...["organization", "project", "secretmanager.googleapis.com/secret", "service_account"],
];
const methods = [
  ...["generateaccesstoken", "generateidtoken", "signblob", "signjwt"].map(
    (name) => `google.iam.credentials.v1.iamcredentials.${name}`,
  ),
  "google.identity.sts.v1.securitytokenservice.exchangetoken",
  ...["createserviceaccount", "createserviceaccountkey", "uploadserviceaccountkey", "setiampolicy"].map(
    (name) => `google.iam.admin.v1.${name}`,
  ),
  "google.cloud.secretmanager.v1.secretmanagerservice.accesssecretversion",
  ...["decrypt", "asymmetricsign", "asymmetricdecrypt", "macsign", "setiampolicy"],
];
const everywhere = [...identityServices, ...logs, ...methods];

/** Fields that an audit log does not have. */
const ofOtherLogs = /^(jsonpayload|textpayload|httprequest|labels|trace|spanid|sourcelocation)(\.|$)/;

function mayBe(comparison: Comparison): boolean {
  const { field } = comparison;
  if (ofOtherLogs.test(field)) return false;
  if (field === "logname") return matchesAny(comparison, logs) || isOfAudit(comparison);
  if (field === "protopayload.servicename") return matchesAny(comparison, identityServices);
  if (field === "resource.type") return matchesAny(comparison, resourceTypes);
  if (field === "protopayload.methodname") return matchesAny(comparison, methods);
  return field !== "" || matchesAny(comparison, everywhere) || isOfAudit(comparison);
}

/** The log of any project or folder, as its whole name says it or `log_id`. */
const isOfAudit = ({ value }: Comparison) => value.includes("cloudaudit");

function matchesAny({ operator, value }: Comparison, names: readonly string[]): boolean {
  if (operator === "=") return names.includes(value);
  // A comparison by size of a text: nobody writes one.
  if (operator !== ":" && operator !== "=~") return true;
  if (operator === ":") return names.some((name) => value === "*" || name.includes(value));
  const globs = value.split("|").map(globOf);
  return globs.some((glob) => glob === undefined || names.some((name) => globMatches(glob, name)));
}

/** A regular expression as wildcards; nothing where it has more than those can say: a set, a repeat, a class. */
function globOf(pattern: string): string | undefined {
  if (/[[\]{}?\\+*]/.test(pattern.replace(/\\+\.|\.[*+]/g, ""))) return undefined;
  const glob = pattern.replace(/\\+\.|\.[*+]|\.|[()^$]/g, (part) =>
    part.startsWith("\\") ? "." : part === "." ? "?" : part.startsWith(".") ? "*" : "",
  );
  return `${pattern.startsWith("^") ? "" : "*"}${glob}${pattern.endsWith("$") ? "" : "*"}`;
}

const isAboutAudit = (comparison: Comparison) =>
  isOfAudit(comparison) || comparison.field.startsWith("protopayload");

/** Comparisons that have to hold or may hold, without those that are turned round. */
function wantedIn(filter: LogFilter): Comparison[] {
  if ("not" in filter) return [];
  if ("compares" in filter) return [filter.compares];
  return ("all" in filter ? filter.all : filter.any).flatMap(wantedIn);
}

/** With nothing that has to hold, everything is taken. */
function isForAudit(filter: LogFilter): boolean {
  const wanted = wantedIn(filter);
  return wanted.length === 0 || wanted.some(isAboutAudit);
}

/** What is turned round, at any depth: each is left out. */
function leftOutBy(filter: LogFilter): LogFilter[] {
  if ("not" in filter) return [filter.not];
  if ("compares" in filter) return [];
  return ("all" in filter ? filter.all : filter.any).flatMap(leftOutBy);
}

const about = /^(|logname|resource\.type|protopayload(\..*)?)$/;
const saysWhat = (filter: LogFilter) => wantedIn(filter).some(({ field }) => about.test(field));
/** `sample(insertId, 0.1)`: a tenth, by chance. */
const isSample = ({ field, operator, value }: Comparison) =>
  field === "insertid" && operator === ">" && Number(value) < 1;

const fix = "Let the sink take the audit logs of every service and everybody.";

function narrowing(filter: LogFilter): Finding[] {
  if (leftOutBy(filter).some((part) => saysWhat(part) && mayTake(part)))
    return [fail("filter", "leaves out audit logs of who signs in, gets tokens or gives rights", fix)];
  const wanted = wantedIn(filter);
  if (wanted.some(isSample)) return [fail("filter", "takes a part of the audit logs by chance", fix)];
  const named = wanted.filter(isOfAudit);
  const isSevere = ({ field, operator, value }: Comparison) =>
    field === "severity" &&
    operator.startsWith(">") &&
    !/^(default|debug|info|notice|[0-3]?\d{0,2})$/.test(value);
  return [
    ...(named.length > 0 && named.every(({ value }) => /activity|system_event|policy/.test(value))
      ? [advise("filter", "takes what is changed, and not what is read nor which tokens are exchanged", fix)]
      : []),
    ...(named.length > 0 && wanted.some(isSevere)
      ? [advise("filter", "takes what is severe alone, which the exchange of a token is not", fix)]
      : []),
  ];
}

function exclusions(resource: Resource): Finding[] {
  const given = resource.read("exclusions");
  if (given === unknown) return [undetermined("exclusions", "is not known yet")];
  if (!Array.isArray(given)) return [];
  return given.flatMap((one, index) => {
    const where = `exclusions[${index}].filter`;
    if (!isObject(one)) return one === unknown ? [undetermined(where, "is not known yet")] : [];
    return one.disabled === true ? [] : excluded(where, one.filter);
  });
}

function excluded(where: string, given: Value | undefined): Finding[] {
  if (given === unknown) return [undetermined(where, "is not known yet")];
  if (typeof given !== "string" || given === "") return [];
  const filter = readFilter(given);
  if (!filter) return [undetermined(where, unreadable)];
  if (!mayTake(filter)) return [];
  return [
    fail(
      where,
      saysWhat(filter)
        ? "takes audit logs out: of who signs in, gets tokens or gives rights"
        : "takes out a part of every log, and so of the audit logs",
      "Take the exclusion away, or bound it by logName to a log of another kind.",
    ),
  ];
}
