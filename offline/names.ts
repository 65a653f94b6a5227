import { createHash } from "node:crypto";
import type { Properties } from "./server";

/** Seven characters from the name, where a real provider takes random ones: the same program gets the same names. */
export function suffix(of: string, length = 7): string {
  return createHash("sha256").update(of).digest("hex").slice(0, length);
}

/** The property's text, or nothing when it is missing, unknown or secret. */
export function text(inputs: Properties, key: string): string | undefined {
  const value = inputs[key];
  return typeof value === "string" ? value : undefined;
}

/** `aws:iam/role:Role` -> service `iam`, kind `role` */
export function tokenParts(type: string): { service: string; kind: string } {
  const [, module = ""] = type.split(":");
  const [service = "", kind = ""] = module.split("/");
  return { service, kind };
}
