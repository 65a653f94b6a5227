import { writeFileSync } from "node:fs";

// Runs until somebody ends it, and says who it is.
writeFileSync(process.env.PID_FILE ?? "", String(process.pid));
setInterval(() => undefined, 1_000);
