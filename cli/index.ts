#!/usr/bin/env node
import { main } from "./main";
import { processScreen } from "./screen";

// The reader of a pipe may have enough: `nhi explain | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void main(process.argv.slice(2), processScreen()).then((code) => (process.exitCode = code));
