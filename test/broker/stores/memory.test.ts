import { MemoryStore } from "../../../broker/stores/memory";
import { testStore } from "./contract";

testStore(() => new MemoryStore());
