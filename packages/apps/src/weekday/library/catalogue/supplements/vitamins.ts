// What stands where: supplement-rows.ts.
export const VITAMINS = `
Vitamin A | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency | with a meal
900 µg a day for men, 700 µg for women, food included; at most 3,000 µg as retinol
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Not in pregnancy above the upper level: it harms the child. Too much harms liver and bones.
Vitamin C | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins C and E, Selenium and Carotenoids | 2000
Corrects a deficiency | any time
90 mg a day for men, 75 mg for women; smokers 35 mg more; at most 2,000 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Large doses upset the stomach; with kidney stones or too much iron ask a physician.
Vitamin D | strong | Institute of Medicine, Dietary Reference Intakes for Calcium and Vitamin D | 2011
Where there is little sun or food with it | with a meal
15 µg (600 IU) a day up to 70 years, 20 µg (800 IU) above; at most 100 µg (4,000 IU)
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Too much raises calcium in the blood: sickness, kidney damage.
Vitamin E | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins C and E, Selenium and Carotenoids | 2000
Corrects a deficiency, which is rare | with a meal
15 mg a day; at most 1,000 mg from supplements
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
May make bleeding easier, above all with blood thinners.
Vitamin K | strong | Institute of Medicine, Dietary Reference Intakes for Vitamins A and K and Trace Elements | 2001
Corrects a deficiency | with a meal
120 µg a day for men, 90 µg for women
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Works against warfarin: keep the intake even and tell your physician.
Thiamin | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency, as with much alcohol | any time
1.2 mg a day for men, 1.1 mg for women
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
No harm from large amounts is known; an upper level was not set.
Riboflavin | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency | any time
1.3 mg a day for men, 1.1 mg for women
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Colours the urine yellow, which is harmless.
Niacin | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency | with a meal
16 mg a day for men, 14 mg for women; at most 35 mg from supplements
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Above the upper level the skin flushes; high doses can harm the liver.
Pantothenic acid | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency, which is very rare | any time
5 mg a day
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
No upper level was set.
Vitamin B6 | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency | any time
1.3 mg a day up to 50 years; at most 100 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
High doses over months harm the nerves.
Biotin | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Corrects a deficiency, which is very rare | any time
30 µg a day
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Large doses falsify laboratory tests, those of the heart among them: say that you take it.
Folic acid | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Before and in early pregnancy | any time
400 µg a day for whoever may become pregnant, beside food; at most 1,000 µg
Lowers the risk of neural tube defects.
Large amounts can hide a lack of vitamin B12.
Vitamin B12 | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
For vegans, and for many people above 50 | any time
2.4 µg a day
Needed by whoever eats nothing of animals; people above 50 absorb it better from supplements and fortified food.
No upper level was set; metformin and acid blockers lower the absorption.
Choline | strong | Institute of Medicine, Dietary Reference Intakes for the B Vitamins and Choline | 1998
Where food has little | with a meal
550 mg a day for men, 425 mg for women; at most 3,500 mg
Corrects a deficiency for certain; who eats enough of it gains nothing that is proven.
Too much lowers blood pressure and smells of fish.
`;
