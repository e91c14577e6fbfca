import { render } from "preact";
import { App } from "./app.tsx";
import { startLive } from "./store.ts";
import { applyTheme } from "./theme.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/tables.css";
import "./style/detail.css";
import "./style/map.css";
import "./style/parts.css";

applyTheme();
startLive();
const root = document.getElementById("app");
if (root) render(<App />, root);
