// How the public tables are named as sources.

export const USDA_SR = 'USDA National Nutrient Database for Standard Reference, abbreviated table';
export const FREE_EXERCISE_DB = 'free-exercise-db';
