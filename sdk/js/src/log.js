import * as host from "aquatint:plugin/log@0.1.0";

function at(level) {
  return (message, fields = {}) => {
    host.write(level, String(message), Object.entries(fields).map(([key, value]) => [key, String(value)]));
  };
}

export const log = {
  trace: at("trace"),
  debug: at("debug"),
  info: at("info"),
  warn: at("warn"),
  error: at("error"),
};
