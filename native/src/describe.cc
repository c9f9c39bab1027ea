#include "describe.h"

#include <cstring>

namespace fams {
namespace {

Napi::Value ToBytes(Napi::Env env, const uint8_t* bytes, size_t length) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, length);
  std::memcpy(array.Data(), bytes, length);
  return array;
}

Napi::Object DescribeHistogram(Napi::Env env, const Histogram& histogram) {
  Napi::Object result = Napi::Object::New(env);
  const auto set = [&](const char* name, uint64_t ns) { result.Set(name, static_cast<double>(ns) / 1e3); };
  result.Set("count", static_cast<double>(histogram.total()));
  set("p50", histogram.Quantile(0.5));
  set("p90", histogram.Quantile(0.9));
  set("p99", histogram.Quantile(0.99));
  set("p999", histogram.Quantile(0.999));
  set("max", histogram.longest());
  return result;
}

}  // namespace

Napi::Object Describe(Napi::Env env, const Status& status, const std::string& path) {
  Napi::Object more = Napi::Object::New(env);
  more.Set("path", status.path().empty() ? path : status.path());
  if (status.error() != 0) more.Set("errno", status.error());
  if (status.has_offset()) more.Set("offset", static_cast<double>(status.offset()));
  return more;
}

Napi::Value MakeError(Napi::Env env, const Status& status, Napi::Object more) {
  return env.GetInstanceData<AddonData>()->make_error.Call(
      {Napi::String::New(env, status.code()), Napi::String::New(env, status.detail()), more});
}

void ThrowFailure(Napi::Env env, const Status& status, Napi::Object more) {
  const Napi::Value error = MakeError(env, status, more);
  if (!env.IsExceptionPending()) napi_throw(env, error);
}

Napi::Array DescribeUntracked(Napi::Env env, const Untracked& untracked, const uint8_t* working) {
  Napi::Array ranges = Napi::Array::New(env, untracked.first.size());
  for (uint32_t i = 0; i < untracked.first.size(); i++) {
    const UntrackedLine& line = untracked.first[i];
    const uint8_t* after = working + line.line * kLineBytes;
    size_t first = 0, end = kLineBytes;
    while (first < end && line.before[first] == after[first]) first++;
    while (end > first && line.before[end - 1] == after[end - 1]) end--;
    Napi::Object range = Napi::Object::New(env);
    range.Set("offset", static_cast<double>(line.line * kLineBytes + first));
    range.Set("before", ToBytes(env, line.before + first, end - first));
    range.Set("after", ToBytes(env, after + first, end - first));
    ranges.Set(i, range);
  }
  return ranges;
}

Napi::Object DescribeReport(Napi::Env env, const Region& region) {
  const RecoveryReport& report = region.report();
  Napi::Object result = Napi::Object::New(env);
  result.Set("verdict", NameOf(report.verdict));
  result.Set("commits", static_cast<double>(report.end.commits));
  result.Set("lines", static_cast<double>(report.end.lines));
  result.Set("generation", static_cast<double>(region.generation()));
  Napi::Array broken = Napi::Array::New(env);
  for (uint32_t copy = 0; copy < 2; copy++)
    if (!report.copy_valid[copy]) broken.Set(broken.Length(), copy == 0 ? "A" : "B");
  result.Set("brokenSuperblocks", broken);
  result.Set("discarded", env.Null());
  if (report.end.ending != Ending::kNothing) {
    Napi::Object discarded = Napi::Object::New(env);
    discarded.Set("position", static_cast<double>(report.end.position));
    discarded.Set("reason", NameOf(report.end.ending));
    result.Set("discarded", discarded);
  }
  return result;
}

Napi::Object DescribeStats(Napi::Env env, Region& region) {
  uint64_t journal_capacity = 0;
  const Stats stats = region.stats(&journal_capacity);
  const CaptureStats& captures = region.capture_stats();
  const DeviceCounters device = region.device_counters();
  Napi::Object result = Napi::Object::New(env);
  const auto set = [&](const char* name, uint64_t value) { result.Set(name, static_cast<double>(value)); };
  const auto set_ms = [&](const char* name, uint64_t ns) { result.Set(name, static_cast<double>(ns) / 1e6); };
  result.Set("storage", NameOf(region.storage_kind()));
  set("commits", stats.commits);
  set("lines", stats.lines);
  set("journalBytes", stats.journal_bytes);
  set("journalCapacity", journal_capacity);
  set("groups", stats.groups);
  set("largestGroup", stats.largest_group);
  set("flushes", stats.flushes);
  set("checkpoints", stats.checkpoints);
  set("checkpointBytes", stats.checkpoint_bytes);
  set_ms("checkpointMs", stats.checkpoint_ns);
  set("delays", stats.delays);
  set_ms("delayMs", stats.delay_ns);
  set_ms("captureMs", captures.ns);
  set_ms("longestCaptureMs", captures.longest_ns);
  set("residentPages", captures.resident_pages);
  set("pagesGivenBack", captures.pages_given_back);
  result.Set("writeUs", DescribeHistogram(env, stats.write));
  Napi::Object counters = Napi::Object::New(env);
  counters.Set("hits", static_cast<double>(device.hits));
  counters.Set("misses", static_cast<double>(device.misses));
  counters.Set("writeBacks", static_cast<double>(device.write_backs));
  result.Set("device", counters);
  return result;
}

}  // namespace fams
