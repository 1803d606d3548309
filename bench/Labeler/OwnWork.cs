using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.World;
using Tppo.Hosting.Judges.Chat;
using Tppo.Streaming.Codecs;
using Tppo.TestKit;

namespace Tppo.Labeler.Bench;

/// <summary>What we do for a label besides asking: on one thread, by the part.</summary>
internal static class OwnWork
{
    private const int RowsARecord = 64;
    private static readonly JudgeTemplate Template = JudgeTemplate.Of(TemplateName.V2);

    /// <summary>The body of a request about a response of 40 tokens.</summary>
    public static string SomeRequest()
    {
        var (input, _) = Some();
        return Encoding.UTF8.GetString(Request(input, JudgePrompt.Write(Template, input)).ToJson(new ChatDialect(), streams: false).Span);
    }

    /// <summary>Measures, and prints.</summary>
    public static void Run()
    {
        var (input, row) = Some();
        var words = Words.Split(row.Response);
        var prompt = JudgePrompt.Write(Template, input);
        var answer = new JsonObject
        {
            ["words"] = new JsonArray([.. Words.Split(input.Response).Select((w, i) => new JsonArray(w.Text, i % 2))]),
            ["whole"] = 1,
        }.ToJsonString();
        var completion = new Completion(answer, null, "stop");
        var reading = AnswerReader.Read(completion, words);
        var fact = new JudgementFact(1, ContentHash.Of("m", Template.Sha256, input), row.RolloutId, "m", Template.Sha256, answer, "ok", 300, 200, 0);
        var rows = Enumerable.Repeat(Reward(row, words, reading), RowsARecord).ToList();
        Console.WriteLine($"own work for a label of {row.ResponseIds.Length} tokens and {words.Count} words, on one thread");
        var sum = Part("prompt", () => JudgePrompt.Write(Template, input))
            + Part("content hash", () => ContentHash.Of("m", Template.Sha256, input))
            + Part("request", () => Request(input, prompt).ToJson(new ChatDialect(), streams: false))
            + Part("answer read", () => AnswerReader.Read(completion, words))
            + Part("judgement", fact.ToJson)
            + Part("words to tokens", () => Reward(row, words, reading))
            + Part("Arrow, a row", () => TokenRewardCodec.Encode(rows), RowsARecord);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"all of it",-18} {sum,8:F1} µs"));
        var perToken = Time(() => Reward(row, words, reading)) / row.ResponseIds.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alignment: {1 / perToken:F1} million tokens/s a core"));
    }

    private static double Part(string name, Func<object> work, int per = 1)
    {
        var micros = Time(work) / per;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-18} {micros,8:F1} µs"));
        return micros;
    }

    // Microseconds, after a warm-up: the best of three rounds.
    private static double Time(Func<object> work)
    {
        const int Rounds = 3;
        const int Times = 2000;
        for (var i = 0; i < Times; i++) GC.KeepAlive(work());
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++) GC.KeepAlive(work());
            return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Times;
        });
    }

    private static ChatRequest Request(JudgeInput input, string prompt) => new(
        "m", prompt, AnswerSchema.TokensMax(Template, input.Response), 0, 1, AnswerSchema.Of(Template.Name, input.Response), "id");

    private static TokenRewardRow Reward(RolloutRow row, IReadOnlyList<Word> words, JudgeReading reading)
    {
        var owner = Alignment.WordOfToken(words, row.ByteStarts, row.ByteEnds);
        return new TokenRewardRow
        {
            RolloutId = row.RolloutId,
            JudgementId = row.RolloutId,
            User = row.User,
            ResponseIds = row.ResponseIds,
            WordIndex = owner,
            Categories = Alignment.CategoryOfToken(owner, reading.Words),
            Sentence = reading.Whole,
            TokenizerSha256 = row.RolloutId,
        };
    }

    private static (JudgeInput Input, RolloutRow Row) Some()
    {
        var settings = TinyRun.Settings with { Input = new InputSettings { World = new WorldSettings { Users = 20, Days = 30 } } };
        using var kit = LabelKit.Ready(out var windows, settings, windowsMost: 40, samples: 1, LabelBench.WordsOf);
        var row = kit.Log.Read(new TopicPartition(Topics.Rollouts, 0), 0).Where(r => !r.Value.IsEmpty).SelectMany(r => RolloutCodec.Decode(r.Value)).First();
        return (new JudgeInput(windows[row.WindowId].History, row.Response.Trim()), row);
    }
}
