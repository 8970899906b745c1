// What stands where: supplement-rows.ts.
export const MINERALS = `
Calcium | strong | Institute of Medicine, Dietary Reference Intakes for Calcium and Vitamin D | 2011
Where food has little | with a meal, no more than 500 mg at once
1,000 mg a day up to 50 years, food included; at most 2,500 mg
Keeps bone where the intake was low.
Kidney stones from supplements; keep hours between it and thyroid hormone or some antibiotics.
Iron | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency that a blood test has shown | on an empty stomach if it is borne, with vitamin C
8 mg a day for men, 18 mg for women up to 50 years; at most 45 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Never without a blood test. Keep it from children: an overdose can kill.
Magnesium | strong | Institute of Medicine, Dietary Reference Intakes for Calcium, Phosphorus, Magnesium, Vitamin D and Fluoride | 1997
Where food has little | with a meal
420 mg a day for men, 320 mg for women, food included; at most 350 mg from supplements
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Loosens the bowels; not with weak kidneys.
Potassium | strong | National Academies, Dietary Reference Intakes for Sodium and Potassium | 2019
Only where a physician says so | with a meal
3,400 mg a day for men, 2,600 mg for women, food included
More of it with less salt lowers blood pressure; food is the way.
Dangerous with weak kidneys, ACE inhibitors or potassium-sparing diuretics.
Zinc | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency | with a meal
11 mg a day for men, 8 mg for women; at most 40 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Much of it for long takes copper away; keep hours from antibiotics.
Copper | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency | with a meal
0.9 mg a day; at most 10 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Not with the disease of Wilson.
Manganese | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency, which is very rare | with a meal
2.3 mg a day for men, 1.8 mg for women; at most 11 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Not with liver disease.
Selenium | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins C and E, Selenium and Carotenoids | 2000
Corrects a deficiency | any time
55 µg a day; at most 400 µg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Hair and nails suffer above the upper level; two Brazil nuts can hold a day.
Iodine | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Where salt is not iodised and fish is not eaten | any time
150 µg a day; at most 1,100 µg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
With a disease of the thyroid ask a physician. Kelp varies wildly.
Chromium | limited | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Sold for blood sugar | with a meal
35 µg a day for men, 25 µg for women, which food has
A need beyond food is not shown.
May add to what drugs for diabetes do.
Molybdenum | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency, which is all but unknown | any time
45 µg a day; at most 2,000 µg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Nobody who eats needs it.
Phosphorus | strong | Institute of Medicine, Dietary Reference Intakes for Calcium, Phosphorus, Magnesium, Vitamin D and Fluoride | 1997
Corrects a deficiency, which is rare | with a meal
700 mg a day; at most 4,000 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Not with weak kidneys.
Fluoride | strong | Institute of Medicine, Dietary Reference Intakes for Calcium, Phosphorus, Magnesium, Vitamin D and Fluoride | 1997
Where water holds little | any time
4 mg a day for men, 3 mg for women, water included; at most 10 mg
Less decay of teeth.
Too much in childhood stains teeth.
`;
