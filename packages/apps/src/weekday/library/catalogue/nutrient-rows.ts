import type { Entry } from '../entry.ts';
import { slugOf } from './food-rows.ts';

const FOR = 'adults from 31 to 50 years who are not pregnant and do not nurse';

/** Reference intakes of the Institute of Medicine (since 2015 the National Academies), by the report they are from. */
const REPORTS = {
  bones: { name: 'Dietary Reference Intakes for Calcium, Phosphorus, Magnesium, Vitamin D, and Fluoride', year: 1997 },
  calcium: { name: 'Dietary Reference Intakes for Calcium and Vitamin D', year: 2011 },
  bVitamins: {
    name:
      'Dietary Reference Intakes for Thiamin, Riboflavin, Niacin, Vitamin B6, Folate, Vitamin B12, Pantothenic Acid, Biotin, ' +
      'and Choline',
    year: 1998,
  },
  antioxidants: { name: 'Dietary Reference Intakes for Vitamin C, Vitamin E, Selenium, and Carotenoids', year: 2000 },
  traces: {
    name:
      'Dietary Reference Intakes for Vitamin A, Vitamin K, Arsenic, Boron, Chromium, Copper, Iodine, Iron, Manganese, Molybdenum, ' +
      'Nickel, Silicon, Vanadium, and Zinc',
    year: 2001,
  },
  macronutrients: {
    name: 'Dietary Reference Intakes for Energy, Carbohydrate, Fiber, Fat, Fatty Acids, Cholesterol, Protein, and Amino Acids',
    year: 2005,
  },
  water: { name: 'Dietary Reference Intakes for Water, Potassium, Sodium, Chloride, and Sulfate', year: 2005 },
  sodium: { name: 'Dietary Reference Intakes for Sodium and Potassium', year: 2019 },
} as const;

type Report = keyof typeof REPORTS;

/** `category | name | unit | kind | female | male | upper (- for none) | what the upper level counts | report | role`. */
const ROWS: readonly (readonly [Report, string])[] = [
  [
    'macronutrients',
    'macronutrient | Protein | g | RDA | 46 | 56 | - | | Builds and mends tissue; at 0.8 g for each kg of a reference body',
  ],
  ['macronutrients', 'macronutrient | Carbohydrate | g | RDA | 130 | 130 | - | | Feeds the brain, which this amount is counted for'],
  ['macronutrients', 'macronutrient | Fiber | g | AI | 25 | 38 | - | | Keeps the gut moving and feeds its bacteria'],
  ['macronutrients', 'macronutrient | Linoleic acid | g | AI | 12 | 17 | - | | An omega-6 fatty acid that the body cannot make'],
  ['macronutrients', 'macronutrient | Alpha-linolenic acid | g | AI | 1.1 | 1.6 | - | | An omega-3 fatty acid that the body cannot make'],
  ['water', 'other | Water | L | AI | 2.7 | 3.7 | - | | Carries everything else; counts drinks and food'],
  ['calcium', 'mineral | Calcium | mg | RDA | 1000 | 1000 | 2500 | | Bones and teeth, muscles and nerves'],
  ['bones', 'mineral | Phosphorus | mg | RDA | 700 | 700 | 4000 | | Bones, and the energy of each cell'],
  ['bones', 'mineral | Magnesium | mg | RDA | 320 | 420 | 350 | from supplements alone | Hundreds of enzymes, muscles and nerves'],
  ['bones', 'mineral | Fluoride | mg | AI | 3 | 4 | 10 | | Hardens teeth'],
  ['sodium', 'mineral | Potassium | mg | AI | 2600 | 3400 | - | | Fluid within cells, heartbeat, blood pressure'],
  [
    'sodium',
    'mineral | Sodium | mg | AI | 1500 | 1500 | - | | Fluid around cells; 2,300 mg a day is where less lowers the risk of disease',
  ],
  ['water', 'mineral | Chloride | mg | AI | 2300 | 2300 | 3600 | | Fluid around cells, acid of the stomach'],
  ['traces', 'mineral | Iron | mg | RDA | 18 | 8 | 45 | | Carries oxygen in blood and muscle'],
  ['traces', 'mineral | Zinc | mg | RDA | 8 | 11 | 40 | | Defence, healing of wounds, taste'],
  ['traces', 'mineral | Copper | mg | RDA | 0.9 | 0.9 | 10 | | Works with iron; connective tissue'],
  ['traces', 'mineral | Manganese | mg | AI | 1.8 | 2.3 | 11 | | Bone, and enzymes that turn food into energy'],
  ['traces', 'mineral | Iodine | µg | RDA | 150 | 150 | 1100 | | Hormones of the thyroid'],
  ['traces', 'mineral | Chromium | µg | AI | 25 | 35 | - | | Helps insulin'],
  ['traces', 'mineral | Molybdenum | µg | RDA | 45 | 45 | 2000 | | A few enzymes that break down amino acids'],
  ['antioxidants', 'mineral | Selenium | µg | RDA | 55 | 55 | 400 | | Protects cells; hormones of the thyroid'],
  [
    'traces',
    'vitamin | Vitamin A | µg | RDA | 700 | 900 | 3000 | as retinol, not as carotene | Sight, skin, defence; in retinol equivalents',
  ],
  ['antioxidants', 'vitamin | Vitamin C | mg | RDA | 75 | 90 | 2000 | | Connective tissue; helps iron from plants in'],
  ['calcium', 'vitamin | Vitamin D | µg | RDA | 15 | 15 | 100 | | Brings calcium into the bones; 15 µg are 600 IU'],
  ['antioxidants', 'vitamin | Vitamin E | mg | RDA | 15 | 15 | 1000 | from supplements and fortified food | Protects the fats of cells'],
  ['traces', 'vitamin | Vitamin K | µg | AI | 90 | 120 | - | | Clotting of blood, bones'],
  ['bVitamins', 'vitamin | Thiamin | mg | RDA | 1.1 | 1.2 | - | | Vitamin B1: energy from carbohydrate'],
  ['bVitamins', 'vitamin | Riboflavin | mg | RDA | 1.1 | 1.3 | - | | Vitamin B2: energy from all food'],
  ['bVitamins', 'vitamin | Niacin | mg | RDA | 14 | 16 | 35 | from supplements and fortified food | Vitamin B3: energy from all food'],
  ['bVitamins', 'vitamin | Vitamin B6 | mg | RDA | 1.3 | 1.3 | 100 | | Amino acids, messengers of the nerves'],
  [
    'bVitamins',
    'vitamin | Folate | µg | RDA | 400 | 400 | 1000 | as folic acid | New cells; before and in pregnancy, the nerves of the child',
  ],
  ['bVitamins', 'vitamin | Vitamin B12 | µg | RDA | 2.4 | 2.4 | - | | Blood and nerves; plants have none'],
  ['bVitamins', 'vitamin | Pantothenic acid | mg | AI | 5 | 5 | - | | Vitamin B5: fats and energy'],
  ['bVitamins', 'vitamin | Biotin | µg | AI | 30 | 30 | - | | Vitamin B7: fats and sugars'],
  ['bVitamins', 'other | Choline | mg | AI | 425 | 550 | 3500 | | Walls of cells, liver, memory'],
];

const nutrientOf = ([report, row]: readonly [Report, string]): Entry => {
  const [category = '', name = '', unit = '', kind = '', female, male, upper, about = '', role = ''] = row
    .split('|')
    .map((cell) => cell.trim());
  const limit = upper === '-' ? {} : { upper: { amount: Number(upper), ...(about === '' ? {} : { about }) } };
  const { name: title, year } = REPORTS[report];
  const fields = {
    ...{ name, category, unit, role },
    intake: { kind, female: Number(female), male: Number(male), forWhom: FOR },
    ...limit,
    source: { name: title, year },
  };
  return { kind: 'nutrients', id: slugOf(name), fields };
};

export const NUTRIENTS: readonly Entry[] = ROWS.map(nutrientOf);
