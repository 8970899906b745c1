// What stands where: exercise-rows.ts.
export const FREE_WEIGHTS = `
Back squat | Barbell_Squat | strength | beginner | push | compound | barbell | quadriceps
calves, glutes, hamstrings, lower back
Bar across the upper back, feet as wide as the shoulders.
Sit down with a straight back, drive up through the whole foot.
Front squat | Front_Barbell_Squat | strength | expert | push | compound | barbell | quadriceps
calves, glutes, hamstrings
Bar on the front of the shoulders, elbows high.
Sit straight down and stand up without dropping the elbows.
Deep back squat | Barbell_Full_Squat | strength | intermediate | push | compound | barbell | quadriceps
calves, glutes, hamstrings, lower back
As the back squat, with ankles and hips that allow it.
Go below the level of the knees and stand up.
Deadlift | Barbell_Deadlift | strength | intermediate | pull | compound | barbell | lower back
calves, forearms, glutes, hamstrings, lats, middle back, quadriceps, traps
Bar over the middle of the foot, back flat.
Push the floor away, keep the bar on the legs, stand tall.
Romanian deadlift | Romanian_Deadlift | strength | intermediate | pull | compound | barbell | hamstrings
calves, glutes, lower back
Stand with the bar, knees slightly bent.
Push the hips back until the hamstrings stretch, come up by the hips.
Sumo deadlift | Sumo_Deadlift | powerlifting | intermediate | pull | compound | barbell | hamstrings
adductors, forearms, glutes, lower back, middle back, quadriceps, traps
Wide stance, toes out, hands between the knees.
Push the knees apart and stand up.
Bench press | Barbell_Bench_Press_-_Medium_Grip | strength | beginner | push | compound | barbell | chest
shoulders, triceps
On the bench, shoulder blades together, feet on the floor.
Lower the bar to the chest, press over the shoulders. Use safety pins or a partner.
Incline bench press | Barbell_Incline_Bench_Press_-_Medium_Grip | strength | beginner | push | compound | barbell | chest
shoulders, triceps
Bench at about 30 degrees.
Lower to the upper chest and press straight up.
Close-grip bench press | Close-Grip_Barbell_Bench_Press | strength | beginner | push | compound | barbell | triceps
chest, shoulders
Hands as wide as the shoulders.
Lower with elbows at the ribs, press up.
Barbell row | Bent_Over_Barbell_Row | strength | beginner | pull | compound | barbell | middle back
biceps, lats, shoulders
Lean forward with a flat back.
Pull the bar to the belly without jerking.
Overhead press | Standing_Military_Press | strength | beginner | push | compound | barbell | shoulders
triceps
Bar at the collarbones, glutes tight.
Press past the face until the arms are straight overhead.
Push press | Push_Press | olympic weightlifting | expert | push | compound | barbell | shoulders
quadriceps, triceps
Dip the knees a little.
Drive the bar up with the legs and finish with the arms.
Power clean | Power_Clean | strength | intermediate | pull | compound | barbell | hamstrings
calves, forearms, glutes, lower back, middle back, quadriceps, shoulders, traps, triceps
Learn it with a coach and an empty bar.
Pull from the floor, extend at speed and catch the bar on the shoulders.
Barbell lunge | Barbell_Lunge | strength | intermediate | push | compound | barbell | quadriceps
calves, glutes, hamstrings
Bar across the upper back.
Step forward, lower the back knee, push back to standing.
Hip thrust | Barbell_Hip_Thrust | powerlifting | intermediate | push | compound | barbell | glutes
calves, hamstrings
Upper back on a bench, padded bar over the hips.
Drive the hips up until the body is level.
Barbell glute bridge | Barbell_Glute_Bridge | powerlifting | intermediate | push | compound | barbell | glutes
calves, hamstrings
On the floor, padded bar over the hips.
Lift the hips and squeeze.
Good morning | Good_Morning | powerlifting | intermediate | push | compound | barbell | hamstrings
abdominals, glutes, lower back
Light bar across the upper back.
Bow from the hips with a flat back, come up.
Barbell curl | Barbell_Curl | strength | beginner | pull | isolation | barbell | biceps
forearms
Elbows at the sides.
Curl without swinging, lower slowly.
Barbell shrug | Barbell_Shrug | strength | beginner | pull | isolation | barbell | traps
-
Stand with the bar at arm's length.
Lift the shoulders towards the ears, lower slowly.
Curl bar curl | EZ-Bar_Curl | strength | beginner | pull | isolation | e-z curl bar | biceps
-
Hands on the bent parts of the bar.
Curl with still elbows.
Lying triceps extension | EZ-Bar_Skullcrusher | strength | beginner | push | isolation | e-z curl bar | triceps
forearms
On a bench, arms up.
Bend only the elbows towards the forehead, straighten them.
Goblet squat | Goblet_Squat | strength | beginner | push | compound | kettlebells | quadriceps
calves, glutes, hamstrings, shoulders
Hold the weight at the chest.
Squat with elbows inside the knees.
Dumbbell squat | Dumbbell_Squat | strength | beginner | push | compound | dumbbell | quadriceps
calves, glutes, hamstrings, lower back
Dumbbells at the sides.
Sit down between the heels and stand up.
Dumbbell lunge | Dumbbell_Lunges | strength | beginner | push | compound | dumbbell | quadriceps
calves, glutes, hamstrings
Dumbbells at the sides.
Step forward, lower, push back.
Dumbbell reverse lunge | Dumbbell_Rear_Lunge | strength | intermediate | push | compound | dumbbell | quadriceps
calves, glutes, hamstrings
Dumbbells at the sides.
Step back, lower the knee, pull forward with the front leg.
Dumbbell step-up | Dumbbell_Step_Ups | strength | intermediate | push | compound | dumbbell | quadriceps
calves, glutes, hamstrings
Box no higher than the knee.
Stand up on it without pushing off below.
Dumbbell split squat | Split_Squat_with_Dumbbells | strength | beginner | push | compound | dumbbell | quadriceps
glutes, hamstrings
One foot far behind the other, or on a bench.
Lower straight down, push through the front heel.
Dumbbell stiff-leg deadlift | Stiff-Legged_Dumbbell_Deadlift | strength | beginner | pull | compound | dumbbell | hamstrings
glutes, lower back
Dumbbells in front of the thighs.
Bow from the hips along the legs and come up.
Dumbbell bench press | Dumbbell_Bench_Press | strength | beginner | push | compound | dumbbell | chest
shoulders, triceps
Dumbbells over the chest.
Lower beside it, press together.
Dumbbell incline press | Incline_Dumbbell_Press | strength | beginner | push | compound | dumbbell | chest
shoulders, triceps
Bench at about 30 degrees.
Lower beside the upper chest, press up.
Dumbbell floor press | Dumbbell_Floor_Press | powerlifting | intermediate | push | compound | dumbbell | triceps
chest, shoulders
On the floor with bent knees.
Lower until the elbows touch, press up.
Dumbbell fly | Dumbbell_Flyes | strength | beginner | push | isolation | dumbbell | chest
-
On a bench, elbows slightly bent.
Open the arms wide, close them as in an embrace.
One-arm dumbbell row | One-Arm_Dumbbell_Row | strength | beginner | pull | compound | dumbbell | middle back
biceps, lats, shoulders
One hand and knee on a bench, flat back.
Pull the dumbbell to the hip.
Two-dumbbell row | Bent_Over_Two-Dumbbell_Row | strength | beginner | pull | compound | dumbbell | middle back
biceps, lats, shoulders
Lean forward with a flat back.
Pull both dumbbells to the ribs.
Dumbbell shoulder press | Dumbbell_Shoulder_Press | strength | intermediate | push | compound | dumbbell | shoulders
triceps
Dumbbells at the ears.
Press up without arching the back.
Arnold press | Arnold_Dumbbell_Press | strength | intermediate | push | compound | dumbbell | shoulders
triceps
Begin with palms towards you.
Turn them out as you press up.
Lateral raise | Side_Lateral_Raise | strength | beginner | push | isolation | dumbbell | shoulders
-
Dumbbells at the sides.
Raise the arms to shoulder height, lower slowly.
Front raise | Front_Dumbbell_Raise | strength | beginner | push | isolation | dumbbell | shoulders
-
Dumbbells in front of the thighs.
Raise one arm at a time to eye level.
Reverse fly | Reverse_Flyes | strength | beginner | pull | isolation | dumbbell | shoulders
-
Chest on an incline bench or leaning forward.
Open the arms to the sides.
Dumbbell curl | Dumbbell_Bicep_Curl | strength | beginner | pull | isolation | dumbbell | biceps
forearms
Elbows at the sides.
Turn the palms up as you curl.
Hammer curl | Hammer_Curls | strength | beginner | pull | isolation | dumbbell | biceps
-
Thumbs up throughout.
Curl without swinging.
Concentration curl | Concentration_Curls | strength | beginner | pull | isolation | dumbbell | biceps
forearms
Seated, elbow against the thigh.
Curl to the shoulder and lower slowly.
Incline dumbbell curl | Incline_Dumbbell_Curl | strength | beginner | pull | isolation | dumbbell | biceps
-
Lean back on a bench, arms hanging.
Curl with elbows still.
Overhead triceps extension | Standing_Dumbbell_Triceps_Extension | strength | beginner | push | isolation | dumbbell | triceps
-
One dumbbell overhead in both hands.
Bend the elbows behind the head, straighten them.
Triceps kickback | Tricep_Dumbbell_Kickback | strength | beginner | push | isolation | dumbbell | triceps
-
Lean forward, upper arm along the body.
Straighten the elbow and pause.
Dumbbell shrug | Dumbbell_Shrug | strength | beginner | pull | isolation | dumbbell | traps
-
Dumbbells at the sides.
Lift the shoulders straight up.
Dumbbell calf raise | Standing_Dumbbell_Calf_Raise | strength | intermediate | push | isolation | dumbbell | calves
-
Balls of the feet on a plate.
Rise on the toes, lower the heels slowly.
Wide dumbbell squat | Plie_Dumbbell_Squat | strength | beginner | push | compound | dumbbell | quadriceps
abdominals, calves, glutes, hamstrings
Wide stance, one dumbbell hanging between the legs.
Squat straight down, knees over the toes.
Kettlebell swing | One-Arm_Kettlebell_Swings | strength | intermediate | pull | compound | kettlebells | hamstrings
calves, glutes, lower back, shoulders
Hike the bell back between the legs.
Snap the hips so that it floats to chest height.
Kettlebell row | One-Arm_Kettlebell_Row | strength | intermediate | pull | compound | kettlebells | middle back
biceps, lats
Lean forward, one hand on the thigh.
Pull the bell to the hip.
Kettlebell press | Two-Arm_Kettlebell_Military_Press | strength | intermediate | push | compound | kettlebells | shoulders
triceps
Bells at the shoulders.
Press both overhead.
Kettlebell thruster | Kettlebell_Thruster | strength | intermediate | push | compound | kettlebells | shoulders
quadriceps, triceps
Bells at the shoulders.
Squat, and press them as you stand up.
Kettlebell clean | One-Arm_Kettlebell_Clean | strength | intermediate | pull | compound | kettlebells | hamstrings
glutes, lower back, shoulders, traps
Swing the bell close to the body.
Guide it to the shoulder without banging the wrist.
Kettlebell front squat | Front_Squats_With_Two_Kettlebells | strength | intermediate | push | compound | kettlebells | quadriceps
calves, glutes
Two bells at the shoulders.
Squat with an upright chest.
Single-leg kettlebell deadlift | Kettlebell_One-Legged_Deadlift | strength | intermediate | pull | compound | kettlebells | hamstrings
glutes, lower back
Stand on one leg, bell in the opposite hand.
Bow from the hip until level, stand up.
Turkish get-up | Kettlebell_Turkish_Get-Up_Lunge_style | strength | intermediate | push | compound | kettlebells | shoulders
abdominals, hamstrings, quadriceps, triceps
On the back with the bell over the shoulder.
Stand up step by step by way of elbow, hand and knee, and go back the same way.
Kettlebell windmill | Kettlebell_Windmill | strength | intermediate | pull | compound | kettlebells | abdominals
glutes, hamstrings, shoulders, triceps
One bell overhead, feet turned away from it.
Bend at the hip and look at the bell.
`;
