// What stands where: exercise-rows.ts.
export const MACHINES_AND_BANDS = `
Chest dip | Dips_-_Chest_Version | strength | intermediate | push | compound | other | chest
shoulders, triceps
On parallel bars, leaning forward.
Lower until the shoulders feel a stretch, press up.
Trap bar deadlift | Trap_Bar_Deadlift | strength | beginner | pull | compound | other | quadriceps
glutes, hamstrings
Inside the frame, hands level with the hips.
Stand up with a flat back.
Leg press | Leg_Press | strength | beginner | push | compound | machine | quadriceps
calves, glutes, hamstrings
Back flat on the pad.
Lower until the knees are at a right angle, press without locking.
Leg extension | Leg_Extensions | strength | beginner | push | isolation | machine | quadriceps
-
Pad above the ankles.
Straighten the knees and lower slowly.
Lying leg curl | Lying_Leg_Curls | strength | beginner | pull | isolation | machine | hamstrings
-
Face down, pad above the heels.
Curl the heels towards the hips.
Seated leg curl | Seated_Leg_Curl | strength | beginner | pull | isolation | machine | hamstrings
-
Thighs held by the pad.
Pull the heels under the seat.
Hack squat machine | Hack_Squat | strength | beginner | push | compound | machine | quadriceps
calves, glutes, hamstrings
Shoulders under the pads.
Lower until the thighs are level, press up.
Standing calf raise machine | Standing_Calf_Raises | strength | beginner | push | isolation | machine | calves
-
Shoulders under the pads.
Rise on the toes, stretch at the bottom.
Seated calf raise machine | Seated_Calf_Raise | strength | beginner | push | isolation | machine | calves
-
Knees under the pad.
Rise on the toes, lower slowly.
Hip abduction machine | Thigh_Abductor | strength | beginner | push | isolation | machine | abductors
glutes
Pads outside the knees.
Open the knees against them.
Hip adduction machine | Thigh_Adductor | strength | beginner | pull | isolation | machine | adductors
glutes, hamstrings
Pads inside the knees.
Close the knees against them.
Chest press machine | Machine_Bench_Press | strength | beginner | push | compound | machine | chest
shoulders, triceps
Handles at the middle of the chest.
Press and come back slowly.
Shoulder press machine | Machine_Shoulder_Military_Press | strength | beginner | push | compound | machine | shoulders
triceps
Handles at ear height.
Press up without leaving the pad.
Chest fly machine | Butterfly | strength | beginner | pull | isolation | machine | chest
-
Elbows slightly bent.
Bring the handles together in front of the chest.
Reverse fly machine | Reverse_Machine_Flyes | strength | beginner | pull | isolation | machine | shoulders
-
Chest against the pad.
Open the arms to the sides.
Wide lat pulldown | Wide-Grip_Lat_Pulldown | strength | beginner | pull | compound | cable | lats
biceps, middle back, shoulders
Thighs under the pad, wide grip.
Pull the bar to the collarbones.
Close lat pulldown | Close-Grip_Front_Lat_Pulldown | strength | beginner | pull | compound | cable | lats
biceps, middle back, shoulders
Narrow handle.
Pull to the chest with elbows at the sides.
Underhand pulldown | Underhand_Cable_Pulldowns | strength | beginner | pull | compound | cable | lats
biceps, middle back, shoulders
Palms towards you.
Pull to the chest.
Seated cable row | Seated_Cable_Rows | strength | beginner | pull | compound | cable | middle back
biceps, lats, shoulders
Knees slightly bent, back upright.
Pull the handle to the belly.
Face pull | Face_Pull | strength | intermediate | pull | compound | cable | shoulders
middle back
Rope at eye height.
Pull to the face with elbows high.
Cable crossover | Cable_Crossover | strength | beginner | push | isolation | cable | chest
shoulders
Between two high pulleys.
Bring the hands together in front of the hips.
Cable pushdown | Triceps_Pushdown | strength | beginner | push | isolation | cable | triceps
-
Elbows at the sides.
Push the bar down until the arms are straight.
Rope pushdown | Triceps_Pushdown_-_Rope_Attachment | strength | beginner | push | isolation | cable | triceps
-
Elbows at the sides.
Push the rope down and apart.
Cable curl | Standing_Biceps_Cable_Curl | strength | beginner | pull | isolation | cable | biceps
-
Low pulley, elbows at the sides.
Curl and lower slowly.
Cable crunch | Cable_Crunch | strength | beginner | pull | isolation | cable | abdominals
-
Kneel below a high pulley with the rope at the ears.
Curl the ribs towards the hips.
Pallof press | Pallof_Press | strength | beginner | pull | isolation | cable | abdominals
chest, shoulders, triceps
Sideways to a pulley at chest height.
Press the handle forward without letting it turn you.
Cable wood chop | Standing_Cable_Wood_Chop | strength | beginner | pull | compound | cable | abdominals
shoulders
Sideways to a high pulley.
Pull down across the body by turning.
Straight-arm pulldown | Straight-Arm_Pulldown | strength | beginner | pull | isolation | cable | lats
-
High pulley, arms straight.
Pull the bar to the thighs.
Cable pull-through | Pull_Through | strength | beginner | pull | compound | cable | glutes
hamstrings, lower back
Back to a low pulley, rope between the legs.
Bow from the hips and stand up.
Band pull-apart | Band_Pull_Apart | strength | beginner | pull | isolation | bands | shoulders
middle back, traps
Band in front at shoulder height.
Pull it apart to the chest.
Band squat | Squats_-_With_Bands | strength | beginner | push | compound | bands | quadriceps
calves, glutes, hamstrings, lower back
Stand on the band, ends at the shoulders.
Squat and stand up against it.
Band shoulder press | Shoulder_Press_-_With_Bands | strength | beginner | push | compound | bands | shoulders
triceps
Stand on the band, ends at the shoulders.
Press overhead.
Band lateral raise | Lateral_Raise_-_With_Bands | strength | beginner | push | isolation | bands | shoulders
-
Stand on the band.
Raise the arms to shoulder height.
Band-assisted pull-up | Band_Assisted_Pull-Up | strength | beginner | - | compound | other | lats
abdominals, forearms, middle back
One knee or foot in a band that hangs from the bar.
Pull up; take a thinner band with time.
Band good morning | Band_Good_Morning | powerlifting | beginner | pull | compound | bands | hamstrings
glutes, lower back
Band under the feet and over the neck.
Bow from the hips and stand up.
Band external rotation | External_Rotation_with_Band | strength | beginner | pull | compound | bands | shoulders
-
Elbow at the side, bent to a right angle.
Turn the forearm outward.
Band side walk | Monster_Walk | strength | beginner | pull | compound | bands | abductors
-
Band around the legs, knees bent.
Take short steps without letting the knees fall in.
Ball crunch | Exercise_Ball_Crunch | strength | beginner | pull | isolation | exercise ball | abdominals
-
Lower back on the ball.
Curl up and lower slowly.
Ball leg curl | Ball_Leg_Curl | strength | beginner | pull | isolation | exercise ball | hamstrings
calves, glutes
On the back, heels on the ball, hips up.
Roll the ball towards you.
Back extension | Hyperextensions_Back_Extensions | strength | beginner | pull | isolation | other | lower back
glutes, hamstrings
Hips on the pad.
Lower with a flat back and come up to a straight line.
Ab wheel | Ab_Roller | strength | intermediate | pull | compound | other | abdominals
shoulders
Kneel with the wheel in front.
Roll out as far as the back stays flat, pull back.
Farmer's walk | Farmers_Walk | strongman | intermediate | - | compound | other | forearms
abdominals, glutes, hamstrings, lower back, quadriceps, traps
A heavy weight in each hand.
Walk tall with short steps.
`;
