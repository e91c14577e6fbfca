declare module "virtual:world-data" {
  export const world: import("../build/world-map.ts").WorldData;
}

declare module "*.css";
