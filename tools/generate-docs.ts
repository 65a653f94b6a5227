import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../policy-packs/nhi/rules";
import { rulePage, rulesMarkdown } from "../policy-packs/nhi/rules-md";
import { settingsFileSchema } from "../policy-packs/nhi/settings-file";
import { identityPage } from "./identity-matrix";

const pack = join(__dirname, "..", "policy-packs", "nhi");
writeFileSync(join(pack, "RULES.md"), rulesMarkdown(rules));

writeFileSync(
  join(pack, "settings.schema.json"),
  `${JSON.stringify(settingsFileSchema(rules), undefined, 2)}\n`,
);

const pages = join(pack, "docs");
// Whole anew, so that the page of a rule that is gone goes with it.
rmSync(pages, { recursive: true, force: true });
mkdirSync(pages);
for (const rule of rules) writeFileSync(join(pages, `${rule.id}.md`), rulePage(rule));

void identityPage().then((page) =>
  writeFileSync(join(__dirname, "..", "docs", "workload-identity.md"), page),
);
