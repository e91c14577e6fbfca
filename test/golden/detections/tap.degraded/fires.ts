import type { Scenario } from "../scenario.ts";
import { exporting, exportStatus, minutes, status } from "../status.ts";

export const scenarios: Scenario[] = [
  {
    tells: "0.2 % dropped for more than five minutes",
    steps: minutes(440, (_, seen) => ({ drops: seen * 0.002 })),
    alerts: [
      {
        severity: "high",
        hasCleared: false,
        says: /^eth0 \(af-packet\): at least 0\.2 % of the packets dropped by the kernel in each of 5 minutes/,
      },
    ],
  },
  {
    tells: "drops that end: the alert clears itself and stays listed",
    steps: minutes(900, (seconds, seen) => ({ drops: Math.min(seen, 40_000) * (seconds > 0 ? 0.002 : 0) })),
    alerts: [{ severity: "high", hasCleared: true }],
  },
  {
    tells: "no packet for 61 seconds, the sensor still speaks",
    steps: [
      { status: status(500), atSeconds: 0 },
      { status: status(500), atSeconds: 30 },
      { status: status(500), atSeconds: 61 },
    ],
    alerts: [{ severity: "critical", says: /no packet for 61 seconds/ }],
  },
  { tells: "the sensor is gone", steps: [{ status: status(500), atSeconds: 0 }, { tick: 61 }], alerts: [{ severity: "critical" }] },
  {
    tells: "every third flow one way",
    steps: minutes(440, (seconds) => ({ closed: seconds * 3, oneWay: seconds })),
    alerts: [{ severity: "high", says: /33\.3 % of 900 closed flows had one direction only/ }],
  },
  {
    tells: "an exporter that spoke every minute is silent for more than three",
    steps: [...exporting(10), { status: exportStatus({ packets: 11 }, 12), atSeconds: 10 * 60 + 181 }],
    alerts: [{ severity: "critical", says: /^exporter 10\.0\.0\.1 ipfix 7: no message for 181 seconds/ }],
  },
  {
    tells: "sets wait for a template for more than ten minutes",
    steps: exporting(12, { waitingSets: 4 }),
    alerts: [{ severity: "high", says: /4 sets wait for a template/ }],
  },
  {
    tells: "most records have no sampling rate",
    steps: exporting(2, { samplingRate: 100, unsampledRecords: 60 }),
    alerts: [{ severity: "high", says: /60 of 100 records have no known sampling rate, others have 1 in 100/ }],
  },
  { tells: "2 % not decoded", steps: minutes(440, (_, seen) => ({ malformed: seen * 0.02 })), alerts: [{ severity: "high" }] },
];
