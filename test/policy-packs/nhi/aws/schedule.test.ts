import { longestGap } from "../../../../policy-packs/nhi/aws/schedule";
import { unknown } from "../../../../policy-packs/nhi/value";

const day = 86_400;

it.each([
  ["rate(10 days)", 10],
  ["rate(1 day)", 1],
  ["rate(12 hours)", 0.5],
  ["RATE(4 Hours)", 1 / 6],
  ["cron(0 8 * * ? *)", 1],
  ["cron(0/30 * ? * * *)", 1],
  ["cron(0 8 1 * ? *)", 31],
  ["cron(0 8 1,15 * ? *)", 17],
  ["cron(0 8 1/10 * ? *)", 10],
  ["cron(0 8 L * ? *)", 31],
  ["cron(0 8 ? * MON *)", 7],
  ["cron(0 8 ? * mon-fri *)", 3],
  ["cron(0 8 ? * 1,4 *)", 4],
  ["cron(0 8 ? * TUE#1 *)", 35],
  ["cron(0 8 ? * 6L *)", 35],
  ["cron(0 8 1 1/3 ? *)", 92],
  ["cron(0 8 1 JAN ? *)", 366],
  ["cron(0 8 1 * ?)", 31],
])("%s lets %d days pass", (schedule, days) => {
  expect(longestGap(schedule)).toBe(days * day);
});

it.each([
  "",
  "daily",
  "rate(days)",
  "rate(10 weeks)",
  "cron()",
  "cron(0 8 1 * ? 2027)",
  "cron(0 8 31 FEB ? *)",
  "cron(0 8 x * ? *)",
  "cron(0 8 1/0 * ? *)",
  `cron(${"*".repeat(1000)})`,
])("takes %s for no schedule", (schedule) => {
  expect(longestGap(schedule)).toBeNaN();
});

it("says what is not known yet", () => {
  expect(longestGap(unknown)).toBe(unknown);
  expect(longestGap(7)).toBeNaN();
});
