#include "system_calls.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstdlib>
#include <iterator>
#include <thread>
#include <vector>

namespace fams {
namespace {

// What a thread needs to end.
constexpr uint32_t kAllowed[] = {SYS_exit, SYS_futex, SYS_madvise, SYS_munmap, SYS_rt_sigprocmask};

// Holds for the calling thread alone.
bool ForbidSystemCalls(std::vector<uint32_t> allowed) {
  allowed.insert(allowed.end(), std::begin(kAllowed), std::end(kAllowed));
  std::vector<sock_filter> program = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const uint32_t number : allowed) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

void WithoutSystemCalls(const std::function<void()>& body, const std::vector<uint32_t>& allowed) {
  std::thread([&] {
    if (!ForbidSystemCalls(allowed)) std::abort();
    body();
  }).join();
}

}  // namespace fams
