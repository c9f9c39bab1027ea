"use strict";

// FAMS_NATIVE_BINDING names another build of the addon, for platforms that bring their own and for tests.
module.exports = require(process.env.FAMS_NATIVE_BINDING || "./build/Release/fams_native.node");
