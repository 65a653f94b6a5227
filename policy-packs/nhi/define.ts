/**
 * What a pack of your own is made of: this pack's rules, rules that you write with the same type, and the same settings,
 * exemptions and messages for both. Importing it starts nothing; `new PolicyPack(name, { policies: definePack(rules) })` does.
 *
 * @packageDocumentation
 */
export { topics } from "./controls";
export type { Topic } from "./controls";
export { definePack } from "./pack";
export type {
  Ceiling,
  List,
  Resource,
  ResourceRule,
  Rule,
  StackFinding,
  StackResource,
  StackRule,
} from "./rule";
export { rules } from "./rules";
export type {
  BaselineEntry,
  Exemption,
  Level,
  LevelSetting,
  Profile,
  Settings,
  Tier,
  TierSetting,
} from "./settings";
export { isObject, unknown } from "./value";
export type { Value } from "./value";
export { advise, fail, undetermined } from "./verdict";
export type { Finding } from "./verdict";
