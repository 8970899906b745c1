import type { JsonObject } from '@tidemark/protocol';
import type { Entry } from '../entry.ts';
import { FOOD_NUTRIENT_IDS } from '../nutrients.ts';
import { USDA_SR } from '../read/source-names.ts';
import { BREAD_AND_BAKED_GOODS } from './foods/bread-and-baked-goods.ts';
import { BREAKFAST_CEREALS } from './foods/breakfast-cereals.ts';
import { COLD_CUTS } from './foods/cold-cuts.ts';
import { DAIRY_AND_EGGS } from './foods/dairy-and-eggs.ts';
import { DRINKS } from './foods/drinks.ts';
import { FATS_AND_OILS } from './foods/fats-and-oils.ts';
import { FISH_AND_SEAFOOD } from './foods/fish-and-seafood.ts';
import { FRUIT } from './foods/fruit.ts';
import { GRAINS_AND_PASTA } from './foods/grains-and-pasta.ts';
import { HERBS_SPICES_AND_SAUCES } from './foods/herbs-spices-and-sauces.ts';
import { LEGUMES_AND_SOY } from './foods/legumes-and-soy.ts';
import { MEAT } from './foods/meat.ts';
import { NUTS_AND_SEEDS } from './foods/nuts-and-seeds.ts';
import { POULTRY } from './foods/poultry.ts';
import { SWEETS_AND_SNACKS } from './foods/sweets-and-snacks.ts';
import { VEGETABLES } from './foods/vegetables.ts';

/** Three lines for each food: `name | USDA number | % refuse | g and name of portions`, then the figures of FOOD_NUTRIENTS in its order. */
const TABLES: Readonly<Record<string, string>> = {
  fruit: FRUIT,
  vegetables: VEGETABLES,
  'dairy and eggs': DAIRY_AND_EGGS,
  'fats and oils': FATS_AND_OILS,
  poultry: POULTRY,
  meat: MEAT,
  'cold cuts': COLD_CUTS,
  'fish and seafood': FISH_AND_SEAFOOD,
  'legumes and soy': LEGUMES_AND_SOY,
  'nuts and seeds': NUTS_AND_SEEDS,
  'grains and pasta': GRAINS_AND_PASTA,
  'bread and baked goods': BREAD_AND_BAKED_GOODS,
  'breakfast cereals': BREAKFAST_CEREALS,
  'sweets and snacks': SWEETS_AND_SNACKS,
  drinks: DRINKS,
  'herbs, spices and sauces': HERBS_SPICES_AND_SAUCES,
};

/** `Gruyère` → `gruyere`. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** `-` stands for what is not known. */
const figuresOf = (lines: string): JsonObject => {
  const texts = lines.split(' ');
  return Object.fromEntries(FOOD_NUTRIENT_IDS.flatMap((id, index) => (texts[index] === '-' ? [] : [[id, Number(texts[index])] as const])));
};

/** `125 g 1 cup, sliced; 6 g 1 slice`. */
const portionsOf = (text: string): readonly JsonObject[] =>
  text.split('; ').map((portion) => {
    const [grams = '', name = ''] = portion.split(/ g (.*)/);
    return { grams: Number(grams), name };
  });

const foodOf = (category: string, head: string, figures: string): Entry => {
  const [name = '', number = '', refuse = '', portions = ''] = head.split(' | ');
  const fields = {
    name,
    category,
    per100g: figuresOf(figures),
    portions: [...portionsOf(portions)],
    refusePercent: Number(refuse),
    source: { name: USDA_SR, number },
  };
  return { kind: 'foods', id: slugOf(name), fields };
};

const foodsOf = ([category, table]: readonly [string, string]): readonly Entry[] => {
  const lines = table.trim().split('\n');
  return lines.flatMap((head, index) => (index % 3 === 0 ? [foodOf(category, head, `${lines[index + 1]} ${lines[index + 2]}`)] : []));
};

export const FOODS: readonly Entry[] = Object.entries(TABLES).flatMap(foodsOf);
