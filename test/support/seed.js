// A run that decides about a change must come out the same when it is run again: with CI set, the properties are tried
// with one seed. Everywhere else each run tries others, and says which one failed.
if (process.env.CI) require("fast-check").configureGlobal({ seed: 20261124 });
