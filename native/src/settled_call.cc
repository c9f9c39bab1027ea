#include "settled_call.h"

namespace fams {

bool SettledCall::Make(Napi::Env env, Napi::Function function) {
  const napi_status made =
      napi_create_threadsafe_function(env, function, nullptr, Napi::String::New(env, "fams.msync"), 0, 1,
                                      nullptr, nullptr, nullptr, nullptr, &call_);
  if (made != napi_ok) return false;
  KeepAlive(env, false);
  return true;
}

void SettledCall::KeepAlive(Napi::Env env, bool alive) {
  if (alive == alive_ || call_ == nullptr) return;
  alive_ = alive;
  if (alive) {
    napi_ref_threadsafe_function(env, call_);
  } else {
    napi_unref_threadsafe_function(env, call_);
  }
}

void SettledCall::Notify() {
  if (call_ == nullptr || closing_ || pending_.exchange(true)) return;
  // Of an environment that ends nothing may be called any more, not even to let go of the function.
  if (napi_call_threadsafe_function(call_, nullptr, napi_tsfn_nonblocking) == napi_closing) closing_ = true;
}

void SettledCall::Release() {
  if (call_ != nullptr && !closing_) napi_release_threadsafe_function(call_, napi_tsfn_abort);
  call_ = nullptr;
}

}  // namespace fams
