import type { Resource } from "../rule";
import { isObject } from "../value";
import { fail, type Finding } from "../verdict";

/** Every kind of database has a block of its own, and in it where the server is. */
const engines = [
  "hana",
  "mongodb",
  "mssql",
  "mysql",
  "mysqlAurora",
  "mysqlLegacy",
  "mysqlRds",
  "oracle",
  "postgresql",
  "redshift",
  "snowflake",
];

/** Where a password stands: `scheme://user:…@`, MySQL's and Snowflake's `user:…@`, Oracle's `user/…@`, `password=…`. */
const places = [
  /^[a-z0-9+.-]{1,30}:\/\/[^/@:]{0,200}:([^/@]{1,500})@/i,
  /^[^/@:=;]{1,200}:([^/@]{1,500})@/,
  /^[^/@:=;]{1,200}\/([^/@]{1,500})@/,
  /\b(?:password|pwd)\s{0,9}=\s{0,9}([^;&\s]{1,500})/i,
];

/** A password in a URL is in the configuration, and stays there when Vault rotates its own. */
export function passwordsInUrls(resource: Resource): Finding[] {
  return engines.flatMap((engine) => {
    const block = resource.read(engine);
    const url = isObject(block) ? block.connectionUrl : undefined;
    if (typeof url !== "string") return [];
    const passwords = places.map((place) => place.exec(url)?.[1]).filter((found) => found !== undefined);
    return passwords.some((password) => !/^\{\{.{1,50}\}\}$/.test(password))
      ? [
          fail(
            `${engine}.connectionUrl`,
            "holds a password, which Vault can't rotate",
            "Write {{username}} and {{password}}, which Vault fills in.",
          ),
        ]
      : [];
  });
}
