// With Express 4 as the one that is installed, whose parsers the adapter then uses.

import express4 from "express4";
import { describe, vi } from "vitest";
import { bodyParsersSuite } from "./body-parsers-suite.ts";

vi.mock("express", () => import("express4"));

describe("a login", () => bodyParsersSuite(express4));
