import { ok, type Result, refuse } from '@tidemark/protocol';
import { ACTIVITY_FACTORS, type Activity, GOAL_RULES, type Goal, MIFFLIN, PROTEIN_BMI_MAX, SAFETY, type Sex } from './rules.ts';

/** A grown person. Years, centimetres, kilograms. */
export interface Person {
  readonly sex: Sex;
  readonly age: number;
  readonly heightCm: number;
  readonly weightKg: number;
  readonly activity: Activity;
  readonly goal: Goal;
}

/** kcal and grams a day. */
export interface Need {
  readonly restingKcal: number;
  readonly activityFactor: number;
  readonly energyKcal: number;
  /** Before it is bounded by its share of the energy. */
  readonly proteinG: number;
}

const bmiOf = ({ weightKg, heightCm }: Person): number => weightKg / (heightCm / 100) ** 2;

/** Why no plan is computed for such figures, in sentences; empty where one may be. */
const unsafe = (person: Person, energyKcal: number): readonly string[] => {
  const { age, goal, sex } = person;
  const bmi = bmiOf(person);
  const shown = bmi.toFixed(1);
  const energyMin = SAFETY.energyMin[sex];
  return [
    ...(age < SAFETY.ageMin ? [`age: these figures hold for people from ${SAFETY.ageMin}, and somebody younger still grows`] : []),
    ...(bmi < SAFETY.bmiMin ? [`weightKg: a BMI of ${shown} is far below what is healthy`] : []),
    ...(bmi > SAFETY.bmiMax ? [`weightKg: a BMI of ${shown} needs somebody who looks at the whole person`] : []),
    ...(goal === 'lose' && bmi < SAFETY.bmiToLoseMin ? [`goal: nobody should lose weight at a BMI of ${shown}`] : []),
    ...(energyKcal < energyMin
      ? [`goal: it would leave ${Math.round(energyKcal)} kcal a day; less than ${energyMin} needs supervision`]
      : []),
  ];
};

/**
 * What a person needs for a goal: resting energy by Mifflin–St Jeor, times the activity factor, times the goal's; protein by body mass
 * and goal. Refusal: NOT_ADVISED, with details.issues.
 */
export const needOf = (person: Person): Result<Need> => {
  const { sex, age, heightCm, weightKg, activity, goal } = person;
  const restingKcal = MIFFLIN.perKg * weightKg + MIFFLIN.perCm * heightCm + MIFFLIN.perYear * age + MIFFLIN[sex];
  const activityFactor = ACTIVITY_FACTORS[activity];
  const { energyFactor, proteinPerKg } = GOAL_RULES[goal];
  const energyKcal = restingKcal * activityFactor * energyFactor;
  const reasons = unsafe(person, energyKcal);
  if (reasons.length > 0) {
    const issues = reasons.map((reason) => ({
      path: reason.slice(0, reason.indexOf(':')),
      message: reason.slice(reason.indexOf(':') + 2),
    }));
    const message = 'No plan is computed for these figures. Please see a physician or a registered dietitian.';
    return refuse('NOT_ADVISED', message, { issues });
  }
  const countedKg = Math.min(weightKg, PROTEIN_BMI_MAX * (heightCm / 100) ** 2);
  return ok({ restingKcal, activityFactor, energyKcal, proteinG: countedKg * proteinPerKg });
};
