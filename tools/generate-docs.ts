import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../policy-packs/nhi/rules";
import { rulesMarkdown } from "../policy-packs/nhi/rules-md";

writeFileSync(join(__dirname, "..", "policy-packs", "nhi", "RULES.md"), rulesMarkdown(rules));
