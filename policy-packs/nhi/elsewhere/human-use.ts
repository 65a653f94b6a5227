import type { Judge } from "../rule";
import { mustBeAbsent } from "../static-key";
import { fail } from "../verdict";

/** A user of Snowflake's of the kind for people, whose key pair only a program uses. */
export const humanUseElsewhere: Readonly<Record<string, Judge>> = {
  "snowflake:index/user:User": (user) =>
    mustBeAbsent(
      "rsaPublicKey",
      "rsaPublicKey2",
    )(user).map(({ property }) =>
      fail(property, "lets a program sign in as a person", "Use snowflake.ServiceUser for the program."),
    ),
};
