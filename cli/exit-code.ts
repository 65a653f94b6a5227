/** How a command ends, for the pipeline that runs it. */
export enum ExitCode {
  /** Nothing blocks. */
  Clean = 0,
  /** A finding blocks. */
  Blocked = 1,
  /** Nothing is found that blocks, and what could not be decided does, because the settings are strict about it. */
  Undecided = 2,
  /** Not everything that was asked for could be judged: bad arguments, a file that can't be read, no engine. */
  CouldNotRun = 3,
}

/** Ends a command with one line for the user, and no stack. */
export class CouldNotRun extends Error {}
