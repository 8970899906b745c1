// recommendation_rules of programs: everything that decides is data here, with where it is from. A change of any of it is a new version.

export const PROGRAM_RULES_VERSION = '2026-11-22';

export const PROGRAM_GOALS = ['strength', 'muscle', 'fitness', 'endurance', 'mobility', 'lose'] as const;
export const LEVELS = ['beginner', 'intermediate', 'expert'] as const;
/** What somebody may have, by the names that exercises give it. */
export const EQUIPMENT = ['barbell', 'dumbbell', 'kettlebells', 'machine', 'cable', 'bands'] as const;
/** What may hurt, by the names that programs are not for. */
export const LIMITATIONS = ['knees', 'lower back', 'shoulders'] as const;

export type ProgramGoal = (typeof PROGRAM_GOALS)[number];
export type Level = (typeof LEVELS)[number];

/** Before any rule. */
export const PROGRAM_SCORE_START = 20;

/** Points for the goal of a program where a person has the goal that stands first; a pair that does not stand here gets none. */
export const GOAL_POINTS: readonly {
  readonly goal: ProgramGoal;
  readonly of: ProgramGoal;
  readonly points: number;
  readonly reason: string;
}[] = [
  ...PROGRAM_GOALS.map((goal) => ({ goal, of: goal, points: 50, reason: `is made for the goal ${goal}` })),
  { goal: 'strength', of: 'muscle', points: 25, reason: 'makes muscle, which strength needs' },
  { goal: 'muscle', of: 'strength', points: 25, reason: 'trains heavy, which muscle needs too' },
  { goal: 'lose', of: 'fitness', points: 25, reason: 'keeps muscle while weight is lost' },
  { goal: 'lose', of: 'endurance', points: 25, reason: 'spends energy for long' },
  { goal: 'lose', of: 'muscle', points: 15, reason: 'keeps muscle while weight is lost' },
  { goal: 'fitness', of: 'endurance', points: 20, reason: 'trains heart and lungs' },
  { goal: 'fitness', of: 'muscle', points: 15, reason: 'trains all muscles' },
  { goal: 'fitness', of: 'lose', points: 15, reason: 'trains strength and breath together' },
  { goal: 'endurance', of: 'fitness', points: 15, reason: 'is a basis for endurance' },
  { goal: 'mobility', of: 'fitness', points: 5, reason: 'moves the whole body' },
];

/** Points where the level of a program is that of the person, or so many below it. What lies above is rejected. */
export const LEVEL_POINTS = [
  { below: 0, points: 15, reason: 'is of your level' },
  { below: 1, points: 0, reason: 'is a level below yours' },
  { below: 2, points: -15, reason: 'is two levels below yours' },
] as const;

/** For each day a week that a program leaves free of those a person has. Source: ACSM position stand (2011), frequency by goal. */
export const FREE_DAY_POINTS = -4;
/** Where a session takes at least this share of the minutes that there are. */
export const FULL_SESSION = { share: 0.6, points: 5, reason: 'makes use of your time' } as const;
/** For each kind of equipment that a program makes use of. */
export const EQUIPMENT_POINTS = 3;
