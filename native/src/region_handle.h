#pragma once

#include <napi.h>

namespace fams {

// The class RegionHandle.
Napi::Function DefineRegionHandle(Napi::Env env);

// openRegion(path, options): Promise<RegionHandle>; recovery runs on a thread of the pool.
Napi::Value OpenRegion(const Napi::CallbackInfo& info);

}  // namespace fams
