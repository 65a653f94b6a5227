import fc from "fast-check";
import {
  awsTags,
  awsTagsProblem,
  gcpLabels,
  metadataLine,
  metadataProblem,
  NhiKind,
  type NhiMetadata,
} from "../../components/identity";

const metadata: NhiMetadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

describe("metadata", () => {
  it.each<[string, Partial<NhiMetadata>]>([
    ["as it is usually", {}],
    ["with a text as long as AWS takes", { purpose: "x".repeat(256) }],
    ["in other alphabets", { owner: "Équipe Données", purpose: "заказы 注文" }],
    ["with a leap day", { reviewBy: "2028-02-29" }],
    ["of an agent", { kind: NhiKind.AiAgent }],
    ["of a vendor", { kind: NhiKind.ThirdParty, vendor: "Acme Scanners" }],
  ])("is taken %s", (_, change) => {
    expect(metadataProblem({ ...metadata, ...change })).toBeUndefined();
  });

  it.each<[string, Partial<NhiMetadata>, string]>([
    ["no owner", { owner: "" }, 'metadata.owner must say something, got "".'],
    ["a blank purpose", { purpose: "  " }, 'metadata.purpose must say something, got "  ".'],
    [
      "an environment with a space at its end",
      { environment: "production " },
      'metadata.environment must not begin or end with a space, got "production ".',
    ],
    [
      "a purpose of two lines, which could add a line to a policy",
      { purpose: 'migrate\npath "*" {}' },
      'metadata.purpose must be one line without control characters, got "migrate\\npath \\"*\\" {}".',
    ],
    [
      "a text that runs backwards",
      { owner: "team\u202Esredro" },
      'metadata.owner must be one line without control characters, got "team\u202Esredro".',
    ],
    [
      "a text that is too long for a tag",
      { purpose: "x".repeat(257) },
      "metadata.purpose must be at most 256 characters (AWS limits tags to that), got 257.",
    ],
    [
      "a kind that does not exist",
      { kind: "robot" as NhiKind },
      'metadata.kind must be one of workload, pipeline, service, ai-agent, third-party, break-glass, got "robot".',
    ],
    [
      "a third party that nobody knows",
      { kind: NhiKind.ThirdParty },
      'metadata.vendor must name the organisation that runs the machine, because metadata.kind is "third-party".',
    ],
    [
      "a third party without a name",
      { kind: NhiKind.ThirdParty, vendor: " " },
      'metadata.vendor must say something, got " ".',
    ],
    [
      "a vendor of a machine of one's own",
      { vendor: "Acme Scanners" },
      'metadata.vendor must be left out, got "Acme Scanners", because metadata.kind is "pipeline". ' +
        "Make it third-party, or drop the vendor.",
    ],
    [
      "a day that does not exist",
      { reviewBy: "2027-02-30" },
      'metadata.reviewBy must be a day as YYYY-MM-DD, for example "2027-06-30", got "2027-02-30".',
    ],
    [
      "a day in another notation",
      { reviewBy: "30.06.2027" },
      'metadata.reviewBy must be a day as YYYY-MM-DD, for example "2027-06-30", got "30.06.2027".',
    ],
    [
      "a time",
      { reviewBy: "2027-06-30T00:00:00Z" },
      'metadata.reviewBy must be a day as YYYY-MM-DD, for example "2027-06-30", got "2027-06-30T00:00:00Z".',
    ],
  ])("is refused with %s", (_, change, says) => {
    expect(metadataProblem({ ...metadata, ...change })).toBe(says);
  });

  it("is cut in a message", () => {
    expect(metadataProblem({ ...metadata, owner: ` ${"x".repeat(300)}` })).toBe(
      `metadata.owner must not begin or end with a space, got " ${"x".repeat(79)}…".`,
    );
  });
});

it("becomes one line", () => {
  expect(metadataLine(metadata)).toBe(
    "migrate the orders database (owner team-orders, environment production, kind pipeline, review by 2027-06-30)",
  );
});

it("becomes one line that names the vendor", () => {
  expect(metadataLine({ ...metadata, kind: NhiKind.ThirdParty, vendor: "Acme" })).toBe(
    "migrate the orders database, run by Acme " +
      "(owner team-orders, environment production, kind third-party, review by 2027-06-30)",
  );
});

describe("AWS tags", () => {
  it("name the vendor of a third party", () => {
    const vendors = { ...metadata, kind: NhiKind.ThirdParty, vendor: "Acme" };
    expect(awsTags(vendors)).toMatchObject({ "nhi:kind": "third-party", "nhi:vendor": "Acme" });
    expect(awsTagsProblem({ ...vendors, vendor: "Acme (EU)" })).toBe(
      "metadata.vendor must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), " +
        'got "Acme (EU)".',
    );
  });

  it("hold the texts as they are", () => {
    expect(awsTags(metadata)).toEqual({
      "nhi:owner": "team-orders",
      "nhi:purpose": "migrate the orders database",
      "nhi:environment": "production",
      "nhi:kind": "pipeline",
      "nhi:review-by": "2027-06-30",
    });
  });

  it.each<[string, Partial<NhiMetadata>, string | undefined]>([
    ["every sign that AWS takes", { owner: "team-a_b.c:d/e=f+g@h 1" }, undefined],
    ["letters of other alphabets", { purpose: "заказы" }, undefined],
    [
      "a comma",
      { purpose: "build, test" },
      "metadata.purpose must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), " +
        'got "build, test".',
    ],
    [
      "brackets",
      { environment: "prod (eu)" },
      "metadata.environment must have only letters, digits, spaces and _ . : / = + - @ (AWS limits tags to these), " +
        'got "prod (eu)".',
    ],
  ])("are checked: %s", (_, change, says) => {
    expect(awsTagsProblem({ ...metadata, ...change })).toBe(says);
  });
});

describe("GCP labels", () => {
  it("bend the texts to what a label holds", () => {
    expect(
      gcpLabels({ ...metadata, owner: "Team Orders <orders@example.com>", purpose: "Été".repeat(30) }),
    ).toEqual({
      "nhi-owner": "team-orders-orders-example-com-",
      "nhi-purpose": "été".repeat(21),
      "nhi-environment": "production",
      "nhi-kind": "pipeline",
      "nhi-review-by": "2027-06-30",
    });
  });

  it("are labels, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (owner) => {
        const label = gcpLabels({ ...metadata, owner })["nhi-owner"] ?? "missing";
        expect(label).toMatch(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u);
      }),
    );
  });
});
