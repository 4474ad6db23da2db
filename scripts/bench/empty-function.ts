/** What no function on Oracle's FDK can be faster than: one that does nothing. */
import { handle } from "@fnproject/fdk";

handle(() => Promise.resolve({ responseCode: 400 }), { inputMode: "buffer" });
