#include "region.h"

#include <algorithm>
#include <cstring>

#include "clock.h"
#include "segments.h"

namespace fams {
namespace {

constexpr size_t kMaxUntrackedReported = 16;
constexpr uint64_t kMaxJournal = 64 * kMiB;
// A commit without system calls does not look at its file each time.
constexpr uint64_t kLookEveryNs = 10'000'000;

using Lock = std::unique_lock<std::mutex>;

}  // namespace

Status Region::Open(const std::string& path, const OpenOptions& options, std::unique_ptr<Region>* opened) {
  std::unique_ptr<Region> region(new Region);
  region->options_ = options;
  region->shared_.durable = options.durable;
  std::unique_ptr<Storage>& storage = region->shared_.storage;
  Status status = OpenFile(path, options.read_only, &storage, options.storage);
  if (status.code() == code::kNotFound && !options.read_only) {
    if (!options.size)
      return Status(code::kSizeRequired, "there is no such file, and no size to create it with");
    FAMS_TRY(region->Create(path));
    // Another process may have been faster: then its file is opened like any other.
    status = storage != nullptr ? Status() : OpenFile(path, false, &storage, options.storage);
  }
  if (!status.ok()) return status;
  if (region->report_.verdict != Verdict::kCreated) FAMS_TRY(region->Recover());
  FAMS_TRY(region->Start());
  *opened = std::move(region);
  return {};
}

// Threads first: they use everything else.
Region::~Region() {
  if (checkpointer_ != nullptr) checkpointer_->WaitForRelease();
  if (committer_ != nullptr) committer_->Stop();
  if (checkpointer_ != nullptr) checkpointer_->Stop();
}

Status Region::Create(const std::string& path) {
  Superblock copies[2];
  const Contents contents = [&](const Storage& storage) -> std::vector<Extent> {
    shared_.superblock = MakeSuperblock(*options_.size, storage.write_unit());
    for (uint32_t copy = 0; copy < 2; copy++) Seal(&(copies[copy] = shared_.superblock), copy);
    std::vector<Extent> extents = {
        {0, kDataOffset, nullptr, true},
        {kSuperblockOffsets[0], sizeof copies[0], &copies[0], true},
        {kSuperblockOffsets[1], sizeof copies[1], &copies[1], true},
        {kDataOffset + *options_.size, kFirstSegments * kFirstSegmentBytes, nullptr, true},
    };
    if (!options_.sparse) extents.push_back({kDataOffset, *options_.size, nullptr, false});
    return extents;
  };
  bool created = false;
  FAMS_TRY(CreateFile(path, contents, &shared_.storage, &created, options_.storage));
  if (created) report_.verdict = Verdict::kCreated;
  return {};
}

Status Region::Recover() {
  ChosenSuperblock chosen;
  FAMS_TRY(ReadSuperblocks(*shared_.storage, &chosen));
  Superblock& superblock = shared_.superblock;
  superblock = chosen.superblock;
  if (options_.size && *options_.size != superblock.data_bytes)
    return Status(code::kSizeMismatch, "the region has " + std::to_string(superblock.data_bytes) +
                                           " bytes, not " + std::to_string(*options_.size));
  FAMS_TRY(Committed::Make(shared_.storage.get(), superblock.data_bytes, &shared_.committed));
  FAMS_TRY(PlanRecovery(*shared_.storage, chosen, shared_.committed.get(), &report_));
  if (report_.verdict == Verdict::kDamaged && !options_.accept_damage) return DamageOf(report_);
  if (options_.read_only) return {};
  return ApplyRecovery(*shared_.storage, report_, &superblock, shared_.committed.get());
}

Status Region::Start() {
  const Superblock& superblock = shared_.superblock;
  Storage* storage = shared_.storage.get();
  generation_ = superblock.generation;
  FAMS_TRY(storage->MapPrivate(kDataOffset, superblock.data_bytes, &working_));
  if (shared_.committed == nullptr)
    FAMS_TRY(Committed::Make(storage, superblock.data_bytes, &shared_.committed));
  if (options_.read_only)
    FAMS_TRY(ApplyToMemory(*storage, superblock, report_, *shared_.committed, working_->data()));
  if (!options_.read_only && !options_.durable)
    for (const Segment& segment : AllSegments(superblock))
      FAMS_TRY(storage->PrepareJournal(segment.offset, segment.bytes));
  shared_.journal = std::make_unique<Journal>(storage, &superblock);
  checkpointer_ = std::make_unique<Checkpointer>(
      &shared_, options_.max_journal.value_or(std::min(kMaxJournal, superblock.data_bytes)));
  committer_ = std::make_unique<Committer>(&shared_, checkpointer_.get(), [this] { notify_(); });
  images_.SetBlock(superblock.block_bytes);
  if (options_.max_resident)
    resident_ = std::make_unique<ResidentPages>(superblock.data_bytes, *options_.max_resident);
  return {};
}

Status Region::Usable() {
  if (options_.read_only) return Status(code::kReadOnly, "the region was opened for reading");
  return shared_.poisoned ? shared_.Usable() : Status();
}

// Memory whose file has been cut short must not be touched, and nothing be acknowledged that has lost its
// name.
Status Region::LookAtFile() {
  if (!options_.durable || shared_.storage->is_memory()) {
    const uint64_t now = Nanoseconds(CLOCK_MONOTONIC_COARSE);
    if (now - looked_ns_ < kLookEveryNs) return {};
    looked_ns_ = now;
  }
  const Status status = shared_.storage->CheckAlive();
  if (status.ok()) return status;
  const Lock lock(shared_.mutex);
  return shared_.Poison(status);
}

bool Region::PutBackFailed() {
  if (!committer_->HasFailed()) return false;
  list_lost_ = true;
  for (const std::unique_ptr<Group>& group : committer_->TakeFailed())
    for (const Group::Commit& commit : group->commits())
      PutBackRuns(tracker_, group->runs(commit), commit.run_count);
  return true;
}

// Leaves the marked lines in `lines_`, their marks cleared.
void Region::Take(uint32_t list_used) {
  TakeLines(tracker_, list_lost_ ? tracker_.list_capacity + 1 : list_used, suspects_, &lines_.numbers);
  list_lost_ = false;
}

// Leaves the lines of the next commit in `lines_`, their marks cleared.
Status Region::TakeChanged(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked) {
  FAMS_TRY(LookAtFile());
  // What has failed is to be stored to again before anything looks at marks.
  PutBackFailed();
  suspects_.clear();
  if (untracked != nullptr || suspicion.everything || (suspicion.line_zero && committer_->idle())) {
    const Status looked = committer_->Drain([&](Lock&) -> Status {
      FAMS_TRY(MarkSuspects(suspicion));
      return untracked != nullptr ? Verify(untracked) : Status();
    });
    if (!looked.ok()) {
      PutBackFailed();
      return looked;
    }
  } else if (suspicion.line_zero && tracker_.marks[0] == 0) {
    // What it was last committed as is still on its way: committing it once more does no harm.
    tracker_.marks[0] = 1;
    suspects_.push_back(0);
  }
  GiveBackPages();
  Take(list_used);
  if (resident_ != nullptr) resident_->Touched(lines_.numbers);
  return {};
}

Status Region::Commit(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked) {
  FAMS_TRY(Usable());
  FAMS_TRY(TakeChanged(list_used, suspicion, untracked));
  if (options_.block_images) return Settle(CommitWithImages());
  JoinRuns(lines_.numbers, &lines_.runs);
  return Settle(lines_.numbers.empty() ? Nothing() : committer_->Commit(lines_, working_->data()));
}

// Hands back what failed.
Status Region::Settle(const Status& status) {
  if (!status.ok()) {
    PutBack(tracker_, lines_.numbers);
    list_lost_ = true;
    PutBackFailed();
  }
  return status;
}

Status Region::CommitLater(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked,
                           uint64_t* ticket) {
  FAMS_TRY(Usable());
  const uint64_t start = Nanoseconds();
  FAMS_TRY(TakeChanged(list_used, suspicion, untracked));
  *ticket = committer_->captured();
  if (lines_.numbers.empty()) return {};
  if (options_.block_images) return Settle(CommitWithImages());
  JoinRuns(lines_.numbers, &lines_.runs);
  if (lines_.record_bytes() > Committer::kMaxCapture)
    return Settle(committer_->Commit(lines_, working_->data()));
  bool done = false;
  if (!options_.durable || shared_.storage->is_memory())
    FAMS_TRY(Settle(committer_->TryCommit(lines_, working_->data(), &done)));
  if (!done) FAMS_TRY(Settle(committer_->Capture(lines_, working_->data())));
  *ticket = committer_->captured();
  const uint64_t ns = Nanoseconds() - start;
  capture_stats_.ns += ns;
  capture_stats_.longest_ns = std::max(capture_stats_.longest_ns, ns);
  return {};
}

// Room is made before the images are chosen: going on to another segment asks for new ones.
Status Region::CommitWithImages() {
  return committer_->Drain([&](Lock& lock) -> Status {
    const uint64_t most = images_.MostLines(lines_.numbers);
    if (most == 0) return shared_.Usable();
    FAMS_TRY(committer_->Room(lock, sizeof(RecordHeader) + PayloadBytes(lines_.numbers.size(), most)));
    std::vector<uint32_t> dirty = lines_.numbers;
    images_.Complete(shared_.journal->boundary().position, tracker_.line_count, &lines_.numbers);
    JoinRuns(lines_.numbers, &lines_.runs);
    const Status status = committer_->WriteLines(lock, lines_, working_->data());
    if (status.ok()) return status;
    lines_.numbers.swap(dirty);
    images_.Forget();
    return status;
  });
}

Status Region::FlushLater(uint64_t* ticket) {
  FAMS_TRY(Usable());
  looked_ns_ = 0;
  FAMS_TRY(LookAtFile());
  lines_.numbers.clear();
  if (!options_.durable) FAMS_TRY(Settle(committer_->CaptureFlush()));
  *ticket = committer_->captured();
  return {};
}

Status Region::MarkSuspects(const Suspicion& suspicion) {
  const auto mark = [this](uint64_t line) {
    tracker_.marks[line] = 1;
    suspects_.push_back(static_cast<uint32_t>(line));
  };
  if (suspicion.everything)
    return shared_.committed->ForEachDifference(working_->data(), tracker_.marks, mark);
  if (!suspicion.line_zero || tracker_.marks[0] != 0) return {};
  bool differs = false;
  FAMS_TRY(shared_.committed->Differs(working_->data(), 0, &differs));
  if (differs) mark(0);
  return {};
}

Status Region::Verify(Untracked* untracked) {
  Committed& committed = *shared_.committed;
  FAMS_TRY(committed.ForEachDifference(working_->data(), tracker_.marks, [&](uint64_t line) {
    untracked->count++;
    if (untracked->first.size() < kMaxUntrackedReported) untracked->first.push_back({line, {}});
  }));
  for (UntrackedLine& line : untracked->first) FAMS_TRY(committed.ReadLine(line.line, line.before));
  if (untracked->count == 0) return {};
  return Status(code::kUntracked, "without a mark changed lines: " + std::to_string(untracked->count));
}

// With a quarter more than there may be, the program waits for a checkpoint.
void Region::GiveBackPages() {
  if (resident_ == nullptr || resident_->Excess() == 0) return;
  const auto give = [&] {
    capture_stats_.pages_given_back +=
        resident_->GiveBack(*shared_.committed, tracker_.marks, working_->data());
  };
  if (committer_->idle() && !committer_->HasFailed()) give();
  if (resident_->Excess() == 0) return;
  if (resident_->Excess() * 4 < resident_->most()) {
    const Lock lock(shared_.mutex);
    checkpointer_->Request(true);
    return;
  }
  const Status drained = committer_->Drain([&](Lock& lock) {
    checkpointer_->WaitForNext(lock);
    return Status();
  });
  if (!drained.ok()) {
    PutBackFailed();
    return;
  }
  for (uint64_t before = 0; before != resident_->count();) {
    before = resident_->count();
    give();
  }
}

Status Region::Rollback(uint32_t list_used, const Suspicion& suspicion) {
  FAMS_TRY(LookAtFile());
  // Whether or not the commits under way succeed: then the last one that did is returned to.
  (void)Nothing().ok();
  PutBackFailed();
  suspects_.clear();
  lines_.numbers.clear();
  return Settle(committer_->Drain([&](Lock&) -> Status {
    FAMS_TRY(MarkSuspects(suspicion));
    Take(list_used);
    if (resident_ != nullptr) resident_->Touched(lines_.numbers);
    for (const uint32_t line : lines_.numbers)
      FAMS_TRY(shared_.committed->ReadLine(line, working_->data() + uint64_t{line} * kLineBytes));
    return {};
  }));
}

Status Region::Nothing() {
  return committer_->Drain([this](Lock&) { return shared_.Usable(); });
}

Status Region::Flush() {
  FAMS_TRY(Usable());
  lines_.numbers.clear();
  FAMS_TRY(Settle(committer_->Drain([this](Lock&) -> Status {
    FAMS_TRY(shared_.Usable());
    const Status status = shared_.journal->Flush();
    return status.ok() ? status : shared_.Poison(status);
  })));
  looked_ns_ = 0;
  return LookAtFile();
}

Status Region::BeginBackup(BackupStart* begin) {
  FAMS_TRY(Usable());
  lines_.numbers.clear();
  return Settle(committer_->Drain([&](Lock& lock) -> Status {
    FAMS_TRY(shared_.Usable());
    checkpointer_->Hold(lock);
    *begin = {shared_.superblock, shared_.journal->end().position};
    return {};
  }));
}

Status Region::Backup(const BackupStart& begin, const std::string& path, Existing existing,
                      const Progress& progress) {
  const Status status =
      BackupTo(*shared_.storage, begin.superblock, begin.end_position, path, existing, progress);
  checkpointer_->Release();
  return status;
}

Stats Region::stats(uint64_t* journal_capacity) {
  const Lock lock(shared_.mutex);
  *journal_capacity = checkpointer_->journal_bytes();
  if (resident_ != nullptr) capture_stats_.resident_pages = resident_->count();
  return shared_.stats;
}

Status Region::Close() {
  checkpointer_->WaitForRelease();
  committer_->Stop();
  checkpointer_->Stop();
  if (options_.read_only || shared_.poisoned) return {};
  return checkpointer_->CheckpointAll(true);
}

}  // namespace fams
