// Calls a JavaScript function from any thread, once for everything that has happened since the last call, and
// keeps the event loop alive only while it is waited for.
#pragma once

#include <napi.h>

#include <atomic>

namespace fams {

class SettledCall {
 public:
  ~SettledCall() { Release(); }

  bool Make(Napi::Env env, Napi::Function function);
  bool made() const { return call_ != nullptr; }
  // On the program's thread.
  void KeepAlive(Napi::Env env, bool alive);
  void Taken() { pending_ = false; }
  void Release();
  // On any thread.
  void Notify();

 private:
  napi_threadsafe_function call_ = nullptr;
  std::atomic<bool> pending_{false};
  std::atomic<bool> closing_{false};
  bool alive_ = true;
};

}  // namespace fams
