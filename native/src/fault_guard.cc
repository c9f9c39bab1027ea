#include "fault_guard.h"

#include <signal.h>

#include <mutex>

namespace fams {
namespace {

// Read by the signal handler, which must not allocate: hence the static model.
__attribute__((tls_model("initial-exec"))) thread_local FaultGuard* guard_of_thread = nullptr;

struct sigaction previous;

void OnFault(int number, siginfo_t* info, void* context) {
  FaultGuard* guard = guard_of_thread;
  if (guard != nullptr && guard->Covers(info->si_addr)) siglongjmp(guard->place, 1);
  if ((previous.sa_flags & SA_SIGINFO) != 0) return previous.sa_sigaction(number, info, context);
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) return previous.sa_handler(number);
  // The instruction faults again, and then as if we had never been here.
  sigaction(SIGBUS, &previous, nullptr);
}

}  // namespace

void FaultGuard::Install() {
  static std::once_flag installed;
  std::call_once(installed, [] {
    struct sigaction ours = {};
    ours.sa_sigaction = OnFault;
    // The jump leaves the handler without ending it: the signal must not stay blocked.
    ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGBUS, &ours, &previous);
  });
}

FaultGuard::FaultGuard(const void* at, size_t bytes)
    : begin_(reinterpret_cast<uintptr_t>(at)), bytes_(bytes) {
  guard_of_thread = this;
}

FaultGuard::~FaultGuard() { guard_of_thread = nullptr; }

}  // namespace fams
