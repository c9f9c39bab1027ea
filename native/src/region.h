// A region: one file, its private working copy, and the commits between them. Every call is made on the
// program's thread; the threads behind it are started when they are needed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup.h"
#include "block_images.h"
#include "checkpointer.h"
#include "committer.h"
#include "dirty_lines.h"
#include "recovery.h"
#include "resident_pages.h"
#include "shared.h"

namespace fams {

struct OpenOptions {
  // Bytes of the data part, a multiple of 64 KiB; needed to create, checked against the file's otherwise.
  std::optional<uint64_t> size;
  bool read_only = false;
  // Flush at each commit. Without it a commit survives the process but perhaps not the machine.
  bool durable = true;
  bool accept_damage = false;
  // Journal the whole block at its first change, for media that may destroy what stands beside a write.
  bool block_images = false;
  // Do not allocate the data: it may then fail to reach the file.
  bool sparse = false;
  // Bytes that the journal may grow to; as long as the data, up to 64 MiB, if not given.
  std::optional<uint64_t> max_journal;
  // Bytes of memory that stored-to pages may keep.
  std::optional<uint64_t> max_resident;
  StorageOptions storage;
};

// What the tracker cannot say by marks.
struct Suspicion {
  bool line_zero = false;   // line 0 may have been stored to
  bool everything = false;  // any line may have been
  explicit operator bool() const { return line_zero || everything; }
};

// A line that changed without a mark.
struct UntrackedLine {
  uint64_t line;
  uint8_t before[kLineBytes];
};

struct Untracked {
  uint64_t count = 0;
  std::vector<UntrackedLine> first;  // at most 16 of them
};

// What the program's thread counts.
struct CaptureStats {
  uint64_t ns = 0;
  uint64_t longest_ns = 0;
  uint64_t pages_given_back = 0;
  uint64_t resident_pages = 0;
};

class Region {
 public:
  static Status Open(const std::string& path, const OpenOptions& options, std::unique_ptr<Region>* region);
  ~Region();

  const std::shared_ptr<Mapping>& working() const { return working_; }
  const RecoveryReport& report() const { return report_; }
  uint64_t generation() const { return generation_; }
  StorageKind storage_kind() const { return shared_.storage->kind(); }
  Stats stats(uint64_t* journal_capacity);
  const CaptureStats& capture_stats() const { return capture_stats_; }
  DeviceCounters device_counters() const { return shared_.storage->counters(); }

  // The tracker's arrays stay where they are for as long as the region is open. `notify` is called on any
  // thread when commits were settled.
  void Attach(const Tracker& tracker) { tracker_ = tracker; }
  void OnSettled(std::function<void()> notify) { notify_ = std::move(notify); }

  // Makes everything stored since the last commit one commit. If it fails nothing was committed, or, once the
  // region is poisoned, it is unknown until recovery; the marks are as before, but for the list, which no
  // longer tells where they are. With `untracked`, changes without a mark are searched for first, and fail
  // the commit.
  Status Commit(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked);

  // As Commit, but what has to wait is left to the commit thread: once `ticket` is settled the commit is
  // durable. Kick says that no more captures come for now.
  Status CommitLater(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked, uint64_t* ticket);
  // Makes every commit durable once `ticket` is settled.
  Status FlushLater(uint64_t* ticket);
  void Kick() { committer_->Kick(); }
  bool IsSettled() const { return committer_->idle(); }
  // Everything is settled, and nothing failed of which nobody has heard.
  bool HasSucceeded() const { return committer_->idle() && !committer_->HasFailed(); }
  bool IsFull() const { return committer_->full(); }
  std::vector<Committer::Settled> TakeSettled() { return committer_->TakeSettled(); }
  // Marks again what failed commits had captured, and tells whether there was any: the list then lacks it.
  bool PutBackFailed();

  // Gives every line stored to since the last commit its last committed bytes.
  Status Rollback(uint32_t list_used, const Suspicion& suspicion);

  // Makes every commit durable.
  Status Flush();

  // Copies the last commit into a file of its own, on any thread, while the program goes on. `begin` is what
  // BeginBackup gave; once the journal is full, commits wait for it to end.
  struct BackupStart {
    Superblock superblock;
    uint64_t end_position;
  };
  Status BeginBackup(BackupStart* begin);
  Status Backup(const BackupStart& begin, const std::string& path, Existing existing,
                const Progress& progress);

  // Waits for every commit, brings the backing copy up to date, so that the next open has nothing to do, and
  // lets go of the file.
  Status Close();

 private:
  Region() = default;
  Status Create(const std::string& path);
  Status Recover();
  Status Start();
  Status Usable();
  Status LookAtFile();
  Status TakeChanged(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked);
  void Take(uint32_t list_used);
  Status MarkSuspects(const Suspicion& suspicion);
  Status Verify(Untracked* untracked);
  Status CommitWithImages();
  void GiveBackPages();
  Status Settle(const Status& status);
  Status Nothing();

  OpenOptions options_;
  Shared shared_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<Committer> committer_;
  std::function<void()> notify_ = [] {};
  RecoveryReport report_;
  uint64_t generation_ = 0;
  std::shared_ptr<Mapping> working_;
  Tracker tracker_;
  Lines lines_;
  std::vector<uint32_t> suspects_;  // lines found to differ that have no list entry
  bool list_lost_ = false;          // marks were put back that the list does not know of
  BlockImages images_;
  std::unique_ptr<ResidentPages> resident_;
  uint64_t looked_ns_ = 0;
  CaptureStats capture_stats_;
};

}  // namespace fams
