// A region: one file, its private working copy, and the commits between them. Every call is made on the
// thread that opened it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "committed.h"
#include "dirty_lines.h"
#include "journal.h"
#include "recovery.h"
#include "storage.h"

namespace fams {

struct OpenOptions {
  // Bytes of the data part, a multiple of 64 KiB; needed to create, checked against the file's otherwise.
  std::optional<uint64_t> size;
  bool read_only = false;
  // Flush at each commit. Without it a commit survives the process but perhaps not the machine.
  bool durable = true;
  bool accept_damage = false;
};

// What the tracker cannot say by marks.
struct Suspicion {
  bool line_zero = false;   // line 0 may have been stored to
  bool everything = false;  // any line may have been
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

struct Stats {
  uint64_t commits = 0;
  uint64_t lines = 0;
  uint64_t journal_bytes = 0;
  uint64_t checkpoints = 0;
  uint64_t checkpoint_bytes = 0;
};

class Region {
 public:
  static Status Open(const std::string& path, const OpenOptions& options, std::unique_ptr<Region>* region);

  const std::shared_ptr<Mapping>& working() const { return working_; }
  const RecoveryReport& report() const { return report_; }
  const Superblock& superblock() const { return superblock_; }
  const Stats& stats() const { return stats_; }

  // The tracker's arrays stay where they are for as long as the region is open.
  void Attach(const Tracker& tracker) { tracker_ = tracker; }

  // Makes everything stored since the last commit one commit. If it fails nothing was committed, or, once the
  // region is poisoned, it is unknown until recovery; the marks are as before, but for the list, which no
  // longer tells where they are. With `untracked`, changes without a mark are searched for first, and fail
  // the commit.
  Status Commit(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked);

  // Gives every line stored to since the last commit its last committed bytes.
  Status Rollback(uint32_t list_used, const Suspicion& suspicion);

  // Makes every commit durable.
  Status Flush();

  // Brings the backing copy up to date, so that the next open has nothing to do, and lets go of the file.
  Status Close();

 private:
  Status Create(const std::string& path);
  Status Recover();
  Status Start();
  Status Usable() const;
  Status Poison(Status cause);
  Status CheckMemory();
  Status MarkSuspects(const Suspicion& suspicion);
  Status Verify(Untracked* untracked);
  Status Write();
  Status MakeRoom();
  Status AddLargeSegment();
  Status RunCheckpoint(const struct CheckpointOptions& options);

  OpenOptions options_;
  std::unique_ptr<Storage> storage_;
  Superblock superblock_ = {};
  RecoveryReport report_;
  std::shared_ptr<Mapping> working_;
  std::unique_ptr<Committed> committed_;
  std::unique_ptr<Journal> journal_;
  Tracker tracker_;
  Lines lines_;
  std::vector<uint32_t> suspects_;  // lines found to differ that have no list entry
  Status poison_;
  Stats stats_;
};

}  // namespace fams
