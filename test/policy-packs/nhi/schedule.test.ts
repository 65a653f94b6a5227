import { longestGap, longestGapOfCron } from "../../../policy-packs/nhi/schedule";
import { unknown } from "../../../policy-packs/nhi/value";

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

it.each([
  ["0 0 * * *", 1],
  ["0 0 * * SAT", 7],
  ["0 0 * * 6", 7],
  ["0 0 * * 0,3", 4],
  ["0 0 * * 1-5", 3],
  ["0 0 * * */2", 2],
  ["0 0 1 * *", 31],
  ["0 0 1 */3 *", 92],
  ["0 0 1 * MON", 7],
  ["30 2 1 1 *", 366],
])("cron's own %s lets %d days pass", (schedule, days) => {
  expect(longestGapOfCron(schedule)).toBe(days * day);
});

it.each(["", "@monthly", "0 0 * *", "0 0 * * * *", "0 0 31 2 *", "x ".repeat(1000), 7])(
  "cron's own %j is no schedule",
  (schedule) => {
    expect(longestGapOfCron(schedule)).toBeNaN();
  },
);

it("leaves cron's own schedule open that is not known yet", () => {
  expect(longestGapOfCron(unknown)).toBe(unknown);
});
