#include "quiet_commits.h"

#include <malloc.h>
#include <sys/syscall.h>

#include <cstring>
#include <memory>
#include <vector>

#include "region.h"
#include "system_calls.h"

namespace fams {
namespace {

constexpr uint64_t kLines = kGranule / kLineBytes;

// A region and, in place of a program's runtime, its marks.
class Program {
 public:
  Status Open(const std::string& path, const OpenOptions& options) {
    FAMS_TRY(Region::Open(path, options, &region_));
    Tracker tracker;
    tracker.marks = marks_.data();
    tracker.line_count = marks_.size();
    tracker.list = list_.data();
    tracker.list_capacity = static_cast<uint32_t>(list_.size());
    region_->Attach(tracker);
    return {};
  }

  Status Commit(uint32_t number) {
    const uint32_t line = number % kLines;
    std::memcpy(region_->working()->data() + line * kLineBytes, &number, sizeof number);
    marks_[line] = 1;
    list_[0] = line;
    return region_->Commit(1, {}, nullptr);
  }

  Status Close() { return region_->Close(); }

 private:
  std::vector<uint8_t> marks_ = std::vector<uint8_t>(kLines);
  std::vector<uint32_t> list_ = std::vector<uint32_t>(kLines);
  std::unique_ptr<Region> region_;
};

}  // namespace

std::string CommitQuietly(const std::string& path, const std::string& storage, bool durable,
                          uint32_t commits) {
  // The thread's memory is that of the others: to make some of its own takes a system call.
  mallopt(M_ARENA_MAX, 1);
  OpenOptions options;
  options.size = kGranule;
  options.durable = durable;
  options.storage.requested = storage;
  Program program;
  Status status = program.Open(path, options);
  // What is kept from one commit to the next is there after the first.
  if (status.ok()) status = program.Commit(1);
  if (!status.ok()) return status.detail();
  WithoutSystemCalls(
      [&] {
        for (uint32_t i = 2; i <= commits && status.ok(); i++) status = program.Commit(i);
      },
      {SYS_fstat, SYS_newfstatat, SYS_statx});
  if (status.ok()) status = program.Close();
  return status.ok() ? "" : status.detail();
}

}  // namespace fams
