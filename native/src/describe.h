// What the core says, as JavaScript values.
#pragma once

#include <napi.h>

#include <string>

#include "region.h"

namespace fams {

struct AddonData {
  // (code, detail, { path, errno?, offset?, lines?, ranges? }) => Error; the runtime's class is made there.
  Napi::FunctionReference make_error;
  Napi::FunctionReference region_handle;
};

Napi::Object Describe(Napi::Env env, const Status& status, const std::string& path);
// `more` is what Describe gave, perhaps with additions.
Napi::Value MakeError(Napi::Env env, const Status& status, Napi::Object more);
void ThrowFailure(Napi::Env env, const Status& status, Napi::Object more);

Napi::Array DescribeUntracked(Napi::Env env, const Untracked& untracked, const uint8_t* working);
Napi::Object DescribeReport(Napi::Env env, const Region& region);
Napi::Object DescribeStats(Napi::Env env, Region& region);

}  // namespace fams
