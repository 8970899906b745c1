// What stands where: program-rows.ts.
export const PROGRAMS = `
First steps with body weight | fitness | beginner | 3 | 20 | 6 | - | - | WHO
The whole body with nothing but a floor | Somebody who begins, or begins again
Add a repetition to each set every session; at the upper end of a range add a set, up to four.
A: bodyweight-squat 2 8-12 60; push-up-with-raised-hands 2 6-10 60; glute-bridge 2 10-15 45; dead-bug 2 6-8 45; forearm-plank 2 20 s 45
B: bodyweight-squat 2 8-12 60; superman-hold 2 8-10 45; push-up-with-raised-hands 2 6-10 60; side-plank 2 15 s 45; glute-bridge 2 10-15 45

Body weight, further on | fitness | intermediate | 4 | 35 | 8 | - | knees | ACSM2011
Strength and breath with nothing but a floor | Somebody who does 15 push-ups
When the upper end of all ranges is reached, slow each lowering to three seconds, then add a set.
A: walking-lunge 3 10-14 60; push-up 3 8-15 60; mountain-climber 3 20-30 45; reverse-crunch 3 10-15 45
B: jump-squat 3 6-10 90; close-push-up 3 6-12 60; single-leg-glute-bridge 3 8-12 45; bicycle-crunch 3 16-24 45

Dumbbells at home | muscle | beginner | 3 | 40 | 8 | dumbbell | - | ACSM2009
The whole body with a pair of dumbbells | Somebody who begins and has dumbbells
At the upper end of a range in all sets take the next heavier dumbbell and begin at the lower end.
A: dumbbell-squat 3 8-12 90; dumbbell-floor-press 3 8-12 90; two-dumbbell-row 3 8-12 90; dumbbell-curl 2 10-15 60
B: dumbbell-stiff-leg-deadlift 3 8-12 90; dumbbell-shoulder-press 3 8-12 90; one-arm-dumbbell-row 3 8-12 60; forearm-plank 3 20-40 s 45

Dumbbells, upper and lower | muscle | intermediate | 4 | 50 | 10 | dumbbell | shoulders | ACSM2009
Upper and lower body twice a week each | Somebody with half a year of training
Add weight at the upper end of a range; every fourth week do half of the sets.
Upper: dumbbell-bench-press 4 8-12 90; one-arm-dumbbell-row 4 8-12 90; dumbbell-shoulder-press 3 8-12 90; lateral-raise 3 12-15 60
Lower: dumbbell-split-squat 4 8-12 90; dumbbell-stiff-leg-deadlift 4 8-12 90; dumbbell-calf-raise 3 12-20 60; dumbbell-step-up 3 8-12 90

Barbell basics | strength | beginner | 3 | 50 | 12 | barbell | lower back | ACSM2009
Squat, press, row and deadlift | Somebody who begins, with a rack and somebody to show the lifts
Add 2.5 kg to a lift whenever all repetitions were done; after two failed sessions take 10 % off.
A: back-squat 3 5 180; bench-press 3 5 180; barbell-row 3 5 120
B: back-squat 3 5 180; overhead-press 3 5 180; deadlift 1 5 180

Barbell strength, four days | strength | intermediate | 4 | 70 | 12 | barbell | lower back, shoulders | ACSM2009
One main lift a day, with what supports it | Somebody whose lifts no longer grow every week
Three weeks heavier, one lighter: sets of 5, of 4, of 3, then half of the sets.
Squat: back-squat 4 3-5 180; romanian-deadlift 3 6-8 120; barbell-lunge 3 8-10 90
Bench: bench-press 4 3-5 180; barbell-row 4 6-8 120; close-grip-bench-press 3 6-8 120
Deadlift: deadlift 3 3-5 240; front-squat 3 5-6 180; hip-thrust 3 8-10 120
Press: overhead-press 4 3-5 180; incline-bench-press 3 6-8 120; barbell-curl 3 8-12 60

Machines for a start | muscle | beginner | 2 | 45 | 8 | machine, cable | - | ACSM2009
The whole body on guided machines | Somebody new to a gym, or unsure of free weights
At the upper end of a range add the smallest plate.
A: leg-press 3 10-15 90; chest-press-machine 3 10-15 90; seated-cable-row 3 10-15 90; seated-leg-curl 2 10-15 60; cable-crunch 2 10-15 60
B: leg-press 3 10-15 90; wide-lat-pulldown 3 10-15 90; shoulder-press-machine 3 10-15 90; leg-extension 2 10-15 60; pallof-press 2 10-12 60

Gym, push, pull and legs | muscle | intermediate | 6 | 60 | 10 | barbell, dumbbell, machine, cable | lower back | ACSM2009
Each muscle twice a week | Somebody who likes to train often
Stop a repetition or two before failure; add weight at the upper end of a range.
Push: bench-press 4 6-10 120; dumbbell-shoulder-press 3 8-12 90; lateral-raise 3 12-15 60; rope-pushdown 3 10-15 60
Pull: barbell-row 4 6-10 120; wide-lat-pulldown 3 8-12 90; face-pull 3 12-15 60; hammer-curl 3 10-12 60
Legs: back-squat 4 6-10 150; romanian-deadlift 3 8-10 120; leg-press 3 10-12 120; standing-calf-raise-machine 4 10-15 60

Kettlebell circuits | lose | intermediate | 3 | 30 | 8 | kettlebells | lower back, shoulders | ACSM2011
Strength and breath together | Somebody who knows the swing
Shorten the rests by five seconds each week; then take a heavier bell.
A: kettlebell-swing 5 15 45; goblet-squat 4 10 45; kettlebell-row 4 8-10 45
B: kettlebell-clean 5 6-8 45; kettlebell-thruster 4 8 60; single-leg-kettlebell-deadlift 3 8 45

Walk, then jog | endurance | beginner | 4 | 30 | 8 | machine | - | WHO
Heart and lungs, towards 150 minutes a week | Somebody who sits most of the day
Add two minutes of jogging a week; a week that was hard is done again.
Walk: treadmill-walk 1 25-30 min 0
Mix: treadmill-walk 1 10 min 0; treadmill-jog 5 1-3 min 90; treadmill-walk 1 5 min 0

Bands on the road | fitness | beginner | 3 | 25 | 6 | bands | - | ACSM2011
The whole body with a band that fits into a bag | Somebody who travels
At the upper end of a range take a shorter or thicker band.
A: band-squat 3 12-15 45; band-pull-apart 3 12-15 45; band-shoulder-press 3 10-12 60; band-side-walk 2 10-15 45
B: band-good-morning 3 12-15 45; push-up 3 6-12 60; band-external-rotation 2 12-15 45; forearm-plank 3 20-40 s 45

Loose and upright | mobility | beginner | 5 | 15 | 4 | - | - | ACSM2011
Hips, back and shoulders | Somebody who sits much, or trains hard
Hold each stretch 10 to 30 seconds, up to a minute for each muscle; never into pain.
Daily: cat-stretch 2 8 0; kneeling-hip-flexor-stretch 2 30 s 0; figure-four-stretch 2 30 s 0; upper-back-stretch 2 30 s 0
`;
