import { dueAt } from "../../broker/due";
import type { Grant } from "../../broker/grant";
import { grantOf } from "./sample";

const approval = { needed: 1, approvers: ["a"], given: [], expiresAt: "2027-06-30T15:00:00.000Z" };
const revocation = {
  requestedAt: "2027-06-30T12:10:00.000Z",
  attempts: 1,
  nextAttemptAt: "2027-06-30T12:11:00.000Z",
};

it.each<{ grant: Partial<Grant>; due: string | undefined }>([
  { grant: { state: "requested" }, due: "2027-06-30T12:01:00.000Z" },
  { grant: { state: "pending_approval", approval }, due: "2027-06-30T15:00:00.000Z" },
  { grant: { state: "approved" }, due: "2027-06-30T12:15:00.000Z" },
  { grant: { state: "approved", approval }, due: "2027-06-30T15:00:00.000Z" },
  {
    grant: { state: "minting", mintingAt: "2027-06-30T14:00:00.000Z" },
    due: "2027-06-30T14:02:00.000Z",
  },
  { grant: { state: "issued", expiresAt: "2027-06-30T12:10:00.000Z" }, due: "2027-06-30T12:10:00.000Z" },
  { grant: { state: "completed", endedAt: "2027-06-30T12:05:00.000Z" }, due: "2027-06-30T12:05:00.000Z" },
  { grant: { state: "failed", endedAt: "2027-06-30T12:05:00.000Z" }, due: "2027-06-30T12:05:00.000Z" },
  { grant: { state: "timed_out", endedAt: "2027-06-30T12:05:00.000Z" }, due: "2027-06-30T12:05:00.000Z" },
  { grant: { state: "revoke_failed", revocation }, due: "2027-06-30T12:11:00.000Z" },
  { grant: { state: "denied" }, due: undefined },
  { grant: { state: "revoked" }, due: undefined },
  { grant: { state: "expired" }, due: undefined },
])("a grant that is $grant.state is due $due", ({ grant, due }) => {
  expect(dueAt(grantOf(grant))?.toISOString()).toBe(due);
});

it.each<{ grant: Partial<Grant>; due: string }>([
  { grant: { state: "revoked" }, due: "2027-06-30T12:00:00.000Z" },
  { grant: { state: "issued", expiresAt: "2027-06-30T12:10:00.000Z" }, due: "2027-06-30T12:00:00.000Z" },
  { grant: { state: "completed", endedAt: "2027-06-30T11:59:59.000Z" }, due: "2027-06-30T11:59:59.000Z" },
])("an event that is not delivered makes a grant that is $grant.state due at once", ({ grant, due }) => {
  expect(dueAt(grantOf({ ...grant, delivered: 0 }))?.toISOString()).toBe(due);
});
