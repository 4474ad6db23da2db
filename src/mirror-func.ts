// First, since what is loaded after it may write to the console.
import "./base/silence.ts";
import { serve } from "./clients/serve.ts";
import { createMirrorHandler } from "./mirror/handler.ts";

// A separate function, since an untrusted callback reaches it.
serve(createMirrorHandler);
