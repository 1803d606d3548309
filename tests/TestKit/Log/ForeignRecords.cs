using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.TestKit;

/// <summary>What other producers, other versions and mistakes put on topics.</summary>
public static class ForeignRecords
{
    private static readonly string Hash = new('a', 64);

    private static readonly string CutOfNobody = $$$"""
        {"v":1,"model":"nobody","ordinal":0,"parent":-1,"ranges":[],"record_hashes":[],"digest":"{{{Hash}}}","seed":1,"settings_hash":"s",
        "code_version":"0","thread_count":1,"reward_model":"","reference_policy":""}
        """;

    /// <summary>One record of each kind that is none of ours, for a topic.</summary>
    public static IEnumerable<OutgoingRecord> Of(string topic)
    {
        var type = topic switch
        {
            Topics.Models => "tppo.checkpoint_produced.v1",
            Topics.Timeline or Topics.Late => "tppo.search.v1",
            Topics.Windows => "tppo.window.v1",
            Topics.Judgements => "tppo.judgement.v1",
            Topics.Cuts => "tppo.cut.v1",
            Topics.Evaluations => "tppo.evaluation.v1",
            _ => $"tppo.{topic}",
        };
        string[] contents =
        [
            "garbage", "{}", "[]", "null", "{\"v\":2}", "{\"v\":1,\"kind\":\"unknown\"}", "\uFEFF{\"v\":1}", "{\"v\":1,", new string('[', 2000),
            """{"v":1,"window":"w","user":5,"history":[],"targets":[]}""",
            """{"v":1,"judgement":"w","rollout":null,"answer":null}""",
            Checkpoint("nobody", 3),
            Checkpoint("policy", 900),
            CutOfNobody,
        ];
        foreach (var content in contents) yield return Record(topic, content, Headers(type, "w"));
        yield return Record(topic, "no headers at all", []);
        yield return Record(topic, "", []);
        yield return Record(topic, "{}", Headers("some.other.type", "w"));
        yield return Record(topic, "{}", [new Header(HeaderNames.Type, type)]);
        yield return Record(topic, "an end mark with a value", Headers(EndMark.Type, $"x/{topic}/0"));
        yield return Record(topic, "", Headers(EndMark.Type, "of another place"));
        yield return Record(topic, "x", Headers(type, "w")) with { Value = new byte[] { 0xff, 0xfe, 0, 1 } };
    }

    private static string Checkpoint(string model, int version) => $$$"""
        {"v":1,"kind":"checkpoint_produced","model":"{{{model}}}","version":{{{version}}},"checkpoint":"{{{Hash}}}","cut":{{{version}}},"final":true,
        "fold":{"index":0,"count":1,"held_out_buckets":250},"parents":{},"stats":{}}
        """;

    private static IReadOnlyList<Header> Headers(string type, string id) =>
        CloudEvent.Headers(id, "tppo/strangers", type, "2024-01-01T00:00:00Z", CloudEvent.Json, new Header(HeaderNames.Step, "policy/0"));

    private static OutgoingRecord Record(string topic, string content, IReadOnlyList<Header> headers) => new()
    {
        Topic = topic,
        Key = "somebody",
        Partition = 0,
        Value = Encoding.UTF8.GetBytes(content),
        Headers = headers,
    };
}
