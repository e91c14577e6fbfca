import { test } from "vitest";
import { openChromium } from "/work/main/test/browser/chromium.ts";
import { seeded } from "/work/main/test/browser/seed.ts";
test("shots", async () => {
  const browser = (await openChromium())!;
  for (const [scene, theme, w, path, full] of [["violation","light",1440,"/",true],["violation","dark",1440,"/?sel=al_9F2c01",false],["quiet","light",1440,"/",false],["blind","dark",1440,"/",false],["violation","light",400,"/",false]] as const) {
    const s = await seeded({ scene });
    const page = await browser.newPage({ viewport: { width: w, height: 900 } });
    page.on("console", (m) => console.log(m.type(), m.text()));
    page.on("pageerror", (e) => console.log("pageerror", e.message));
    await page.goto(s.console.url.slice(0,-1) + path + (path.includes("?")?"&":"?")+"theme="+theme);
    await page.waitForSelector(".world svg");
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `/tmp/h8/${scene}-${theme}-${w}.png`, fullPage: full });
    await page.close(); await s.stop();
  }
  await browser.close();
}, 60000);
