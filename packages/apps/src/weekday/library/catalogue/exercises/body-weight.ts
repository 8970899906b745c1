// What stands where: exercise-rows.ts.
export const BODY_WEIGHT = `
Push-up | Pushups | strength | beginner | push | compound | body only | chest
shoulders, triceps
Hands a little wider than the shoulders, body in one line.
Lower the chest to a hand above the floor and press up without letting the hips sag.
Push-up with raised hands | Incline_Push-Up | strength | beginner | push | compound | body only | chest
shoulders, triceps
Hands on a bench or a table: the higher it is, the easier.
Lower the chest to the edge and press away.
Push-up with raised feet | Decline_Push-Up | strength | beginner | push | compound | - | chest
shoulders, triceps
Feet on a bench, hands on the floor.
Lower the head and chest together, then press up.
Close push-up | Push-Ups_-_Close_Triceps_Position | strength | intermediate | push | compound | body only | triceps
chest, shoulders
Hands under the chest, elbows along the ribs.
Lower slowly and press up.
Bodyweight squat | Bodyweight_Squat | strength | beginner | push | compound | body only | quadriceps
glutes, hamstrings
Feet as wide as the shoulders, arms in front.
Sit down between the heels as low as the back stays straight, then stand up.
Walking lunge | Bodyweight_Walking_Lunge | strength | beginner | push | compound | - | quadriceps
calves, glutes, hamstrings
Step far forward and lower the back knee towards the floor.
Push through the front heel into the next step.
Single-leg glute bridge | Single_Leg_Glute_Bridge | strength | beginner | push | isolation | body only | glutes
hamstrings
On the back, one foot on the floor, the other leg straight.
Lift the hips until shoulder, hip and knee are in line.
Glute bridge | Butt_Lift_Bridge | strength | beginner | push | isolation | body only | glutes
hamstrings
On the back, both feet near the hips.
Press through the heels, squeeze at the top, lower slowly.
Forearm plank | Plank | strength | beginner | static | isolation | body only | abdominals
-
On forearms and toes, body like a board.
Breathe and hold; stop when the hips sag.
Side plank | Side_Bridge | strength | beginner | static | - | body only | abdominals
shoulders
On one forearm and the side of a foot.
Lift the hips into line and hold, then change sides.
Dead bug | Dead_Bug | strength | beginner | pull | compound | body only | abdominals
-
On the back, arms up, knees over the hips.
Stretch out one arm and the opposite leg while the lower back stays on the floor.
Mountain climber | Mountain_Climbers | plyometrics | beginner | pull | compound | - | quadriceps
chest, hamstrings, shoulders
In the top of a push-up.
Bring the knees to the chest in turn, quickly and without bouncing the hips.
Crunch | Crunches | strength | beginner | pull | isolation | body only | abdominals
-
On the back with bent knees.
Curl the shoulder blades off the floor, lower slowly.
Reverse crunch | Reverse_Crunch | strength | beginner | pull | isolation | body only | abdominals
-
On the back, knees over the hips.
Roll the hips off the floor towards the ribs.
Sit-up | Sit-Up | strength | beginner | pull | isolation | body only | abdominals
-
On the back with bent knees, feet held.
Come up to sitting by rolling the back, go down the same way.
Bicycle crunch | Air_Bike | strength | beginner | pull | compound | body only | abdominals
-
On the back, hands at the ears.
Bring elbow and opposite knee together in turn.
Hanging leg raise | Hanging_Leg_Raise | strength | expert | pull | isolation | body only | abdominals
-
Hang from a bar without swinging.
Raise the legs until they are level, lower slowly.
Pull-up | Pullups | strength | beginner | pull | compound | body only | lats
biceps, middle back
Hang with the palms away, wider than the shoulders.
Pull until the chin is over the bar; lower all the way.
Chin-up | Chin-Up | strength | beginner | pull | compound | body only | lats
biceps, forearms, middle back
Hang with the palms towards you.
Pull the chest to the bar; lower all the way.
Inverted row | Inverted_Row | strength | beginner | pull | compound | - | middle back
lats
Hang under a fixed bar with straight body and heels on the floor.
Pull the chest to the bar.
Bench dip | Bench_Dips | strength | beginner | push | compound | body only | triceps
chest, shoulders
Hands on a bench behind you, legs in front.
Bend the elbows to a right angle at most, press up.
Triceps dip | Dips_-_Triceps_Version | strength | beginner | push | compound | body only | triceps
chest, shoulders
On parallel bars, body upright.
Lower with elbows behind you, press up.
Step-up with knee raise | Step-up_with_Knee_Raise | strength | beginner | push | compound | body only | glutes
hamstrings, quadriceps
One foot on a box.
Stand up on it and bring the other knee high; step down under control.
Jump squat | Freehand_Jump_Squat | strength | intermediate | push | compound | body only | quadriceps
calves, glutes, hamstrings
Squat half-way.
Jump as high as you can and land softly into the next one.
Russian twist | Russian_Twist | strength | intermediate | pull | compound | body only | abdominals
lower back
Sit leaning back.
Turn from side to side with a long back.
`;
