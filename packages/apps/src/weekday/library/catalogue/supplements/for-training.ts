// What stands where: supplement-rows.ts.
export const FOR_TRAINING = `
Creatine monohydrate | strong | ISSN position stand: creatine | 2017
Strength, sprints, muscle | any time, every day
3 to 5 g a day; or 0.3 g/kg a day for 5 to 7 days first
The most effective supplement for high-intensity exercise; safe for healthy people in long studies.
Body mass rises by water. With a kidney disease ask a physician.
Caffeine | strong | ISSN position stand: caffeine and exercise performance | 2021
Endurance, strength, attention | about 60 minutes before
3 to 6 mg/kg; less may do
Helps most kinds of exercise by a little to a moderate amount.
Sleep, heartbeat, anxiety. Not in pregnancy beyond 200 mg a day.
Protein powder | strong | ISSN position stand: protein and exercise | 2017
Muscle, where food has too little protein | spread over the day, 3 to 4 hours apart
20 to 40 g a serving, towards 1.4 to 2.0 g/kg a day from all food
Helps to build muscle along with training; the amount of the day matters most.
With a kidney disease ask a physician.
Casein | moderate | ISSN position stand: protein and exercise | 2017
Protein for the night | before sleep
30 to 40 g
Raises the making of muscle protein overnight.
Milk allergy.
Essential amino acids | moderate | ISSN position stand: essential amino acid supplementation | 2023
Protein synthesis where a meal is small | around training or between meals
1.5 to 18 g were studied
Stimulates the making of muscle protein; whole protein does too.
None beyond those of protein.
Beta-alanine | strong | ISSN position stand: beta-alanine | 2015
Efforts of 1 to 4 minutes | in parts of 1.6 g or less
4 to 6 g a day for at least 2 to 4 weeks
Raises carnosine in muscle and helps high-intensity work of minutes.
Tingling of the skin, which is harmless.
Sodium bicarbonate | strong | ISSN position stand: sodium bicarbonate and exercise performance | 2021
Efforts of 30 seconds to 12 minutes | 60 to 180 minutes before
0.2 to 0.3 g/kg
Buffers acid in hard efforts.
Stomach upset is common; much sodium: not with high blood pressure.
Beetroot nitrate | moderate | IOC consensus statement: dietary supplements and the high-performance athlete | 2018
Endurance | 2 to 3 hours before
310 to 560 mg of nitrate
Helps efforts under about 40 minutes; less in the highly trained.
Red urine; lowers blood pressure.
HMB | limited | ISSN position stand: beta-hydroxy-beta-methylbutyrate (HMB) | 2013
Recovery of the untrained | before training
38 mg/kg a day
May lessen damage by unaccustomed training; the trained gain little.
Safe in the studies there are.
Probiotics for athletes | limited | ISSN position stand: probiotics | 2019
Colds and the gut in hard training | daily
by strain; no dose holds for all
Some strains shorten infections of the airways; effects do not carry over to other strains.
With a weak immune system ask a physician.
Sports drink | moderate | IOC consensus statement: dietary supplements and the high-performance athlete | 2018
Exercise beyond an hour | during
30 to 60 g of carbohydrate an hour
Delays fatigue in long efforts.
Sugar and acid for teeth; not needed in short sessions.
Branched-chain amino acids | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for muscle | no time is established
no dose is established
Little shows that they build muscle beyond what protein does.
Safe up to the amounts studied; whole protein has them.
Arginine | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for blood flow | no time is established
no dose is established
Studies of performance disagree, and most find nothing.
Stomach upset; lowers blood pressure.
Citrulline | limited | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for blood flow | no time is established
no dose is established
Few studies, with mixed results.
Stomach upset.
Betaine | limited | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for strength | no time is established
no dose is established
Small studies of men, with mixed results.
Few data on safety.
Glutamine | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for recovery | no time is established
no dose is established
Does not improve performance as far as it was studied.
None known at the amounts studied.
Quercetin | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for endurance | no time is established
no dose is established
Little or no effect.
Few data on long use.
Ribose | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for energy | no time is established
no dose is established
Does not improve performance as far as it was studied.
May lower blood sugar.
Tart cherry | limited | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Soreness after hard exercise | around events
no dose is established
Some studies find less soreness and loss of strength.
Sugar in the juice.
Tribulus | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for testosterone | no time is established
no dose is established
No effect on strength or hormones is shown.
Few data on safety.
DHEA | insufficient | NIH ODS fact sheet, Dietary Supplements for Exercise and Athletic Performance | -
Sold for testosterone | no time is established
none: it is a hormone
No benefit for performance.
Forbidden in sport; effects of hormones.
`;
