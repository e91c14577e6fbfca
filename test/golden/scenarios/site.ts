/** The hospital of the scenarios. Outside addresses are real ones, so that the embedded database has something to say; no packet leaves the process. */
export const RECORDS = "10.20.10.10";
export const IMAGING = "10.20.20.31";
export const DEVICE = "10.20.30.7";
export const BACKUP = "10.20.40.2";
export const OFFICE = "10.20.50.9";
export const RESOLVER = "10.20.0.53";
export const US = "54.231.10.4";
export const DE = "78.46.10.20";
export const FI = "95.217.10.4";
export const ANYCAST = "1.1.1.1";

export const SITE = `
site: { latitude: 49.6, longitude: 6.1 }
inside: [10.20.0.0/16]
zones:
  - { name: records, networks: [10.20.10.0/24], data: [patient-record] }
  - { name: imaging, networks: [10.20.20.0/24], data: [imaging] }
  - { name: devices, networks: [10.20.30.0/24], data: [device] }
  - { name: backup, networks: [10.20.40.0/24], data: [backup] }
  - { name: office, networks: [10.20.50.0/24, 10.20.0.0/24], data: [admin] }
  - { name: guest, networks: [10.20.90.0/24], data: [guest] }
`;
export const kB = 1000;
