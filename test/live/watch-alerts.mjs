// Connects to the live feed and prints each row of the topic "alerts", newest first (a page has 200), whose detection is the one asked for, as a JSON line with the time it came.
import { WebSocket } from "ws";

const [url, detection] = process.argv.slice(2);
const socket = new WebSocket(url, "bordertap.v1", { origin: url.replace(/^ws/, "http").replace(/\/api.*/, "") });
socket.on("open", () => socket.send(JSON.stringify({ type: "sub", id: "a", topic: "alerts", params: { sort: "newest" } })));
socket.on("message", (data) => {
  const frame = JSON.parse(data.toString());
  if (frame.type === "snap") console.log(JSON.stringify({ ready: true }));
  for (const row of frame.put ?? frame.rows ?? [])
    if (row.detection === detection) console.log(JSON.stringify({ ...row, seenMs: Date.now() }));
});
socket.on("close", (code) => process.exit(code === 1000 ? 0 : 1));
socket.on("error", (error) => console.error(error.message));
process.on("SIGTERM", () => process.exit(0));
