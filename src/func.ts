// First, since what is loaded after it may write to the console.
import "./base/silence.ts";
import { serve } from "./clients/serve.ts";
import { createHandler } from "./rotation/handler.ts";

serve(createHandler);
