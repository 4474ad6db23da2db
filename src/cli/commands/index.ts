import type { AnyCommand, CommandGroup } from "../command.ts";
import { abandonCommand } from "./abandon.ts";
import { adoptCommand } from "./adopt.ts";
import { checkCommand } from "./check.ts";
import { clientsCommand } from "./clients.ts";
import { completionCommand } from "./completion.ts";
import { dbTokenCommand } from "./db-token.ts";
import { doctorCommand } from "./doctor.ts";
import { emulatorCommand } from "./emulator.ts";
import { handOverCommand } from "./hand-over.ts";
import { healCommand } from "./heal.ts";
import { keycloakCommands } from "./keycloak.ts";
import { notifyCommands } from "./notify.ts";
import { probeCommand } from "./probe.ts";
import { retireCommand } from "./retire.ts";
import { rollbackCommand } from "./rollback.ts";
import { rotateCommand } from "./rotate.ts";
import { scanCommand } from "./scan.ts";
import { scheduleCommands } from "./schedule.ts";
import { sessionCommand } from "./session.ts";
import { statusCommand } from "./status.ts";

/** Every command, in the order of the help. One import and one line each. */
export const commands: readonly (AnyCommand | CommandGroup)[] = [
  scanCommand,
  clientsCommand,
  adoptCommand,
  abandonCommand,
  rotateCommand,
  statusCommand,
  doctorCommand,
  probeCommand,
  healCommand,
  retireCommand,
  rollbackCommand,
  handOverCommand,
  checkCommand,
  scheduleCommands,
  notifyCommands,
  keycloakCommands,
  sessionCommand,
  dbTokenCommand,
  emulatorCommand,
  completionCommand(() => commands),
];
