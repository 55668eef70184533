// Which bodies a login reads, with Express 5 as the one that is installed.

import express5 from "express";
import express4 from "express4";
import { describe } from "vitest";
import { bodyParsersSuite } from "./body-parsers-suite.ts";

describe("Express 5", () => bodyParsersSuite(express5));
describe("Express 4", () => bodyParsersSuite(express4));
