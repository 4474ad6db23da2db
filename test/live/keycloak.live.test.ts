import { describeKeycloak } from "../contract/keycloak.suite.ts";
import { openRealKeycloak } from "./keycloak-under-test.ts";

describeKeycloak("the real server", openRealKeycloak);
