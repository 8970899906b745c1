// What stands where: exercise-rows.ts.
export const MOVING_AND_STRETCHING = `
Superman hold | Superman | stretching | beginner | static | compound | body only | lower back
glutes, hamstrings
Face down, arms in front.
Raise arms, chest and legs a little and hold for a breath.
Rope skipping | Rope_Jumping | cardio | intermediate | - | - | other | quadriceps
calves, hamstrings
Elbows at the sides, turn the rope from the wrists.
Jump just high enough, on the balls of the feet.
Treadmill jog | Jogging_Treadmill | cardio | beginner | - | - | machine | quadriceps
glutes, hamstrings
Begin at a walk.
Jog at a pace at which you can still speak.
Treadmill walk | Walking_Treadmill | cardio | beginner | - | - | machine | quadriceps
calves, glutes, hamstrings
Upright, without holding on.
Walk briskly; add incline before speed.
Treadmill run | Running_Treadmill | cardio | beginner | - | - | machine | quadriceps
calves, glutes, hamstrings
Warm up with a jog.
Run tall with short, quick steps.
Exercise bike | Bicycling_Stationary | cardio | beginner | - | - | machine | quadriceps
calves, glutes, hamstrings
Saddle at hip height.
Pedal evenly; raise the resistance before the pace.
Rowing machine | Rowing_Stationary | cardio | intermediate | - | - | machine | quadriceps
biceps, calves, glutes, hamstrings, lower back, middle back
Push with the legs first.
Then lean back and pull to the ribs; go forward in the opposite order.
Elliptical trainer | Elliptical_Trainer | cardio | intermediate | - | - | machine | quadriceps
calves, glutes, hamstrings
Stand upright, heels down.
Push and pull the handles along with the legs.
Stair machine | Stairmaster | cardio | intermediate | - | - | machine | quadriceps
calves, glutes, hamstrings
Whole foot on the step.
Climb without leaning on the rails.
Cat stretch | Cat_Stretch | stretching | beginner | static | - | - | lower back
middle back, traps
On hands and knees.
Round the back like a cat, hold, let go.
Child's pose | Childs_Pose | stretching | beginner | static | - | - | lower back
glutes, middle back
Kneel and sit back on the heels.
Stretch the arms forward and breathe.
Kneeling hip flexor stretch | Kneeling_Hip_Flexor | stretching | beginner | static | isolation | - | quadriceps
quadriceps
One knee on the floor.
Push the hip forward until the front of it stretches.
Lunge with rotation | Worlds_Greatest_Stretch | stretching | intermediate | static | - | - | hamstrings
calves, glutes, quadriceps
A long lunge, hand beside the front foot.
Turn and reach up with the other arm.
Lying hamstring stretch | Hamstring_Stretch | stretching | beginner | static | isolation | - | hamstrings
-
On the back, a strap around one foot.
Raise the straight leg until it stretches.
Wall calf stretch | Calf_Stretch_Hands_Against_Wall | stretching | beginner | static | isolation | - | calves
-
Hands on a wall, one foot behind.
Press the back heel down.
Figure-four stretch | Ankle_On_The_Knee | stretching | beginner | static | - | - | glutes
-
On the back, ankle on the other knee.
Pull the lower thigh towards you.
Arm circles | Arm_Circles | stretching | beginner | push | isolation | - | shoulders
traps
Arms out to the sides.
Draw small circles, then larger ones, both ways.
Inchworm | Inchworm | stretching | beginner | - | compound | body only | hamstrings
-
Bend down and walk the hands out to a push-up.
Walk the feet up to them.
Upper back stretch | Upper_Back_Stretch | stretching | beginner | static | - | - | middle back
middle back
Clasp the hands in front.
Push them away and round the upper back.
Neck side stretch | Side_Neck_Stretch | stretching | beginner | static | isolation | - | neck
-
Sit tall.
Tilt an ear towards the shoulder and breathe.
Triceps stretch | Triceps_Stretch | stretching | beginner | static | isolation | - | triceps
lats
One hand behind the head.
Press the elbow back gently with the other.
Shoulder stretch | Shoulder_Stretch | stretching | beginner | pull | - | - | shoulders
-
One arm across the chest.
Pull it closer with the other.
`;
