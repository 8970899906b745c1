// What a food may hold a figure of, by the id that it has in `per100g`, in filters (`proteinMin`) and in sorts.

/** A nutrient of foods: its unit, and its column in the abbreviated table of USDA SR. */
export interface FoodNutrient {
  readonly unit: 'kcal' | 'g' | 'mg' | 'µg';
  readonly column: string;
}

export const FOOD_NUTRIENTS = {
  energy: { unit: 'kcal', column: 'Energ_Kcal' },
  water: { unit: 'g', column: 'Water_(g)' },
  protein: { unit: 'g', column: 'Protein_(g)' },
  fat: { unit: 'g', column: 'Lipid_Tot_(g)' },
  carbohydrate: { unit: 'g', column: 'Carbohydrt_(g)' },
  fiber: { unit: 'g', column: 'Fiber_TD_(g)' },
  sugar: { unit: 'g', column: 'Sugar_Tot_(g)' },
  ash: { unit: 'g', column: 'Ash_(g)' },
  saturatedFat: { unit: 'g', column: 'FA_Sat_(g)' },
  monounsaturatedFat: { unit: 'g', column: 'FA_Mono_(g)' },
  polyunsaturatedFat: { unit: 'g', column: 'FA_Poly_(g)' },
  cholesterol: { unit: 'mg', column: 'Cholestrl_(mg)' },
  calcium: { unit: 'mg', column: 'Calcium_(mg)' },
  iron: { unit: 'mg', column: 'Iron_(mg)' },
  magnesium: { unit: 'mg', column: 'Magnesium_(mg)' },
  phosphorus: { unit: 'mg', column: 'Phosphorus_(mg)' },
  potassium: { unit: 'mg', column: 'Potassium_(mg)' },
  sodium: { unit: 'mg', column: 'Sodium_(mg)' },
  zinc: { unit: 'mg', column: 'Zinc_(mg)' },
  copper: { unit: 'mg', column: 'Copper_(mg)' },
  manganese: { unit: 'mg', column: 'Manganese_(mg)' },
  selenium: { unit: 'µg', column: 'Selenium_(ug)' },
  vitaminA: { unit: 'µg', column: 'Vit_A_RAE_(ug)' },
  vitaminC: { unit: 'mg', column: 'Vit_C_(mg)' },
  vitaminD: { unit: 'µg', column: 'Vit_D_µg' },
  vitaminE: { unit: 'mg', column: 'Vit_E_(mg)' },
  vitaminK: { unit: 'µg', column: 'Vit_K_(ug)' },
  thiamin: { unit: 'mg', column: 'Thiamin_(mg)' },
  riboflavin: { unit: 'mg', column: 'Riboflavin_(mg)' },
  niacin: { unit: 'mg', column: 'Niacin_(mg)' },
  pantothenicAcid: { unit: 'mg', column: 'Panto_Acid_(mg)' },
  vitaminB6: { unit: 'mg', column: 'Vit_B6_(mg)' },
  folate: { unit: 'µg', column: 'Folate_DFE_(ug)' },
  vitaminB12: { unit: 'µg', column: 'Vit_B12_(ug)' },
  choline: { unit: 'mg', column: 'Choline_Tot_(mg)' },
} as const satisfies { readonly [id: string]: FoodNutrient };

export type FoodNutrientId = keyof typeof FOOD_NUTRIENTS;

const isNutrient = (id: string): id is FoodNutrientId => Object.hasOwn(FOOD_NUTRIENTS, id);

export const FOOD_NUTRIENT_IDS: readonly FoodNutrientId[] = Object.keys(FOOD_NUTRIENTS).filter(isNutrient);
