// What stands where: supplement-rows.ts.
export const FOR_HEALTH = `
Fish oil | moderate | NIH ODS fact sheet for health professionals, Omega-3 Fatty Acids | -
Where no fish is eaten | with a meal
no intake of EPA and DHA is established; eating fish is advised
Lowers triglycerides; effects on the heart are mixed.
May add to blood thinners; fish allergy.
Multivitamin | limited | NIH ODS fact sheet for health professionals, Multivitamin/mineral Supplements | -
Gaps in what is eaten | with a meal
as its label, near 100 % of daily values
Fills gaps; does not prevent chronic disease as far as is shown.
Add up what fortified food holds; iron only where needed.
Ashwagandha | limited | NIH ODS fact sheet for health professionals, Ashwagandha: Is it helpful for stress, anxiety, or sleep? | -
Sold for stress and sleep | no time is established
no dose is established
May help with stress and sleep for some weeks; long use is not studied.
Not in pregnancy; thyroid, liver and drugs: ask a physician.
Valerian | insufficient | NIH ODS fact sheet for health professionals, Valerian | -
Sold for sleep | no time is established
no dose is established
Studies disagree.
Drowsiness; not with sedatives or alcohol.
Melatonin | moderate | NCCIH fact sheet, Melatonin: What You Need To Know | -
Jet lag, a shifted rhythm | in the evening of the new place
no dose is established; the least that helps
May help with jet lag and delayed sleep; long use is little studied.
Drowsiness; with epilepsy or blood thinners ask a physician.
Turmeric extract | limited | NCCIH fact sheet, Turmeric | -
Sold for joints | no time is established
no dose is established
What is shown is not enough to say.
Injuries of the liver were reported, above all with forms made to be absorbed.
Green tea extract | limited | NCCIH fact sheet, Green Tea | -
Sold for weight | with food
no dose is established
Little or no effect on weight.
Injuries of the liver from extracts.
Ginkgo | insufficient | NCCIH fact sheet, Ginkgo | -
Sold for memory | no time is established
no dose is established
Does not prevent dementia.
May add to bleeding; raw seeds are poisonous.
Asian ginseng | insufficient | NCCIH fact sheet, Asian Ginseng | -
Sold for energy | no time is established
no dose is established
No conclusive evidence.
Sleep; drugs for diabetes and blood thinners.
St. John's wort | moderate | NCCIH fact sheet, St. John's Wort | -
Sold for low mood | no time is established
only with a physician
May help mild depression; so do safer ways.
Weakens many drugs, the pill among them; dangerous with antidepressants.
Echinacea | limited | NCCIH fact sheet, Echinacea | -
Sold for colds | no time is established
no dose is established
May lower the chance of a cold slightly.
Allergies to daisies.
Garlic supplement | limited | NCCIH fact sheet, Garlic | -
Sold for cholesterol | no time is established
no dose is established
May lower cholesterol and blood pressure by a little.
May add to bleeding; weakens saquinavir.
Ginger supplement | moderate | NCCIH fact sheet, Ginger | -
Nausea | no time is established
no dose is established
May help with nausea in pregnancy.
Heartburn; ask a physician in pregnancy.
Saw palmetto | insufficient | NCCIH fact sheet, Saw Palmetto | -
Sold for the prostate | no time is established
no dose is established
No better than a placebo for the prostate.
Have complaints looked at.
Milk thistle | insufficient | NCCIH fact sheet, Milk Thistle | -
Sold for the liver | no time is established
no dose is established
Results are mixed or negative.
Allergies to daisies; may lower blood sugar.
Black cohosh | insufficient | NIH ODS fact sheet for health professionals, Black Cohosh | -
Sold for hot flushes | no time is established
no dose is established
Studies disagree.
Injuries of the liver were reported.
Glucosamine and chondroitin | limited | NCCIH fact sheet, Glucosamine and Chondroitin for Osteoarthritis | -
Sold for joints | no time is established
no dose is established
Studies of the knee disagree.
Adds to warfarin.
Coenzyme Q10 | limited | NCCIH fact sheet, Coenzyme Q10 | -
Sold for the heart and with statins | with a meal
no dose is established
Does not relieve muscle pain of statins as far as is shown.
May weaken warfarin.
Carnitine | limited | NIH ODS fact sheet for health professionals, Carnitine | -
Sold for energy and weight | no time is established
the body makes what it needs
A slight loss of weight in some studies.
A smell of fish, nausea; epilepsy.
Glucomannan | insufficient | NIH ODS fact sheet, Dietary Supplements for Weight Loss | -
Sold for weight | with much water
no dose is established
Little or no effect on weight.
Tablets can block the gullet.
Garcinia | insufficient | NIH ODS fact sheet, Dietary Supplements for Weight Loss | -
Sold for weight | no time is established
no dose is established
Little or no effect on weight.
Injuries of the liver were reported.
Conjugated linoleic acid | limited | NIH ODS fact sheet, Dietary Supplements for Weight Loss | -
Sold for body fat | no time is established
no dose is established
A very small effect on weight and fat.
Stomach upset; may raise blood lipids.
Raspberry ketone | insufficient | NIH ODS fact sheet, Dietary Supplements for Weight Loss | -
Sold for weight | no time is established
no dose is established
Too little was studied to say.
Its safety is not known.
Bitter orange | insufficient | NIH ODS fact sheet, Dietary Supplements for Weight Loss | -
Sold for weight | no time is established
none: see cautions
Effects on weight are not clear.
Raises pulse and blood pressure; not with caffeine.
Probiotics | limited | NIH ODS fact sheet for health professionals, Probiotics | -
Sold for the gut | daily
by strain; no dose holds for all
Some strains help with some complaints; healthy people are given no recommendation.
With a weak immune system ask a physician.
`;
