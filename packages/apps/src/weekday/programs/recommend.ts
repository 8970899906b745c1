import { compareStrings } from '@tidemark/protocol';
import {
  EQUIPMENT_POINTS,
  FREE_DAY_POINTS,
  FULL_SESSION,
  GOAL_POINTS,
  LEVEL_POINTS,
  LEVELS,
  type Level,
  PROGRAM_RULES_VERSION,
  PROGRAM_SCORE_START,
  type ProgramGoal,
} from './rules.ts';

export interface ProgramQuestion {
  readonly goal: ProgramGoal;
  readonly level: Level;
  /** Days there are for training, 1 to 7. */
  readonly daysPerWeek: number;
  /** Minutes there are on such a day; default: as many as it takes. */
  readonly minutes?: number | undefined;
  /** What there is to train with. */
  readonly equipment: readonly string[];
  readonly limitations?: readonly string[] | undefined;
}

/** What of a program decides. */
export interface ProgramItem {
  readonly id: string;
  readonly name: string;
  readonly goal: ProgramGoal;
  readonly level: Level;
  readonly daysPerWeek: number;
  readonly minutes: number;
  readonly equipment: readonly string[];
  readonly avoidFor: readonly string[];
}

export interface ProgramAnswer {
  /** The best first. */
  readonly data: readonly { readonly item: ProgramItem; readonly score: number; readonly reasons: readonly string[] }[];
  readonly rejected: readonly { readonly item: { readonly id: string; readonly name: string }; readonly reasons: readonly string[] }[];
  readonly rulesVersion: string;
}

/** Why a program is not for this person. */
const against = (program: ProgramItem, question: ProgramQuestion): readonly string[] => {
  const { level, daysPerWeek, minutes = Number.POSITIVE_INFINITY, equipment, limitations = [] } = question;
  return [
    ...program.equipment.filter((one) => !equipment.includes(one)).map((one) => `needs ${one}, which you do not have`),
    ...program.avoidFor.filter((one) => limitations.includes(one)).map((one) => `is not for whoever has trouble with ${one}`),
    ...(LEVELS.indexOf(program.level) > LEVELS.indexOf(level) ? [`is for level ${program.level}, yours is ${level}`] : []),
    ...(program.daysPerWeek > daysPerWeek ? [`takes ${program.daysPerWeek} days a week, you have ${daysPerWeek}`] : []),
    ...(program.minutes > minutes ? [`takes ${program.minutes} minutes, you have ${minutes}`] : []),
  ];
};

interface Points {
  readonly points: number;
  readonly reason: string;
}

/** The rules that apply to a program that is not rejected. */
const rulesFor = (program: ProgramItem, { goal, level, daysPerWeek, minutes }: ProgramQuestion): readonly Points[] => {
  const below = LEVELS.indexOf(level) - LEVELS.indexOf(program.level);
  const free = daysPerWeek - program.daysPerWeek;
  const used = program.equipment.length;
  return [
    ...GOAL_POINTS.filter((rule) => rule.goal === goal && rule.of === program.goal),
    ...LEVEL_POINTS.filter((rule) => rule.below === below),
    { points: free * FREE_DAY_POINTS, reason: free === 0 ? 'fills your training days' : `leaves ${free} of your training days free` },
    ...(minutes !== undefined && program.minutes >= minutes * FULL_SESSION.share ? [FULL_SESSION] : []),
    ...(used > 0 ? [{ points: used * EQUIPMENT_POINTS, reason: `makes use of ${program.equipment.join(' and ')}` }] : []),
  ];
};

/**
 * The programs for a person by score, then id; and those that are not, with all that speaks against each. Whose goal has nothing to do
 * with the person's is rejected too.
 */
export const recommendPrograms = (question: ProgramQuestion, programs: readonly ProgramItem[]): ProgramAnswer => {
  const data: ProgramAnswer['data'][number][] = [];
  const rejected: ProgramAnswer['rejected'][number][] = [];
  for (const program of [...programs].sort((a, b) => compareStrings(a.id, b.id))) {
    const { id, name } = program;
    const serves = GOAL_POINTS.some((rule) => rule.goal === question.goal && rule.of === program.goal);
    const reasons = [...(serves ? [] : [`is for ${program.goal}, which does little for ${question.goal}`]), ...against(program, question)];
    if (reasons.length > 0) {
      rejected.push({ item: { id, name }, reasons });
      continue;
    }
    const rules = rulesFor(program, question);
    const score = rules.reduce((sum, { points }) => sum + points, PROGRAM_SCORE_START);
    data.push({ item: program, score, reasons: rules.map(({ reason }) => reason) });
  }
  data.sort((a, b) => b.score - a.score || compareStrings(a.item.id, b.item.id));
  return { data, rejected, rulesVersion: PROGRAM_RULES_VERSION };
};
