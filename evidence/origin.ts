import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import type { Header } from "./record";

/** Where CI systems say who started a job. */
const actors = [
  "GITHUB_ACTOR",
  "GITLAB_USER_LOGIN",
  "BITBUCKET_STEP_TRIGGERER_UUID",
  "CIRCLE_USERNAME",
  "BUILDKITE_BUILD_CREATOR",
  "BUILD_REQUESTEDFOR",
];

export function whoRuns(env: NodeJS.ProcessEnv = process.env): Header["by"] {
  for (const from of actors) {
    const name = env[from];
    if (name) return { name, from };
  }
  return { name: localUser(env), from: "the operating system" };
}

function localUser(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return env.USER || `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** The commit that is checked out here, and whether the files are those of it. */
export function commitHere(): Header["commit"] {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { id: git("rev-parse", "HEAD"), isClean: git("status", "--porcelain") === "" };
  } catch {
    return null;
  }
}
