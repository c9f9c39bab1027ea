// What the addon exports.

#include <napi.h>

#include "addon_tools.h"
#include "describe.h"
#include "region_handle.h"

namespace fams {
namespace {

void SetErrorFactory(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<AddonData>()->make_error = Napi::Persistent(info[0].As<Napi::Function>());
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData();
  env.SetInstanceData(data);
  const Napi::Function handle = DefineRegionHandle(env);
  data->region_handle = Napi::Persistent(handle);
  exports.Set("RegionHandle", handle);
  exports.Set("openRegion", Napi::Function::New<OpenRegion>(env, "openRegion"));
  exports.Set("setErrorFactory", Napi::Function::New<SetErrorFactory>(env, "setErrorFactory"));
  DefineTools(env, exports);
  return exports;
}

}  // namespace
}  // namespace fams

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return fams::Init(env, exports); }

NODE_API_MODULE(fams_native, InitAddon)
