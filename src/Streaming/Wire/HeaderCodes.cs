using System.Collections.Frozen;

namespace Tppo.Streaming.Wire;

/// <summary>
/// One-byte codes of frequent header names and values: millions of small records carry the same ones. Code 0 means
/// "written out". These tables are part of format 1 of the data folder: to change them is to change the format's version.
/// </summary>
internal static class HeaderCodes
{
    internal const byte WrittenOut = 0;

    private static readonly string[] NamesByCode =
    [
        "", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_dataschema", "content-type", "traceparent",
        "tppo-seq", "tppo-source-topic", "tppo-source-partition", "tppo-source-offset", "tppo-content-hash", "tppo-latency-ms",
        "tppo-late-ms", "tppo-cause", "tppo-length", "tppo-sha256", "tppo-settings", "tppo-import", "tppo-lineage", "tppo-partition",
        "tppo-offset", "tppo-from", "tppo-to",
    ];

    private static readonly string[] ValuesByCode =
    [
        "", "1.0", "application/json", "application/vnd.apache.arrow.stream", "tppo.search.v1", "tppo.click.v1",
        "tppo.purchase.v1", "tppo.visit.v1", "tppo.timeline.v1", "tppo.late.v1", "tppo.window.v1", "tppo.windows.v1",
        "tppo.rollout.v1", "tppo.rollouts.v1", "tppo.judgement.v1", "tppo.judgements.v1", "tppo.token-rewards.v1", "tppo.cut.v1",
        "tppo.cuts.v1", "tppo.model.v1", "tppo.models.v1", "tppo.evaluation.v1", "tppo.evaluations.v1", "tppo.erasure.v1",
        "tppo.erasures.v1", "tppo.end.v1", "search.v1", "click.v1", "purchase.v1", "visit.v1", "timeline.v1", "windows.v1", "rollouts.v1",
        "judgements.v1", "0", "1", "2", "3",
    ];

    private static readonly FrozenDictionary<string, byte> NameCodes = Codes(NamesByCode);
    private static readonly FrozenDictionary<string, byte> ValueCodes = Codes(ValuesByCode);
    private static readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> ValueCodesBySpan =
        ValueCodes.GetAlternateLookup<ReadOnlySpan<char>>();

    internal static IReadOnlyList<string> AllNames => NamesByCode;

    internal static IReadOnlyList<string> AllValues => ValuesByCode;

    internal static byte CodeOfName(string name) => NameCodes.GetValueOrDefault(name);

    internal static byte CodeOfValue(string value) => ValueCodes.GetValueOrDefault(value);

    internal static byte CodeOfValue(ReadOnlySpan<char> value) => ValueCodesBySpan.TryGetValue(value, out var code) ? code : WrittenOut;

    internal static string Name(byte code) => NamesByCode[code];

    internal static string Value(byte code) => ValuesByCode[code];

    private static FrozenDictionary<string, byte> Codes(string[] byCode) =>
        byCode.Select((text, code) => (text, code)).Skip(1).ToFrozenDictionary(x => x.text, x => (byte)x.code, StringComparer.Ordinal);
}
