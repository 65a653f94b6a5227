import { NhiKind, type NhiMetadata } from "../identity";
import { shown, type Problem } from "../refusal";

/** How long a way in for emergencies stays open at most. Ours: no standard says. */
export const emergencySeconds = 3600;

/** The policy pack judges what is marked so as a way in for emergencies. */
export const breakGlassKindProblem = ({ kind }: NhiMetadata): Problem =>
  kind === NhiKind.BreakGlass
    ? undefined
    : `metadata.kind must be break-glass, got ${shown(kind)}. What is used on other days takes a component of its own.`;
