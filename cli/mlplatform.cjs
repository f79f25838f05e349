#!/usr/bin/env node
"use strict";
// The package's `mlplatform` command: the same way in as `npm start`.
require("../tools/bootstrap.cjs");
