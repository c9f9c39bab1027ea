#pragma once

#include <napi.h>

namespace fams {

// Adds what the `fams` tool calls: inspectFile, repairFile, backupFile.
void DefineTools(Napi::Env env, Napi::Object exports);

}  // namespace fams
