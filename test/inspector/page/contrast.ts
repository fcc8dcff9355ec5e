/** Contrast as WCAG 2 defines it, of what the browser computed. */
import type { Page } from 'playwright-core';

export interface Pair {
  /** Custom properties of the style sheet. */
  readonly text: string;
  readonly ground: string;
  /** The contrast that they must have. */
  readonly least: number;
}

/** Returns each pair with its contrast. */
export async function contrastsOf(page: Page, pairs: readonly Pair[]): Promise<(Pair & { contrast: number })[]> {
  const colours = await page.evaluate(
    (wanted) =>
      wanted.map(({ text, ground }) => {
        const probe = document.body.appendChild(document.createElement('p'));
        probe.style.color = `var(${text})`;
        probe.style.backgroundColor = `var(${ground})`;
        const { color, backgroundColor } = getComputedStyle(probe);
        probe.remove();
        return [color, backgroundColor];
      }),
    pairs,
  );
  return pairs.map((pair, i) => ({ ...pair, contrast: contrast(parsed(colours[i][0]), parsed(colours[i][1])) }));
}

/** Returns the texts in sight whose contrast with what is behind them is less than 4.5, or 3 where they are large. */
export async function faintTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest('.visually-hidden, :disabled, .toast') === null;
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');
    return [...document.querySelectorAll('.app *')]
      .filter((element) => hasText(element) && isShown(element))
      .map((element) => {
        const { color, fontSize, fontWeight } = getComputedStyle(element);
        const grounds: string[] = [];
        for (let one: Element | null = element; one !== null; one = one.parentElement) {
          grounds.push(getComputedStyle(one).backgroundColor);
        }
        const isLarge = Number.parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
        return { what: `${element.className}: ${element.textContent?.slice(0, 40)}`, color, grounds, isLarge };
      });
  });
  if (texts.length === 0) throw new Error('the page shows no text');
  return texts
    .map(({ what, color, grounds, isLarge }) => {
      const ground = grounds.map(parsed).reduceRight<Colour>(over, [255, 255, 255, 1]);
      return { what, ratio: contrast(over(ground, parsed(color)), ground), least: isLarge ? 3 : 4.5 };
    })
    .filter(({ ratio, least }) => ratio < least)
    .map(({ what, ratio }) => `${ratio.toFixed(2)} ${what}`);
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

function parsed(colour: string): Colour {
  const numbers = colour.match(/[\d.]+/g)?.map(Number);
  if (!/^rgba?\(/.test(colour) || numbers === undefined) throw new Error(`${colour} is a colour of another kind`);
  const [red, green, blue, alpha = 1] = numbers;
  return [red, green, blue, alpha];
}

/** Lays `front` over `back`, which is opaque. */
function over(back: Colour, front: Colour): Colour {
  const mixed = (i: 0 | 1 | 2): number => front[i] * front[3] + back[i] * (1 - front[3]);
  return [mixed(0), mixed(1), mixed(2), 1];
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
