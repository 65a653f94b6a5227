import * as pulumi from "@pulumi/pulumi";

/**
 * What is wrong with an argument: which one, what must hold, what came, what to do. One sentence or two on one line,
 * without the component's name. Nothing when all is well.
 */
export type Problem = string | undefined;

/** Ends the program with one line and no stack. Called before `super`, so that a refused component registers nothing. */
export function refuse(component: string, name: string, problem: Problem): void {
  if (problem !== undefined) throw new pulumi.RunError(`${component} "${name}": ${problem}`);
}

/** The first problem that a check finds in a list. */
export function firstProblem<T>(items: readonly T[], check: (item: T, index: number) => Problem): Problem {
  for (const [index, item] of items.entries()) {
    const problem = check(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** An argument's value for a message: quoted, on one line, cut when long. Never for a secret. */
export function shown(value: string | undefined): string {
  const most = 80;
  const text = value ?? "";
  return JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text);
}

export function secondsProblem(
  argument: string,
  seconds: number,
  least: number,
  most: number,
  why: string,
): Problem {
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return undefined;
  const range = least === most ? `${most}` : `a whole number from ${least} to ${most}`;
  return `${argument} must be ${range} seconds, got ${seconds}. ${why}`;
}

/** A value that is checked as soon as it is known, and so before the resource that takes it is made. */
export function checked(
  component: string,
  name: string,
  value: pulumi.Input<string>,
  check: (value: string) => Problem,
): pulumi.Output<string> {
  return pulumi.output(value).apply((known) => {
    refuse(component, name, check(known));
    return known;
  });
}

/** The check of a value that is known already. Outputs wait for `checked`. */
export function plainProblem(
  value: pulumi.Input<string | undefined> | undefined,
  check: (value: string) => Problem,
): Problem {
  return typeof value === "string" ? check(value) : undefined;
}
