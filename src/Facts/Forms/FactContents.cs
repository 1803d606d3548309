using System.Buffers;
using System.Text.Json;
using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts.Evaluations;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Forms;

/// <summary>Whether the content of a record is a fact of its kind, and the one that its headers speak of: null, or what is not.</summary>
internal static class FactContents
{
    private const int HashCharacters = 64;
    private const int PseudonymCharacters = 32;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly string[] Families = [ModelFamilies.Policy, ModelFamilies.Reward, ModelFamilies.Critic];
    private static readonly string[] CutTopics = [Topics.Windows, Topics.Rollouts, Topics.TokenRewards];

    internal static string? Window(LogRecord record) => string.IsNullOrEmpty(record.Key)
        ? "expected a user as key, found none"
        : RecordForm.BucketFault(record) ?? WindowForm.Fault(record.Value.Span, record.Header(HeaderNames.Id)!);

    // Whoever is named is forgotten, whatever else the record says; whom a key does not name nobody can forget.
    internal static string? Erasure(LogRecord record) => record.Key is { Length: PseudonymCharacters } key && !key.AsSpan().ContainsAnyExcept(HexDigits)
        ? null
        : $"expected a user's pseudonym as key, {PseudonymCharacters} hex digits";

    // GROUP/KIND/NAME, as the changelog writes it: other keys are of no group.
    internal static string? StateChange(LogRecord record) =>
        record.Key?.Split('/', 3) is [{ Length: > 0 }, "s" or "q" or "o", _] ? null : "expected a key GROUP/s, q or o/NAME";

    internal static string? Presence(LogRecord record)
    {
        using var json = JsonDocument.Parse(record.Value);
        string[] texts = ["Process", "Life"];
        return texts.All(name => json.RootElement.GetProperty(name).ValueKind == JsonValueKind.String)
            ? null
            : "expected texts in \"Process\" and \"Life\"";
    }

    internal static string? Rollouts(LogRecord record)
    {
        if (!StepId.TryParse(record.Header(HeaderNames.Step), out _)) return $"expected a header {HeaderNames.Step} model/ordinal";
        if (record.Header(HeaderNames.Purpose) is not (Purposes.Label or Purposes.Update or Purposes.Evaluation))
            return $"expected a header {HeaderNames.Purpose} label, update or evaluation";
        return IdFault(record, [.. RolloutCodec.Decode(record.Value).Select(r => r.RolloutId)]);
    }

    internal static string? TokenRewards(LogRecord record) => StepId.TryParse(record.Header(HeaderNames.Step), out _)
        ? IdFault(record, [.. TokenRewardCodec.Decode(record.Value).Select(r => r.RolloutId)])
        : $"expected a header {HeaderNames.Step} model/ordinal";

    internal static string? Judgement(LogRecord record)
    {
        var fact = JudgementFact.FromJson(record.Value.Span);
        return fact is not { V: 1, Answer: not null, Rollout: not null } ? "expected a judgement of version 1 with its rollout and answer"
            : fact is not { Judgement.Length: > 0, Attempt: >= 0, PromptTokens: >= 0, CompletionTokens: >= 0, CostUsd: >= 0 }
                ? "expected counts and costs of 0 or more"
            : fact.Id != record.Header(HeaderNames.Id) ? "\"judgement\": expected the hash in ce_id, found another"
            : null;
    }

    internal static string? Cut(LogRecord record)
    {
        var cut = Core.Cuts.Cut.FromJson(record.Value.Span);
        return cut is not { Model: not null, Ranges: not null, RecordHashes: not null } ? "expected a cut with model, ranges and record hashes"
            : !IsModel(cut.Model) ? $"\"model\": expected policy, reward or critic, found {Printable.Short(cut.Model)}"
            : cut.Step.ToString() != record.Header(HeaderNames.Id) ? "expected the step in ce_id, found another"
            : cut.Ordinal < 0 || cut.Parent != cut.Ordinal - 1 ? $"\"parent\": expected {cut.Ordinal - 1}, found {cut.Parent}"
            : !cut.Ranges.All(IsPart) ? "\"ranges\": expected parts of topics"
            : cut.Ranges.Sum(r => (long)r.Records) != cut.RecordHashes.Count ? "\"records\": expected as many as there are hashes"
            : !cut.RecordHashes.All(IsHash) || cut.Digest != RecordHash.Digest(cut.RecordHashes)
                ? "\"digest\": expected that of the record hashes, found another"
            : null;
    }

    internal static string? Model(LogRecord record)
    {
        using var json = JsonDocument.Parse(record.Value);
        var root = json.RootElement;
        var kind = root.GetProperty("kind").GetString();
        if (root.GetProperty("v").GetInt32() != 1) return "\"v\": expected 1";
        if (record.Header(HeaderNames.Type) != $"tppo.{kind}.v1") return "\"kind\": expected that of ce_type, found another";
        if (kind == "run_settings")
        {
            _ = RunSettingsJson.Read(root.GetProperty("settings").GetRawText(), "settings");
            return null;
        }

        if (!IsModel(root.GetProperty("model").GetString())) return "\"model\": expected policy, reward or critic";
        return kind == CheckpointProduced.KindName ? Checkpoint(record) : null;
    }

    internal static string? Evaluation(LogRecord record)
    {
        if (record.Header(HeaderNames.Type) == JudgeCheckLog.Type)
        {
            var check = JudgeCheck.FromJson(record.Value.Span);
            return check is not { V: 1, Judge: not null, Template: not null } ? "expected a judge's check of version 1"
                : check.Id != record.Header(HeaderNames.Id) ? "expected the check in ce_id, found another"
                : null;
        }

        var evaluation = Core.Models.Evaluation.FromJson(record.Value.Span);
        return evaluation is not { V: 1, Model: not null, Fold: not null, Responses: not null, Samples: not null } ? "expected an evaluation of version 1"
            : evaluation.Id != record.Header(HeaderNames.Id) ? "expected the evaluation in ce_id, found another"
            : null;
    }

    private static string? Checkpoint(LogRecord record)
    {
        var made = CheckpointProduced.FromJson(record.Value)!;
        return made is not { Fold: not null, Parents: not null, Stats: not null, Version: >= 0 } ? "expected a checkpoint with fold, parents and stats"
            : made.Id != record.Header(HeaderNames.Id) ? "expected the checkpoint in ce_id, found another"
            : !IsHash(made.Checkpoint) || (made.Weights is { } weights && !IsHash(weights)) ? "\"checkpoint\": expected a SHA-256 in hex"
            : made.Model.StartsWith("policy", StringComparison.Ordinal) && made.Cut != made.Version ? $"\"cut\": expected {made.Version}, found {made.Cut}"
            : null;
    }

    private static bool IsPart(CutRange range) =>
        CutTopics.Contains(range.Topic) && range is { Partition: >= 0, From: >= 0, Records: >= 0 } && range.To >= range.From;

    private static bool IsModel(string? name) => name is not null
        && Families.Any(f => name == f || (name.StartsWith(f + ".", StringComparison.Ordinal) && int.TryParse(name.AsSpan(f.Length + 1), out _)));

    private static bool IsHash(string? text) => text is { Length: HashCharacters } && text.AsSpan().IndexOfAnyExcept(HexDigits) < 0;

    private static string? IdFault(LogRecord record, string[] rowIds) =>
        Digest.Sha256Hex(rowIds) == record.Header(HeaderNames.Id) ? null : "expected the hash of its rows in ce_id, found another";
}
